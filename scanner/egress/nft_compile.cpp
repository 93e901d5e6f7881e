#include "scanner/egress/nft_compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "scanner/egress/nft_ties.h"
#include "scanner/egress/text.h"

namespace sandlint {
namespace {

constexpr int kConntrackPriority = -200;

struct Hooked {
  const NftTableState* table;
  const NftChainState* chain;
  int program_chain;
  int hook;
};

int HookOrder(const NftTableState& table, const NftChainState& chain, bool forwarded) {
  if (!chain.base || table.dormant) return -1;
  const bool routed = table.family == "inet" || table.family == "ip" || table.family == "ip6";
  if (forwarded && chain.hook == "prerouting" && routed) return 0;
  if (forwarded && chain.hook == "forward" && routed) return 1;
  if (!forwarded && chain.hook == "output" && routed) return 1;
  if (chain.hook == "postrouting" && routed) return 2;
  if (chain.hook == "egress" && table.family == "netdev") return 3;
  return -1;
}

FlowSet FamilyOf(const std::string& family) {
  if (family == "ip") return FlowSet::Of(Family::V4);
  if (family == "ip6") return FlowSet::Of(Family::V6);
  return FlowSet::All();
}

bool UsesTracking(const NftExpr& expr, int depth = 0) {
  if (expr.kind == NftKind::Selector && expr.text.starts_with("ct ")) return true;
  return depth < 16 && std::ranges::any_of(expr.parts, [&](const NftExpr& part) {
           return UsesTracking(part, depth + 1);
         });
}

/// The family whose connections a nat statement tracks.
FlowSet NatFamily(const NftStatement& statement, const std::string& table) {
  if (!statement.detail.empty()) return FamilyOf(statement.detail);
  const auto address = ParseAddress(Resolved(statement.left).text);
  return address ? FlowSet::Of(address->family) : FamilyOf(table);
}

/// Connection tracking, and with it nat chains, work only once a rule asks for it.
FlowSet TrackedFamilies(const NftRuleset& ruleset) {
  FlowSet out;
  for (const NftTableState& table : ruleset.tables) {
    // Those of a table that sleeps count too: a rule asks when it is made.
    for (const NftChainState& chain : table.chains) {
      for (const auto& entry : chain.rules) {
        for (const NftStatement& statement : entry.rule.statements) {
          if (statement.kind == NftDo::Nat) {
            out = Unite(out, NatFamily(statement, table.family));
          } else if (UsesTracking(statement.left) || UsesTracking(statement.right) ||
                     statement.word == "ct") {
            out = Unite(out, FamilyOf(table.family));
          }
        }
      }
    }
  }
  return out;
}

BaseChain BaseOf(const Hooked& hooked, const FlowSet& tracked, InterfaceNames& interfaces) {
  const NftChainState& chain = *hooked.chain;
  BaseChain base;
  base.chain = hooked.program_chain;
  base.accepts = !chain.drops;
  base.policy = chain.policy;
  base.domain = FamilyOf(hooked.table->family);
  base.before_tracking =
      (chain.hook == "output" || chain.hook == "prerouting") && chain.priority < kConntrackPriority;
  base.after_routing = hooked.hook > 1;
  base.doubt = chain.doubt;
  base.nat = chain.type == "nat";
  if (base.nat) base.domain = Intersect(base.domain, tracked);
  if (hooked.hook == 3) {
    Interfaces devices = 0;
    for (const std::string& device : chain.devices) {
      const auto bit = interfaces.Find(device);
      if (bit) devices |= Interfaces{1} << *bit;
      if (!bit) base.doubt = "which devices it watches";
    }
    base.domain = Intersect(base.domain, FlowSet::OfInterfaces(devices));
  }
  return base;
}

void CompileAll(const NftRuleset& ruleset, NftContext& context, NftProgram& out) {
  std::vector<Hooked> hooked;
  for (const NftTableState& table : ruleset.tables) {
    context.table = &table;
    NftChainNumbers numbers;
    const auto first = out.program.chains.size();
    for (const NftChainState& chain : table.chains) {
      const int number = static_cast<int>(out.program.chains.size());
      numbers[chain.name] = number;
      out.program.chains.push_back({table.family + " " + table.name, chain.name, {}});
      const int hook = HookOrder(table, chain, context.subject.forwarded);
      if (hook >= 0) hooked.push_back({&table, &chain, number, hook});
    }
    CheckNftSets(context);
    for (const NftRule& rule : table.removed) {
      NftTies ties;
      for (const NftStatement& statement : rule.statements) ties.See(statement, context);
    }
    std::size_t at = first;
    for (const NftChainState& chain : table.chains) {
      for (const auto& entry : chain.rules) {
        out.program.chains[at].rules.push_back(CompileNftRule(entry.rule, numbers, context));
      }
      ++at;
    }
  }
  std::ranges::stable_sort(hooked, {}, [](const Hooked& each) {
    // Of equal priorities the one that was made last runs first (nf_hook_entries_grow).
    return std::tuple(each.hook, each.chain->priority, ~each.chain->registered);
  });
  const FlowSet tracked = TrackedFamilies(ruleset);
  for (const Hooked& each : hooked) {
    out.program.bases.push_back(BaseOf(each, tracked, out.program.interfaces));
  }
}

}  // namespace

NftProgram CompileNft(const NftRuleset& ruleset, const EgressSubject& subject,
                      const EgressNames& names) {
  InterfaceNames interfaces;
  for (const std::string& device : names.devices) interfaces.Find(device);
  for (int pass = 0;; ++pass) {
    NftProgram out;
    out.problems = ruleset.problems;
    out.program.interfaces = interfaces;
    NftContext context{subject, names, out.program.interfaces, out.problems};
    CompileAll(ruleset, context, out);
    out.program.users = std::move(context.mentions.all);
    // A prefix such as eth* has to know every name of the file.
    const bool again = context.wildcards && out.program.interfaces.Count() != interfaces.Count();
    if (!again || pass > 0) return out;
    interfaces = out.program.interfaces;
  }
}

}  // namespace sandlint
