#include "model/run.h"

#include <set>
#include <utility>

namespace sandlint {

bool IsExcluded(const FileReport& file) {
  return file.status == FileStatus::Ignored && file.problem == kExcludedByPolicy;
}

std::vector<NotModelled> NotModelledWords(const Workspace& workspace) {
  std::vector<NotModelled> words;
  std::set<std::pair<std::string, std::pair<const Source*, std::uint32_t>>> seen;
  const auto add = [&](const Note& note, const std::string& server) {
    if (note.support == Support::Modelled || note.support == Support::Irrelevant) return;
    const auto place = std::pair(note.word.span.source, note.word.span.begin);
    if (!seen.insert({note.word.text, place}).second) return;
    words.push_back({note.word.text, note.word.span, note.facets, server});
  };
  for (const Server& server : workspace.servers) {
    for (const Note& note : server.decl.notes) add(note, server.Name());
    for (const Launch& launch : server.launches) {
      for (const Note& note : launch.notes) add(note, server.Name());
    }
  }
  return words;
}

}  // namespace sandlint
