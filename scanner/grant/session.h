#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/host.h"
#include "model/layer.h"
#include "scanner/grant/view.h"

namespace sandlint {

/// What a launch takes for granted of the login files of a shell, which belong to the user himself
/// and which nobody has read: added to `assuming`, and to the answers of `view`. Nothing on a
/// machine that is there.
void AssumeSession(const std::vector<Layer>& layers, const HostFacts& host,
                   std::shared_ptr<const View>& view, std::vector<std::string>& assuming);

}  // namespace sandlint
