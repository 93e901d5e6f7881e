#include "scanner/peel/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/unread.h"

namespace sandlint {
namespace {

struct RootVariable {
  std::string_view text;
  bool of_config;  ///< the directory of the config file, not the root of the tree
};
constexpr auto kRootVariables = std::to_array<RootVariable>({
    {"${CLAUDE_PLUGIN_ROOT}", true},
    {"${CLAUDE_PROJECT_DIR}", false},
    {"${CLAUDE_PROJECT_DIR:-.}", false},
    {"${PWD}", false},
    {"${workspaceFolder}", false},
});

/// `a/./b/../c` -> `a/c`; nothing when it leaves the tree.
std::optional<std::string> CleanBelow(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (parts.empty()) {
      return std::nullopt;
    } else {
      parts.pop_back();
    }
  }
  return fmt::format("{}", fmt::join(parts, "/"));
}

/// A client hands `command` to the kernel as one name: "node x.js" is a file that nobody has.
bool IsWholeLine(const Word& program, const PeelContext& context) {
  const std::size_t blank = program.text.find_first_of(" \t");
  if (blank == std::string::npos || !program.Known()) return false;
  const std::string_view first = std::string_view(program.text).substr(0, blank);
  if (first.find_first_of("/\\") == std::string_view::npos) return true;
  // `/opt/My Tools/server` is an ordinary name; `/usr/bin/node x.js` is not.
  if (IsKnownTool(Part(program, 0, blank))) return true;
  if (context.host == nullptr || context.host->Symbolic()) return false;
  return program.text.starts_with('/') && !context.host->Lstat(program.text) &&
         !context.host->MayExist(program.text);
}

ProgramRef RefOf(const Word& program) {
  ProgramRef package;
  package.ecosystem = program.text.find('/') == std::string::npos ? "bin" : "file";
  package.name = program.text;
  package.word = program;
  return package;
}

}  // namespace

std::string WorkingDirectoryOf(const PeelContext& context) {
  if (context.lost_directory) return {};
  if (!context.working_directory.empty()) return context.working_directory;
  return context.host == nullptr ? std::string() : context.host->WorkingDirectory();
}

std::string PathInTree(const Word& word, const PeelContext& context) {
  if (context.files == nullptr || word.text.empty()) return {};
  std::string text = word.text;
  std::string base;
  const bool relative = text.find_first_of("/~$") != 0;
  if (relative && context.lost_directory) return {};
  if (relative && !context.working_directory.empty()) {
    text = context.working_directory + "/" + text;
  }
  for (const RootVariable& row : kRootVariables) {
    if (!text.starts_with(row.text)) continue;
    text.erase(0, row.text.size());
    text.insert(0, ".");
    if (row.of_config) base = context.directory;
    break;
  }
  // What lies below the working directory of the client is in the tree, under its other name.
  if (context.host != nullptr && text.starts_with('/')) {
    const std::string root = context.host->WorkingDirectory();
    const auto clean = CleanBelow(text);
    if (!root.empty() && clean && ("/" + *clean).starts_with(root + "/")) {
      return clean->substr(root.size());
    }
  }
  if (text.starts_with('/') || text.starts_with('~') || text.find("${") != std::string::npos) {
    return {};
  }
  return CleanBelow(base.empty() ? text : base + "/" + text).value_or("");
}

const Word* FindWritten(const Word& word, const PeelContext& context) {
  if (context.written.empty()) return nullptr;
  std::string path = word.text;
  if (!path.starts_with('/') && context.host != nullptr) {
    path = WorkingDirectoryOf(context) + "/" + path;
  }
  const auto clean = CleanBelow(path);
  if (!clean) return nullptr;
  const std::string name = (path.starts_with('/') ? "/" : "") + *clean;
  const auto found = context.written.find(name);
  if (found != context.written.end()) return &found->second;
  // Something may have changed the folder, or any file.
  for (const auto& [changed, text] : context.written) {
    if (!text.Known() && (changed.empty() || name.starts_with(changed + "/"))) return &text;
  }
  return nullptr;
}

std::optional<std::string> ReadInTree(const std::string& path, const PeelContext& context) {
  if (context.files == nullptr || path.empty()) return std::nullopt;
  ReadResult result = context.files->Read(path);
  if (result.status == ReadStatus::Ok) return std::move(result.text);
  // Programs that are asked for may be huge, or those of the machine behind a link: no script then.
  if (result.status != ReadStatus::TooLarge && result.status != ReadStatus::LinkOutside) {
    ReportUnread(path, result, context);
  }
  return std::nullopt;
}

Layer ProgramLayer(std::vector<Word> argv, const std::optional<ProgramRef>& package,
                   const PeelContext& context) {
  if (argv.empty()) return OpaqueLayer({}, {});
  Layer layer = MakeLayer(LayerKind::Program, ToolName(argv.front()), argv.front());
  layer.words = std::move(argv);
  if (package) {
    layer.package = package;
    return layer;
  }
  if (layer.tool.empty() && !layer.program.Known()) {
    layer.kind = LayerKind::Opaque;
    NotUnderstood(layer, layer.program, "which program this is is not known");
    return layer;
  }
  layer.package = RefOf(layer.program);
  if (IsWholeLine(layer.program, context)) {
    layer.start_problems.push_back(
        {layer.program,
         "a program is named by one word without its arguments: no file has this name",
         Answer::Yes});
  } else if (layer.program.text.empty() && layer.program.Known()) {
    layer.start_problems.push_back({layer.program, "the program's name is empty", Answer::Yes});
  }
  return layer;
}

Layer OpaqueLayer(std::vector<Word> words, const Word& program) {
  Layer layer = MakeLayer(LayerKind::Opaque, "", words.empty() ? program : words.front());
  layer.words = std::move(words);
  return layer;
}

}  // namespace sandlint
