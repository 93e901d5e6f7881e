#pragma once

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

/// All that a report shows. Built by cli/, read by reporters.
struct Run {
  const Workspace* workspace = nullptr;
  Findings findings;
  std::vector<SuppressedFinding> suppressed;
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
