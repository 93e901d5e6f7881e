// deno (2.9): nothing is allowed but what an option allows, and options end at the script. What
// they come to was observed; a program that it may start, or a library, is not confined at all.

#include <algorithm>
#include <array>
#include <string_view>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/permissions.h"

namespace sandlint {
namespace {

constexpr auto kNone = OptionArg::None;
constexpr auto kRequired = OptionArg::Required;
constexpr auto kOptional = OptionArg::Optional;
constexpr auto kRead = OptionEffect::Read;
constexpr auto kExits = OptionEffect::Exits;

/// A value stands behind `=` alone, but for the few that need one.
constexpr auto kOptions = std::to_array<OptionSpec>({
    {"allow-all", 'A', kNone, kRead},
    {"allow-env", 'E', kOptional, kRead},
    {"allow-ffi", 0, kOptional, kRead},
    {"allow-hrtime", 0},
    {"allow-import", 'I', kOptional, kRead},
    {"allow-net", 'N', kOptional, kRead},
    {"allow-read", 'R', kOptional, kRead},
    {"allow-run", 0, kOptional, kRead},
    {"allow-scripts", 0, kOptional},
    {"allow-sys", 'S', kOptional},
    {"allow-write", 'W', kOptional, kRead},
    {"cached-only", 0, kNone},
    {"cert", 0, kRequired},
    {"check", 0, kOptional},
    {"conditions", 0, kRequired},
    {"config", 'c', kRequired},
    {"coverage", 0, kOptional},
    {"deny-env", 0, kOptional, kRead},
    {"deny-ffi", 0, kOptional},
    {"deny-import", 0, kOptional},
    {"deny-net", 0, kOptional, kRead},
    {"deny-read", 0, kOptional, kRead},
    {"deny-run", 0, kOptional},
    {"deny-sys", 0, kOptional},
    {"deny-write", 0, kOptional, kRead},
    {"env-file", 0, kOptional, kRead},
    {"ext", 0, kRequired},
    {"frozen", 0, kOptional},
    {"frozen-lockfile", 0, kOptional},
    {"help", 'h', kOptional, kExits},
    {"hmr", 0, kOptional},
    {"ignore-env", 0, kOptional, kRead},
    {"ignore-read", 0, kOptional, kRead},
    {"import-map", 0, kRequired},
    {"inspect", 0, kOptional},
    {"inspect-brk", 0, kOptional},
    {"inspect-wait", 0, kOptional},
    {"location", 0, kRequired},
    {"lock", 0, kOptional},
    {"no-check", 0, kOptional},
    {"no-clear-screen", 0},
    {"no-code-cache", 0},
    {"no-config", 0},
    {"no-lock", 0},
    {"no-npm", 0, kNone, kRead},
    {"no-prompt", 0},
    {"no-remote", 0, kNone, kRead},
    {"node-modules-dir", 0, kOptional},
    {"permission-set", 'P', kOptional, kRead},
    {"preload", 0, kRequired},
    {"quiet", 'q'},
    {"reload", 'r', kOptional},
    {"require", 0, kRequired},
    {"seed", 0, kRequired},
    {"unsafely-ignore-certificate-errors", 0, kOptional},
    {"unstable", 0},
    {"v8-flags", 0, kOptional},
    {"vendor", 0, kOptional},
    {"watch", 0, kOptional},
    {"watch-exclude", 0, kOptional},
});

/// Other names of `deno` that start no script of this line.
constexpr auto kOtherCommands = std::to_array<std::string_view>(
    {"add",         "bench",    "bundle", "cache", "check",     "clean",   "compile",
     "completions", "coverage", "doc",    "eval",  "fmt",       "info",    "init",
     "install",     "jupyter",  "lint",   "lsp",   "outdated",  "publish", "remove",
     "repl",        "task",     "test",   "types", "uninstall", "upgrade", "x"});

/// What opens a sandbox of permissions altogether.
struct Opening {
  std::string_view option;
  std::string_view why;
};
constexpr auto kOpenings = std::to_array<Opening>({
    {"allow-run", "what it starts is not confined"},
    {"allow-ffi", "what a library does is not confined"},
});

class DenoLine {
 public:
  DenoLine(Layer& layer, const OptionResult& options) : layer_(layer), options_(options) {}

  void Run() {
    if (const OptionUse* use = options_.Find("env-file")) {
      layer_.environment.push_back({EnvKind::FromFile, use->option, {}, use->value, {}});
    }
    const bool all = options_.Has("allow-all");
    if (all || Opens()) {
      if (all) layer_.kind = LayerKind::Interpreter;  // no sandbox is meant
      layer_.profile = Profile{{}, OpenedBy(), {{MadeUp("open", OpenedBy()), OpenedBy()}}};
      return;
    }
    layer_.profile = Profile{{}, layer_.program, {}};
    for (const OptionUse& use : options_.uses) {
      if (use.name.ends_with("read") || use.name.ends_with("write")) AddPaths(use);
    }
    if (const OptionUse* use = options_.Find("permission-set")) {
      AddNote(layer_, use->option, Facet::Paths | Facet::Egress | Facet::Environment,
              "the permissions of deno.json are not read");
    }
    for (const Opening& row : kOpenings) {
      const OptionUse* use = options_.Find(row.option);
      if (use != nullptr) AddNote(layer_, use->option, Facet::All, std::string(row.why));
    }
    Environment();
    Network();
  }

 private:
  bool Opens() const {
    return std::ranges::any_of(options_.uses, [](const OptionUse& use) {
      return !use.value && (use.name == "allow-run" || use.name == "allow-ffi");
    });
  }

  Word OpenedBy() const {
    for (const char* name : {"allow-all", "allow-run", "allow-ffi"}) {
      if (const OptionUse* use = options_.Find(name)) return use->option;
    }
    return layer_.program;
  }

