#pragma once

#include "model/layer.h"

namespace sandlint {

/// The words of an `unshare` layer ask for a mount namespace of its own.
bool UnsharesMounts(const Layer& unshare);

/// Whoever a `setpriv` layer runs as, what it starts has no capability.
bool DropsCapabilities(const Layer& setpriv);

/// A `setpriv` layer hands capabilities that count here on to a program that is not root.
bool HandsCapabilities(const Layer& setpriv);

}  // namespace sandlint
