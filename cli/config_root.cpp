#include "cli/config_root.h"

#include <vector>

#include "cli/console.h"
#include "cli/hosts.h"

namespace sandlint {

bool HostOf(const std::string& kind, std::shared_ptr<const HostFacts>& host) {
  if (kind == "symbolic") return true;
  std::string problem;
  HostWish wish;
  wish.kind = kind;
  host = MakeHost(wish, problem);
  if (host == nullptr) Complain("--host: {}", problem);
  return host != nullptr;
}

std::optional<ConfigRoot> OpenConfig(const std::string& config, const std::string& host) {
  std::vector<std::string> problems;
  std::vector<Root> roots = RootsOf({config}, problems);
  for (const std::string& problem : problems) Complain("{}", problem);
  if (roots.empty()) return std::nullopt;
  ConfigRoot found{std::move(roots.front()), {}};
  found.scan.paths = found.root.paths;
  if (!HostOf(host, found.scan.host)) return std::nullopt;
  return found;
}

}  // namespace sandlint
