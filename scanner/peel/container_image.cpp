#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "scanner/peel/container_finish.h"

namespace sandlint {
namespace {

constexpr std::size_t kDigestDigits = 64;
constexpr std::size_t kLongestTag = 128;

bool IsDigest(std::string_view text) {
  constexpr std::string_view kPrefix = "sha256:";
  if (!text.starts_with(kPrefix)) return false;
  text.remove_prefix(kPrefix.size());
  return text.size() == kDigestDigits && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isdigit(c) != 0 || (c >= 'a' && c <= 'f');
         });
}

/// `a`, `a.b`, `a__b`, `a-b`: lower case, separators only between letters or digits.
bool IsComponent(std::string_view part) {
  const auto word = [](unsigned char c) { return std::isdigit(c) != 0 || (c >= 'a' && c <= 'z'); };
  if (part.empty() || !word(static_cast<unsigned char>(part.front())) ||
      !word(static_cast<unsigned char>(part.back()))) {
    return false;
  }
  return std::all_of(part.begin(), part.end(),
                     [&](unsigned char c) { return word(c) || c == '.' || c == '_' || c == '-'; });
}

/// The registry's name: the first part, if it looks like a host.
bool IsRegistry(std::string_view part) {
  return part == "localhost" || part.find_first_of(".:") != std::string_view::npos ||
         std::any_of(part.begin(), part.end(),
                     [](unsigned char c) { return std::isupper(c) != 0; });
}

bool IsHostName(std::string_view host) {
  const std::size_t colon = host.find(':');
  if (colon != std::string_view::npos) {
    const std::string_view port = host.substr(colon + 1);
    if (port.empty() || port.find_first_not_of("0123456789") != std::string_view::npos)
      return false;
  }
  const std::string_view name = host.substr(0, colon);
  return !name.empty() && std::isalnum(static_cast<unsigned char>(name.front())) != 0 &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '-'; });
}

bool IsTag(std::string_view tag) {
  return !tag.empty() && tag.size() <= kLongestTag && tag.front() != '.' && tag.front() != '-' &&
         std::all_of(tag.begin(), tag.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
         });
}

}  // namespace

bool IsImageName(std::string_view image) {
  if (IsDigest(image)) return true;
  const std::size_t at = image.find('@');
  if (at != std::string_view::npos && !IsDigest(image.substr(at + 1))) return false;
  std::string_view name = image.substr(0, at);
  const std::size_t colon = name.rfind(':');
  const std::size_t last = name.rfind('/');
  if (colon != std::string_view::npos && (last == std::string_view::npos || colon > last)) {
    if (!IsTag(name.substr(colon + 1))) return false;
    name = name.substr(0, colon);
  }
  const std::size_t slash = name.find('/');
  if (slash != std::string_view::npos && IsRegistry(name.substr(0, slash))) {
    if (!IsHostName(name.substr(0, slash))) return false;
    name.remove_prefix(slash + 1);
  }
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    if (!IsComponent(name.substr(begin, end - begin))) return false;
    begin = end + 1;
  }
  return true;
}

ProgramRef ImageRef(const Word& image) {
  ProgramRef ref{"oci", image.text, {}, false, image};
  if (IsDigest(image.text)) {  // an image by its own id
    ref.version = image.text;
    ref.pinned = true;
    return ref;
  }
  const std::size_t at = image.text.find('@');
  ref.name = image.text.substr(0, at);
  if (at != std::string::npos) {
    ref.version = image.text.substr(at + 1);
    ref.pinned = IsDigest(ref.version);
  }
  // A colon before the last slash belongs to the port of the registry.
  const std::size_t slash = ref.name.rfind('/');
  const std::size_t colon = ref.name.rfind(':');
  const bool tagged = colon != std::string::npos && (slash == std::string::npos || colon > slash);
  if (!tagged || !image.Known()) return ref;
  if (ref.version.empty()) ref.version = ref.name.substr(colon + 1);
  ref.name.erase(colon);
  return ref;
}

}  // namespace sandlint
