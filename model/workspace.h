#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/host.h"
#include "model/policy.h"
#include "model/server.h"

namespace sandlint {

enum class FileStatus : std::uint8_t {
  Read,        ///< and understood
  Rejected,    ///< the client that reads it would reject it: its servers do not load
  Unreadable,  ///< not analysed: too large, a link out of the tree, a FIFO, no permission,
               ///< truncated
  Ignored,     ///< met and of no interest
};

/// One file that discovery found, and what became of it.
struct FileReport {
  std::string path;
  std::string kind;  ///< `claude-mcp`, `claude-settings`, `plugin`, `agent`, `policy` …
  FileStatus status = FileStatus::Read;
  std::string problem;  ///< one clause, for Rejected and Unreadable
  Span where;           ///< the place of the problem, may be empty
};

/// A key that stands twice in one object; the client takes the last.
struct DuplicateKey {
  Span first;
  Span second;
  std::string key;
};

/// A client's own settings file (the orchestrator): what it allows, passes on and runs.
struct ClientSettings {
  std::string client;
  Scope scope = Scope::Project;
  const Source* source = nullptr;
  bool loads = true;                ///< false: the client rejects the file
  Word enable_all_project_servers;  ///< the word `true`; empty where it is not set
  Word permission_mode;             ///< defaultMode
  Word skip_dangerous_prompt;
  std::vector<Word> enabled_servers;
  std::vector<Word> allow, deny, ask;  ///< permission rules as written
  std::vector<Word> additional_directories;
  std::vector<Setting> environment;
  std::vector<Setting>
      commands;                  ///< key -> a command that it makes the client run (hooks, helpers)
  Word sandbox_enabled;          ///< Bash only: never a layer around a server
  std::vector<Setting> sandbox;  ///< every other `sandbox.*` scalar: dotted key and value
};

/// Everything that one run looked at.
struct Workspace {
  Workspace() = default;
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  Workspace(Workspace&&) = default;
  Workspace& operator=(Workspace&&) = default;

  std::deque<std::unique_ptr<Source>> sources;
  std::string root;  ///< what was checked, for display; never an absolute path of this machine
  std::vector<FileReport> files;
  std::vector<DuplicateKey> duplicate_keys;
  std::vector<ClientSettings> settings;
  std::vector<Server> servers;
  std::shared_ptr<const HostFacts> host;
  /// Names of secret-looking variables that this session has (audit only; never values).
  std::vector<std::string> session_secrets;
  std::vector<FirewallRemark> firewall_remarks;
  Policy policy;
  std::string policy_change;  ///< adds, removes or changes: what this change does to the policy
  Span policy_place;          ///< of the changed policy; empty when it is removed
  std::string today;          ///< YYYY-MM-DD
  bool partial = false;       ///< only some paths of the tree were read
  std::shared_ptr<const void> builds;  ///< kept by scanner/peel: the images that the tree builds

  const Source& Add(std::string path, std::string text) {
    sources.push_back(std::make_unique<Source>(Source{std::move(path), std::move(text), false}));
    return *sources.back();
  }
};

const char* NameOf(FileStatus status);

}  // namespace sandlint
