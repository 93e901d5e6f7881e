#include <algorithm>
#include <utility>

#include "scanner/grant/container_actor.h"
#include "scanner/grant/container_build.h"
#include "scanner/grant/container_escape.h"
#include "scanner/grant/container_image.h"
#include "scanner/grant/container_seats.h"
#include "scanner/grant/container_view.h"
#include "scanner/grant/view_makers.h"

namespace sandlint {
namespace {

/// A user who is given by name has to be in the image's /etc/passwd.
void CheckUser(const Layer& layer, const ImageFacts& image, ViewStep& step) {
  if (!layer.user || !layer.user->Known()) return;
  const std::string name = layer.user->text.substr(0, layer.user->text.find(':'));
  if (name.empty() || name.find_first_not_of("0123456789") == std::string::npos) return;
  if (name == "root" || std::ranges::find(image.users, name, &HostUser::name) != image.users.end())
    return;
  step.problems.push_back({*layer.user, "the image has no user " + name, Answer::Yes});
}

}  // namespace

// docker's engine takes sources from the host itself; podman takes them from the view in which it
// runs.
ViewStep MakeContainerStep(const Layer& layer, std::shared_ptr<const View> outside,
                           const ViewContext& context) {
  ViewStep step;
  if (layer.root == RootKind::Unknown || !layer.container) {
    step.view = MakeUnknownView(outside, layer.program, "what this container is given");
    return step;
  }
  const HostFacts& host = outside->Host();
  Credentials root{0, 0, {}, true, false, false};
  const std::shared_ptr<const View> machine = MakeHostView(host, std::move(root));
  const bool podman = layer.container->engine == "podman";
  const std::shared_ptr<const View> sources = podman ? outside : machine;
  const std::shared_ptr<const ImageFacts> image = ImageOf(layer, host);
  const auto contents = image && image->contents_known ? image : nullptr;
  if (contents) CheckUser(layer, *contents, step);
  Actors actors = ActorsOf(layer, *outside, image.get());
  Seats seats = BuildSeats({layer, sources, contents, actors, context.working_directory}, step);
  Escapes escapes = EscapesOf(layer, actors, host, seats);
  step.view = std::make_shared<ContainerView>(std::move(seats), std::move(actors),
                                              std::move(escapes), host, machine);
  return step;
}

}  // namespace sandlint
