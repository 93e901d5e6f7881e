#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/server.h"
#include "model/workspace.h"
#include "rules/rule.h"
#include "rules/secret_paths.h"

namespace sandlint {

/// How far the layers of a launch keep it from the files of the host.
enum class Isolation {
  None,     ///< no layer means to
  Void,     ///< a layer means to and does not
  Cut,      ///< it does
  Unknown,  ///< a layer that is not understood is in the way
};
Isolation IsolationOf(const Launch& launch);
/// A layer means to isolate it and is not known to be void: rules about single holes ask this, so
/// that a launch which nothing isolates is told once.
bool Confines(const Launch& launch);

/// The first launch of `server` that stands so, or null.
const Launch* FirstLaunch(const Server& server, Isolation isolation);

/// The words that decide, as places of a report: the first is the cause.
Span PlaceOf(const Because& because, const Launch& launch);
void AddRelated(Finding& finding, const Because& because, std::string_view message);

/// A secret of a home that a launch can read, write or connect to.
struct VisibleSecret {
  const SecretPath* secret = nullptr;
  std::string home;
  PathAnswer answer;
  bool documented = false;  ///< the need of the server names it
};
struct SecretView {
  std::vector<VisibleSecret> visible;  ///< proven
  std::vector<VisibleSecret> unknown;  ///< not excluded
};
SecretView LookForSecrets(const Server& server, const Launch& launch);

/// Is every secret place of a home, and an ordinary name beside them, readable? The answer of the
/// home then; its `alias` is empty otherwise.
struct WholeHome {
  std::string home;
  PathAnswer answer;
};
std::vector<WholeHome> WholeHomes(const Launch& launch, const Workspace& workspace);

/// Is a path that all programs use for temporary files shared with them?
PathAnswer SharedTemp(const Launch& launch, std::string& which);

/// Secrets in the client's own environment that reach the server because nothing stops them, in
/// the order of worry; those that the need of the server names are left out.
struct InheritedSecrets {
  std::vector<std::string> aws;
  std::vector<std::string> others;
  bool everything = false;  ///< no layer clears the environment
  Because because;
};
InheritedSecrets LookForInherited(const Server& server, const Launch& launch);

/// Filesystem, memory and reasoning servers, and those that the catalogue says need no network.
bool NeedsNoNetwork(const Need& need);
/// Does the final network namespace lead anywhere but to itself?
Answer OpenNetwork(const Egress& egress);

/// What a launch that nothing isolates can do, for one finding that names it all.
struct Consequences {
  std::vector<std::string> clauses;
  Items items;
};
Consequences ConsequencesOf(const Server& server, const Launch& launch);

/// Drops what the views of its launches remember: nothing more is asked of them for now.
void ForgetAnswers(const Server& server);

/// For a finding that is told under an item and does not make it fail.
inline constexpr Items kNoItem{0};

/// `a, b and c`.
std::string JoinWords(const std::vector<std::string>& words);
/// The first `limit` of them, then `and 4 more`.
std::string JoinSome(const std::vector<std::string>& words, std::size_t limit);
/// `/home/user/.ssh` -> `~/.ssh` for the first of `homes`.
std::string Tilde(std::string_view path, const std::vector<std::string>& homes);
/// ` when $X is set`, or nothing for the only launch of a server.
std::string WhenOf(const Launch& launch);

/// How a word reads in a message: shortened, and without anything secret in it.
std::string Quote(std::string_view text);
/// `--bind /home /home` of an evidence, ready for a message.
std::string WordsOf(const Because& because);

}  // namespace sandlint
