#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/source.h"

namespace sandlint {

/// A part of a word whose value depends on something that is not known here (a variable, a command
/// substitution). `assumed` parts already hold their default (`${X:-/work}`): the text can be used,
/// but a report says what it assumes.
struct Hole {
  std::uint32_t begin = 0;  ///< byte range in Word::text
  std::uint32_t end = 0;
  std::string name;  ///< as a reader would call it: `TOKEN`, `$(mktemp -d)`
  bool assumed = false;
  bool splits = false;  ///< a shell may make several words of it, or none
};

/// One word of a command line or a value of a file, decoded, with the place where it was written.
/// Unknown parts stand in `text` as they were written (`${TOKEN}`) and are listed in `holes`.
struct Word {
  std::string text;
  Span span;
  std::vector<Hole> holes;
  /// Its index in the argv that the client executes; words taken out of a `sh -c` string or a
  /// wrapper script keep the index of the word that led there. -1 outside of any argv.
  int argv_index = -1;

  /// No part of it is unknown (assumed defaults count as known).
  bool Known() const {
    for (const Hole& hole : holes) {
      if (!hole.assumed) return false;
    }
    return true;
  }
  /// Known without any assumption.
  bool Certain() const { return holes.empty(); }
  /// Could this word be empty, or be several words, or start with `-`? (a hole at its start)
  bool StartsUnknown() const {
    return !holes.empty() && !holes.front().assumed && holes.front().begin == 0;
  }
  explicit operator bool() const { return static_cast<bool>(span) || !text.empty(); }
};

/// `length` bytes of `word` from `offset` on. The span is exact where the word was written without
/// escapes, and the span of the whole word otherwise.
Word Part(const Word& word, std::size_t offset, std::size_t length = std::string::npos);

/// `key=value` taken apart at the first `=`; nothing when there is none.
struct KeyValue {
  Word key;
  Word value;
};
std::optional<KeyValue> SplitAssignment(const Word& word);

/// The last component of a path: `/usr/bin/env` -> `env`.
std::string_view BaseName(std::string_view path);

}  // namespace sandlint
