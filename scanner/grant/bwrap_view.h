#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "scanner/grant/bwrap_setup.h"

namespace sandlint {

/// How a program gets around the mounts of a bwrap sandbox.
struct BwrapEscapes {
  Because proven;    ///< it sees the host through /proc/PID/root
  Because possible;  ///< it could mount anything of the host
  Because unmount;   ///< it could take mounts away again, and make read-only ones writable
  /// In a user namespace of its own: the mounts of a sandbox outside are locked there
  /// (mount_namespaces(7), observed).
  bool outer_locked = false;

  /// `below`: what the mounts of the view outside alone show; empty where nothing of the path is
  /// mounted here.
  void Widen(PathAnswer& answer, const View& outside, std::string_view host_path,
             Rights below) const;
};

/// The view of a program inside of a bwrap sandbox.
std::shared_ptr<const View> MakeBwrapView(std::unique_ptr<BwrapSetup> setup,
                                          std::shared_ptr<const View> outside,
                                          Credentials credentials,
                                          const std::function<BwrapEscapes(const View&)>& escapes);

}  // namespace sandlint
