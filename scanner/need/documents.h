#pragma once

#include <string>
#include <vector>

#include "model/server.h"

namespace sandlint {

/// What a package says of itself: an MCPB `manifest.json` or a registry's `server.json`.
struct ServerDocument {
  std::string path;
  std::vector<std::string> identities;  ///< `npm:NAME`, as CatalogueKey spells them
  std::string entry;                    ///< of a manifest: its program, relative to the root
  std::vector<NeededVariable> variables;
  std::vector<NeededPath> paths;
  std::vector<std::string> hosts;  ///< of its remote endpoints
};

/// One document for each package that the file describes; none where it is another kind of file.
std::vector<ServerDocument> ReadServerDocuments(const Source& source);

/// Is `document` about this server?
bool Describes(const ServerDocument& document, const Server& server);

/// Adds what the document says and nobody else does yet.
void AddDocument(const ServerDocument& document, Need& need);

}  // namespace sandlint
