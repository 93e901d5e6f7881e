#include "cli/probe_session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "cli/session.h"
#include "rules/secret_pieces.h"
#include "rules/secrets.h"
#include "rules/token_formats.h"

namespace sandlint {
namespace {

constexpr const char* kMadeUp = "sandlint-probe";

void Set(ProbeSession& variables, const std::string& name, const std::string& value) {
  std::erase_if(variables.environment,
                [&](const std::string& line) { return line.starts_with(name + "="); });
  variables.environment.push_back(name + "=" + value);
  if (std::ranges::find(variables.asked, name) == variables.asked.end()) {
    variables.asked.push_back(name);
  }
}

}  // namespace

ProbeSession MakeProbeSession(const ServerDecl* decl) {
  ProbeSession variables;
  Session session = ThisSession();
  for (char** line = environ; line != nullptr && *line != nullptr; ++line) {
    variables.environment.emplace_back(*line);
  }
  for (const std::string& name : session.secrets) {
    if (name != "PWD" && name != "OLDPWD") Set(variables, name, kMadeUp);  // a shell sets its own
  }
  for (const char* name : {"AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "SANDLINT_PROBE_VARIABLE"}) {
    const bool known = std::ranges::any_of(
        session.environment, [&](const Setting& one) { return one.key.text == name; });
    if (!known) {
      Setting setting;
      setting.key.text = name;
      setting.value.text = kMadeUp;
      session.environment.push_back(std::move(setting));
    }
    Set(variables, name, kMadeUp);
  }
  variables.settings = std::move(session.environment);
  variables.session = variables.environment;
  for (const Setting& setting : decl == nullptr ? std::vector<Setting>{} : decl->environment) {
    const bool plain =
        setting.value.Known() && !IsSecretName(setting.key.text) && !FindToken(setting.value.text);
    const std::string value = plain ? setting.value.text : kMadeUp;
    variables.own.push_back(fmt::format("set={}={}", setting.key.text, value));
    Set(variables, setting.key.text, value);
  }
  return variables;
}

bool IsHere(const std::string& program, const std::vector<std::string>& environment) {
  if (program.find('/') != program.npos) return access(program.c_str(), X_OK) == 0;
  std::string path;
  for (const std::string& line : environment) {
    if (line.starts_with("PATH=")) path = line.substr(5);
  }
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    if (access((path.substr(begin, end - begin) + "/" + program).c_str(), X_OK) == 0) return true;
    begin = end + 1;
  }
  return false;
}

}  // namespace sandlint
