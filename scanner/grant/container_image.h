#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/host.h"
#include "model/layer.h"

namespace sandlint {

/// What is known of the image that a layer runs: from the host, else from the Dockerfile of the
/// tree that makes it (its accounts and configuration, never its files). Null where nothing is.
std::shared_ptr<const ImageFacts> ImageOf(const Layer& layer, const HostFacts& host);

/// What the answers about the containers of a launch rely on.
void AddImageAssumptions(const std::vector<Layer>& layers, std::vector<std::string>& assuming);

}  // namespace sandlint
