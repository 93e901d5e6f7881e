#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sandlint {

/// A part of a text that may be a secret.
struct SecretPiece {
  std::size_t begin = 0;
  std::size_t length = 0;
};

/// What must not be shown of a text of any kind (a command line, a URL, a script, a config):
/// shapes of tokens, values of telling names (`NAME=value`, `--name value`, `"name": "value"`),
/// `user:password` operands, passwords glued to their option, and what looks random in a URL. In
/// doubt it is one: this decides what is masked, never what is a finding. By their place; they may
/// overlap.
std::vector<SecretPiece> SecretPiecesIn(std::string_view text);

/// The text with `***` in the place of each of them.
std::string WithoutSecrets(std::string_view text);

/// Is this secret, found in any text, surely not an ordinary word?
bool IsUnmistakable(std::string_view secret);

}  // namespace sandlint
