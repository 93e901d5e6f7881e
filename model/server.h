#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/grant.h"
#include "model/layer.h"
#include "model/need.h"
#include "model/observed.h"
#include "model/support.h"

namespace sandlint {

enum class Transport : std::uint8_t { Stdio, Http, Sse, WebSocket, Unknown };
enum class Scope : std::uint8_t { Project, User, Local, Plugin, Agent, Managed, CommandLine };

/// A key and its value: an environment variable, a header.
struct Setting {
  Word key;
  Word value;
};

/// Which part of the client's own environment a stdio server inherits.
struct Inheritance {
  bool everything = true;
  std::vector<std::string> names;  ///< with everything: what is removed (globs); else what is kept
  std::vector<std::string> perhaps;  ///< names (globs) that the client may hold back, or not
  std::string doubt;                 ///< why it is not known what is passed on; empty: it is known
  std::vector<Setting> session_env;  ///< set for the session by the client's settings file
  /// What the client changes after all that, before the entry's own variables: files of variables,
  /// names that the entry takes away.
  std::vector<EnvEdit> edits;
};

/// A sandbox that the client itself puts around a server.
struct ClientSandbox {
  Word enabled;                    ///< the word that asks for it
  std::vector<KeyValue> settings;  ///< dotted key and one value each, as they reach the sandbox
  std::vector<Note> notes;         ///< what is not known of it
};

/// A server as one client's config declares it, before anything is taken apart.
struct ServerDecl {
  Word name;
  std::vector<std::string> clients;  ///< display names: "Claude Code"
  Scope scope = Scope::Project;
  Transport transport = Transport::Stdio;
  Word type;  ///< the word of the config, may be empty
  Word command;
  std::vector<Word> args;
  std::vector<Setting> environment;
  Word url;
  std::vector<Setting> headers;
  Word headers_helper;     ///< a command that the client runs through a shell
  Word working_directory;  ///< empty: the client's
  /// The folder that its client takes for the workspace, relative to the root; empty: where the
  /// session is.
  std::string folder;
  bool lost_directory = false;  ///< nobody knows where its client starts it
  Boxed<ClientSandbox> sandbox;
  std::vector<Word> auto_approves;  ///< words that let tool calls through without a question
  std::vector<Setting> offered;  ///< values that the client fills in unless somebody changes them
  Inheritance inherits;
  Span entry;  ///< the key that declares it
  /// False when the client skips this entry or rejects its file; `why_not` says why.
  bool loads = true;
  std::string why_not;
  bool malformed = false;   ///< a value of the wrong type: no client reads it in another way
  std::vector<Note> notes;  ///< keys of the entry that have no effect or are not known
};

/// One way in which a server can be started; a wrapper script with an `if` has two.
struct Launch {
  Span condition;  ///< empty: always
  std::string condition_text;
  std::vector<Word> argv;     ///< what the client executes
  std::vector<Layer> layers;  ///< outermost first; the last is the program or Opaque
  Answer starts = Answer::Yes;
  std::vector<StartProblem> start_problems;  ///< of all layers, and those that the evaluator found
  Grant grant;
  std::vector<Note> notes;  ///< of all layers, and those that the evaluator found
};

struct Server {
  ServerDecl decl;
  std::vector<Launch> launches;  ///< empty for a remote server or an entry that does not load
  Need need;
  Boxed<ProgramRef> package;         ///< what it runs, for the catalogue
  std::optional<ServerTrace> trace;  ///< nothing: the policy names none

  bool Remote() const { return decl.transport != Transport::Stdio; }
  /// `name` for messages.
  const std::string& Name() const { return decl.name.text; }
};

/// Is there a layer that means to cut the file system view, whether or not it works?
bool HasSandbox(const Launch& launch);
/// The first layer that cuts it, or null.
const Layer* SandboxOf(const Launch& launch);
/// The layer that starts the server: the last one.
const Layer* ProgramOf(const Launch& launch);

const char* NameOf(Transport transport);
const char* NameOf(Scope scope);

}  // namespace sandlint
