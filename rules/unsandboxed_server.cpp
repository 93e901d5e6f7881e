#include <fmt/format.h>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "unsandboxed-server",
    .title = "A server runs with all that its user may do",
    .checklist_item = 1,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "An MCP server that nothing confines reads every file of its user, inherits every "
        "variable of the client and connects wherever it likes. One compromised package, or one "
        "instruction hidden in a page that it reads, is enough to carry the keys away.",
    .fix =
        "Put a sandbox before its command: `bwrap --ro-bind /usr /usr --symlink usr/bin /bin "
        "--symlink usr/lib /lib --symlink usr/lib64 /lib64 --proc /proc --dev /dev --tmpfs /tmp "
        "--unshare-all --die-with-parent --new-session --clearenv --setenv PATH /usr/bin …`, or "
        "`docker run --rm -i --network=none --read-only …`, and add only what it needs.",
};

std::string UserOf(const Launch& launch) {
  const Identity& identity = launch.grant.identity;
  if (identity.own_user && !identity.outer_user.empty()) return Quote(identity.outer_user);
  return identity.own_user ? "another user" : "your own user";
}

Findings Check(const Server& server, const Workspace&) {
  const Launch* launch = FirstLaunch(server, Isolation::None);
  if (launch == nullptr) return {};
  const Consequences consequences = ConsequencesOf(server, *launch);
  std::string message = fmt::format("'{}' runs as {} without a sandbox{}", server.Name(),
                                    UserOf(*launch), WhenOf(*launch));
  if (!consequences.clauses.empty()) message += ": it " + JoinWords(consequences.clauses);
  const Layer* program = ProgramOf(*launch);
  Span place = server.decl.command.span;
  if (!place && program != nullptr) place = program->program.span;
  Finding finding = MakeFinding(kInfo, server, place, std::move(message));
  finding.items = consequences.items;
  if (launch->condition) finding.related.push_back({FirstLine(launch->condition), "the condition"});
  return {finding};
}

}  // namespace

const Rule kUnsandboxedServer{kInfo, Check, nullptr};

}  // namespace sandlint
