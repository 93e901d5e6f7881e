#include "scanner/files/host_fields.h"

#include <fmt/format.h>

#include <algorithm>

namespace sandlint {
namespace {

constexpr std::size_t kMaxPath = 1024;

}  // namespace

bool IsCleanPath(std::string_view path) {
  if (path.empty() || path.front() != '/' || path.size() > kMaxPath) return false;
  if (path == "/") return true;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at + 1), path.size());
    const std::string_view part = path.substr(at + 1, end - at - 1);
    if (part.empty() || part == "." || part == "..") return false;
    at = end;
  }
  return path.find('\0') == std::string_view::npos;
}

bool HostFields::Fail(std::string why) {
  if (problem_.empty()) problem_ = std::move(why);
  return false;
}

const HostFields::Json* HostFields::Get(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

void HostFields::CheckKeys(const Json& object, std::initializer_list<std::string_view> known) {
  for (const auto& member : object.items()) {
    if (std::ranges::find(known, member.key()) == known.end()) {
      Fail(fmt::format("no key '{}' is known", member.key()));
    }
  }
}

std::string HostFields::String(const Json& object, const char* key) {
  const Json* value = Get(object, key);
  if (value == nullptr) return {};
  if (value->is_string()) return value->get<std::string>();
  Fail(fmt::format("'{}' must be a string", key));
  return {};
}

std::vector<std::string> HostFields::Strings(const Json& object, const char* key) {
  std::vector<std::string> strings;
  const Json* value = Get(object, key);
  if (value == nullptr) return strings;
  const bool good = value->is_array() && std::ranges::all_of(*value, &Json::is_string);
  if (!good) {
    Fail(fmt::format("'{}' must be a list of strings", key));
    return strings;
  }
  for (const Json& item : *value) strings.push_back(item.get<std::string>());
  return strings;
}

std::string HostFields::Path(std::string path) {
  if (!home.empty() && (path == "~" || path.starts_with("~/"))) path.replace(0, 1, home);
  if (!IsCleanPath(path)) Fail(fmt::format("'{}' is no absolute and clean path", path));
  return path;
}
std::vector<std::string> HostFields::Paths(const Json& object, const char* key) {
  std::vector<std::string> paths = Strings(object, key);
  for (std::string& path : paths) path = Path(std::move(path));
  return paths;
}

std::uint32_t HostFields::Id(const Json& object, const char* key) {
  const Json* value = Get(object, key);
  if (value == nullptr) return 0;
  if (value->is_number_unsigned() && value->get<std::uint64_t>() <= UINT32_MAX) {
    return value->get<std::uint32_t>();
  }
  Fail(fmt::format("'{}' must be a number", key));
  return 0;
}

std::vector<std::pair<std::string, std::string>> HostFields::Map(const Json& json,
                                                                 const char* key) {
  std::vector<std::pair<std::string, std::string>> map;
  const Json* value = Get(json, key);
  if (value == nullptr) return map;
  if (!value->is_object()) {
    Fail(fmt::format("'{}' must be an object", key));
    return map;
  }
  for (const auto& member : value->items()) {
    if (!member.value().is_string()) {
      Fail(fmt::format("a value of '{}' is no string", key));
      continue;
    }
    map.emplace_back(Path(member.key()), member.value().get<std::string>());
  }
  return map;
}

}  // namespace sandlint
