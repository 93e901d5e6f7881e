#pragma once

#include <string>

#include "scanner/clients/clients.h"
#include "scanner/clients/file_text.h"
#include "scanner/parse/node.h"

namespace sandlint {

/// What an entry of `mcpServers` is read with.
struct EntryContext {
  Scope scope = Scope::Project;
  /// Names that are known beside the environment (CLAUDE_PLUGIN_ROOT in a plugin).
  std::vector<Setting> known;
};

/// One entry of `mcpServers` by the schema of Claude Code. What it would skip comes back with
/// `loads` false and the reason; what has no effect comes back as a note.
ServerDecl ReadClaudeEntry(const Member& entry, const EntryContext& context);

/// Every entry of an object of servers; of equal names only the last, as the client does.
void ReadClaudeEntries(const Node& servers, const EntryContext& context,
                       const std::string& directory, Declared& declared);

/// A file with an object of servers; `flat`: the servers may be the root itself.
void ReadClaudeServers(ClientFile& file, const EntryContext& context, bool flat,
                       Declared& declared);

/// What a file declares from server `from` on does not load when the file is rejected.
void MarkRejected(const ClientFile& file, std::size_t from, Declared& declared);

}  // namespace sandlint
