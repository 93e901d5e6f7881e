// Redirections: here-documents, files that the script writes and reads, descriptors.

#include <algorithm>
#include <charconv>
#include <utility>

#include "scanner/peel/program.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

/// `<>FILE`: the grammar does not know it, and may leave the file among the words.
void OpenForBoth(const ShellNode& node, ShellRedirect& redirect) {
  const std::string_view text = redirect.span.Text();
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const bool parted = (redirect.op == "<" && redirect.target.raw == ">") ||
                      (redirect.op == ">" && redirect.target.raw == "<");
  const Span& span = redirect.span;
  const bool cut = redirect.op == ">" && span.source != nullptr && span.begin > 0 &&
                   span.source->text[span.begin - 1] == '<';
  if (!parted && !cut && !text.substr(digits).starts_with("<>")) return;
  redirect.op = "<>";
  if (!parted || node.words.empty()) return;
  // The next word; where places are not exact the file is taken to end the line.
  const ShellWord* file = &node.words.back();
  const bool exact = node.words.front().span.begin != node.words.back().span.begin;
  for (const ShellWord& word : node.words) {
    if (exact && word.span.begin >= span.begin && word.span.begin < file->span.begin) file = &word;
  }
  redirect.target = *file;
}

int DefaultDescriptor(const std::string& op) { return op.starts_with('<') ? 0 : 1; }

}  // namespace

void ScriptPath::Open(int number, ShellData data, std::map<int, ShellData>& saved) {
  const auto before = state_.descriptors.find(number);
  saved.try_emplace(number, before == state_.descriptors.end() ? ShellData{} : before->second);
  state_.descriptors[number] = std::move(data);
}

ShellData ScriptPath::OpenFile(const Word& path, int number, bool write) const {
  ShellData data;
  if (path.text.starts_with("/dev/")) return data;
  HandedFile file{Absolute(path), path, number, true, write, Answer::Yes};
  data.files.push_back(std::move(file));
  return data;
}

/// `3<&0`, `2>&1`; `3<&-` closes.
ShellData ScriptPath::Duplicate(const Word& from, int number) const {
  int source = -1;
  std::from_chars(from.text.data(), from.text.data() + from.text.size(), source);
  const auto found = state_.descriptors.find(source);
  if (found == state_.descriptors.end()) return {};
  ShellData data = found->second;
  for (HandedFile& file : data.files) file.descriptor = number;
  return data;
}

void ScriptPath::Redirect(const ShellNode& node, std::map<int, ShellData>& saved,
                          std::optional<Word>& file) {
  for (ShellRedirect redirect : node.redirects) {
    if (flow_ != Flow::On) return;
    OpenForBoth(node, redirect);
    const int number =
        redirect.descriptor >= 0 ? redirect.descriptor : DefaultDescriptor(redirect.op);
    Redirect(redirect, number, saved, file);
  }
}

/// bash takes the one file that a pattern matches, dash the pattern itself.
Word ScriptPath::ExpandTarget(const ShellWord& target) {
  Word word = ExpandText(target);
  const std::size_t begin = word.text.find_first_of("*?[");
  const bool pattern = begin != std::string::npos && word.Known() && !state_.noglob &&
                       dialect_ != Dialect::Dash &&
                       !std::ranges::all_of(target.parts, &ShellPart::quoted);
  if (!pattern) return word;
  word.holes = {{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(word.text.size()),
                 word.text.substr(begin), false}};
  return word;
}

