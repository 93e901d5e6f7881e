#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/workspace.h"
#include "scanner/files/reader.h"
#include "scanner/grant/grant.h"

namespace sandlint {

struct ScanOptions {
  std::vector<std::string> paths;         ///< relative to the reader's root; empty: all of it
  std::shared_ptr<const HostFacts> host;  ///< null: symbolic, with the homes that the files mention
  const std::vector<Setting>* environment = nullptr;  ///< of the client, where it is known
  /// The tree whose policy counts (the base revision of a change); null: the one that is read.
  const FileReader* policy_from = nullptr;
  /// The reader of the tree, where it lives as long as the questions: its links are followed then.
  std::shared_ptr<const FileReader> kept;
  /// Called once for each server, when all is known of it but not yet of those behind it, from
  /// several threads: it may judge the server and let go of what nobody will ask for again.
  std::function<void(Workspace& workspace, std::size_t index)> judge = nullptr;
  std::string today;  ///< YYYY-MM-DD, by which waivers expire; empty: by the clock, UTC
};

/// Files -> servers with launches, grants and needs. Never throws on what it reads.
Workspace Scan(const FileReader& files, const ScanOptions& options);

/// The same for one argv given by hand (`can … -- ARGV`): one server named `argv`.
Workspace ScanArgv(const std::vector<std::string>& argv, const ScanOptions& options,
                   const std::string& working_directory);

}  // namespace sandlint
