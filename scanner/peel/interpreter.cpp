// node, python, deno, bun and their like: the first word that is no option is the script. None of
// their options widens what the process can reach; deno's permissions and node's permission model
// narrow it, and are named where they are met.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/program.h"

namespace sandlint {
namespace {

enum class Means : std::uint8_t {
  Value,        ///< takes the next word, and nothing that counts
  Code,         ///< the program itself is the value
  Module,       ///< the program is the module of that name
  Narrows,      ///< a permission that is not followed here
  Opens,        ///< all permissions
  Environment,  ///< a file of variables
};

struct OptionRow {
  std::string_view name;
  Means means;
  bool glued_only = false;  ///< a value only behind `=`
};

constexpr auto kNode =
    std::to_array<OptionRow>({{"-C", Means::Value},
                              {"--conditions", Means::Value},
                              {"--env-file", Means::Environment, true},
                              {"--env-file-if-exists", Means::Environment, true},
                              {"--eval", Means::Code},
                              {"--experimental-loader", Means::Value},
                              {"--experimental-permission", Means::Narrows, true},
                              {"--import", Means::Value},
                              {"--loader", Means::Value},
                              {"--max-old-space-size", Means::Value, true},
                              {"--permission", Means::Narrows, true},
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
constexpr auto kDeno = std::to_array<OptionRow>({{"--allow-all", Means::Opens, true},
                                                 {"--cert", Means::Value},
                                                 {"--config", Means::Value},
                                                 {"--import-map", Means::Value},
                                                 {"--location", Means::Value},
                                                 {"--lock", Means::Value, true},
                                                 {"--seed", Means::Value},
                                                 {"-A", Means::Opens, true},
                                                 {"-c", Means::Value}});
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
    {"deno", kDeno, "run"},
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
  bool opened = false;
  bool narrowed = false;
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
    case Means::Narrows:
      call.narrowed = true;
      AddNote(layer, word, Facet::Paths, "its permissions are not followed");
      break;
    case Means::Opens:
      call.opened = true;
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

ProgramRef ScriptRef(const Word& word, const ToolRow& tool) {
  for (const std::string_view scheme : {"npm:", "jsr:"}) {
    if (word.text.starts_with(scheme)) {
      return Ref(scheme == "npm:" ? "npm" : "url", word.text.substr(4), word);
    }
  }
  const bool url = word.text.find("://") != std::string::npos;
  return Ref(url && tool.name == "deno" ? "url" : "file", word.text, word);
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
  if (tool->name == "deno" && !call.opened) {
    AddNote(layer, argv[0], Facet::Paths | Facet::Egress | Facet::Environment,
            "deno's permissions are not followed");
  }
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
  layer.package = ScriptRef(argv[call.script], *tool);
  peeled.rest = Consume(layer, argv, call.script);
  return peeled;
}

}  // namespace sandlint
