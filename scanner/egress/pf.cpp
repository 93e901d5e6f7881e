#include "scanner/egress/pf.h"

#include "scanner/egress/pf_compile.h"

namespace sandlint {

Program CompilePf(const PfRuleset& ruleset, const EgressSubject& subject,
                  const EgressNames& names) {
  return PfCompiler(ruleset, subject, names).Compile();
}

std::string PfAnchorOfPath(std::string_view path) {
  constexpr std::string_view kFolder = "pf.anchors/";
  const auto at = path.rfind(kFolder);
  const bool whole = at == 0 || (at != std::string_view::npos && path[at - 1] == '/');
  return whole ? std::string(path.substr(at + kFolder.size())) : std::string();
}

std::vector<std::string> PfAssumptions(const PfRuleset& ruleset) {
  std::vector<std::string> all = {
      "pf is enabled and these rules are loaded (no pf was there to compare with)",
      "tables hold what the files say"};
  if (ruleset.main == nullptr) all.emplace_back("/etc/pf.conf is the one that macOS ships");
  all.emplace_back("the anchors of macOS (com.apple) hold no rule about local programs");
  return all;
}

}  // namespace sandlint
