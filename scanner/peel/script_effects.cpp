// Helpers that change files, mounts or what is run next.

#include <fmt/format.h>

#include <algorithm>

#include "scanner/peel/mount_command.h"
#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/program.h"
#include "scanner/peel/script_path.h"

namespace sandlint {

/// `mount -t overlay overlay -o lowerdir=…,upperdir=…,workdir=… TARGET`, `mount --bind A B`.
void ScriptPath::MountCommand(Command& command) {
  EndCommand(Answer::Unknown);
  const Word& name = command.words.front();
  std::optional<ScriptMount> made = ReadMountCommand(command.words);
  if (!made) return Doubt(name, "this mount is not followed", Facet::Paths);
  if (made->odd) return Doubt(*made->odd, "this part of a mount is not followed", Facet::Paths);
  Mount& mount = made->mount;
  mount.target = Absolute(mount.target);
  if (mount.source) mount.source = Absolute(mount.source);
  for (Word& lower : mount.overlay_sources) lower = Absolute(lower);
  mounts_.push_back(std::move(mount));
}

void ScriptPath::Umount(Command& command) {
  EndCommand(Answer::Unknown);
  if (launches_.empty() && !mounts_.empty()) {
    Doubt(command.words.front(), "what it unmounts is not followed", Facet::Paths);
  }
}

/// curl, wget: what they print is a download.
void ScriptPath::Download(Command& command) {
  output_.known = false;
  for (const Word& word : command.words) {
    constexpr std::string_view kFile = "file://";
    if (word.text.starts_with(kFile)) Reads(Part(word, kFile.size()), command.words.front());
  }
  output_.download = WordAt(std::string(command.node->span.Text()), command.node->span);
  const auto& words = command.words;
  bool named = command.words.front().text != "wget";
  for (std::size_t at = 1; at < words.size(); ++at) {
    const std::string& text = words[at].text;
    const bool option = text.size() > 1 && text[0] == '-' && text[1] != '-';
    const bool to_stdout =
        text.ends_with("O-") || text == "--output-document=-" ||
        (text.ends_with('O') && at + 1 < words.size() && words[at + 1].text == "-");
    if (words.front().text == "wget" && to_stdout) named = true;
    const bool remote = text == "--remote-name" || text == "--remote-name-all" ||
                        (option && text.find('O') != std::string::npos);
    if (words.front().text == "curl" && (remote || text.starts_with("--output-dir"))) named = false;
    const bool output = text == "--output" || (option && text.ends_with('o'));
    if (words.front().text == "curl" && output && at + 1 < words.size()) MayRewrite(words[at + 1]);
    if (text.starts_with("--output=")) MayRewrite(Part(words[at], 9));
  }
  if (!named) MayRewrite(Hole("$(pwd)", words.front().span));
  EndCommand(Answer::Unknown);
}

/// ln, cp, mv …: what stands at their target is not known any more.
void ScriptPath::ChangesFiles(Command& command) {
  EndCommand(Answer::Unknown);
  if (command.words.size() < 2) return;
  ReadsOperands(command);
  const std::string& name = command.words.front().text;
  if (name == "tar") return MayRewrite(Hole("$(pwd)", command.words.front().span));
  Word target = command.words.back();
  for (std::size_t at = 1; at + 1 < command.words.size(); ++at) {
    const std::string& text = command.words[at].text;
    if (text.size() > 1 && text[0] == '-' && text[1] != '-' && text.ends_with('t')) {
      target = command.words[at + 1];
    }
    if (text.starts_with("--target-directory=")) target = Part(command.words[at], 19);
    if (text == "--target-directory") target = command.words[at + 1];
    // What is moved is gone, and sed changes all of its files.
    if ((name == "mv" || name == "sed") && !text.starts_with('-')) MayRewrite(command.words[at]);
  }
  const std::string path = CleanAbsolute(target);
  const std::string& tool = command.words.front().text;
  const bool copies = tool == "cp" && command.words.size() == 3;
  const ShellData data = copies ? ReadFile(command.words[1]) : ShellData{};
  MayRewrite(target);
  if (copies && data.known) {
    written_[path] = data;
    std::erase(rewritten_, path);
  }
  if (tool == "ln") {
    Doubt(command.words.front(), "the link that it makes is not followed", Facet::Paths);
  } else {
    made_.push_back({WordAt(path, target.span), false, 0644});
  }
}

/// What the tree says of this file, or of what lies below it, does not hold any more.
void ScriptPath::MayRewrite(const Word& path) {
  const std::string clean = CleanAbsolute(path);
  const bool any = path.StartsUnknown() || clean.empty();
  for (auto& [name, file] : written_) {
    if (any || name == clean || name.starts_with(clean + "/")) file = {};
  }
  if (any) {
    rewrites_all_ = true;
  } else if (std::ranges::find(rewritten_, clean) == rewritten_.end()) {
    rewritten_.push_back(clean);
  }
}

bool ScriptPath::IsInTree(const std::string& path) const {
  const std::string in_tree = PathInTree(WordAt(path, {}), context_);
  return context_.files != nullptr && !in_tree.empty() && context_.files->Exists(in_tree);
}

bool ScriptPath::MayBeRewritten(const std::string& path) const {
  if (written_.contains(path)) return !written_.at(path).known;
  return rewrites_all_ || std::ranges::any_of(rewritten_, [&](const std::string& changed) {
           return path == changed || path.starts_with(changed + "/");
         });
}

void ScriptPath::Xargs(Command& command) {
  LaunchUnknown(command.words.front(), "the words that it adds are not known");
  output_.known = false;
  EndCommand(Answer::Unknown);
}

std::string ScriptPath::CleanAbsolute(const Word& path) const {
  const std::string text = Absolute(path).text;
  if (!text.starts_with('/')) return text;
  std::vector<std::string_view> parts;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else {
      parts.push_back(part);
    }
  }
  return "/" + fmt::format("{}", fmt::join(parts, "/"));
}

const Source& ScriptPath::SourceOf(const std::string& path, std::string text) {
  for (const auto& known : context_.workspace->sources) {
    if (known->path == path && known->text == text) return *known;
  }
  return context_.workspace->Add(path, std::move(text));
}

}  // namespace sandlint
