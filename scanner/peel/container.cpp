#include "scanner/peel/container.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace sandlint {
namespace {

constexpr std::array<std::string_view, 5> kTools = {"docker", "podman", "nerdctl", "docker-compose",
                                                    "podman-compose"};

}  // namespace

std::optional<Peeled> PeelContainer(std::span<const Word> argv, const PeelContext& /*context*/) {
  if (argv.empty()) return std::nullopt;
  const std::string_view tool = BaseName(argv.front().text);
  if (std::find(kTools.begin(), kTools.end(), tool) == kTools.end()) return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer;
  layer.kind = LayerKind::Container;
  layer.tool = tool;
  layer.program = argv.front();
  layer.words.assign(argv.begin(), argv.end());
  layer.root = RootKind::Unknown;
  layer.network.mode = NetworkMode::Unknown;
  layer.notes.push_back({Support::Unknown, argv.front(), Facet::All,
                         "what this container is given is not known"});
  return peeled;
}

}  // namespace sandlint
