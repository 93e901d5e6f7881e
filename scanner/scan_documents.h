#pragma once

#include <set>
#include <string>
#include <vector>

#include "model/workspace.h"
#include "scanner/files/reader.h"
#include "scanner/need/documents.h"

namespace sandlint {

/// The manifests of the tree that could describe a server, each read once.
class ServerDocuments {
 public:
  explicit ServerDocuments(const FileReader& files) : files_(files) {}

  /// Adds to the need of `server` what the files beside its program say.
  void AddTo(Server& server, Workspace& workspace);

 private:
  void Read(const std::string& folder, Workspace& workspace);

  const FileReader& files_;
  std::set<std::string> asked_;
  std::vector<ServerDocument> documents_;
};

}  // namespace sandlint
