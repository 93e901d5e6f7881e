#pragma once

#include <string_view>

#include "model/layer.h"

namespace sandlint {

/// Does the program behind this sandbox have a capability (`CAP_SYS_ADMIN`)? Root starts with all
/// of them, others with none.
bool HasCapability(const Layer& layer, bool by_root, std::string_view capability);

/// In no user namespace of its own: is there one with which mounts hide nothing?
bool CanGoPastMounts(const Layer& layer, bool by_root);

}  // namespace sandlint
