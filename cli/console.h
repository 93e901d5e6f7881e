#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "reporters/visible.h"

namespace sandlint {

/// Opens closed standard descriptors on a place where writing fails, so that no file that is opened
/// later gets a standard descriptor's number.
void KeepStandardDescriptors();

/// The whole text to stdout. False when it did not get there; says so, except when the reader went
/// away.
bool WriteOut(std::string_view text);

/// Writes beside `path` and renames: a reader sees the old file or the whole new one. What is no
/// regular file (a link such as /dev/stdout, a pipe) is written directly. `-` is stdout.
bool WriteFile(const std::string& path, std::string_view text, std::string& problem);

/// One line on stderr: `sandlint: …`.
void ComplainLine(std::string_view text);
template <typename... Values>
void Complain(fmt::format_string<Values...> format, Values&&... values) {
  ComplainLine(fmt::format(format, std::forward<Values>(values)...));
}

enum class ColorChoice { Auto, Always, Never };
/// The flag, then NO_COLOR, then CLICOLOR_FORCE, then whether stdout is a capable terminal.
bool UseColor(ColorChoice choice);
std::size_t TerminalWidth();

}  // namespace sandlint
