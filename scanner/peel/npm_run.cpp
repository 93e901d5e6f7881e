#include "scanner/peel/npm_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/parse/node.h"
#include "scanner/peel/program.h"

namespace sandlint {
namespace {

constexpr auto kElsewhere =
    std::to_array<std::string_view>({"workspace", "workspaces", "filter", "recursive",
                                     "workspace-root", "script-shell", "env-file", "preload"});

const Source* ReadPackage(const std::string& directory, const PeelContext& context) {
  if (context.workspace == nullptr) return nullptr;
  const std::string path = directory.empty() ? "package.json" : directory + "/package.json";
  for (const auto& known : context.workspace->sources) {
    if (known->path == path) return known.get();
  }
  auto text = ReadInTree(path, context);
  return text ? &context.workspace->Add(path, std::move(*text)) : nullptr;
}

Word Quoted(const Word& word) {
  Word quoted = word;
  quoted.text.clear();
  std::vector<Hole> holes;
  quoted.text += '\'';
  for (const char c : word.text) {
    if (c == '\'') {
      quoted.text += "'\\''";
    } else {
      quoted.text += c;
    }
  }
  quoted.text += '\'';
  quoted.holes.clear();
  if (!word.Known()) {
    quoted.holes.push_back({0, static_cast<std::uint32_t>(quoted.text.size()), word.text, false});
  }
  return quoted;
}

void Append(Word& line, const Word& word) {
  const auto shift = static_cast<std::uint32_t>(line.text.size());
  line.text += word.text;
  for (Hole hole : word.holes) {
    hole.begin += shift;
    hole.end += shift;
    line.holes.push_back(std::move(hole));
  }
}

void AppendText(Word& line, std::string_view text) { line.text += text; }

const Node* LineOf(const Node& scripts, const std::string& name) {
  const Member* member = scripts.Find(name);
  return member != nullptr && member->value.Is(NodeType::String) ? &member->value : nullptr;
}

/// `line` in a process of its own, in a row with what stands in `whole` already.
void AppendProcess(Word& whole, const Word& line) {
  if (whole.text.empty()) {
    whole = line;
    whole.text.clear();
    whole.holes.clear();
  } else {
    AppendText(whole, " && ");
  }
  AppendText(whole, "(");
  Append(whole, line);
  AppendText(whole, "\n)");
}

/// npm runs each line as a process of its own; a failure ends it.
Word WholeLine(const Node& scripts, const std::string& name, const Node& main,
               const std::vector<Word>& words) {
  Word line = main.word;
  for (const Word& word : words) {
    AppendText(line, " ");
    Append(line, Quoted(word));
  }
  const Node* before = LineOf(scripts, "pre" + name);
  const Node* after = LineOf(scripts, "post" + name);
  if (before == nullptr && after == nullptr) return line;
  Word whole;
  if (before != nullptr) AppendProcess(whole, before->word);
  AppendProcess(whole, line);
  if (after != nullptr) AppendProcess(whole, after->word);
  whole.span = line.span;
  return whole;
}

std::string Below(const std::string& directory, std::string_view name) {
  return directory.empty() ? std::string(name) : directory + "/" + std::string(name);
}

/// A setting by which npm runs something else than its usual shell.
std::string ReplacedIn(const std::string& settings, std::string_view file) {
  constexpr auto kKeys = std::to_array<std::string_view>(
      {"script-shell", "shell", "node-options", "userconfig", "globalconfig", "prefix"});
  // The user's own `prefix` says where his programs are installed, and leaves the shell as it is.
  const bool own = file != ".npmrc";
  for (std::size_t at = 0; at < settings.size();) {
    const std::size_t end = std::min(settings.find('\n', at), settings.size());
    const std::string_view line = std::string_view(settings).substr(at, end - at);
    at = end + 1;
    const std::size_t first = std::min(line.find_first_not_of(" \t"), line.size());
    const std::string_view key = line.substr(first, line.find_first_of("= \t", first) - first);
    if (own && key == "prefix") continue;
    if (std::ranges::find(kKeys, key) != kKeys.end()) return fmt::format("{} in {}", key, file);
  }
  return {};
}

/// The package's own settings, and on a machine that is there those of the user and of the system.
std::string ReplacedBy(const std::string& directory, const PeelContext& context) {
  std::string found =
      ReplacedIn(ReadInTree(Below(directory, ".npmrc"), context).value_or(""), ".npmrc");
  const HostFacts* host = context.host;
  if (!found.empty() || host == nullptr || host->Symbolic()) return found;
  for (const std::string& file :
       {host->Caller().home + "/.npmrc", std::string("/etc/npmrc"), std::string("/usr/etc/npmrc"),
        std::string("/usr/local/etc/npmrc")}) {
    found = ReplacedIn(host->ReadText(file).value_or(""), file);
    if (!found.empty()) return found;
  }
  return {};
}

/// The programs of the package's own dependencies come first.
Word SearchPath(const Layer& layer, const PeelContext& context) {
  Word value = MadeUp("node_modules/.bin:", layer.program);
  const auto before = context.variables.find("PATH");
  if (before != context.variables.end()) {
    Append(value, before->second);
    return value;
  }
  const auto begin = static_cast<std::uint32_t>(value.text.size());
  AppendText(value, "$PATH");
  value.holes = {{begin, begin + 5, "PATH", false}};
  return value;
}

}  // namespace

Peeled RunPackageScript(Peeled peeled, const RunRequest& request, const OptionResult& options,
                        std::vector<Word> rest, const PeelContext& context) {
  Layer& layer = peeled.layer;
  layer.kind = LayerKind::Transparent;
  std::string name(request.command);
  if (name.starts_with('r') && name != "restart") {
    if (rest.empty()) {
      AddProblem(layer, layer.program, "no script is named: it lists them and ends");
      return peeled;
    }
    layer.words.push_back(rest.front());
    name = rest.front().text;
    if (!rest.front().Known()) {
      NotUnderstood(layer, rest.front(), "which script this is is not known");
      return peeled;
    }
    rest.erase(rest.begin());
  }
  for (const std::string_view option : kElsewhere) {
    if (const OptionUse* use = options.Find(option)) {
      NotUnderstood(layer, use->option, "it decides which line is run, and how");
      peeled.unread = std::move(rest);
      return peeled;
    }
  }
  std::string directory;
  for (const char* option : {"prefix", "C", "dir", "cwd"}) {
    if (const OptionUse* use = options.Find(option)) {
      layer.chdir = use->value;
      directory = PathInTree(use->value, context);
      if (directory.empty() && use->value.text != ".") {
        NotUnderstood(layer, use->value, "its package.json is not in the tree");
        return peeled;
      }
    }
  }
  const Source* source = ReadPackage(directory, context);
  const Document document = source != nullptr ? ParseJson(*source) : Document{};
  const Node* line = LineOf(document.root.Get("scripts"), name);
  if (line == nullptr && request.file_allowed) {
    peeled.is_program = true;
    layer.kind = LayerKind::Interpreter;
    ProgramRef ref;
    ref.ecosystem = "file";
    ref.name = name;
    ref.word = layer.words.back();
    layer.package = ref;
    rest.insert(rest.begin(), layer.words.back());
    peeled.rest = std::move(rest);
    return peeled;
  }
  if (line == nullptr) {
    NotUnderstood(layer, layer.words.back(),
                  fmt::format("no package.json in the tree has a script {}", name));
    return peeled;
  }
  AddSet(layer, layer.program, MadeUp("PATH", layer.program), SearchPath(layer, context));
  if (const std::string other = ReplacedBy(directory, context); !other.empty()) {
    NotUnderstood(layer, layer.words.back(), fmt::format("{} decides what runs", other));
    Peeled unknown = peeled;
    unknown.condition_text = other;
    peeled.others.push_back(std::move(unknown));
  }
  const Word text = WholeLine(document.root.Get("scripts"), name, *line, rest);
  peeled.rest = {MadeUp("sh", line->word), MadeUp("-c", line->word), text};
  return peeled;
}

}  // namespace sandlint
