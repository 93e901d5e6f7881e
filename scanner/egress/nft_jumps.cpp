// The jumps of an nft ruleset: nft follows them from every base chain, at most 15 deep.

#include <algorithm>
#include <map>
#include <utility>

#include "scanner/egress/nft_apply.h"

namespace sandlint {
namespace {

constexpr int kMostJumps = 15;

void CollectFromMap(const NftExpr& elements, std::vector<const NftExpr*>& out) {
  for (const NftExpr& element : elements.parts) {
    if (element.kind == NftKind::Pair && element.parts[1].kind == NftKind::Verdict &&
        !element.parts[1].parts.empty()) {
      out.push_back(&element.parts[1].parts[0]);
    }
  }
}

using Targets = std::map<std::string, std::vector<const NftExpr*>, std::less<>>;

/// How deep the jumps from a chain go; past the limit one more than it. Chains are looked at once.
struct Depths {
  const Targets& targets;
  std::map<std::string, int, std::less<>> known;  ///< -1: being looked at, so a circle
  const NftExpr* culprit = nullptr;

  int Of(const std::string& chain, int level) {
    if (level > kMostJumps + 1) return kMostJumps + 1;
    const auto seen = known.find(chain);
    if (seen != known.end()) return seen->second < 0 ? kMostJumps + 1 : seen->second;
    known[chain] = -1;
    int deepest = 0;
    const auto found = targets.find(chain);
    if (found != targets.end()) {
      for (const NftExpr* target : found->second) {
        const int depth = 1 + Of(target->text, level + 1);
        if (depth > kMostJumps && culprit == nullptr) culprit = target;
        deepest = std::max(deepest, depth);
      }
    }
    deepest = std::min(deepest, kMostJumps + 1);
    known[chain] = deepest;
    return deepest;
  }
};

}  // namespace

void CollectTargets(const NftStatement& statement, const NftTableState& table,
                    std::vector<const NftExpr*>& out) {
  if (statement.kind == NftDo::Verdict && !statement.left.parts.empty()) {
    out.push_back(&statement.left.parts[0]);
  }
  if (statement.kind != NftDo::Vmap) return;
  const NftExpr& map = Resolved(statement.right);
  if (map.kind == NftKind::Set) CollectFromMap(map, out);
  if (map.kind != NftKind::SetName) return;
  const NftSetState* set = table.FindSet(map.text);
  if (set == nullptr) return;
  for (const NftExpr& element : set->elements) {
    if (element.kind == NftKind::Pair && element.parts[1].kind == NftKind::Verdict &&
        !element.parts[1].parts.empty()) {
      out.push_back(&element.parts[1].parts[0]);
    }
  }
}

namespace {

/// nft_fib_validate: a look-up that needs a device that the hook does not have yet, or no more.
bool IsMisplacedFib(const NftExpr& raw, const std::string& hook) {
  const NftExpr& left = Resolved(raw);
  if (left.kind == NftKind::Concat) {
    return std::ranges::any_of(left.parts, [&](const NftExpr& part) {
      return part.kind != NftKind::Concat && IsMisplacedFib(part, hook);
    });
  }
  if (left.kind != NftKind::Selector || !left.text.starts_with("fib ")) return false;
  const bool leaves = hook == "output" || hook == "postrouting";
  const bool comes = hook == "prerouting" || hook == "input";
  if (left.text.ends_with(" oif") || left.text.ends_with(" oifname")) return leaves;
  return (left.text.find(". oif") != std::string::npos && comes) ||
         (left.text.find(". iif") != std::string::npos && leaves);
}

/// Why a statement may not be reached from this base chain; empty where it may.
std::string HookObjection(const NftStatement& statement, const NftChainState& base) {
  const std::string& hook = base.hook;
  if (IsMisplacedFib(statement.left, hook))
    return "this fib look-up is refused at the hook " + hook;
  if (statement.kind == NftDo::Reject && (hook == "postrouting" || hook == "egress")) {
    return "reject is refused at the hook " + hook;
  }
  if (statement.kind != NftDo::Nat || statement.word == "tproxy") return {};
  if (base.type != "nat") return statement.word + " is refused outside of chains of type nat";
  const bool destination = statement.word == "dnat" || statement.word == "redirect";
  const bool early = hook == "prerouting" || hook == "output";
  if (destination == early || (statement.word == "snat" && hook == "input")) return {};
  return statement.word + " is refused at the hook " + hook;
}

/// nft looks at every chain that a base chain leads to.
void CheckHooks(const NftTableState& table, const NftChainState& base, const Targets& targets,
                std::vector<NftProblem>& problems) {
  std::vector<std::string> work{base.name};
  std::map<std::string, bool, std::less<>> seen;
  while (!work.empty()) {
    const std::string name = std::move(work.back());
    work.pop_back();
    if (std::exchange(seen[name], true)) continue;
    const NftChainState* chain = table.FindChain(name);
    if (chain == nullptr) continue;
    for (const auto& entry : chain->rules) {
      for (const NftStatement& statement : entry.rule.statements) {
        const std::string objection = HookObjection(statement, base);
        if (!objection.empty())
          problems.push_back({NftTrouble::Refused, statement.span, objection});
      }
    }
    const auto next = targets.find(name);
    if (next == targets.end()) continue;
    for (const NftExpr* target : next->second) work.push_back(target->text);
  }
}

}  // namespace

void CheckNftJumps(NftRuleset& ruleset) {
  for (const NftTableState& table : ruleset.tables) {
    Targets targets;
    for (const NftChainState& chain : table.chains) {
      std::vector<const NftExpr*>& list = targets[chain.name];
      for (const auto& entry : chain.rules) {
        for (const NftStatement& statement : entry.rule.statements) {
          CollectTargets(statement, table, list);
        }
      }
    }
    Depths depths{targets, {}};
    for (const NftChainState& chain : table.chains) {
      if (chain.base && (table.family == "inet" || table.family == "ip" || table.family == "ip6")) {
        CheckHooks(table, chain, targets, ruleset.problems);
      }
      if (chain.base && depths.Of(chain.name, 0) > kMostJumps) {
        ruleset.problems.push_back({NftTrouble::Refused,
                                    depths.culprit != nullptr ? depths.culprit->span : chain.span,
                                    "jumps in a circle or more than 15 deep"});
        break;
      }
    }
  }
}

}  // namespace sandlint
