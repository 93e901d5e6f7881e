#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "scanner/peel/container_finish.h"

namespace sandlint {
namespace {

struct NetworkRow {
  std::string_view name;  ///< a `:` at its end: anything may follow
  Engines engines;
  NetworkMode mode;
};

constexpr std::array kNetworks = {
    NetworkRow{"none", Engines::Both, NetworkMode::None},
    NetworkRow{"host", Engines::Both, NetworkMode::Host},
    NetworkRow{"container:", Engines::Both, NetworkMode::Shared},
    NetworkRow{"ns:", Engines::Podman, NetworkMode::Unknown},
    NetworkRow{"pod", Engines::Podman, NetworkMode::Shared},
};

/// The network's name: docker also takes `name=NET,alias=X`.
Word NameOfNetwork(const Word& value, Engine engine) {
  if (engine != Engine::Docker) return value;
  for (const Word& field : SplitAt(value, ',')) {
    if (field.text.starts_with("name=")) return Part(field, 5);
  }
  return value;
}

/// slirp4netns and pasta reach the host's loopback only where they are told to.
bool ReachesLoopback(std::string_view network) {
  const bool slirp = network.starts_with("slirp4netns:") &&
                     network.find("allow_host_loopback=true") != std::string_view::npos;
  const bool pasta = network.starts_with("pasta:");
  return slirp || pasta;
}

NetworkSetting SettingOf(const FlagUse& use, Engine engine) {
  NetworkSetting setting{NetworkMode::Private, use.Deciding(), false};
  const Word name = NameOfNetwork(use.value, engine);
  if (!name.Known()) {
    setting.mode = NetworkMode::Unknown;
    return setting;
  }
  for (const NetworkRow& row : kNetworks) {
    if (!HasEngine(row.engines, engine)) continue;
    const bool prefix = row.name.ends_with(':');
    if (prefix ? name.text.starts_with(row.name) : name.text == row.name) setting.mode = row.mode;
  }
  setting.reaches_host_loopback = engine == Engine::Podman && ReachesLoopback(name.text);
  return setting;
}

/// How far a mode reaches: of several networks the widest counts.
int Reach(NetworkMode mode) {
  constexpr std::array kOrder = {NetworkMode::None, NetworkMode::Private, NetworkMode::Unknown,
                                 NetworkMode::Shared, NetworkMode::Host};
  for (std::size_t at = 0; at < kOrder.size(); ++at) {
    if (kOrder[at] == mode) return static_cast<int>(at);
  }
  return 0;
}

}  // namespace

void FinishNetwork(ContainerDraft& draft) {
  NetworkSetting& network = draft.layer.network;
  const bool gateway = network.reaches_host_loopback;
  network.mode = NetworkMode::Private;
  if (draft.pod) network = {NetworkMode::Shared, draft.pod->Deciding(), false};
  bool first = !draft.pod;
  for (const FlagUse& use : draft.networks) {
    const NetworkSetting setting = SettingOf(use, draft.engine);
    const bool special = setting.mode != NetworkMode::Private;
    if (!first && (special || network.mode != NetworkMode::Private)) {
      draft.Problem(use.Deciding(), "it cannot be combined with another network", Answer::Unknown);
    }
    const auto again =
        std::find_if(draft.networks.begin(), draft.networks.end(),
                     [&](const FlagUse& before) { return before.value.text == use.value.text; });
    if (!draft.Podman() && &*again != &use) {
      draft.Problem(use.Deciding(), "docker refuses the same network twice");
    }
    if (first || Reach(setting.mode) > Reach(network.mode)) network = setting;
    first = false;
  }
  network.reaches_host_loopback =
      network.mode == NetworkMode::Private && (network.reaches_host_loopback || gateway);
}

}  // namespace sandlint
