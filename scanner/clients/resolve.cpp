// Variables of a config that the client's environment gives a value, put in after the fact: the
// environment and the home are known only when the host is.

#include <algorithm>
#include <optional>

#include "scanner/clients/clients.h"

namespace sandlint {
namespace {

/// The variables of VS Code and those who took them over. What an unset one becomes is not known.
std::optional<const Word*> ValueOfEditor(const Hole& hole, const ClientValues& values) {
  constexpr std::string_view kEnvironment = "env:";
  if (hole.name == "workspaceFolder") return &values.workspace;
  if (hole.name == "userHome" && values.home) return &values.home;
  if (!hole.name.starts_with(kEnvironment)) return std::nullopt;
  const std::string_view name = std::string_view(hole.name).substr(kEnvironment.size());
  if (values.environment == nullptr) {
    return name == "HOME" && values.home ? std::optional(&values.home) : std::nullopt;
  }
  const auto& all = *values.environment;
  const auto found = std::find_if(all.rbegin(), all.rend(),
                                  [&](const Setting& setting) { return setting.key.text == name; });
  return found == all.rend() ? std::nullopt : std::optional(&found->value);
}

/// The value of a variable; nothing where it is not known, null where it is known to be unset.
std::optional<const Word*> ValueOf(const Hole& hole, const ClientValues& values) {
  if (values.workspace) return ValueOfEditor(hole, values);
  // What the client itself sets for its servers and plugins is in nobody's environment.
  const bool of_client =
      hole.name.starts_with("CLAUDE_") || hole.name.find('.') != std::string::npos;
  if (of_client) return std::nullopt;
  if (values.environment != nullptr) {
    const auto& all = *values.environment;
    const auto found = std::find_if(all.rbegin(), all.rend(), [&](const Setting& setting) {
      return setting.key.text == hole.name;
    });
    return found == all.rend() ? nullptr : &found->value;
  }
  if (hole.name == "HOME" && values.home) return &values.home;
  return std::nullopt;
}

}  // namespace

Word ResolveVariables(const Word& word, const ClientValues& values) {
  if (word.holes.empty()) return word;
  Word resolved = word;
  resolved.text.clear();
  resolved.holes.clear();
  std::size_t at = 0;
  for (const Hole& hole : word.holes) {
    if (hole.begin < at || hole.end > word.text.size()) return word;
    resolved.text.append(word.text, at, hole.begin - at);
    const auto begin = static_cast<std::uint32_t>(resolved.text.size());
    const auto value = ValueOf(hole, values);
    const bool given = value && *value != nullptr;
    if (given) {
      for (Hole inner : (*value)->holes) {
        inner.begin += begin;
        inner.end += begin;
        resolved.holes.push_back(std::move(inner));
      }
      resolved.text += (*value)->text;
    } else {
      resolved.text.append(word.text, hole.begin, hole.end - hole.begin);
      if (!value) {
        resolved.holes.push_back(hole);
        resolved.holes.back().begin = begin;
        resolved.holes.back().end = static_cast<std::uint32_t>(resolved.text.size());
      }
    }
    at = hole.end;
  }
  resolved.text.append(word.text, at);
  return resolved;
}

void ResolveVariables(ServerDecl& decl, const ClientValues& values) {
  for (Word* word : {&decl.command, &decl.url, &decl.headers_helper, &decl.working_directory}) {
    *word = ResolveVariables(*word, values);
  }
  for (Word& word : decl.args) word = ResolveVariables(word, values);
  for (auto* settings : {&decl.environment, &decl.headers}) {
    for (Setting& setting : *settings) setting.value = ResolveVariables(setting.value, values);
  }
  if (!decl.sandbox) return;
  for (KeyValue& pair : decl.sandbox->settings) pair.value = ResolveVariables(pair.value, values);
}

}  // namespace sandlint
