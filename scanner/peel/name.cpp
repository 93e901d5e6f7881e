#include "scanner/peel/name.h"

#include <algorithm>
#include <array>

namespace sandlint {
namespace {

constexpr auto kSuffixes = std::to_array<std::string_view>({".exe", ".cmd", ".bat"});

bool IsDrive(std::string_view path) {
  return path.size() > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/');
}

/// Where the last component of a path begins; backslashes count where it is one of Windows.
std::size_t NameBegin(std::string_view path) {
  const bool windows = IsDrive(path) || (path.find('\\') != std::string_view::npos &&
                                         path.find('/') == std::string_view::npos);
  const std::size_t at = path.find_last_of(windows ? "/\\" : "/");
  return at == std::string_view::npos ? 0 : at + 1;
}

}  // namespace

std::string ToolName(const Word& program) {
  const std::size_t begin = NameBegin(program.text);
  for (const Hole& hole : program.holes) {
    if (!hole.assumed && hole.end > begin) return {};
  }
  std::string name = program.text.substr(begin);
  for (const std::string_view suffix : kSuffixes) {
    if (name.size() > suffix.size() && name.ends_with(suffix)) {
      name.resize(name.size() - suffix.size());
      break;
    }
  }
  return name;
}

bool IsVersionOf(std::string_view tool, std::string_view name) {
  return tool.starts_with(name) &&
         tool.substr(name.size()).find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace sandlint