  /// `ignore` denies without telling.
  void AddPaths(const OptionUse& use) {
    const bool allows = use.name.starts_with("allow");
    const std::string key =
        (allows ? "allow-" : "deny-") + std::string(use.name.ends_with("read") ? "read" : "write");
    auto& parameters = layer_.profile->parameters;
    if (!use.value) {
      parameters.push_back({MadeUp(key, use.option), MadeUp("*", use.option)});
      return;
    }
    for (const Word& path : SplitCommas(use.value)) {
      parameters.push_back({MadeUp(key, use.option), path});
    }
  }

  void Environment() {
    std::vector<std::string> keep;
    bool all = false;
    for (const OptionUse& use : options_.uses) {
      if (use.name != "allow-env") continue;
      all = all || !use.value;
      for (const Word& name : SplitCommas(use.value)) {
        keep.push_back(name.text);
        if (!name.Known()) AddNote(layer_, name, Facet::Environment, "the name is not known here");
      }
    }
    if (!all) AddReset(layer_, layer_.program, keep);
    for (const OptionUse& use : options_.uses) {
      if (use.name != "deny-env" && use.name != "ignore-env") continue;
      if (!use.value) AddReset(layer_, use.option);
      for (const Word& name : SplitCommas(use.value)) AddUnset(layer_, use.option, name);
    }
  }

  static NetworkRule RuleOf(const Word& word, Answer verdict) {
    NetworkRule rule{verdict, "", word.text, 0, word};
    const std::size_t colon = word.text.rfind(':');
    const bool v6 = word.text.find(':') != colon && !word.text.starts_with('[');
    if (colon != std::string::npos && !v6 && word.text.find(']', colon) == std::string::npos) {
      rule.host = word.text.substr(0, colon);
      rule.port = static_cast<std::uint32_t>(std::atoi(word.text.c_str() + colon + 1));
    }
    if (rule.host.starts_with('[') && rule.host.ends_with(']')) {
      rule.host = rule.host.substr(1, rule.host.size() - 2);
    }
    return rule;
  }

  /// Code is fetched from hosts of deno's own choice, when the program asks for it while it runs.
  void Imports(NetworkFilter& filter) const {
    if (options_.Has("no-remote") && options_.Has("no-npm")) return;
    if (const OptionUse* use = options_.Find("allow-import"); use != nullptr && use->value) {
      for (const Word& word : SplitCommas(use->value)) {
        filter.rules.push_back(RuleOf(word, Answer::Yes));
      }
      if (options_.Has("no-npm")) return;
    }
    filter.rules.push_back({Answer::Unknown, "tcp", "*", 443, layer_.program});
  }

  void Network() {
    NetworkFilter filter;
    filter.word = layer_.program;
    bool all = false;
    for (const Answer verdict : {Answer::No, Answer::Yes}) {
      for (const OptionUse& use : options_.uses) {
        if (use.name != (verdict == Answer::No ? "deny-net" : "allow-net")) continue;
        filter.word = use.option;
        if (!use.value) {
          filter.rules.push_back({verdict, "", "*", 0, use.option});
          all = all || verdict == Answer::Yes;
        }
        for (const Word& word : SplitCommas(use.value)) {
          if (word.text.starts_with("unix:")) continue;
          filter.rules.push_back(RuleOf(word, verdict));
          if (!word.Known() || word.text.find('/') != std::string::npos) {
            AddNote(layer_, word, Facet::Egress, "which hosts it names is not known here");
          }
        }
      }
    }
    if (all) layer_.profile->parameters.push_back({MadeUp("sockets", filter.word), filter.word});
    if (all && filter.rules.size() == 1) return;
    if (!all) Imports(filter);
    layer_.network.filter = std::move(filter);
  }

  Layer& layer_;
  const OptionResult& options_;
};

ProgramRef ScriptOf(const Word& word) {
  ProgramRef ref;
  ref.word = word;
  ref.name = word.text;
  ref.ecosystem = word.text.find("://") == std::string::npos ? "file" : "url";
  for (const std::string_view scheme : {"npm:", "jsr:"}) {
    if (!word.text.starts_with(scheme)) continue;
    ref.ecosystem = scheme == "npm:" ? "npm" : "url";
    ref.name = word.text.substr(4);
  }
  return ref;
}

}  // namespace

std::vector<Word> SplitCommas(const Word& value) {
  std::vector<Word> parts;
  for (std::size_t at = 0; at < value.text.size();) {
    const std::size_t comma = std::min(value.text.find(',', at), value.text.size());
    if (comma > at) parts.push_back(Part(value, at, comma - at));
    at = comma + 1;
  }
  return parts;
}

std::optional<Peeled> PeelDeno(Argv argv, const PeelContext&) {
  if (argv.size() < 2 || ToolName(argv[0]) != "deno") return std::nullopt;
  const std::string& command = argv[1].text;
  if (std::ranges::find(kOtherCommands, command) != kOtherCommands.end()) return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Sandbox, "deno", argv[0]);
  const std::size_t begin = command == "run" || command == "serve" ? 2 : 1;
  const OptionResult options =
      ReadOptions(argv, begin, kOptions, layer, {.abbreviations = false, .glued_equals = true});
  DenoLine(layer, options).Run();
  std::vector<Word> rest = Consume(layer, argv, options.next);
  if (!options.understood) {
    peeled.unread = std::move(rest);
    return peeled;
  }
  if (rest.empty()) {
    AddProblem(layer, argv[0], "no script is given");
    return peeled;
  }
  layer.package = ScriptOf(rest.front());
  peeled.is_program = true;
  peeled.rest = std::move(rest);
  return peeled;
}

}  // namespace sandlint
