// passwd(5) and group(5), read by hand: a static program cannot ask NSS, and nothing is looked up
// anywhere else.

#include "scanner/files/passwd.h"

#include <charconv>
#include <optional>

namespace sandlint {
namespace {

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::optional<std::uint32_t> Id(std::string_view text) {
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

}  // namespace

std::vector<HostUser> ParsePasswd(std::string_view text) {
  std::vector<HostUser> users;
  for (const std::string_view line : Split(text, '\n')) {
    const std::vector<std::string_view> fields = Split(line, ':');
    if (fields.size() < 6 || fields[0].empty()) continue;
    const auto uid = Id(fields[2]);
    const auto gid = Id(fields[3]);
    if (!uid || !gid) continue;
    users.push_back({std::string(fields[0]), *uid, *gid, std::string(fields[5]), {}});
  }
  return users;
}

void AddGroups(std::string_view text, std::vector<HostUser>& users) {
  for (const std::string_view line : Split(text, '\n')) {
    const std::vector<std::string_view> fields = Split(line, ':');
    if (fields.size() < 4) continue;
    const auto gid = Id(fields[2]);
    if (!gid) continue;
    for (const std::string_view member : Split(fields[3], ',')) {
      for (HostUser& user : users) {
        if (user.name == member) user.groups.push_back(*gid);
      }
    }
  }
}

}  // namespace sandlint