void ScriptPath::Redirect(const ShellRedirect& redirect, int number,
                          std::map<int, ShellData>& saved, std::optional<Word>& file) {
  const std::string& op = redirect.op;
  if (op == "<<" || op == "<<-" || op == "<<<") {
    ShellData data{true, ExpandText(redirect.target), 0, std::nullopt, {}};
    if (op == "<<<") AppendText(data.text, "\n");
    return Open(number, std::move(data), saved);
  }
  if (op == "<&-" || op == ">&-") return Open(number, {}, saved);
  const Word target = ExpandTarget(redirect.target);
  if (op == "<" || op == "<>") {
    ShellData data = ReadFile(target);
    const bool process = std::ranges::any_of(redirect.target.parts, [](const ShellPart& part) {
      return part.kind == ShellPartKind::Process;
    });
    if (!process) {
      data.files = OpenFile(target, number, false).files;
      if (op == "<>") {
        const ShellData written = OpenFile(target, number, true);
        data.files.insert(data.files.end(), written.files.begin(), written.files.end());
      }
    }
    return Open(number, std::move(data), saved);
  }
  if (op == ">&" && number == 2 && target.text == "1") merges_errors_ = true;
  if (op == "<&" || (op == ">&" && number > 1)) {
    const bool same = target.text == std::to_string(number);
    if (same || (target.text == "0" && !state_.descriptors.contains(0))) return;
    return Open(number, Duplicate(target, number), saved);
  }
  const bool to_file = op == ">" || op == ">>" || op == ">|" || op == "&>" || op == "&>>";
  if (to_file) {
    Open(number, OpenFile(target, number, true), saved);
    if (op.starts_with('&')) Open(2, OpenFile(target, 2, true), saved);
  }
  if (to_file && number > 1 && !target.text.starts_with("/dev/")) WriteFile(target, {}, false);
  if (op == ">&") Open(number, Duplicate(target, number), saved);
  if (number > 1) return;
  if (to_file && target.text != "/dev/null") {
    file = target;
    append_ = op == ">>";
  }
  captures_output_ = true;
  output_ = {true, WordAt("", redirect.span), 0, std::nullopt, {}};
  if (!file) file = WordAt("/dev/null", redirect.span);
}

Word ScriptPath::Absolute(const Word& path) const {
  if (path.text.starts_with('/') || path.StartsUnknown()) return path;
  Word result;
  if (state_.directory) {
    result = *state_.directory;
  } else if (context_.host != nullptr) {
    result = WordAt(context_.host->WorkingDirectory(), path.span);
  } else {
    return path;
  }
  AppendText(result, "/");
  AppendWord(result, path);
  result.span = path.span;
  return result;
}

std::optional<std::string> ScriptPath::ReadTree(const Word& path, std::string& tree_path) const {
  tree_path = PathInTree(Absolute(path), context_);
  if (tree_path.empty() && !state_.directory) tree_path = PathInTree(path, context_);
  if (MayBeRewritten(CleanAbsolute(path))) return std::nullopt;
  return ReadInTree(tree_path, context_);
}

/// How much of what a script reads is remembered.
constexpr std::size_t kMaxRead = 400;

void ScriptPath::Reads(const Word& path, const Word& by, Answer certain) {
  if (path.text.empty() || path.text.starts_with("/dev/") || read_.size() >= kMaxRead) return;
  if (written_.contains(CleanAbsolute(path))) return;  // by the script itself
  Word file = Absolute(path);
  const bool known = std::ranges::any_of(
      read_, [&](const HandedFile& other) { return other.path.text == file.text; });
  if (!known) read_.push_back({std::move(file), by, -1, false, false, certain});
}

/// A builtin or a helper reads what is open there.
void ScriptPath::ReadsInput(int descriptor, const Word& by) {
  const auto found = state_.descriptors.find(descriptor);
  if (found == state_.descriptors.end()) return;
  for (const HandedFile& file : found->second.files) {
    if (!file.write) Reads(file.path, by);
  }
}

ShellData ScriptPath::ReadFile(const Word& path) {
  if (path.text == "/dev/null") return {true, WordAt("", path.span), 0, std::nullopt, {}};
  const auto written = written_.find(CleanAbsolute(path));
  if (written != written_.end()) {
    ShellData data = written->second;
    data.at = 0;
    return data;
  }
  std::string tree_path;
  auto text = ReadTree(path, tree_path);
  if (!text) return {};
  ShellData data;
  data.known = true;
  data.text = WordAt(std::move(*text), path.span);
  return data;
}

void ScriptPath::WriteFile(const Word& path, const ShellData& data, bool) {
  if (path.text == "/dev/null" || path.text.starts_with("/dev/")) return;
  if (path.StartsUnknown()) MayRewrite(path);
  const std::string name = CleanAbsolute(path);
  const bool append = std::exchange(append_, false);
  ShellData file = append ? ReadFile(path) : data;
  if (append && file.known && data.known) {
    AppendWord(file.text, data.text);
  } else if (append) {
    file = {};
  }
  std::erase(rewritten_, name);
  written_[name] = std::move(file);
  written_[name].at = 0;
  made_.push_back({WordAt(name, path.span), false, 0644});
}

}  // namespace sandlint
