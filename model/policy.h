#pragma once

#include <string>
#include <vector>

#include "model/support.h"
#include "model/word.h"

namespace sandlint {

/// An inline waiver: findings of `rule` (of `server`, where one is named) are not reported.
struct Suppression {
  Word rule;
  Word server;   ///< empty: every server
  Word reason;   ///< required
  Word expires;  ///< YYYY-MM-DD, the last day on which it holds; empty: never
  Span where;
};

/// A person's word for what no evidence in the tree can show.
struct Attestation {
  int item = 0;  ///< of the guide's checklist
  Word server;   ///< empty: the repository
  Word who;
  Word date;  ///< YYYY-MM-DD
  Word reason;
  Word expires;
  Span where;
};

/// What the policy file says of one server.
struct ServerPolicy {
  Word name;
  Word server_class;
  std::vector<Word> hosts;  ///< documented hosts: `name:port`
  std::vector<Word> paths;  ///< documented paths
  Word hosts_key;           ///< `hosts`, where it is written: an empty list says "none"
  Word paths_key;
  std::vector<Word> variables;  ///< documented variables
  std::vector<Word> traces;     ///< files that record a run of it, relative to the root
};

/// `.sandlint.toml`. Read from the base revision on a pull request, so that a change cannot switch
/// off its own review.
struct Policy {
  const Source* source = nullptr;  ///< null: there is no policy file
  std::vector<Word> excludes;      ///< paths that are not read: a folder or a file
  struct SeverityOverride {
    Word rule;
    Word severity;
  };
  std::vector<SeverityOverride> severities;
  std::vector<ServerPolicy> servers;
  std::vector<Suppression> suppressions;
  std::vector<Attestation> attestations;
  /// Keys that are not known, values of the wrong type, dates that are none: each with its place.
  std::vector<Evidence> problems;
};

}  // namespace sandlint
