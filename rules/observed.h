#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/observed.h"
#include "model/workspace.h"

namespace sandlint {

/// One path or destination that a trace shows in use, held against grant and need.
struct ObservedUse {
  const ObservedPath* path = nullptr;
  const ObservedFlow* flow = nullptr;
  std::string name;       ///< for a reader: `~/notes/a`, `api.example.com:443`
  std::string host_path;  ///< the same object on the machine that is checked
  Rights rights;          ///< that went well
  bool tried_only = false;
  Answer granted = Answer::Unknown;  ///< by every launch
  Because because;
  std::string documented_by;  ///< empty: nobody documents it
  std::string secret;         ///< the secret place that it lies in; empty: in none
  bool own = false;           ///< the program itself, or a temporary file that it made
};

struct ObservedComparison {
  std::vector<ObservedUse> uses;
  std::vector<std::string> not_observed;  ///< documented facts that the trace does not show
  std::size_t runtime = 0;                ///< paths of the runtime, which are left out
  std::size_t not_compared = 0;           ///< paths beyond the limit
};

/// Holds what a trace shows against what the launches of `server` grant and its need documents.
/// Paths below the home and the project of the recording machine are those of `host`.
ObservedComparison CompareObserved(const Server& server, const Observation& seen,
                                   const HostFacts& host);

/// The same for the trace that the policy names; nothing where there is none that can be used.
std::optional<ObservedComparison> ComparisonOf(const Server& server, const Workspace& workspace);

/// The line of the trace that shows it.
Span PlaceOf(const ObservedUse& use);

/// The need that a trace shows, in the words of the policy file.
struct ObservedNeed {
  std::vector<std::string> paths;  ///< `~/x ro`, `@args rw`, `@cwd ro`
  std::vector<std::string> hosts;  ///< `name:port`
  /// What a person has to decide: the fact, and why it is not written.
  std::vector<std::pair<std::string, std::string>> left_out;
};
ObservedNeed NeedOfObserved(const ObservedComparison& compared, const Server& server,
                            const HostFacts& host);

/// Where a server's documented places are on the machine that is checked.
struct ServerPlaces {
  std::string home;
  std::string project;
  std::vector<std::string> arguments;  ///< its arguments that are paths
  std::string program;                 ///< the script or program, where it is named by a path
};
ServerPlaces PlacesOfServer(const Server& server, const HostFacts& host);

/// What a path of the need means there; nothing where that is not known.
std::vector<std::string> PlacesOfNeed(const NeededPath& needed, const Server& server,
                                      const ServerPlaces& places);

/// `path` is `folder` or lies below it.
bool IsAtOrBelow(std::string_view path, std::string_view folder);

}  // namespace sandlint
