#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sandlint {

/// Words of a command line as they may be shown: what looks like a credential, or stands where one
/// is expected (`--token X`, `--setenv API_KEY X`, `KEY=X`), becomes `***`.
std::vector<std::string> MaskedWords(const std::vector<std::string>& words);

/// The same for words that stand in one text, separated by blanks.
std::string MaskedText(std::string_view text);

}  // namespace sandlint
