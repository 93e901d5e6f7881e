// systemd-run (252): a service of the manager, which starts it with a fresh environment and as its
// own user; with --scope the command stays a child of the caller and keeps everything.

#include <algorithm>
#include <array>
#include <string_view>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/privilege.h"
#include "scanner/peel/systemd_settings.h"

namespace sandlint {
namespace {

constexpr auto kNone = OptionArg::None;
constexpr auto kRequired = OptionArg::Required;
constexpr auto kRead = OptionEffect::Read;
constexpr auto kExits = OptionEffect::Exits;
constexpr auto kNotModelled = OptionEffect::NotModelled;
constexpr std::string_view kLater = "it runs at another time, away from the client";

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"background", 0, kRequired},
    {"collect", 'G'},
    {"description", 0, kRequired},
    {"expand-environment", 0, kRequired},
    {"gid", 0, kRequired, kRead},
    {"help", 'h', kNone, kExits},
    {"host", 'H', kRequired, kNotModelled, Facet::All, "it runs on another machine"},
    {"ignore-failure", 0},
    {"job-mode", 0, kRequired},
    {"machine", 'M', kRequired, kNotModelled, Facet::All, "it runs in another machine"},
    {"nice", 0, kRequired},
    {"no-ask-password", 0},
    {"no-block", 0},
    {"on-active", 0, kRequired, kNotModelled, Facet::None, kLater},
    {"on-boot", 0, kRequired, kNotModelled, Facet::None, kLater},
    {"on-calendar", 0, kRequired, kNotModelled, Facet::None, kLater},
    {"on-clock-change", 0, kNone, kNotModelled, Facet::None, kLater},
    {"on-startup", 0, kRequired, kNotModelled, Facet::None, kLater},
    {"on-timezone-change", 0, kNone, kNotModelled, Facet::None, kLater},
    {"on-unit-active", 0, kRequired, kNotModelled, Facet::None, kLater},
    {"on-unit-inactive", 0, kRequired, kNotModelled, Facet::None, kLater},
    {"path-property", 0, kRequired, kNotModelled, Facet::None, kLater},
    {"pipe", 'P', kNone, kRead},
    {"property", 'p', kRequired, kRead},
    {"pty", 't', kNone, kRead},
    {"pty-late", 'T', kNone, kRead},
    {"quiet", 'q'},
    {"remain-after-exit", 'r'},
    {"same-dir", 'd'},
    {"scope", 0, kNone, kRead},
    {"send-sighup", 0},
    {"service-type", 0, kRequired},
    {"setenv", 'E', kRequired, kRead},
    {"shell", 'S', kNone, kRead},
    {"slice", 0, kRequired},
    {"slice-inherit", 0},
    {"socket-property", 0, kRequired, kNotModelled, Facet::None, kLater},
    {"system", 0},
    {"timer-property", 0, kRequired, kNotModelled, Facet::None, kLater},
    {"uid", 0, kRequired, kRead},
    {"unit", 'u', kRequired},
    {"user", 0, kNone, kRead},
    {"version", 0, kNone, kExits},
    {"wait", 0},
    {"working-directory", 0, kRequired, kRead},
});

class RunLine {
 public:
  RunLine(Layer& layer, const OptionResult& options, const PeelContext& context)
      : layer_(layer), options_(options), context_(context) {
    settings_.user_manager = options.Has("user");
  }

  void Run() {
    const bool scope = options_.Has("scope");
    for (const OptionUse& use : options_.uses) {
      if (use.name == "property") Property(use, scope);
    }
    if (const OptionUse* use = options_.Find("uid")) settings_.user = use->value;
    if (const OptionUse* use = options_.Find("gid")) settings_.group = use->value;
    if (const OptionUse* use = options_.Find("working-directory")) {
      settings_.directory = use->value;
    }
    scope ? Scope() : Service();
  }

 private:
  void Property(const OptionUse& use, bool scope) {
    const auto pair = SplitAssignment(use.value);
    if (!pair) {
      AddProblem(layer_, use.value, "a property is NAME=VALUE");
      return;
    }
    const bool known = ApplySystemdProperty(settings_, pair->key, pair->value, context_);
    if (!known) AddProblem(layer_, pair->key, "systemd knows no such property", Answer::Unknown);
    if (scope && IsSystemdSandbox(pair->key.text)) {
      AddProblem(layer_, use.value, "a scope takes no such property: only a service has a sandbox");
    }
  }

  void Variables(Layer& layer) {
    for (const OptionUse& use : options_.uses) {
      if (use.name != "setenv") continue;
      if (const auto pair = SplitAssignment(use.value)) {
        AddSet(layer, use.option, pair->key, pair->value);
      } else {
        layer.environment.push_back({EnvKind::Copy, use.option, use.value, {}, {}});
      }
    }
  }

  /// A child of the caller: only the addresses of the control group change.
  void Scope() {
    layer_.kind = LayerKind::Transparent;
    SystemdSettings kept;
    kept.user_manager = settings_.user_manager;
    kept.ip_allow = settings_.ip_allow;
    kept.ip_deny = settings_.ip_deny;
    Layer scope;
    FinishSystemd(kept, scope, context_);
    layer_.network = scope.network;
    layer_.notes.insert(layer_.notes.end(), settings_.notes.begin(), settings_.notes.end());
    if (settings_.user) layer_.user = settings_.user;
    if (settings_.directory) layer_.chdir = settings_.directory;
    if (layer_.user) layer_.kind = LayerKind::User;
    Variables(layer_);
  }

  void Service() {
    FinishSystemd(settings_, layer_, context_);
    Variables(layer_);
    if (!context_.sandbox.empty() && layer_.network.mode == NetworkMode::Inherit) {
      layer_.network = {NetworkMode::Host, layer_.program};  // the manager runs outside
    }
    if (!settings_.user_manager) {
      NeedsRoot(layer_, layer_.program, "only root starts a service of the machine unasked",
                context_);
    }
    const bool stdio = options_.Has("pipe") || options_.Has("pty") || options_.Has("pty-late");
    if (stdio) return;
    AddProblem(layer_, layer_.program,
               "without --pipe its output goes to the journal: the client talks to nobody",
               Answer::Unknown);
  }

  Layer& layer_;
  const OptionResult& options_;
  const PeelContext& context_;
  SystemdSettings settings_;
};

}  // namespace

std::optional<Peeled> PeelSystemdRun(Argv argv, const PeelContext& context) {
  if (argv.empty() || ToolName(argv[0]) != "systemd-run") return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Sandbox, "systemd-run", argv[0]);
  const OptionResult options = ReadOptions(argv, 1, kOptions, layer);
  RunLine(layer, options, context).Run();
  std::vector<Word> rest = Consume(layer, argv, options.next);
  if (options.understood && rest.empty()) AddProblem(layer, argv[0], "no command is given");
  (options.understood ? peeled.rest : peeled.unread) = std::move(rest);
  return peeled;
}

}  // namespace sandlint
