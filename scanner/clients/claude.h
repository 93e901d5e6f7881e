#pragma once

#include "scanner/clients/clients.h"
#include "scanner/clients/file_text.h"

namespace sandlint {

// One reader a kind of file of Claude Code; each appends to `declared`.
void ReadClaudeMcp(ClientFile& file, Declared& declared);
void ReadClaudeManaged(ClientFile& file, Declared& declared);
void ReadClaudePlugin(ClientFile& file, Declared& declared);
void ReadClaudePluginMcp(ClientFile& file, Declared& declared);
void ReadClaudeState(ClientFile& file, Declared& declared);
void ReadClaudeSettings(ClientFile& file, Declared& declared);
void ReadClaudeMarketplace(ClientFile& file, Declared& declared);
void ReadClaudeAgent(ClientFile& file, Declared& declared);

}  // namespace sandlint
