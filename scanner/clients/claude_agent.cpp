// .claude/agents/*.md: a subagent may declare servers in the YAML front matter of its Markdown
// file.

#include "scanner/clients/claude.h"
#include "scanner/clients/claude_entry.h"

namespace sandlint {

void ReadClaudeAgent(ClientFile& file, Declared& declared) {
  const Document document = ParseFrontMatter(*file.source());
  if (!document.Ok()) {
    // The client reads on past a colon in a description; without servers it is of no interest.
    if (file.source()->text.find("mcpServers") == std::string::npos) return;
    file.Reject(document.problems.front().text, document.problems.front().where);
    return;
  }
  const EntryContext context{Scope::Agent, {}};
  const Node& servers = document.root.Get("mcpServers");
  ReadClaudeEntries(servers, context, file.directory(), declared);
  for (const Node& item : servers.items) {
    // A plain string refers to a server that is declared elsewhere.
    if (item.Is(NodeType::Object)) ReadClaudeEntries(item, context, file.directory(), declared);
  }
}

}  // namespace sandlint
