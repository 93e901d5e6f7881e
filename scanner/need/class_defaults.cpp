#include "scanner/need/class_defaults.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace sandlint {
namespace {

struct ClassRow {
  ServerClass server_class;
  NetworkNeed network;
};
/// Filesystem: no network. Browser and fetch: any host. Git hosting and databases: the one host
/// that their configuration names. Shell: it depends on what the commands do.
constexpr auto kClasses = std::to_array<ClassRow>({
    {ServerClass::Filesystem, NetworkNeed::None},
    {ServerClass::Browser, NetworkNeed::Any},
    {ServerClass::Fetch, NetworkNeed::Any},
    {ServerClass::Vcs, NetworkNeed::Config},
    {ServerClass::Database, NetworkNeed::Config},
});

struct NameRow {
  std::string_view part;
  ServerClass server_class;
};
constexpr auto kNames = std::to_array<NameRow>({
    {"filesystem", ServerClass::Filesystem},
    {"github", ServerClass::Vcs},
    {"gitlab", ServerClass::Vcs},
    {"bitbucket", ServerClass::Vcs},
    {"postgres", ServerClass::Database},
    {"postgresql", ServerClass::Database},
    {"mysql", ServerClass::Database},
    {"mariadb", ServerClass::Database},
    {"sqlite", ServerClass::Database},
    {"mongodb", ServerClass::Database},
    {"mongo", ServerClass::Database},
    {"redis", ServerClass::Database},
    {"mssql", ServerClass::Database},
    {"clickhouse", ServerClass::Database},
    {"database", ServerClass::Database},
    {"shell", ServerClass::Shell},
    {"bash", ServerClass::Shell},
    {"terminal", ServerClass::Shell},
    {"commands", ServerClass::Shell},
    {"ssh", ServerClass::Shell},
    {"playwright", ServerClass::Browser},
    {"puppeteer", ServerClass::Browser},
    {"selenium", ServerClass::Browser},
    {"browser", ServerClass::Browser},
    {"chrome", ServerClass::Browser},
});

}  // namespace

Need DefaultNeedOf(ServerClass server_class) {
  Need need;
  need.server_class = server_class;
  const auto row = std::ranges::find(kClasses, server_class, &ClassRow::server_class);
  if (row != kClasses.end()) need.network = row->network;
  if (need.network == NetworkNeed::Any) need.hosts = {"*:443", "*:80"};
  if (server_class == ServerClass::Filesystem) need.paths = {{"@args", true}};
  return need;
}

NamedClass ClassByName(std::string_view name) {
  NamedClass found;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find_first_of("-_./@: ", at), name.size());
    const std::string_view part = name.substr(at, end - at);
    at = end + 1;
    const auto row = std::ranges::find(kNames, part, &NameRow::part);
    if (row == kNames.end()) continue;
    // Two classes in one name say nothing.
    if (found.server_class != ServerClass::Unknown && found.server_class != row->server_class) {
      return {};
    }
    found = {row->server_class, row->part};
  }
  return found;
}

}  // namespace sandlint
