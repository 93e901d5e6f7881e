#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sandlint {

/// What stands for text that is no Unicode.
inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";
inline constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

/// How many bytes the well-formed UTF-8 sequence at `at` takes; 0 when there is none (RFC 3629: no
/// overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t Utf8Length(std::string_view text, std::size_t at);

/// `code` in UTF-8; a surrogate or a number above U+10FFFF becomes U+FFFD.
void AppendUtf8(std::string& text, std::uint32_t code);

/// The number that `length` hexadecimal digits at `at` spell, or -1 when they are not all there.
std::int64_t HexAt(std::string_view text, std::size_t at, std::size_t length);

/// Where the first byte stands that is not part of well-formed UTF-8; npos when there is none.
std::size_t FirstInvalidUtf8(std::string_view text);

}  // namespace sandlint
