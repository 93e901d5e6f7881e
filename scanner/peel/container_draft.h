#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/layer.h"
#include "scanner/peel/container_flags.h"
#include "scanner/peel/peel.h"

namespace sandlint {

/// A container layer while its options are being read. What depends on several options waits here
/// until all of them are known.
struct ContainerDraft {
  Layer layer;
  const PeelContext& context;
  Engine engine = Engine::Docker;

  std::vector<FlagUse> seen{};  ///< every option, for those that exclude each other
  std::vector<FlagUse> networks{};
  std::vector<FlagUse> environment{}, env_files{}, env_merges{}, unset{}, secrets{};
  std::optional<FlagUse> env_host{}, unset_all{}, pod{}, tty{}, interactive{}, systemd{};
  bool http_proxy = true;
  bool read_only_tmpfs = true;

  ContainerRun& Run() { return *layer.container; }
  bool Podman() const { return engine == Engine::Podman; }
  std::string_view Tool() const {
    return layer.tool.empty() ? (Podman() ? "podman" : "docker") : std::string_view(layer.tool);
  }
  void Problem(const Word& word, std::string text, Answer fatal = Answer::Yes) {
    layer.start_problems.push_back({word, std::move(text), fatal});
  }
  void AddNote(Support support, const Word& word, Facet facets, std::string why) {
    layer.notes.push_back({support, word, facets, std::move(why)});
  }
};

}  // namespace sandlint
