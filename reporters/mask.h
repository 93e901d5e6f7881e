#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/run.h"

namespace sandlint {

/// Does a secret of that length stand at `at`? A short one is a word that may stand in any text
/// (`test`): it counts only where it stands alone.
bool StandsAlone(std::string_view text, std::size_t at, std::size_t length);

/// Takes the secrets of a run out of everything that a report quotes.
class Masker {
 public:
  explicit Masker(const Run& run);

  /// A piece of a source, which begins at its byte `begin`: every letter of a secret is a star, so
  /// that columns stay.
  std::string Piece(const Source& source, std::uint32_t begin, std::string_view text) const;
  /// The decoded text of a word.
  std::string Text(const Word& word) const;
  /// Text that was put together from words of a server (-1: of no server).
  std::string Text(std::string_view text, int server_index) const;
  /// Text that may come from any of the servers.
  std::string TextOfAny(std::string_view text) const;

 private:
  std::vector<const Secret*> Within(const Source& source, std::uint32_t begin,
                                    std::uint32_t end) const;

  std::unordered_map<const Source*, std::vector<const Secret*>> by_source_;  ///< in their order
  std::map<int, std::vector<const Secret*>> by_server_;
};

}  // namespace sandlint
