#include "scanner/grant/srt_pattern.h"

namespace sandlint {
namespace {

void ReplaceAll(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

}  // namespace

std::string SrtPatternOf(std::string_view glob) {
  std::string text;
  for (const char c : glob) {
    if (std::string_view(".^$+{}()|\\").find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
  // Brackets that are not closed are themselves.
  const std::size_t open = text.rfind('[');
  if (open != std::string::npos && text.find(']', open) == std::string::npos) {
    text.insert(open, "\\");
  }
  ReplaceAll(text, "**/", "\x01");
  ReplaceAll(text, "**", "\x02");
  ReplaceAll(text, "*", "[^/]*");
  ReplaceAll(text, "?", "[^/]");
  ReplaceAll(text, "\x01", "(.*/)?");
  ReplaceAll(text, "\x02", ".*");
  return text;
}

}  // namespace sandlint
