// What a service of systemd is left with: its file system, its user and what its capabilities undo.

#include <algorithm>
#include <string>
#include <vector>

#include "scanner/grant/handed_view.h"
#include "scanner/grant/socket_view.h"
#include "scanner/grant/systemd_mounts.h"
#include "scanner/grant/user_credentials.h"
#include "scanner/grant/view_makers.h"

namespace sandlint {
namespace {

bool Names(const std::vector<Word>& words, std::string_view name) {
  return std::ranges::any_of(words, [&](const Word& word) {
    return word.text == name || word.text == "ALL" || !word.Known();
  });
}

/// Does the program have a capability? Root has what its bounding set leaves.
bool Has(const Layer& layer, bool root, std::string_view name) {
  return Names(layer.cap_add, name) || (root && !Names(layer.cap_drop, name));
}

/// Who the program is, with what its capabilities add.
Credentials InsideOf(const Layer& layer, Credentials user) {
  const bool root = user.override_all;
  const bool write = Has(layer, root, "CAP_DAC_OVERRIDE");
  const bool read = write || Has(layer, root, "CAP_DAC_READ_SEARCH");
  user.override_all = read && !layer.namespaces.user;  // more than reading, never less
  user.read_own = read;
  user.write_own = write;
  return user;
}

/// Can it undo the mounts, or look at the root of another process?
bool Escapes(const Layer& layer, bool root) {
  return Has(layer, root, "CAP_SYS_ADMIN") || Has(layer, root, "CAP_SYS_PTRACE");
}

/// Into a process of the same user and group, with no more capabilities, in the same user
/// namespace, everybody may look, whatever mounts either of them sees; hidepid hides the others
/// alone. The client is such a process where the service runs as its user.
bool SeesClient(const Layer& layer, const Credentials& user, const View& inside) {
  const HostUser client = inside.Host().Caller();
  if (!layer.user || layer.namespaces.user || layer.namespaces.pid || user.override_all ||
      user.uid != client.uid || user.gid != client.gid) {
    return false;
  }
  return std::ranges::any_of(inside.AliasesOf("/proc"),
                             [](const Alias& alias) { return !alias.masked; });
}

}  // namespace

ViewStep MakeSystemdStep(const Layer& layer, std::shared_ptr<const View> outside,
                         const ViewContext& context) {
  ViewStep step;
  step.outside_visible = !layer.namespaces.user && layer.root != RootKind::Empty;
  const auto user =
      layer.user ? CredentialsOfUser(layer, outside->Host()) : std::optional(outside->Caller());
  // The manager of the machine does not run in the view of whoever asks it to start something.
  const auto host =
      layer.user ? MakeHostView(outside->Host(), Credentials{0, 0, {}, true}) : outside;
  if (!user) {
    step.view = MakeUnknownView(outside, *layer.user, "the user is not known here");
    return step;
  }
  if (layer.mounts.empty() && !layer.namespaces.user) {
    step.view = layer.user ? MakeHostView(outside->Host(), InsideOf(layer, *user)) : outside;
    if (layer.no_unix_sockets) step.view = MakeSocketView(step.view, false, {});
    return step;
  }
  SystemdMounts mounts = MountsOfService(layer, *host);
  Layer over = layer;
  over.mounts = std::move(mounts.mounts);
  const bool root = user->override_all;
  const std::vector<StartProblem> problems = std::move(mounts.problems);
  ViewStep built = MakeBwrapStep(over, host, context);
  built.own_proc = false;
  built.outside_visible = step.outside_visible;
  built.problems.insert(built.problems.end(), problems.begin(), problems.end());
  if (layer.user && !Escapes(layer, root)) {
    built.view = built.view->As(InsideOf(layer, *user));
    built.openings.clear();
    built.host_proc = false;
    if (SeesClient(layer, *user, *built.view)) {
      built.view = MakeHandedView(
          built.view, {PerhapsAnything(*layer.user,
                                       "/proc/PID/root of another process of this user leads past "
                                       "its mounts",
                                       MakeHostView(outside->Host(), *user))});
    }
  }
  if (layer.no_unix_sockets) built.view = MakeSocketView(built.view, false, {});
  if (mounts.unknown) {
    built.view = MakeUnknownView(built.view, *mounts.unknown, "this path is not known here");
  }
  return built;
}

}  // namespace sandlint
