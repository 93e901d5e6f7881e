// References in the strings of a config, by the clients that are not Claude Code. None of them is
// expanded here: each is a hole, named so that resolve.cpp knows it again.

#include <algorithm>

#include "scanner/clients/dialect.h"

namespace sandlint {
namespace {

bool NameStart(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool NamePart(char c) { return NameStart(c) || (c >= '0' && c <= '9'); }

struct Found {
  std::size_t end = 0;
  std::string name;
};

/// `${…}` at `at`; braces nest in it.
std::optional<Found> Braces(std::string_view text, std::size_t at) {
  if (text.substr(at, 2) != "${") return std::nullopt;
  int depth = 0;
  for (std::size_t end = at + 1; end < text.size(); ++end) {
    if (text[end] == '{') ++depth;
    if (text[end] != '}' || --depth > 0) continue;
    const std::string_view inner = text.substr(at + 2, end - at - 2);
    const bool known =
        inner == "workspaceFolder" || inner == "userHome" || inner.find(':') != inner.npos;
    // Other names keep their braces: they are not those of variables of Claude Code.
    return Found{end + 1, std::string(known ? inner : text.substr(at, end + 1 - at))};
  }
  return std::nullopt;
}

std::optional<Found> Dollar(std::string_view text, std::size_t at) {
  const char mark = text[at];
  if (mark != '$' && mark != '%') return std::nullopt;
  std::size_t end = at + 1;
  if (end >= text.size() || !NameStart(text[end])) return std::nullopt;
  while (end < text.size() && NamePart(text[end])) ++end;
  if (mark == '%' && (end >= text.size() || text[end++] != '%')) return std::nullopt;
  return Found{end, std::string(text.substr(at, end - at))};
}

std::optional<Found> Brackets(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  if (!rest.starts_with("{env:") && !rest.starts_with("{file:")) return std::nullopt;
  const std::size_t close = rest.find('}');
  if (close == rest.npos) return std::nullopt;
  return Found{at + close + 1, std::string(rest.substr(1, close - 1))};
}

std::optional<Found> At(std::string_view text, std::size_t at, Variables variables) {
  const bool any = variables == Variables::Any;
  if (any || variables == Variables::Braces || variables == Variables::Dollar) {
    if (auto found = Braces(text, at)) return found;
  }
  if (any || variables == Variables::Dollar) {
    if (auto found = Dollar(text, at)) return found;
  }
  if (any || variables == Variables::Brackets) return Brackets(text, at);
  return std::nullopt;
}

}  // namespace

Word WithVariables(Word word, Variables variables) {
  if (variables == Variables::None || !word.holes.empty()) return word;
  for (std::size_t at = 0; at < word.text.size();) {
    const auto found = At(word.text, at, variables);
    if (!found) {
      ++at;
      continue;
    }
    word.holes.push_back(
        {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(found->end), found->name});
    at = found->end;
  }
  return word;
}

Word UnknownWord(const Word& at, std::string name) {
  Word word = at;
  word.text = name;
  word.holes = {{0, static_cast<std::uint32_t>(name.size()), std::move(name), false, true}};
  return word;
}

}  // namespace sandlint
