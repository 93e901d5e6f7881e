// node, python, bun and their like: the first word that is no option is the script. None of their
// options widens what the process can reach; node's permission model narrows it.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/permissions.h"
#include "scanner/peel/program.h"

namespace sandlint {
namespace {

enum class Means : std::uint8_t {
  Value,        ///< takes the next word, and nothing that counts
  Code,         ///< the program itself is the value
  Module,       ///< the program is the module of that name
  Permits,      ///< turns node's permissions on
  Path,         ///< lets node's permissions have a path
  Child,        ///< lets them start what they do not hold
  Environment,  ///< a file of variables
};

struct OptionRow {
  std::string_view name;
  Means means;
  bool glued_only = false;  ///< a value only behind `=`
};

constexpr auto kNode =
    std::to_array<OptionRow>({{"-C", Means::Value},
                              {"--allow-addons", Means::Child, true},
                              {"--allow-child-process", Means::Child, true},
                              {"--allow-fs-read", Means::Path},
                              {"--allow-fs-write", Means::Path},
                              {"--allow-inspector", Means::Child, true},
                              {"--allow-wasi", Means::Child, true},
                              {"--allow-worker", Means::Child, true},
                              {"--conditions", Means::Value},
                              {"--env-file", Means::Environment, true},
                              {"--env-file-if-exists", Means::Environment, true},
                              {"--eval", Means::Code},
                              {"--experimental-loader", Means::Value},
                              {"--experimental-permission", Means::Permits, true},
                              {"--import", Means::Value},
                              {"--loader", Means::Value},
                              {"--max-old-space-size", Means::Value, true},
                              {"--permission", Means::Permits, true},
                              {"--print", Means::Code},
                              {"--require", Means::Value},
                              {"-e", Means::Code},
                              {"-p", Means::Code},
                              {"-pe", Means::Code},
                              {"-r", Means::Value}});
constexpr auto kPython = std::to_array<OptionRow>({{"--check-hash-based-pycs", Means::Value},
                                                   {"-W", Means::Value},
                                                   {"-X", Means::Value},
                                                   {"-c", Means::Code},
                                                   {"-m", Means::Module}});
constexpr auto kBun = std::to_array<OptionRow>({{"--cwd", Means::Value},
                                                {"--env-file", Means::Environment, true},
                                                {"--eval", Means::Code},
                                                {"--preload", Means::Value},
                                                {"-e", Means::Code},
                                                {"-r", Means::Value}});
constexpr auto kJava = std::to_array<OptionRow>(
    {{"-classpath", Means::Value}, {"-cp", Means::Value}, {"-jar", Means::Module}});
constexpr auto kOther = std::to_array<OptionRow>(
    {{"-I", Means::Value, true}, {"-e", Means::Code}, {"-r", Means::Value}});

struct ToolRow {
  std::string_view name;
  std::span<const OptionRow> options;
  std::string_view subcommand;  ///< must come first
  bool versions = false;        ///< python3.11
};

constexpr auto kTools = std::to_array<ToolRow>({
    {"node", kNode, "", true},
    {"nodejs", kNode, ""},
    {"python", kPython, "", true},
    {"pypy", kPython, "", true},
    {"py", kPython, ""},
    {"bun", kBun, ""},
    {"tsx", kNode, ""},
    {"ts-node", kNode, ""},
    {"ruby", kOther, "", true},
    {"perl", kOther, "", true},
    {"php", kOther, "", true},
    {"java", kJava, ""},
});

const ToolRow* FindTool(std::string_view name) {
  const auto row = std::ranges::find_if(kTools, [&](const ToolRow& tool) {
    return tool.versions ? IsVersionOf(name, tool.name) : name == tool.name;
  });
  return row == kTools.end() ? nullptr : &*row;
}

/// One call of an interpreter, read.
struct Call {
  std::size_t script = 0;  ///< index of the script, argv.size() for none
  bool understood = true;
  Word permits, child;          ///< node's permissions are on; they let children be started
  std::vector<KeyValue> paths;  ///< that they allow
  std::optional<ProgramRef> program;
};

ProgramRef Ref(std::string_view ecosystem, std::string name, const Word& word) {
  ProgramRef ref;
  ref.ecosystem = ecosystem;
  ref.name = std::move(name);
  ref.word = word;
  return ref;
}

/// The option at `at`; returns the index behind it and its value.
std::size_t ReadOption(Argv argv, std::size_t at, const ToolRow& tool, Layer& layer, Call& call) {
  const Word& word = argv[at];
  const std::size_t equals = word.text.find('=');
  const std::string_view name = std::string_view(word.text).substr(0, equals);
  const auto row = std::ranges::find(tool.options, name, &OptionRow::name);
  if (row == tool.options.end()) return at + 1;
  const bool takes_next = equals == std::string::npos && !row->glued_only && at + 1 < argv.size();
  const Word& value = takes_next ? argv[at + 1] : word;
  switch (row->means) {
    case Means::Value:
      break;
    case Means::Code:
      call.program = ProgramRef{};
      break;
    case Means::Module:
      call.program =
          tool.name == "java" ? Ref("file", value.text, value) : Ref("pypi", value.text, value);
      break;
    case Means::Permits:
      call.permits = word;
      break;
    case Means::Path:
      call.paths.push_back(
          {Part(word, 0, name.size()), takes_next ? value : Part(word, equals + 1)});
      break;
    case Means::Child:
      call.child = word;
      break;
    case Means::Environment:
      layer.environment.push_back({EnvKind::FromFile, word, {}, value, {}});
      break;
  }
  return at + (takes_next ? 2 : 1);
}

Call ReadCall(Argv argv, std::size_t begin, const ToolRow& tool, Layer& layer) {
  Call call;
  std::size_t at = begin;
  while (at < argv.size() && !call.program) {
    const Word& word = argv[at];
    if (word.text == "--" && word.Known()) {
      ++at;
      break;
    }
    if (word.StartsUnknown() || word.text.size() < 2 || word.text[0] != '-') break;
    at = ReadOption(argv, at, tool, layer, call);
  }
  call.script = std::min(at, argv.size());
  return call;
}

/// node's permission model (observed with 20.20): files and children are held back; the network,
/// unix sockets and variables are not, before version 25 at least.
void ApplyPermissions(const Call& call, Layer& layer) {
  if (!call.permits) {
    if (!call.paths.empty()) {
      AddProblem(layer, call.paths.front().key, "node wants --permission with it");
    }
    return;
  }
  layer.kind = LayerKind::Sandbox;
  layer.profile = Profile{{}, call.permits, {}};
  auto& parameters = layer.profile->parameters;
  if (call.child) parameters.push_back({MadeUp("open", call.child), call.child});
  parameters.push_back({MadeUp("sockets", call.permits), call.permits});
  for (const auto& [key, path] : call.paths) {
    const char* name = key.text.ends_with("read") ? "allow-read" : "allow-write";
    parameters.push_back({MadeUp(name, key), path});
    if (path.text.find(',') == std::string::npos) continue;
    // One path to newer versions, a list to older ones.
    for (const Word& part : SplitCommas(path)) parameters.push_back({MadeUp(name, key), part});
  }
}

}  // namespace

std::optional<Peeled> PeelInterpreter(Argv argv, const PeelContext&) {
  if (argv.empty()) return std::nullopt;
  const std::string name = ToolName(argv[0]);
  const ToolRow* tool = FindTool(name);
  if (tool == nullptr) return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Interpreter, tool->name, argv[0]);
  std::size_t begin = 1;
  if (!tool->subcommand.empty()) {
    if (argv.size() < 2 || argv[1].text != tool->subcommand) return std::nullopt;
    begin = 2;
  }
  Call call = ReadCall(argv, begin, *tool, layer);
  ApplyPermissions(call, layer);
  // Without a script node waits for a program on its standard input.
  if (call.script >= argv.size() && !call.program) call.program = ProgramRef{};
  peeled.is_program = true;
  if (call.program) {
    layer.package = call.program;
    const std::size_t last = std::max<std::size_t>(begin, call.script) - 1;
    peeled.rest.assign(argv.begin() + static_cast<std::ptrdiff_t>(last), argv.end());
    layer.words.assign(argv.begin(), argv.begin() + static_cast<std::ptrdiff_t>(last + 1));
    return peeled;
  }
  layer.package = Ref("file", argv[call.script].text, argv[call.script]);
  peeled.rest = Consume(layer, argv, call.script);
  return peeled;
}

}  // namespace sandlint
