#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/server.h"
#include "model/word.h"

namespace sandlint {

/// A kind of credential that is known by its shape.
struct TokenFormat {
  std::string_view name;     ///< for a message: "a classic GitHub token"
  std::string_view pattern;  ///< RE2; group 1 is the secret itself
  /// What it opens beyond one service or repository; empty for kinds that can be narrow.
  std::string_view broad;
};

struct FoundToken {
  const TokenFormat* format = nullptr;
  std::size_t begin = 0;  ///< in the text that was searched
  std::size_t length = 0;
};

/// The first credential in `text` that has a known shape and is no placeholder.
std::optional<FoundToken> FindToken(std::string_view text);
/// All of them, by their place; a text can match two shapes. `placeholders`: those too, for what is
/// not to be shown.
std::vector<FoundToken> FindTokens(std::string_view text, bool placeholders = false);
/// Does a text hold anything of the shape of a credential, a placeholder or not?
bool HasTokenShape(std::string_view text);
/// RE2: finds every text for which that is true.
const std::string& AnyTokenPattern();

/// `<your-token>`, `YOUR_API_KEY`, `xxxx`, `changeme`, `${TOKEN}`, `op://vault/item`: nothing that
/// opens anything.
bool IsPlaceholder(std::string_view value);

/// Does a variable (or an option, a header) of this name hold a secret?
bool IsSecretName(std::string_view name);
/// RE2: finds a part of every such name that a quote, a blank or one of `:=,` ends in a text.
extern const char* const kMayBeSecretName;

/// A literal secret in a value: by its shape, or because its name says so. Where the literal part
/// is nothing but a reference there is none.
struct LiteralSecret {
  const TokenFormat* format = nullptr;  ///< null: known by its name only
  Word word;                            ///< the secret itself, for its place; never printed
};
std::optional<LiteralSecret> SecretIn(std::string_view name, const Word& value);

}  // namespace sandlint
