#include "scanner/clients/clients.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "scanner/clients/claude.h"
#include "scanner/clients/dialect.h"

namespace sandlint {
namespace {

struct KindRow {
  FileKind kind;
  void (*read)(ClientFile&, Declared&);
};
constexpr auto kKinds = std::to_array<KindRow>({
    {FileKind::ClaudeMcp, ReadClaudeMcp},
    {FileKind::ClaudeSettings, ReadClaudeSettings},
    {FileKind::ClaudeState, ReadClaudeState},
    {FileKind::ClaudePlugin, ReadClaudePlugin},
    {FileKind::ClaudePluginMcp, ReadClaudePluginMcp},
    {FileKind::ClaudeAgent, ReadClaudeAgent},
    {FileKind::ClaudeManaged, ReadClaudeManaged},
    {FileKind::ClaudeMarketplace, ReadClaudeMarketplace},
    {FileKind::Codex, ReadCodexConfig},
});

void ReadOne(const FoundFile& found, ClientFile& file, Declared& declared) {
  const auto row = std::ranges::find(kKinds, found.kind, &KindRow::kind);
  if (row != kKinds.end()) return row->read(file, declared);
  const auto clients = JsonClients();
  const auto client = std::ranges::find(clients, found.kind, &ClientDialect::kind);
  if (client != clients.end()) ReadJsonClient(*client, file, declared);
}

constexpr std::string_view kClaudeCode = "Claude Code";
/// What the SDK passes on where the whole environment is held back (observed with 2.1.330).
const std::vector<std::string> kAllowlist{"HOME",
                                          "PATH",
                                          "SHELL",
                                          "TERM",
                                          "LOGNAME",
                                          "USER",
                                          "CLAUDE_PROJECT_DIR",
                                          "CLAUDE_CODE_SESSION_ID",
                                          "CLAUDECODE"};
/// What Claude Code always takes away before it starts a server.
const std::vector<std::string> kRemoved{"CLAUDE_CODE_OAUTH_TOKEN", "OTEL_*"};
/// What CLAUDE_CODE_SUBPROCESS_ENV_SCRUB=1 takes away as well. GITHUB_TOKEN and GH_TOKEN stay.
const std::vector<std::string> kScrubbed{"ANTHROPIC_API_KEY",
                                         "ANTHROPIC_AUTH_TOKEN",
                                         "AWS_ACCESS_KEY_ID",
                                         "AWS_SECRET_ACCESS_KEY",
                                         "AWS_SESSION_TOKEN",
                                         "AZURE_CLIENT_SECRET",
                                         "GOOGLE_APPLICATION_CREDENTIALS",
                                         "PGPASSWORD",
                                         "MYSQL_PWD",
                                         "KUBECONFIG",
                                         "SSH_AUTH_SOCK",
                                         "DATABASE_URL",
                                         "ACTIONS_*",
                                         "INPUT_*",
                                         "TF_CLI_CONFIG_FILE",
                                         "ALL_INPUTS",
                                         "*_API_KEY",
                                         "*_PASSWORD",
                                         "*_SECRET"};

Inheritance InheritanceOf(const std::vector<ClientSettings>& settings) {
  Inheritance inherits;
  inherits.names = kRemoved;
  for (const ClientSettings& file : settings) {
    // `claude mcp list` starts the servers of a project without the `env` of its settings: only an
    // administrator's holds back for sure what every server is given.
    const bool always = file.scope == Scope::Managed;
    for (const Setting& setting : file.environment) {
      inherits.session_env.push_back(setting);
      if (setting.value.text != "1" || !always || !file.loads) continue;
      if (setting.key.text == "CLAUDE_CODE_MCP_ALLOWLIST_ENV") {
        inherits.everything = false;
        inherits.names = kAllowlist;
      } else if (setting.key.text == "CLAUDE_CODE_SUBPROCESS_ENV_SCRUB" && inherits.everything) {
        inherits.names.insert(inherits.names.end(), kScrubbed.begin(), kScrubbed.end());
      }
    }
  }
  return inherits;
}

}  // namespace

Declared ReadClients(const std::vector<FoundFile>& found, const FileReader& files,
                     Workspace& workspace) {
  Declared declared;
  const std::span<const FoundFile> all(found);
  for (std::size_t next = 0; next < all.size();) {
    for (ParsedFile& parsed : ReadAndParse(all.subspan(next), files)) {
      const FoundFile& one = all[next++];
      ClientFile file(one, files, workspace, std::move(parsed));
      if (file.source() == nullptr) continue;
      ReadOne(one, file, declared);
    }
  }
  const Inheritance inherits = InheritanceOf(declared.settings);
  for (ServerDecl& server : declared.servers) {
    if (server.clients.front() == kClaudeCode) server.inherits = inherits;
  }
  return declared;
}

}  // namespace sandlint
