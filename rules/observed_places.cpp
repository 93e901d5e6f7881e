#include <algorithm>

#include "rules/observed.h"
#include "rules/secret_paths.h"

namespace sandlint {
namespace {

/// `~/x`, `./x`, `x/../y` as the server would resolve it; empty where it is no path, or not known.
std::string Absolute(const Word& word, const ServerPlaces& places) {
  std::string_view text = word.text;
  if (!word.Known() || text.empty()) return {};
  while (text.size() > 1 && text.ends_with('/')) text.remove_suffix(1);
  if (text.find("..") != text.npos) return {};
  if (text.starts_with('/')) return std::string(text);
  if (text == "~") return places.home;
  if (text.starts_with("~/")) return places.home + std::string(text.substr(1));
  if (text == ".") return places.project;
  if (text.starts_with("./")) return places.project + std::string(text.substr(1));
  return {};
}

/// The words of the program: with its interpreter's where one is in between.
const std::vector<Word>* ProgramWords(const Server& server) {
  if (server.launches.empty() || server.launches.front().layers.empty()) return nullptr;
  return &server.launches.front().layers.back().words;
}

}  // namespace

std::vector<std::string> PlacesOfNeed(const NeededPath& needed, const Server& server,
                                      const ServerPlaces& places) {
  const std::string& path = needed.path;
  if (path == "@args") return places.arguments;
  if (path == "@cwd") return {places.project};
  if (path == "~") return {places.home};
  if (path.starts_with("~/")) return {UnderHome(places.home, path.substr(2))};
  const bool folder = path.starts_with("@env-dir:");
  if (folder || path.starts_with("@env:")) {
    const std::string name = path.substr(path.find(':') + 1);
    for (const Setting& setting : server.decl.environment) {
      if (setting.key.text != name || !setting.value.Known()) continue;
      const std::string& text = setting.value.text;
      if (text.starts_with('/')) return {folder ? text.substr(0, text.rfind('/')) : text};
    }
    return {};
  }
  return path.starts_with('/') ? std::vector<std::string>{path} : std::vector<std::string>{};
}

ServerPlaces PlacesOfServer(const Server& server, const HostFacts& host) {
  ServerPlaces places;
  places.home = host.Caller().home;
  places.project = server.launches.empty() ? host.WorkingDirectory()
                                           : server.launches.front().grant.working_directory;
  if (places.project.empty()) places.project = host.WorkingDirectory();
  const std::vector<Word>* words = ProgramWords(server);
  if (words == nullptr || words->empty()) return places;
  places.program = Absolute(words->front(), places);
  if (places.program.empty() && words->front().text.find('/') != std::string::npos) {
    places.program = places.project + "/" + words->front().text;
  }
  for (std::size_t index = 1; index < words->size(); ++index) {
    std::string path = Absolute((*words)[index], places);
    if (!path.empty()) places.arguments.push_back(std::move(path));
  }
  return places;
}

}  // namespace sandlint
