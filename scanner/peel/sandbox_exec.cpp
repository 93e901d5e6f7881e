// sandbox-exec of macOS: one profile by file, text or name, parameters for it, a command. getopt
// stops at the first word that is no option.

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/profile_file.h"

namespace sandlint {
namespace {

constexpr auto kRequired = OptionArg::Required;
constexpr auto kRead = OptionEffect::Read;

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"define", 'D', kRequired, kRead},
    {"file", 'f', kRequired, kRead},
    {"name", 'n', kRequired, kRead},
    {"profile", 'p', kRequired, kRead},
});

struct NamedProfile {
  std::string_view name;
  std::string_view text;
};
/// The profiles that are compiled into libsandbox, by what sandbox_init(3) says of them.
constexpr auto kNamed = std::to_array<NamedProfile>({
    {"kSBXProfileNoInternet", "(version 1)(allow default)(deny network* (remote ip))"},
    {"kSBXProfileNoNetwork", "(version 1)(allow default)(deny network*)"},
    {"kSBXProfileNoWrite", "(version 1)(allow default)(deny file-write*)"},
    {"kSBXProfileNoWriteExceptTemporary",
     "(version 1)(allow default)(deny file-write*)"
     "(allow file-write* (subpath \"/private/tmp\") (subpath \"/private/var/tmp\")"
     " (subpath \"/private/var/folders\"))"},
    {"kSBXProfilePureComputation", "(version 1)(deny default)"},
    {"no-internet", "(version 1)(allow default)(deny network* (remote ip))"},
    {"no-network", "(version 1)(allow default)(deny network*)"},
    {"no-write", "(version 1)(allow default)(deny file-write*)"},
    {"no-write-except-temporary",
     "(version 1)(allow default)(deny file-write*)"
     "(allow file-write* (subpath \"/private/tmp\") (subpath \"/private/var/tmp\")"
     " (subpath \"/private/var/folders\"))"},
    {"pure-computation", "(version 1)(deny default)"},
});

constexpr auto kEndings = std::to_array<std::string_view>({".sb", ".sbpl"});
constexpr Facet kTouches = Facet::Paths | Facet::Egress;

void UseNamed(Layer& layer, const Word& name) {
  for (const NamedProfile& row : kNamed) {
    if (row.name != name.text) continue;
    layer.profile = Profile{MadeUp(std::string(row.text), name), name, {}};
    return;
  }
  AddNote(layer, name, kTouches, fmt::format("the system's profile {} is not known", name.text));
}

void UseFile(Layer& layer, const Word& name, const PeelContext& context) {
  if (auto text = ReadNamedFile(name, context, kEndings)) {
    layer.profile = Profile{std::move(*text), name, {}};
    return;
  }
  AddNote(layer, name, kTouches, fmt::format("the profile {} cannot be read here", name.text));
  if (NamedFileIsMissing(name, context)) {
    AddProblem(layer, name, fmt::format("there is no profile {}", name.text));
  }
}

void UseText(Layer& layer, const Word& text) {
  if (text.Known() && text.text.size() <= kMaxProfileBytes) {
    layer.profile = Profile{text, text, {}};
  } else {
    AddNote(layer, text, kTouches, "a part of the profile is not known here");
  }
}

void ReadProfile(Layer& layer, const OptionResult& options, const PeelContext& context) {
  const OptionUse* chosen = nullptr;
  std::vector<KeyValue> parameters;
  for (const OptionUse& use : options.uses) {
    if (use.name == "define") {
      if (auto pair = SplitAssignment(use.value)) parameters.push_back(std::move(*pair));
      continue;
    }
    if (chosen != nullptr) {
      AddProblem(layer, use.option, "sandbox-exec takes one of -f, -n and -p, once");
    }
    chosen = &use;
  }
  if (chosen == nullptr) {
    AddProblem(layer, layer.program, "sandbox-exec needs a profile: -f, -n or -p");
    return;
  }
  if (chosen->name == "file") {
    UseFile(layer, chosen->value, context);
  } else if (chosen->name == "profile") {
    UseText(layer, chosen->value);
  } else {
    UseNamed(layer, chosen->value);
  }
  if (layer.profile) layer.profile->parameters = std::move(parameters);
}

}  // namespace

std::optional<Peeled> PeelSandboxExec(Argv argv, const PeelContext& context) {
  if (argv.empty() || ToolName(argv[0]) != "sandbox-exec") return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Sandbox, "sandbox-exec", argv[0]);
  const OptionResult options = ReadOptions(argv, 1, kOptions, layer, {.abbreviations = false});
  if (options.understood) ReadProfile(layer, options, context);
  std::vector<Word> rest = Consume(layer, argv, options.next);
  if (options.understood && rest.empty()) AddProblem(layer, argv[0], "no command is given");
  (options.understood ? peeled.rest : peeled.unread) = std::move(rest);
  return peeled;
}

}  // namespace sandlint
