// What unshare and chroot make of the view outside: the same files, or those below another root.
// Who may change roots leaves a changed root again.

#include <algorithm>

#include "scanner/grant/id_map.h"
#include "scanner/grant/user_credentials.h"
#include "scanner/grant/view_makers.h"

namespace sandlint {
namespace {

bool ShowsHostProc(const View& view) {
  return std::ranges::any_of(view.AliasesOf("/proc"),
                             [](const Alias& alias) { return !alias.masked; });
}

Mount WholeRoot(const Word& word) {
  Mount all;
  all.option = word;
  all.source.text = all.target.text = "/";
  all.devices = true;
  return all;
}

/// The view outside as the user whom the layer changes to; null where nobody can tell.
std::shared_ptr<const View> AsUser(const Layer& layer, std::shared_ptr<const View> outside) {
  if (!layer.user && !layer.group) return outside;
  const auto user = CredentialsOfUser(layer, outside->Host(), outside->Caller());
  return user ? outside->As(*user) : nullptr;
}

/// May it still change the root when the program runs?
bool KeepsRoot(const Layer& layer, const View& inside, const ViewContext& context) {
  const Power power = PowerBehind(layer, context.power, context.host);
  return inside.Caller().override_all || (power.space > 0 && power.capabilities != Answer::No);
}

}  // namespace

ViewStep MakeUnshareStep(const Layer& layer, std::shared_ptr<const View> outside,
                         const ViewContext& context) {
  ViewStep step;
  std::shared_ptr<const View> seen = AsUser(layer, outside);
  if (seen == nullptr) {
    step.view = MakeUnknownView(outside, layer.user ? *layer.user : *layer.group,
                                "what this user sees is not known here");
    return step;
  }
  if (layer.mounts.empty() && !layer.namespaces.user) {
    step.view = seen;
    step.outside_visible = true;
    return step;
  }
  // The root is changed by whoever starts the tool; the program runs as the user behind it.
  Layer over = layer;
  const bool new_root = layer.root == RootKind::Empty;
  // Capabilities count for files whose user and group are both known inside (observed).
  const bool over_files = !over.cap_add.empty() && layer.inner_uid && layer.inner_gid;
  if (layer.namespaces.user && !over_files) {
    over.cap_add.clear();
    over.cap_drop = {layer.namespaces.user};
    over.cap_drop.front().text = "ALL";
  }
  if (!new_root) over.mounts.insert(over.mounts.begin(), WholeRoot(layer.program));
  step = MakeBwrapStep(over, seen, {context.host, context.working_directory});
  const bool ids = layer.namespaces.user && !(layer.inner_uid && layer.inner_uid->text == "65534");
  if (auto problem = IdMapProblem(layer.program, *outside); problem && ids) {
    step.problems.push_back(std::move(*problem));
  }
  step.own_proc = false;
  step.outside_visible = !layer.namespaces.user && ShowsHostProc(*step.view);
  if (!new_root || !KeepsRoot(layer, *step.view, context)) return step;
  const Mount& root = over.mounts.front();
  step.openings.push_back(EvidenceOf(root.option, "who may change the root leaves it again"));
  step.view = MakeUnknownView(step.view, root.option, "who may change the root leaves it again");
  return step;
}

}  // namespace sandlint
