#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "rules/facts.h"

namespace sandlint {
namespace {

/// Variables that a developer's session often has. AWS first: the guide's own example.
constexpr auto kAwsVariables = std::to_array<std::string_view>(
    {"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID"});
constexpr auto kSecretVariables = std::to_array<std::string_view>(
    {"GITHUB_TOKEN", "GH_TOKEN", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "NPM_TOKEN", "GITLAB_TOKEN",
     "DATABASE_URL", "PGPASSWORD", "AZURE_CLIENT_SECRET", "GOOGLE_APPLICATION_CREDENTIALS"});

bool Needs(const Need& need, std::string_view variable) {
  return std::any_of(need.variables.begin(), need.variables.end(),
                     [&](const NeededVariable& one) { return one.name == variable; });
}

template <typename Names>
std::vector<std::string> PassedOf(const Names& names, const Server& server, const Launch& launch,
                                  Because& because) {
  std::vector<std::string> passed;
  for (const std::string_view name : names) {
    if (Needs(server.need, name)) continue;
    const Variable variable = launch.grant.environment.own.Find(name);
    if (variable.presence != Presence::Passed) continue;
    passed.emplace_back(name);
    if (because.empty()) because = variable.because;
  }
  return passed;
}

void AddSecrets(const Server& server, const Launch& launch, Consequences& result) {
  std::vector<std::string> names;
  bool any = false;
  for (const VisibleSecret& one : LookForSecrets(server, launch).visible) {
    any = any || !one.documented;
    const std::string name = "~/" + std::string(one.secret->path);
    if (one.secret->severity != Severity::Error) continue;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  if (any) result.items.Add(2);
  if (!names.empty()) result.clauses.push_back("can read " + JoinWords(names));
}

void AddNetwork(const Server& server, const Launch& launch, Consequences& result) {
  if (OpenNetwork(launch.grant.egress) != Answer::Yes) return;
  result.items.Add(4);
  if (NeedsNoNetwork(server.need)) result.items.Add(6);
  result.clauses.emplace_back("reaches any host");
}

void AddClass(const Server& server, const Launch& launch, Consequences& result) {
  const ServerClass kind = server.need.server_class;
  if (kind == ServerClass::Browser && !launch.grant.identity.own_user) result.items.Add(8);
  if (kind == ServerClass::Shell) result.items.Add(9);
}

}  // namespace

InheritedSecrets LookForInherited(const Server& server, const Launch& launch) {
  InheritedSecrets found;
  const VariableSet& own = launch.grant.environment.own;
  found.everything = own.others == Presence::Passed;
  if (found.everything) found.because = own.others_because;
  found.aws = PassedOf(kAwsVariables, server, launch, found.because);
  found.others = PassedOf(kSecretVariables, server, launch, found.because);
  return found;
}

Consequences ConsequencesOf(const Server& server, const Launch& launch) {
  Consequences result;
  result.items.Add(1);
  AddSecrets(server, launch, result);
  const InheritedSecrets inherited = LookForInherited(server, launch);
  if (inherited.everything) {
    result.items.Add(10);
    result.clauses.emplace_back("has every variable of the client");
  }
  AddNetwork(server, launch, result);
  std::string temp;
  SharedTemp(launch, temp);
  if (!temp.empty()) {
    result.items.Add(3);
    result.clauses.push_back("shares " + temp);
  }
  AddClass(server, launch, result);
  return result;
}

}  // namespace sandlint
