#include "cli/session.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "rules/token_formats.h"

namespace sandlint {
namespace {

/// What a launch expands or is looked up by, and what no secret is kept in.
constexpr std::array<std::string_view, 12> kPlain{
    "HOME", "PATH",   "USER", "LOGNAME", "SHELL",         "TERM",
    "LANG", "LC_ALL", "PWD",  "TMPDIR",  "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR"};

Word ValueOf(std::string_view name, std::string_view value) {
  Word word;
  if (std::ranges::find(kPlain, name) != kPlain.end()) {
    word.text = std::string(value);
    return word;
  }
  word.text = "${" + std::string(name) + "}";
  word.holes.push_back({0, static_cast<std::uint32_t>(word.text.size()), std::string(name), false});
  return word;
}

}  // namespace

Session SessionOf(const char* const* variables) {
  Session session;
  for (; variables != nullptr && *variables != nullptr; ++variables) {
    const std::string_view line = *variables;
    const std::size_t equals = line.find('=');
    if (equals == 0 || equals == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, equals);
    const std::string_view value = line.substr(equals + 1);
    Setting setting;
    setting.key.text = std::string(name);
    setting.value = ValueOf(name, value);
    session.environment.push_back(std::move(setting));
    if (!value.empty() && (IsSecretName(name) || FindToken(value))) {
      session.secrets.emplace_back(name);
    }
  }
  std::ranges::sort(session.secrets);
  return session;
}

Session ThisSession() { return SessionOf(environ); }

}  // namespace sandlint
