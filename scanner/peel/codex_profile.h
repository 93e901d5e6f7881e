#pragma once

#include <string>
#include <vector>

#include "scanner/peel/peel.h"

namespace sandlint {

/// One line of a permission profile: a path as an absolute name, and `read`, `write` or `deny`.
struct CodexAccess {
  Word path;
  Word access;
};

/// What `codex sandbox` is told of a profile by the config files that it reads.
struct CodexProfile {
  bool found = false;  ///< some config has it
  std::string base;    ///< the built-in profile that it extends in the end; empty: none
  std::vector<CodexAccess> paths;
  Word network;  ///< `enabled = true`
  Word proxy;    ///< `network_proxy = true`, where domains are listed
  std::vector<Note> notes;
  std::vector<StartProblem> problems;
};

/// The configs of Codex that can be read here: the home's, then the tree's.
struct CodexConfigs {
  std::vector<const Source*> sources;
  bool complete = true;  ///< false: there may be one that is not known
  std::string missing;   ///< how that one is called
};
CodexConfigs FindCodexConfigs(const PeelContext& context);

/// The profile `name`; `directory` is the root of the workspace.
CodexProfile ReadCodexProfile(const CodexConfigs& configs, const Word& name,
                              const std::string& directory, const std::string& home);

/// The profile that counts where the line names none; empty: none is set.
Word DefaultCodexProfile(const CodexConfigs& configs);
/// A key that decides in another way where no profile is named (`sandbox_mode`).
Word OtherCodexMode(const CodexConfigs& configs);

}  // namespace sandlint
