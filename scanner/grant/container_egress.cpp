#include "scanner/grant/container_egress.h"

#include <algorithm>

#include "scanner/grant/container_actor.h"
#include "scanner/grant/container_escape.h"

namespace sandlint {

void OpenForContainer(Grant& grant, const std::vector<Layer>& layers, const HostFacts& host) {
  for (const Layer& layer : layers) {
    if (!layer.container || grant.egress.mode != NetworkMode::None) continue;
    const auto seen = SeesHostProcesses(layer, host);
    const auto& privileged = layer.container->privileged;
    if (!privileged && !(seen && AddsCapability(layer, "SYS_ADMIN"))) continue;
    grant.egress.mode = NetworkMode::Unknown;
    grant.egress.because = {privileged ? EvidenceOf(*privileged) : *seen};
    grant.egress.because.front().note = "it can enter the network of the host";
  }
}

bool ChangesFirewall(const std::vector<Layer>& layers) {
  return std::ranges::any_of(layers, [](const Layer& layer) {
    return layer.container && (layer.container->privileged || AddsCapability(layer, "NET_ADMIN"));
  });
}

}  // namespace sandlint
