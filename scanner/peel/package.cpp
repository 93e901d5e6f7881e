#include "scanner/peel/package.h"

#include <algorithm>
#include <cctype>

namespace sandlint {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// `1.2.3`, `1.2.3-rc.1`, `2025.1.17`: numbers and dots, then what a pre-release may add.
bool IsExactNpm(std::string_view version) {
  if (version.starts_with('v') || version.starts_with('=')) version.remove_prefix(1);
  int dots = 0;
  std::size_t at = 0;
  for (; at < version.size() && (IsDigit(version[at]) || version[at] == '.'); ++at) {
    if (version[at] == '.') ++dots;
  }
  if (dots != 2 || version.empty() || !IsDigit(version[0]) || version[at - 1] == '.') return false;
  if (at == version.size()) return true;
  return (version[at] == '-' || version[at] == '+') &&
         version.find_first_of(" |<>^~*", at) == std::string_view::npos;
}

bool IsExactPython(std::string_view version) {
  return !version.empty() && IsDigit(version[0]) &&
         version.find_first_of("*,<>!~ ;") == std::string_view::npos;
}

bool IsCommit(std::string_view text) {
  return text.size() == 40 &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

bool IsUrl(std::string_view text) {
  return text.find("://") != std::string_view::npos || text.starts_with("git+") ||
         text.starts_with("github:") || text.starts_with("gitlab:");
}

bool IsPath(std::string_view text) {
  return text.starts_with('.') || text.starts_with('/') || text.starts_with('~') ||
         text.starts_with("file:");
}

ProgramRef UrlRef(const Word& word) {
  ProgramRef ref;
  ref.ecosystem = "url";
  ref.name = word.text;
  ref.word = word;
  const std::size_t slash = word.text.rfind('/');
  const std::size_t at = word.text.find_last_of("#@");
  if (at != std::string::npos && slash != std::string::npos && at > slash) {
    std::string version = word.text.substr(at + 1);
    version = version.substr(0, version.find_first_of("#&"));
    ref.version = version;
    ref.pinned = IsCommit(version);
    ref.name = word.text.substr(0, at);
  }
  return ref;
}

}  // namespace

ProgramRef PackageRef(const Word& word, std::string_view ecosystem) {
  const std::string& text = word.text;
  if (IsUrl(text)) return UrlRef(word);
  ProgramRef ref;
  ref.word = word;
  ref.name = text;
  if (IsPath(text)) {
    ref.ecosystem = "file";
    return ref;
  }
  ref.ecosystem = ecosystem;
  if (ecosystem == "npm") {
    // `owner/repo` is a repository of GitHub.
    if (!text.starts_with('@') && text.find('/') != std::string::npos) return UrlRef(word);
    const std::size_t at = text.find('@', 1);
    if (at != std::string::npos) {
      ref.name = text.substr(0, at);
      ref.version = text.substr(at + 1);
      ref.pinned = word.Known() && IsExactNpm(ref.version);
    }
    return ref;
  }
  // name[extra]==1.0, name@1.0 (uvx), name @ git+https://…
  const std::size_t at = text.find_first_of("[=<>!~@ ;");
  if (at == std::string::npos) return ref;
  ref.name = text.substr(0, at);
  std::size_t sign = text.find_first_of("=<>!~@", at);
  if (sign == std::string::npos) return ref;
  std::string version = text.substr(sign);
  const bool exact = version.starts_with("==") || version.starts_with('@');
  version.erase(0, version.starts_with("===") ? 3 : version.starts_with("==") ? 2 : exact ? 1 : 0);
  if (IsUrl(version)) {
    Word url = word;
    url.text = version;
    url.holes.clear();
    ProgramRef from = UrlRef(url);
    from.word = word;
    return from;
  }
  ref.version = version;
  ref.pinned = exact && word.Known() && IsExactPython(version);
  return ref;
}

}  // namespace sandlint
