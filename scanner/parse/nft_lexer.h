#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/source.h"

namespace sandlint {

enum class NftTokenKind : std::uint8_t { End, Newline, Word, String, Variable, Hole, Punct, Bad };

struct NftToken {
  NftTokenKind kind = NftTokenKind::End;
  Span span;
  std::string_view text;  ///< without quotes, `$` or `${}`

  bool Is(std::string_view punct) const { return kind == NftTokenKind::Punct && text == punct; }
  bool IsWord(std::string_view word) const { return kind == NftTokenKind::Word && text == word; }
};

/// Cuts a source into words as nft does: addresses are one word, comments and joined lines are
/// gone, a `-` within a name belongs to it and one after a number does not. Ends with an End token.
std::vector<NftToken> LexNft(const Source& source);

}  // namespace sandlint
