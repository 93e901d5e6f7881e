#include "scanner/grant/capabilities.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace sandlint {
namespace {

/// Mounting; opening files by their handle; kernel code; raw memory; disks as device nodes.
constexpr auto kPastMounts =
    std::to_array<std::string_view>({"CAP_SYS_ADMIN", "CAP_DAC_READ_SEARCH", "CAP_SYS_MODULE",
                                     "CAP_SYS_RAWIO", "CAP_MKNOD", "CAP_BPF"});

/// `cap_sys_admin`, `SYS_ADMIN` and `net_raw,sys_admin` name CAP_SYS_ADMIN, `ALL` every one.
bool Names(const Word& word, std::string_view capability) {
  std::string text = word.text;
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    const std::string name = text.substr(at, comma - at);
    if (name == "ALL" || name == capability || "CAP_" + name == capability) return true;
    at = comma + 1;
  }
  return false;
}

/// `unknown`: what a word that is not known counts for.
bool Names(const std::vector<Word>& words, std::string_view capability, bool unknown) {
  return std::ranges::any_of(
      words, [&](const Word& word) { return word.Known() ? Names(word, capability) : unknown; });
}

}  // namespace

bool HasCapability(const Layer& layer, bool by_root, std::string_view capability) {
  // What a later --cap-drop took back is no longer in the list of the added.
  if (Names(layer.cap_add, capability, true)) return true;
  return by_root && !Names(layer.cap_drop, capability, false);
}

bool CanGoPastMounts(const Layer& layer, bool by_root) {
  return std::ranges::any_of(kPastMounts, [&](std::string_view capability) {
    return HasCapability(layer, by_root, capability);
  });
}

}  // namespace sandlint
