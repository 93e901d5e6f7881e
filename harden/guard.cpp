#include "harden/guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "harden/words.h"

namespace sandlint {
namespace {

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool Only(std::string_view text, std::string_view others) {
  return std::ranges::all_of(
      text, [&](char c) { return IsAlphanumeric(c) || others.find(c) != others.npos; });
}

bool HasControl(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// Configs and settings are JSON: bytes that are no UTF-8 could not come back from them.
bool IsUtf8(const std::string& text) {
  using Handler = nlohmann::json::error_handler_t;
  const nlohmann::json json(text);
  return json.dump(-1, ' ', false, Handler::replace) == json.dump(-1, ' ', false, Handler::ignore);
}

std::string RefusalOf(const PlanWord& word, std::string_view what) {
  for (const PlanPiece& piece : word) {
    if (piece.kind == PlanPiece::Kind::Unknown) {
      return fmt::format("{} holds {}, whose value is not known here", what,
                         CommentText(piece.text));
    }
    if (HasControl(piece.text)) return fmt::format("{} holds a control character", what);
    if (!IsUtf8(piece.text)) return fmt::format("{} is no UTF-8", what);
  }
  return {};
}

}  // namespace

bool IsHost(std::string_view text) {
  return !text.empty() && (IsAlphanumeric(text[0]) || text[0] == '*' || text[0] == ':') &&
         Only(text, ".-*:");
}

bool SteersWrapper(std::string_view variable) {
  constexpr auto kNames = std::to_array<std::string_view>(
      {"BASHOPTS", "BASH_ENV", "CDPATH", "ENV", "GCONV_PATH", "GLOBIGNORE", "HOME", "IFS",
       "LOCPATH", "PATH", "PS4", "PWD", "SHELLOPTS", "TMPDIR"});
  return std::ranges::find(kNames, variable) != kNames.end() || variable.starts_with("LD_") ||
         variable.starts_with("DYLD_");
}

std::string RefusalOf(const HardenPlan& plan) {
  const std::string& package = plan.package.spec;
  if (!Only(package, "@/._~^<>=!+,*-[]") || package.starts_with('-')) {
    return "the name of its package is none that a registry takes";
  }
  if (plan.program.empty()) return "its command is empty";
  const PlanPiece& first = plan.program.front();
  if (first.kind == PlanPiece::Kind::Text && first.text.starts_with('-')) {
    return "its command would be taken for an option";
  }
  if (std::string refused = RefusalOf(plan.program, "its command"); !refused.empty()) {
    return refused;
  }
  for (const PlanWord& word : plan.arguments) {
    if (std::string refused = RefusalOf(word, "an argument"); !refused.empty()) return refused;
  }
  for (const PlanPath& path : plan.paths) {
    if (std::string refused = RefusalOf(path.path, "a path that it needs"); !refused.empty()) {
      return refused;
    }
  }
  for (const PlanSetting& setting : plan.settings) {
    if (std::string refused = RefusalOf(setting.value, "a variable"); !refused.empty()) {
      return refused;
    }
  }
  return {};
}

}  // namespace sandlint
