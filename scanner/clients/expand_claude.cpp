// `${VAR}` and `${VAR:-default}` as Claude Code 2.1.330 expands them (observed): one pass from left
// to right, a variable that is set but empty counts as set, an unset one without default stays as
// it is written, defaults are not expanded again, `$VAR` and `~` are left alone, there is no
// escape.

#include <algorithm>

#include "scanner/clients/clients.h"

namespace sandlint {
namespace {

bool NameStart(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool NamePart(char c) { return NameStart(c) || (c >= '0' && c <= '9'); }

struct Reference {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view name;
  std::string_view fallback;
  bool has_fallback = false;
};

/// The next `${NAME}` or `${NAME:-default}` at or after `from`.
std::optional<Reference> Next(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find("${", from); at != text.npos; at = text.find("${", at + 1)) {
    std::size_t end = at + 2;
    if (end >= text.size() || !NameStart(text[end])) continue;
    while (end < text.size() && NamePart(text[end])) ++end;
    Reference found{at, end, text.substr(at + 2, end - at - 2), {}, false};
    if (text.substr(end, 2) == ":-") {
      const std::size_t close = text.find('}', end);
      if (close == text.npos) return std::nullopt;
      found.fallback = text.substr(end + 2, close - end - 2);
      found.has_fallback = true;
      end = close;
    }
    if (end >= text.size() || text[end] != '}') continue;
    found.end = end + 1;
    return found;
  }
  return std::nullopt;
}

const Word* Find(const std::vector<Setting>* environment, std::string_view name) {
  if (environment == nullptr) return nullptr;
  const auto found = std::find_if(environment->rbegin(), environment->rend(),
                                  [&](const Setting& setting) { return setting.key.text == name; });
  return found == environment->rend() ? nullptr : &found->value;
}

}  // namespace

Word ExpandClaude(const Word& word, const std::vector<Setting>* environment,
                  std::string_view home) {
  if (word.text.find("${") == std::string::npos) return word;
  Word expanded = word;
  expanded.text.clear();
  expanded.holes.clear();
  const std::string_view text = word.text;
  std::size_t at = 0;
  while (const auto reference = Next(text, at)) {
    expanded.text += text.substr(at, reference->begin - at);
    const auto begin = static_cast<std::uint32_t>(expanded.text.size());
    const auto add = [&](std::string_view value, bool hole, bool assumed) {
      expanded.text += value;
      const auto end = static_cast<std::uint32_t>(expanded.text.size());
      if (hole) expanded.holes.push_back({begin, end, std::string(reference->name), assumed});
    };
    if (const Word* value = Find(environment, reference->name); value != nullptr) {
      add(value->text, !value->Known(), false);
    } else if (reference->name == "HOME" && !home.empty()) {
      add(home, false, false);
    } else if (reference->has_fallback) {
      add(reference->fallback, environment == nullptr, true);
    } else {
      add(text.substr(reference->begin, reference->end - reference->begin), environment == nullptr,
          false);
    }
    at = reference->end;
  }
  expanded.text += text.substr(at);
  return expanded;
}

}  // namespace sandlint
