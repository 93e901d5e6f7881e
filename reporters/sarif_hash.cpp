// The algorithm of codeql-action's fingerprints.ts: over UTF-16 units without blanks, a polynomial
// hash (base 37, modulo 2^64) of the 100 units from the first one of a line on.

#include "reporters/sarif_hash.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "reporters/visible.h"

namespace sandlint {
namespace {

constexpr std::size_t kWindow = 100;
constexpr std::uint64_t kBase = 37;
constexpr std::uint16_t kEndOfText = 65535;

/// Bytes of the longest start of a sequence that valid text could go on with (WHATWG: one U+FFFD
/// for each such part).
std::size_t IllFormedLength(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  if (first < 0xC2 || first > 0xF4) return 1;
  const std::size_t wanted = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  std::size_t length = 1;
  while (length < wanted && length < text.size()) {
    const unsigned char next = byte(length);
    if (next < (length == 1 ? low : 0x80) || next > (length == 1 ? high : 0xBF)) break;
    ++length;
  }
  return length;
}

std::vector<std::uint16_t> Utf16(std::string_view text) {
  std::vector<std::uint16_t> units;
  units.reserve(text.size() + 1);
  while (!text.empty()) {
    const std::size_t length = SequenceLength(text);
    if (length == 0) {
      units.push_back(0xFFFD);
      text.remove_prefix(IllFormedLength(text));
      continue;
    }
    const char32_t point = PointOf(text.substr(0, length));
    if (point < 0x10000) {
      units.push_back(static_cast<std::uint16_t>(point));
    } else {
      units.push_back(static_cast<std::uint16_t>(0xD7C0 + (point >> 10U)));
      units.push_back(static_cast<std::uint16_t>(0xDC00 + (point & 0x3FFU)));
    }
    text.remove_prefix(length);
  }
  units.push_back(kEndOfText);
  return units;
}

struct Filtered {
  std::vector<std::uint16_t> units;  ///< without blanks, line ends as LF
  std::vector<std::size_t> lines;    ///< where each line begins in it
};

Filtered Filter(const std::vector<std::uint16_t>& units) {
  Filtered filtered;
  bool line_start = true;
  bool after_return = false;
  for (std::uint16_t unit : units) {
    if (unit == ' ' || unit == '\t' || (unit == '\n' && after_return)) {
      after_return = false;
      continue;
    }
    after_return = unit == '\r';
    if (after_return) unit = '\n';
    if (line_start) filtered.lines.push_back(filtered.units.size());
    line_start = unit == '\n';
    filtered.units.push_back(unit);
  }
  filtered.units.resize(filtered.units.size() + kWindow);
  return filtered;
}

}  // namespace

std::vector<std::string> LineHashes(std::string_view text) {
  const Filtered filtered = Filter(Utf16(text));
  std::vector<std::string> hashes;
  std::unordered_map<std::uint64_t, int> seen;
  for (const std::size_t start : filtered.lines) {
    std::uint64_t hash = 0;
    for (std::size_t at = start; at < start + kWindow; ++at) {
      hash = hash * kBase + filtered.units[at];
    }
    hashes.push_back(fmt::format("{:x}:{}", hash, ++seen[hash]));
  }
  return hashes;
}

std::string HashedLines::Of(const Source& source, std::uint32_t line) {
  const auto [entry, added] = by_source_.try_emplace(&source);
  if (added) entry->second = LineHashes(source.text);
  return line >= 1 && line <= entry->second.size() ? entry->second[line - 1] : std::string();
}

}  // namespace sandlint
