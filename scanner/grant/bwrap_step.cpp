// What a bwrap layer makes of the view outside: who the program is for the files, and what it can
// do beyond the mounts (observed with bwrap 0.8.0).

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "scanner/grant/bwrap_view.h"
#include "scanner/grant/capabilities.h"
#include "scanner/grant/id_map.h"
#include "scanner/grant/view_makers.h"

namespace sandlint {
namespace {

/// In a user namespace of its own even root has power over the files of its own user alone.
Credentials Confined(const Layer& layer, Credentials caller) {
  if (layer.namespaces.user) caller.override_all = false;
  return caller;
}

/// What the program may do with files inside of a bwrap sandbox that `caller` started.
Credentials InsideBwrap(const Layer& layer, const Credentials& caller, bool by_root) {
  Credentials inside = Confined(layer, caller);
  const bool override = HasCapability(layer, by_root, "CAP_DAC_OVERRIDE");
  const bool read = override || HasCapability(layer, by_root, "CAP_DAC_READ_SEARCH");
  inside.override_all = inside.override_all && read;
  // Who only looks like root has that power over the files whose ids are known inside.
  const bool same = by_root && !caller.override_all && !layer.namespaces.user;
  inside.read_own = read && (!same || caller.read_own);
  inside.write_own = override && (!same || caller.write_own);
  return inside;
}

bool HasWord(const Layer& layer, std::string_view option) {
  return std::ranges::any_of(layer.words, [&](const Word& word) { return word.text == option; });
}

/// Is there a process of bwrap itself in the sandbox? It keeps the environment that bwrap was
/// started with.
bool HasInit(const Layer& layer) {
  if (layer.as_pid_1) return false;
  return layer.namespaces.pid || HasWord(layer, "--lock-file") || HasWord(layer, "--sync-fd");
}

bool ShowsHostProc(const View& view) {
  return std::ranges::any_of(view.AliasesOf("/proc"),
                             [](const Alias& alias) { return !alias.masked; });
}

/// A procfs of its own, or a bind that could take one along.
bool MayShowProc(const Layer& layer) {
  return std::ranges::any_of(layer.mounts, [](const Mount& mount) {
    if (mount.kind == MountKind::Proc) return true;
    if (mount.kind != MountKind::Bind) return false;
    return !mount.source.Known() || CleanPath('/' + mount.source.text) == "/" ||
           mount.source.text.find("proc") != std::string::npos;
  });
}

Evidence Keeps(const Layer& layer, std::string note) {
  const Word& word = layer.cap_add.empty() ? layer.program : layer.cap_add.front();
  return EvidenceOf(word, std::move(note));
}

BwrapEscapes EscapesOf(const Layer& layer, bool by_host_root, bool by_root, bool host_proc) {
  BwrapEscapes escapes;
  const bool whole = by_host_root && !layer.namespaces.user;
  // Without capabilities too: the process of bwrap that waits outside has none either (observed).
  if (by_root && !layer.namespaces.user && host_proc) {
    escapes.proven.push_back(Keeps(layer, "root sees the host through /proc/PID/root"));
  }
  if (whole && CanGoPastMounts(layer, by_root)) {
    escapes.possible.push_back(Keeps(layer, "root keeps capabilities that lead past mounts"));
  } else if (!whole && HasCapability(layer, by_root, "CAP_SYS_ADMIN")) {
    escapes.unmount.push_back(Keeps(layer, "with CAP_SYS_ADMIN it can take mounts away"));
  }
  return escapes;
}

/// A --lock-file is opened inside.
void CheckLockFiles(const Layer& layer, const View& view, ViewStep& step) {
  if (view.Host().Symbolic()) return;
  for (std::size_t at = 0; at + 1 < layer.words.size(); ++at) {
    const Word& file = layer.words[at + 1];
    if (layer.words[at].text != "--lock-file" || !file.Known()) continue;
    const auto real = view.Realpath('/' + file.text, &view.Caller());
    const auto object = real ? view.Lstat(*real) : std::nullopt;
    if (object && PermissionsOf(*object, view.Caller()).Has(Right::Read)) continue;
    // Only the process that holds the locks stops; the program may go on (observed).
    step.problems.push_back(
        {file, fmt::format("there is no lock file {} inside", file.text), Answer::Unknown});
  }
}

/// bwrap refuses capabilities that somebody hands to it who is not root.
void CheckCapabilities(const Layer& layer, const ViewContext& context, ViewStep& step) {
  const Power& power = context.power;
  if (power.space == 0 || power.capabilities != Answer::Yes || power.root != Answer::No) return;
  step.problems.push_back({layer.program,
                           "bwrap refuses to start with capabilities, except for root",
                           context.host.Symbolic() ? Answer::Unknown : Answer::Yes});
}

}  // namespace

void BwrapEscapes::Widen(PathAnswer& answer, const View& outside, std::string_view host_path,
                         Rights below) const {
  const auto may = [&](const Because& why, Rights rights) {
    answer.possible = answer.possible | rights;
    if (answer.rights.None()) answer.because.insert(answer.because.begin(), why.begin(), why.end());
  };
  if (!possible.empty()) may(possible, kAllRights);
  if (!unmount.empty() && !below.None()) may(unmount, below);
  if (proven.empty()) return;
  const PathAnswer beyond = outside.OfHost(host_path);
  answer.possible = answer.possible | beyond.possible;
  if ((beyond.rights | answer.rights) == answer.rights) return;
  answer.rights = answer.rights | beyond.rights;
  answer.backing = beyond.backing;
  answer.alias = "/proc/1/root" + std::string(host_path);
  answer.because.insert(answer.because.begin(), proven.begin(), proven.end());
}

// Sources are resolved outside before anything is mounted, then each operation works on the tree as
// it stands.
ViewStep MakeBwrapStep(const Layer& layer, std::shared_ptr<const View> outside,
                       const ViewContext& context) {
  const Credentials caller = outside->Caller();
  const bool on_host = MakeHostView(outside->Host(), caller).get() == outside.get();
  auto setup = std::make_unique<BwrapSetup>(layer, *outside, Confined(layer, caller),
                                            context.working_directory);
  setup->Run();
  ViewStep step;
  step.problems = std::move(setup->problems);
  step.notes = std::move(setup->notes);
  const bool own_proc = setup->own_proc;
  const bool host_root = caller.override_all;
  // To bwrap uid 0 with capabilities is root, in whichever user namespace (observed).
  const bool as_root = host_root || context.power.RootOfSpace();
  step.view = MakeBwrapView(
      std::move(setup), outside, InsideBwrap(layer, caller, as_root), [&](const View& view) {
        const bool host_proc = ShowsHostProc(view);
        step.hides_proc = on_host && !own_proc && !host_proc && !MayShowProc(layer);
        BwrapEscapes escapes = EscapesOf(layer, host_root, as_root, host_proc);
        const bool past = !escapes.proven.empty();
        step.host_proc = past && host_root;
        step.own_proc = ((own_proc || host_proc) && HasInit(layer)) || (past && !host_root);
        escapes.outer_locked =
            (layer.namespaces.user && !layer.namespaces.user_optional) || !as_root;
        escapes.unmount.insert(escapes.unmount.end(), context.removable.begin(),
                               context.removable.end());
        return escapes;
      });
  if (layer.tool == "bwrap") {
    CheckCapabilities(layer, context, step);
    const bool own_ids = layer.namespaces.user || !as_root;
    auto problem = own_ids ? IdMapProblem(layer.program, *outside) : std::nullopt;
    if (problem) step.problems.push_back(std::move(*problem));
  }
  CheckLockFiles(layer, *step.view, step);
  return step;
}

}  // namespace sandlint
