// A value does not go away with the name of its variable: a wrapper can put it into another one, or
// into an argument.

#include <algorithm>
#include <cctype>
#include <string_view>

#include "scanner/grant/fold.h"

namespace sandlint {
namespace {

/// Shorter values are found in other words by chance.
constexpr std::size_t kLeastValue = 4;

bool IsNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Every name of a variable in the text of a hole: `TOKEN`, `${TOKEN:-x}`, `$(echo "$TOKEN")`.
std::vector<std::string_view> NamesIn(std::string_view text) {
  std::vector<std::string_view> names;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && IsNameCharacter(text[end])) ++end;
    const std::string_view name = text.substr(at, end - at);
    const bool expanded = at > 0 && (text[at - 1] == '$' || text[at - 1] == '{');
    const bool whole = at == 0 && end == text.size();
    const bool printed = text.substr(0, at).ends_with("printenv ");
    if ((expanded || whole || printed) && !name.empty()) names.push_back(name);
    at = std::max(end, at + 1);
  }
  return names;
}

/// The variables of the client whose values are written in the configuration.
std::vector<const Setting*> Literals(const ServerDecl* decl) {
  std::vector<const Setting*> literals;
  if (decl == nullptr) return literals;
  for (const Setting& setting : decl->environment) {
    if (setting.value.Certain() && setting.value.text.size() >= kLeastValue) {
      literals.push_back(&setting);
    }
  }
  return literals;
}

}  // namespace

void AddCopies(Environment& environment, const std::vector<Layer>& layers,
               const VariableSet& at_client, const ServerDecl* decl) {
  const std::vector<const Setting*> literals = Literals(decl);
  Answer certain = Answer::Yes;
  const auto add = [&](std::string_view name, const Word& value, const char* via,
                       Variable variable) {
    if (at_client.Find(name).presence == Presence::Absent) return;
    variable.because.push_back(EvidenceOf(value, "the value stands here under another name"));
    Because because = variable.because;
    environment.copies.try_emplace(
        std::string(name), VariableAnswer{certain, via, std::move(variable), std::move(because)});
  };
  const auto look = [&](const Word& value, const char* via, const Variable& variable,
                        std::string_view own) {
    for (const Hole& hole : value.holes) {
      for (const std::string_view name : NamesIn(hole.name)) {
        if (name != own) add(name, value, via, variable);
      }
    }
    for (const Setting* literal : literals) {
      if (literal->key.text != own && value.text.find(literal->value.text) != std::string::npos) {
        add(literal->key.text, value, via, variable);
      }
    }
  };
  for (const auto& [name, variable] : environment.own.known) {
    if (variable.presence == Presence::Set) look(variable.value, "environment", variable, name);
  }
  if (!layers.empty() && layers.back().kind == LayerKind::Program) {
    for (const Word& word : layers.back().words) look(word, "argument", {}, {});
  }
  for (const Layer& layer : layers) {
    for (const HandedFile& data : layer.handed) {
      certain = data.certain;
      if (!data.path) look(data.by, "data", {}, {});
    }
  }
}

}  // namespace sandlint
