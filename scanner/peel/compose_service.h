#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/peel/compose_file.h"
#include "scanner/peel/container_draft.h"

namespace sandlint {

/// A service while its keys become the options that `docker run` would have.
struct ComposeReader {
  ContainerDraft& draft;
  ComposeProject& project;
  const Node& service;
  bool publishes = false;  ///< `run` does not, without --service-ports
  int argv_index = -1;     ///< of the word that names the service
  struct Volume {
    std::string target;
    std::string option;
    Word value;
  };
  std::vector<Volume> volumes{};  ///< of equal targets the last one counts
  std::vector<Word> environment{};
  Word environment_key{};

  /// As if `--option=value` stood on the line of `key`.
  void Put(std::string_view option, const Word& key, Word value, bool on = true);
  void Doubt(Support support, const Word& word, Facet facets, std::string why) {
    draft.AddNote(support, word, facets, std::move(why));
  }
};

using ApplyKey = void (*)(ComposeReader& reader, const Member& member);

/// One key of a service (compose-spec 05-services).
struct ComposeRow {
  std::string_view key;
  Support support = Support::Irrelevant;
  Facet facets = Facet::None;
  ApplyKey apply = nullptr;
  std::string_view option = {};  ///< the option of `docker run` that does the same
  std::string_view why = {};
};
std::span<const ComposeRow> ComposeKeys();

/// All keys but image, build, entrypoint and command.
void ApplyService(ComposeReader& reader);

void ApplyComposeVolumes(ComposeReader& reader, const Member& member);
void ApplyComposeSecrets(ComposeReader& reader, const Member& member);
void ApplyComposeNetworks(ComposeReader& reader, const Member& member);
void FinishComposeVolumes(ComposeReader& reader);
/// A service that names no network is in `default`.
void FinishComposeNetworks(ComposeReader& reader);

/// `a`, `b` and what stands between as one word; its place covers all of them.
Word JoinWords(std::span<const Word> words);

}  // namespace sandlint
