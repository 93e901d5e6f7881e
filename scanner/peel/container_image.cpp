#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "scanner/peel/container_finish.h"

namespace sandlint {
namespace {

constexpr std::size_t kDigestDigits = 64;

bool IsDigest(std::string_view text) {
  constexpr std::string_view kPrefix = "sha256:";
  if (!text.starts_with(kPrefix)) return false;
  text.remove_prefix(kPrefix.size());
  return text.size() == kDigestDigits && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isdigit(c) != 0 || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

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
