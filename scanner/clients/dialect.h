#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "scanner/clients/clients.h"
#include "scanner/clients/file_text.h"
#include "scanner/parse/node.h"

namespace sandlint {

/// What a client makes of a key of an entry.
enum class EntryKey : std::uint8_t {
  Type,
  Command,  ///< a string, a list of words, or an object of path, args and env
  Args,
  Env,
  EnvFile,
  Cwd,
  Url,
  Headers,
  Approves,  ///< `true` or a list that is not empty: tool calls run unasked
  Switch,    ///< whether it is started by itself: evaluated as if it were
  Special,   ///< the reader of the client takes it
  Nothing,   ///< no effect on what a server can reach
};

struct EntryKeyRow {
  std::string_view key;
  EntryKey use = EntryKey::Nothing;
};

/// Which parts of a string are no literals. What they become is known later, or never.
enum class Variables : std::uint8_t {
  None,
  Braces,    ///< `${env:X}`, `${workspaceFolder}`, `${X}`
  Dollar,    ///< `$X` and `%X%` as well
  Brackets,  ///< `{env:X}`, `{file:x}`
  Any,       ///< not documented: each of these
};

/// What of its own environment a client passes on.
enum class Inherits : std::uint8_t {
  Everything,
  Sdk,       ///< the short list of the MCP SDK
  Redacted,  ///< Gemini CLI: all but what looks like a secret
  Listed,    ///< Codex: a short list
  NotKnown,
};

/// A client whose files are JSON with an object of servers: a row of data.
struct ClientDialect {
  FileKind kind;
  std::string_view client;
  std::string_view folder;  ///< of the file below the workspace: `.cursor`, `.kiro/settings`
  std::array<std::string_view, 3> roots;  ///< dotted keys of the object of servers
  Inherits inherits = Inherits::NotKnown;
  Variables variables = Variables::Any;
  std::span<const EntryKeyRow> keys = {};  ///< beside those that all have
  bool lost_directory = false;             ///< nobody knows where it starts its servers
  /// What is special to this client; null: nothing.
  void (*finish)(const Node& entry, const Node& root, ServerDecl& decl) = nullptr;
};

/// The rows of all of them, one a kind of file.
std::span<const ClientDialect> JsonClients();

/// Reads a file by the row of its client.
void ReadJsonClient(const ClientDialect& client, ClientFile& file, Declared& declared);

/// One entry. Wrong types make words unknown: what a client makes of them is not known.
ServerDecl ReadJsonEntry(const ClientDialect& client, const Member& entry, ClientFile& file);

/// Codex: `config.toml`.
void ReadCodexConfig(ClientFile& file, Declared& declared);

/// `word` with a hole for each part that a client puts a value in the place of.
Word WithVariables(Word word, Variables variables);
/// A word of which nothing is known, called `name`.
Word UnknownWord(const Word& at, std::string name);

Inheritance InheritanceOf(Inherits kind, std::string_view client);

/// VS Code: its sandbox and the defaults of its inputs.
void FinishVsCode(const Node& entry, const Node& root, ServerDecl& decl);
/// The same for a server that VS Code starts in the container of a devcontainer.json.
void FinishDevcontainer(const Node& entry, const Node& root, ServerDecl& decl);

}  // namespace sandlint
