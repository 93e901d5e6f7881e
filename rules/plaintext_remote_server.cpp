#include <fmt/format.h>

#include "rules/all.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "plaintext-remote-server",
    .title = "A remote server is reached without encryption",
    .checklist_item = 0,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "Everything that the client sends, tokens included, can be read and changed on the "
        "way; the answers become instructions to the model.",
    .fix = "Use the https:// (or wss://) address of the server.",
};

bool IsLocal(std::string_view authority) {
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) authority.remove_prefix(at + 1);
  // The whole host must be local: localhost.evil.example is not.
  const std::string_view host = authority.starts_with('[')
                                    ? authority.substr(0, authority.find(']') + 1)
                                    : authority.substr(0, authority.find(':'));
  if (host == "localhost" || host == "[::1]") return true;
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos;
}

Findings Check(const Server& server, const Workspace&) {
  const std::string& url = server.decl.url.text;
  if (!server.Remote()) return {};
  for (const std::string_view scheme : {"http://", "ws://"}) {
    if (!url.starts_with(scheme)) continue;
    const std::string_view rest = std::string_view(url).substr(scheme.size());
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#\\"));
    if (IsLocal(authority)) return {};
    // A host behind a variable may be a local one.
    Finding finding = MakeFinding(kInfo, server, server.decl.url.span,
                                  fmt::format("'{}' is reached over {} without encryption.",
                                              server.Name(), scheme.substr(0, scheme.size() - 3)));
    if (!server.decl.url.Certain()) finding.confidence = Confidence::Medium;
    return {finding};
  }
  return {};
}

}  // namespace

const Rule kPlaintextRemoteServer{kInfo, Check, nullptr};

}  // namespace sandlint
