#include "scanner/parse/yaml_places.h"

#include <algorithm>
#include <array>

namespace sandlint {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

/// Behind `&anchor`, `!tag` and the blanks around them.
std::size_t SkipProperties(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
    const std::size_t end = text.find_first_of(" \t\r\n,]}", at);
    if (end == std::string_view::npos) return text.size();
    const std::size_t next = text.find_first_not_of(kBlank, end);
    if (next == std::string_view::npos) return text.size();
    at = next;
  }
  return at;
}

std::size_t EndOfQuoted(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 >= text.size() || text[i + 1] != '\'') return i + 1;
      ++i;  // '' is a quote inside
    }
  }
  return text.size();
}

bool AllOf(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

bool IsFloat(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  if (text == ".inf" || text == ".Inf" || text == ".INF") return true;
  const std::size_t e = std::min(text.find_first_of("eE"), text.size());
  std::string_view exponent = text.substr(e);
  std::string_view number = text.substr(0, e);
  if (!exponent.empty()) {
    exponent.remove_prefix(1);
    if (exponent.starts_with('-') || exponent.starts_with('+')) exponent.remove_prefix(1);
    if (!AllOf(exponent, "0123456789")) return false;
  }
  if (std::ranges::count(number, '.') > 1) return false;
  return AllOf(number, "0123456789.") && number != ".";
}

}  // namespace

ScalarPlace PlaceOfScalar(std::string_view text, std::size_t at, std::string_view value) {
  ScalarPlace place;
  place.begin = SkipProperties(text, std::min(at, text.size()));
  const char first = place.begin < text.size() ? text[place.begin] : '\0';
  if (first == '"' || first == '\'') {
    place.end = EndOfQuoted(text, place.begin);
    place.inside_begin = place.begin + 1;
    place.inside_end = std::max(place.inside_begin, place.end - 1);
    return place;
  }
  place.inside_begin = place.begin;
  place.end = text.substr(place.begin, value.size()) == value
                  ? place.begin + value.size()
                  : std::min(text.find_first_of("\r\n", place.begin), text.size());
  place.inside_end = place.end;
  return place;
}

std::size_t EndOfFlow(std::string_view text, std::size_t begin, std::size_t at) {
  begin = SkipProperties(text, std::min(begin, text.size()));
  at = std::max(at, begin);
  if (begin >= text.size() || (text[begin] != '{' && text[begin] != '[')) return at;
  if (at == begin) ++at;
  while (at < text.size()) {
    if (text[at] == '}' || text[at] == ']') return at + 1;
    if (text[at] == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else if (kBlank.find(text[at]) == std::string_view::npos && text[at] != ',' &&
               text[at] != ':') {
      return at;
    } else {
      ++at;
    }
  }
  return at;
}

NodeType TypeOfPlain(std::string_view text) {
  constexpr auto kNulls = std::to_array<std::string_view>({"", "~", "null", "Null", "NULL"});
  constexpr auto kBools =
      std::to_array<std::string_view>({"true", "True", "TRUE", "false", "False", "FALSE"});
  if (std::ranges::find(kNulls, text) != kNulls.end()) return NodeType::Null;
  if (std::ranges::find(kBools, text) != kBools.end()) return NodeType::Bool;
  if (text.starts_with("0x") && AllOf(text.substr(2), "0123456789abcdefABCDEF")) {
    return NodeType::Number;
  }
  if (text.starts_with("0o") && AllOf(text.substr(2), "01234567")) return NodeType::Number;
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return NodeType::Number;
  return IsFloat(text) ? NodeType::Number : NodeType::String;
}

}  // namespace sandlint
