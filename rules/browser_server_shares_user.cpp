#include <fmt/format.h>

#include <string>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"
#include "rules/own_user.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "browser-server-shares-user",
    .title = "A browser server runs as the user of the client",
    .checklist_item = 8,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "A browser runs the code of every page that it opens and has the largest attack surface "
        "of all servers. When it is taken over, the account of the user is the next thing that "
        "falls; an account of its own has nothing worth taking.",
    .fix =
        "Make a user for it (`useradd --system mcp-browser`) and start it with "
        "`sudo -u mcp-browser`, or give its container a uid that no person has "
        "(`--user 65532:65532`).",
};

Findings Check(const Server& server, const Workspace& workspace) {
  if (server.need.server_class != ServerClass::Browser) return {};
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    if (!Confines(launch)) return {};
    if (HasOwnUser(launch, workspace) != Answer::No) return {};
    const Because& because = launch.grant.identity.user_because;
    std::string message = fmt::format("'{}' drives a browser as the user of the client{}",
                                      server.Name(), WhenOf(launch));
    if (!because.empty()) message += ": " + WordsOf(because);
    Finding finding = MakeFinding(kInfo, server, PlaceOf(because, launch), std::move(message));
    AddRelated(finding, because, "decides which user it runs as");
    return {finding};
  });
}

}  // namespace

/// Root in a container is root of its owner; a uid of its own is an account of its own.
Answer HasOwnUser(const Launch& launch, const Workspace& workspace) {
  const Identity& identity = launch.grant.identity;
  if (identity.own_user) return Answer::Yes;
  const Layer* container = ContainerLayer(launch);
  if (container == nullptr) return Answer::No;
  if (!container->user) return Answer::Unknown;  // the image decides
  if (identity.root_inside == Answer::Yes) return Answer::No;
  if (!identity.inner_uid || workspace.host == nullptr) return Answer::Unknown;
  return *identity.inner_uid == workspace.host->Caller().uid ? Answer::No : Answer::Yes;
}

const Rule kBrowserServerSharesUser{kInfo, Check, nullptr};

}  // namespace sandlint
