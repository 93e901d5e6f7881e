#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "model/finding.h"
#include "model/workspace.h"

namespace sandlint {

/// A literal secret in a source. Reports show stars in its place.
struct Secret {
  Span where;
  std::string text;  ///< decoded, as it may stand in a Word's text
  int server_index = -1;
};

/// FileReport::kind of what is reported of a launch: its file was read, but the launch was not
/// followed to its end.
inline constexpr const char* kLaunchReport = "launch";
/// FileReport::problem of what the policy excludes; its status is Ignored.
inline constexpr const char* kExcludedByPolicy = "the policy excludes it";
bool IsExcluded(const FileReport& file);

/// What the policy says of a finding that it waives.
struct Waiver {
  std::string expires;  ///< YYYY-MM-DD; empty: never
  Span where;
};

/// All that a report shows. Built by cli/, read by reporters.
struct Run {
  const Workspace* workspace = nullptr;
  Findings findings;
  std::vector<SuppressedFinding> suppressed;
  std::vector<Waiver> waivers;  ///< of `suppressed`, in the same order
  /// By the key of a finding: its severity, where the policy changed it.
  std::map<std::string, Severity, std::less<>> before_policy;
  std::vector<Checklist> checklists;  ///< one a server, in the order of Workspace::servers
  Checklist repository;
  std::vector<Secret> secrets;  ///< all that can be in anything which a report quotes
  bool complete = true;         ///< false: something could not be analysed, exit code 2
  std::string tool_version;
};

/// Every note of a run, the same word once.
struct NotModelled {
  std::string word;
  Span where;
  Facet facets = Facet::None;
  std::string server;
};
std::vector<NotModelled> NotModelledWords(const Workspace& workspace);

}  // namespace sandlint
