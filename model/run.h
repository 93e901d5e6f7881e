#pragma once

#include <string>
#include <vector>

#include "model/finding.h"
#include "model/workspace.h"

namespace sandlint {

/// All that a report shows. Built by cli/, read by reporters.
struct Run {
  const Workspace* workspace = nullptr;
  Findings findings;
  std::vector<Checklist> checklists;  ///< one a server, in the order of Workspace::servers
  Checklist repository;
  bool complete = true;  ///< false: something could not be analysed, exit code 2
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
