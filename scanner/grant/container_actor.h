#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scanner/grant/view.h"

namespace sandlint {

/// Who a process in a container is for the files of the host.
struct Actor {
  Credentials ids;
  bool read_all = false;            ///< CAP_DAC_READ_SEARCH alone
  bool any_group = false;           ///< the image may put it into any group
  bool any_user = false;            ///< or make it anybody
  std::vector<std::uint32_t> also;  ///< ids that it may have as well

  Rights Permitted(const Object& object) const;
  /// Permissions, read-only mounts, devices and sockets together.
  Rights On(const Object& object) const;
  bool Traverses(const Object& directory) const;
};

/// For the files of the host: the actor that is proven, and the most that the same words could
/// give.
struct Actors {
  Actor proven;
  Actor most;
  Actor inside;  ///< the same process for the container's own files, whose ids are those inside
  std::optional<std::uint32_t> inner_uid;  ///< nothing: a name that only the image knows
  bool root_assumed = false;  ///< no --user and nothing known of the image: taken for root
  bool maps_users = false;    ///< a user namespace: root inside is not root outside
};

/// The container's effective capability, `CAP_` left out: of the default set, --cap-add, --cap-drop
/// and --privileged.
bool HasCapability(const Layer& layer, const std::string& name);
/// Asked for beyond the default set.
bool AddsCapability(const Layer& layer, const std::string& name);

Actors ActorsOf(const Layer& layer, const View& outside, const ImageFacts* image);

}  // namespace sandlint
