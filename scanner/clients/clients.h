#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/workspace.h"
#include "scanner/discover/discover.h"
#include "scanner/files/reader.h"

namespace sandlint {

/// What a client's files declare, in the order of the files.
struct Declared {
  std::vector<ServerDecl> servers;
  std::vector<ClientSettings> settings;
  /// Directory of the config of each server, relative to the root; parallel to `servers`.
  std::vector<std::string> directories;
};

/// Reads every found file that an MCP client would read, reports each in `workspace.files`
/// (with duplicate keys), and returns what they declare.
Declared ReadClients(const std::vector<FoundFile>& found, const FileReader& files,
                     Workspace& workspace);

/// `${VAR}` and `${VAR:-default}` as Claude Code expands them (one pass, a set but empty variable
/// counts as set, no nesting). Without `environment` a plain `${VAR}` becomes a hole (but HOME) and
/// a default an assumed hole.
Word ExpandClaude(const Word& word, const std::vector<Setting>* environment, std::string_view home);

/// What the client itself has when it expands a config.
struct ClientValues {
  const std::vector<Setting>* environment = nullptr;  ///< null: not known
  Word home;                                          ///< empty: not known
  Word workspace;  ///< `${workspaceFolder}`; empty: a client without such a variable
};
/// Puts values in the place of holes that are named after a variable. With a known environment a
/// default that is not needed goes, and what is unset stays as it is written.
Word ResolveVariables(const Word& word, const ClientValues& values);
void ResolveVariables(ServerDecl& decl, const ClientValues& values);

}  // namespace sandlint
