// What a program sees behind srt. On Linux srt is a way to write a bubblewrap line, and its mounts
// are evaluated as such.

#include <algorithm>

#include "scanner/grant/socket_view.h"
#include "scanner/grant/srt_mac.h"
#include "scanner/grant/srt_mounts.h"
#include "scanner/grant/view_makers.h"
#include "scanner/peel/options.h"
#include "scanner/peel/srt_client.h"

namespace sandlint {
namespace {

/// srt starts its command with the first bash of the path, which must still be there inside.
void CheckShell(const Word& cause, const View& outside, ViewStep& step) {
  if (outside.Host().Symbolic()) return;
  for (const char* shell : {"/usr/local/bin/bash", "/usr/bin/bash", "/bin/bash"}) {
    if (!outside.Realpath(shell, nullptr)) continue;
    const auto real = step.view->Realpath(shell, nullptr);
    const auto object = real ? step.view->Lstat(*real) : std::nullopt;
    if (object && object->kind == NodeKind::File) return;
    step.problems.push_back({cause, "its settings hide bash, with which srt starts", Answer::Yes});
    return;
  }
}

/// A value that the peeler found, by its name.
const Word* Parameter(const Layer& layer, std::string_view name) {
  if (!layer.profile) return nullptr;
  for (const KeyValue& parameter : layer.profile->parameters) {
    if (parameter.key.text == name) return &parameter.value;
  }
  return nullptr;
}

/// Nothing where it is the client's, or not known.
std::string HomeOf(const Layer& layer) {
  const Word* home = Parameter(layer, "home");
  return home != nullptr && home->Known() ? home->text : std::string();
}

ViewStep MakeLinuxStep(const Layer& layer, const SrtSettings& settings, const Word& cause,
                       std::shared_ptr<const View> outside, const ViewContext& context) {
  const bool sockets = static_cast<bool>(settings.all_unix_sockets);
  Because doubts;
  if (Parameter(layer, "may-differ") != nullptr) {
    doubts.push_back(EvidenceOf(cause, "the settings of the home are not known here"));
  }
  outside = MakeSocketView(std::move(outside), sockets, std::move(doubts));
  const SrtPaths paths(*outside, context.working_directory, HomeOf(layer));
  SrtMounts mounts(settings, paths, cause);
  Layer bwrap;
  bwrap.kind = LayerKind::Sandbox;
  bwrap.tool = "bwrap";
  bwrap.program = layer.program;
  bwrap.root = RootKind::Empty;
  bwrap.namespaces.user = bwrap.namespaces.pid = cause;
  bwrap.cap_drop = {MadeUp("ALL", cause)};
  bwrap.mounts = mounts.Run();
  ViewStep step = MakeBwrapStep(bwrap, outside, context);
  CheckShell(cause, *outside, step);
  for (const Word& deny : settings.deny_read) {
    if (paths.Normal(WithoutTail(deny.text)) != "/") continue;
    step.problems.push_back(
        {deny, "srt's own helper may be hidden with the rest", Answer::Unknown});
  }
  step.notes.insert(step.notes.end(), mounts.notes.begin(), mounts.notes.end());
  // The helper that sets the filter is pid 1 then, and cannot be looked into (observed).
  if (!sockets) step.own_proc = false;
  return step;
}

}  // namespace

ViewStep MakeSrtStep(const Layer& layer, std::shared_ptr<const View> outside,
                     const ViewContext& context) {
  const SrtSettings settings = layer.profile ? SrtSettingsOf(*layer.profile) : SrtSettings{};
  const Word cause = layer.profile ? layer.profile->named_by : layer.program;
  if (IsMac(context.host)) {
    return MakeSrtMacStep(settings, cause, std::move(outside), context, HomeOf(layer));
  }
  return MakeLinuxStep(layer, settings, cause, std::move(outside), context);
}

}  // namespace sandlint
