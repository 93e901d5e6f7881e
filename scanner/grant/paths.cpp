#include <vector>

#include "scanner/grant/view.h"

namespace sandlint {

std::string CleanPath(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
    at = end + 1;
  }
  std::string clean;
  for (const std::string_view part : parts) {
    clean += '/';
    clean += part;
  }
  return clean.empty() ? "/" : clean;
}

bool IsOfProcess(std::string_view path) {
  constexpr std::string_view kProc = "/proc/";
  if (!path.starts_with(kProc)) return false;
  const std::string_view name =
      path.substr(kProc.size(), path.find('/', kProc.size()) - kProc.size());
  return name == "self" || name == "thread-self" ||
         name.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string JoinPath(std::string_view directory, std::string_view name) {
  std::string path(directory == "/" ? "" : directory);
  if (!name.empty()) {
    path += '/';
    path += name;
  }
  return path.empty() ? "/" : path;
}

bool IsBelow(std::string_view path, std::string_view directory) {
  if (directory == "/") return true;
  return path.starts_with(directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

std::string_view RelativeTo(std::string_view path, std::string_view directory) {
  if (directory == "/") return path.substr(1);
  return path.size() == directory.size() ? std::string_view{} : path.substr(directory.size() + 1);
}

}  // namespace sandlint
