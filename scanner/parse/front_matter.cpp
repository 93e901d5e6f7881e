// The YAML at the head of a Markdown file.

#include <algorithm>
#include <string_view>

#include "scanner/parse/unicode.h"
#include "scanner/parse/yaml_text.h"

namespace sandlint {
namespace {

/// Is the line from `at` on `---`, with nothing but blanks behind it? Its end then, else npos.
std::size_t FenceEnd(std::string_view text, std::size_t at) {
  if (text.substr(at, 3) != "---") return std::string_view::npos;
  const std::size_t end = std::min(text.find('\n', at), text.size());
  const std::string_view rest = text.substr(at + 3, end - at - 3);
  if (rest.find_first_not_of(" \t\r") != std::string_view::npos) return std::string_view::npos;
  return end;
}

}  // namespace

Document ParseFrontMatter(const Source& source) {
  const std::string_view text = source.text;
  const std::size_t start = text.starts_with(kUtf8Mark) ? kUtf8Mark.size() : 0;
  const std::size_t opened = FenceEnd(text, start);
  if (opened == std::string_view::npos || opened == text.size()) return {};
  const std::size_t begin = opened + 1;
  for (std::size_t line = begin; line < text.size();) {
    if (FenceEnd(text, line) != std::string_view::npos) {
      return ParseYamlText(source, begin, line);
    }
    line = std::min(text.find('\n', line), text.size() - 1) + 1;
  }
  return {};
}

}  // namespace sandlint
