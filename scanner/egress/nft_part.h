#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "model/source.h"

namespace sandlint {

/// The words that a script gives to nft, each in its place, and blanks for all others: places in it
/// are places in the script.
class NftPart {
 public:
  explicit NftPart(const Source& script) : script_(script), text_(script.text.size(), ' ') {
    for (std::size_t i = 0; i < text_.size(); ++i) {
      if (script.text[i] == '\n') text_[i] = '\n';
    }
  }

  bool used() const { return used_; }
  std::string Take() { return std::move(text_); }

  /// A command begins at `at`; one on the same line ends before it.
  void Separate(std::uint32_t at) {
    used_ = true;
    const std::size_t line = text_.rfind('\n', at);
    const std::size_t from = line == std::string::npos ? 0 : line;
    if (text_.find_first_not_of(" \n", from) < at) text_[at] = ';';
  }

  void Copy(const Span& span) {
    if (span.source != &script_) return;
    for (std::uint32_t i = span.begin; i < span.end && i < text_.size(); ++i) {
      text_[i] = script_.text[i];
    }
  }

  /// A command goes on behind a `\` at the end of a line, as it does for nft.
  void JoinLines(std::uint32_t begin, std::uint32_t end) {
    for (std::uint32_t i = begin; i + 1 < end && i + 1 < text_.size(); ++i) {
      if (script_.text[i] == '\\' && script_.text[i + 1] == '\n') text_[i] = '\\';
    }
  }

  /// Without the quotes and backslashes that the shell takes away.
  void CopyWord(const Span& span) {
    if (span.source != &script_) return;
    char quote = 0;
    for (std::uint32_t i = span.begin; i < span.end && i < text_.size(); ++i) {
      const char c = script_.text[i];
      if (c == '\\' && quote != '\'' && i + 1 < span.end) {
        ++i;
        if (script_.text[i] != '\n') text_[i] = script_.text[i];
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      } else {
        text_[i] = c;
      }
    }
  }

 private:
  const Source& script_;
  std::string text_;
  bool used_ = false;
};

}  // namespace sandlint
