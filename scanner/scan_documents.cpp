#include "scanner/scan_documents.h"

#include <utility>

namespace sandlint {
namespace {

/// The folders of a relative path, the innermost first, and the root.
std::vector<std::string> FoldersOf(std::string path) {
  std::vector<std::string> folders;
  if (path.starts_with("./")) path.erase(0, 2);
  if (path.starts_with('/') || path.find("..") != std::string::npos) return {""};
  for (std::size_t slash = path.rfind('/'); slash != std::string::npos && folders.size() < 8;
       slash = path.rfind('/')) {
    path.resize(slash);
    folders.push_back(path + "/");
  }
  folders.emplace_back();
  return folders;
}

}  // namespace

void ServerDocuments::Read(const std::string& folder, Workspace& workspace) {
  if (!asked_.insert(folder).second) return;
  for (const char* name : {"manifest.json", "server.json"}) {
    const std::string path = folder + name;
    if (!files_.Exists(path)) continue;
    ReadResult result = files_.Read(path);
    if (result.status != ReadStatus::Ok) continue;  // it says nothing, and decides nothing
    const Source& source = workspace.Add(path, std::move(result.text));
    for (ServerDocument& document : ReadServerDocuments(source)) {
      documents_.push_back(std::move(document));
    }
  }
}

void ServerDocuments::AddTo(Server& server, Workspace& workspace) {
  Read("", workspace);
  if (server.package && server.package->ecosystem == "npm" &&
      server.package->name.find("..") == std::string::npos) {
    Read("node_modules/" + server.package->name + "/", workspace);
  }
  for (const Launch& launch : server.launches) {
    if (launch.layers.empty() || launch.layers.back().words.empty()) continue;
    const Word& program = launch.layers.back().words.front();
    if (!program.Known()) continue;
    for (const std::string& folder : FoldersOf(program.text)) Read(folder, workspace);
  }
  for (const ServerDocument& document : documents_) {
    if (Describes(document, server)) AddDocument(document, server.need);
  }
}

}  // namespace sandlint
