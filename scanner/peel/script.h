#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "scanner/parse/shell.h"
#include "scanner/peel/peel.h"

namespace sandlint {

/// Which shell reads a script. `sh` is dash on Debian and bash elsewhere: both count.
enum class Dialect : std::uint8_t { Sh, Dash, Bash, Zsh };

struct ScriptCall {
  std::shared_ptr<const ShellScript> script;
  Dialect dialect = Dialect::Bash;
  Word zero;  ///< `$0`
  std::vector<Word> positional;
  Word cause;            ///< the word that led here, for words that have no place of their own
  std::string path;      ///< of the script below the root of the tree, may be empty
  bool errexit = false;  ///< options of the shell itself
  bool nounset = false;
};

/// One program that a script starts, with everything that it has done before.
struct ScriptLaunch {
  std::vector<Word> argv;  ///< empty: what is started is not known
  std::string unknown;     ///< why, for an empty argv
  Word word;               ///< the command itself
  Span condition;
  std::vector<std::string> conditions;
  std::vector<EnvEdit> environment;
  std::optional<Word> directory;
  std::map<int, Word> descriptors;
  bool more_descriptors = false;
  std::map<std::string, Word, std::less<>> written;
  std::vector<TempDirectory> temp_directories;
  std::vector<MadePath> made;
  std::vector<HandedFile> handed;
  bool goes_on = false;  ///< the script does more when it has ended
  std::vector<Mount> mounts;
  std::vector<Note> notes;
  std::optional<Word> downloads;  ///< the word of a download that is run
  bool replaces = false;          ///< by exec
};

struct ScriptResult {
  std::vector<ScriptLaunch> launches;
};

/// Goes through a script without running anything: every way that it can take, bounded in number
/// and length. What is not understood is in the launches as unknown.
ScriptResult FollowScript(const ScriptCall& call, const PeelContext& context);

}  // namespace sandlint
