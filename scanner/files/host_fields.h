#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sandlint {

/// Typed access to the fields of a host file. The first thing that is wrong is kept, everything
/// after it reads as empty.
class HostFields {
 public:
  using Json = nlohmann::json;

  explicit HostFields(std::string& problem) : problem_(problem) {}

  bool Fail(std::string why);
  bool Failed() const { return !problem_.empty(); }
  static const Json* Get(const Json& object, const char* key);
  void CheckKeys(const Json& object, std::initializer_list<std::string_view> known);
  std::string String(const Json& object, const char* key);
  std::vector<std::string> Strings(const Json& object, const char* key);
  std::uint32_t Id(const Json& object, const char* key);
  /// Absolute and clean; `~/x` is below `home`.
  std::string Path(std::string path);
  std::vector<std::string> Paths(const Json& object, const char* key);
  /// An object of paths and strings.
  std::vector<std::pair<std::string, std::string>> Map(const Json& object, const char* key);

  std::string home;

 private:
  std::string& problem_;
};

/// Is `path` absolute, without `.`, `..` and empty parts, and of a length that is read?
bool IsCleanPath(std::string_view path);

}  // namespace sandlint
