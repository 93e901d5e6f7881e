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

class Copies {
 public:
  Copies(Environment& environment, const VariableSet& at_client, const ServerDecl* decl)
      : environment_(environment), at_client_(at_client), literals_(Literals(decl)) {}

  /// Which values of the client's variables stand in `value`, but for that of `own`?
  void Look(const Word& value, const char* via, Answer certain, const Variable& variable = {},
            std::string_view own = {}) {
    for (const Hole& hole : value.holes) {
      for (const std::string_view name : NamesIn(hole.name)) {
        if (name != own) Add(name, value, {certain, via, variable, {}});
      }
    }
    for (const Setting* literal : literals_) {
      if (literal->key.text != own && value.text.find(literal->value.text) != std::string::npos) {
        Add(literal->key.text, value, {certain, via, variable, {}});
      }
    }
  }

 private:
  void Add(std::string_view name, const Word& value, VariableAnswer answer) {
    if (at_client_.Find(name).presence == Presence::Absent) return;
    // The place, and never the text: it may be the secret itself.
    answer.because = answer.variable.because;
    answer.because.push_back({value.span, value.argv_index, std::string(name),
                              "its value stands here under another name"});
    environment_.copies.try_emplace(std::string(name), std::move(answer));
  }

  Environment& environment_;
  const VariableSet& at_client_;
  std::vector<const Setting*> literals_;
};

}  // namespace

void AddCopies(Environment& environment, const std::vector<Layer>& layers,
               const VariableSet& at_client, const ServerDecl* decl) {
  Copies copies(environment, at_client, decl);
  for (const auto& [name, variable] : environment.own.known) {
    if (variable.presence != Presence::Set) continue;
    copies.Look(variable.value, "environment", Answer::Yes, variable, name);
  }
  if (!layers.empty() && layers.back().kind == LayerKind::Program) {
    for (const Word& word : layers.back().words) copies.Look(word, "argument", Answer::Yes);
  }
  for (const Layer& layer : layers) {
    for (const HandedFile& data : layer.handed) {
      if (!data.path) copies.Look(data.by, "data", data.certain);
    }
  }
}

}  // namespace sandlint
