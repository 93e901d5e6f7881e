#pragma once

#include <optional>
#include <string>

#include "cli/roots.h"
#include "scanner/scan.h"

namespace sandlint {

/// The host of `--host`. Symbolic is null: the scan makes its own, with the homes that the files
/// mention. False after a complaint when there is no such host.
bool HostOf(const std::string& kind, std::shared_ptr<const HostFacts>& host);

/// The tree of `--config FILE` and how to scan it; nothing after a complaint.
struct ConfigRoot {
  Root root;
  ScanOptions scan;
};
std::optional<ConfigRoot> OpenConfig(const std::string& config, const std::string& host);

}  // namespace sandlint
