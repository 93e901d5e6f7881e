// Tables of iptables as a program: the chains OUTPUT and POSTROUTING in the order of their hooks.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "scanner/egress/iptables_match.h"
#include "scanner/egress/iptables_target.h"

namespace sandlint {
namespace {

/// The base chains that a packet of this machine meets, in order (nf_ip_hook_priorities).
struct Hook {
  std::string_view table, chain;
  bool before_tracking = false;
  bool after_routing = false;
};
constexpr Hook kHooks[] = {
    {"raw", "OUTPUT", true, false},       {"mangle", "OUTPUT", false, false},
    {"nat", "OUTPUT", false, false},      {"filter", "OUTPUT", false, false},
    {"security", "OUTPUT", false, false}, {"mangle", "POSTROUTING", false, true},
    {"nat", "POSTROUTING", false, true},
};

/// Those of a packet that it forwards for another network namespace (a container's bridge).
constexpr Hook kForwardHooks[] = {
    {"raw", "PREROUTING", true, false},      {"mangle", "PREROUTING", false, false},
    {"nat", "PREROUTING", false, false},     {"mangle", "FORWARD", false, false},
    {"filter", "DOCKER-USER", false, false}, {"filter", "FORWARD", false, false},
    {"security", "FORWARD", false, false},   {"mangle", "POSTROUTING", false, true},
    {"nat", "POSTROUTING", false, true},
};

class Compiler {
 public:
  Compiler(const IptablesRuleset& ruleset, const EgressSubject& subject, const EgressNames& names)
      : ruleset_(ruleset), subject_(subject), names_(names), sets_(ruleset.sets) {}

  IptablesProgram Run() {
    std::map<Family, IptTables> tables;
    for (const Family family : {Family::V4, Family::V6}) {
      tables[family] = ApplyIptables(ruleset_, family, result_.remarks);
    }
    for (const auto& [family, all] : tables) {
      for (const auto& [name, table] : all) Scan(table);
    }
    for (const auto& [family, all] : tables) {
      for (const auto& [name, table] : all) AddTable(family, name, table);
    }
    // Hook by hook: connections are tracked for both families once `raw` is through.
    const std::span<const Hook> hooks =
        subject_.forwarded ? std::span<const Hook>(kForwardHooks) : std::span<const Hook>(kHooks);
    for (const Hook& hook : hooks) {
      for (const auto& [family, all] : tables) AddBase(hook, family, all);
    }
    result_.program.users = std::move(mentions_.all);
    AddRefusals();
    OpenFamily(tables);
    return std::move(result_);
  }

 private:
  /// Names of devices first (a prefix covers those of later rules too), and sets that rules fill.
  void Scan(const IptTable& table) {
    for (const auto& [name, chain] : table.chains) {
      for (const IptablesLine* line : chain.rules) {
        const IptRule rule = ReadIptRule(*line);
        for (const IptUse& use : rule.uses) {
          const bool device = use.option == IptOption::OutInterface && !use.Value().ends_with("+");
          if (device) result_.program.interfaces.Find(use.Value());
          if (use.name.text == "--add-set" || use.name.text == "--del-set") {
            dynamic_.insert(use.Value());
          }
          const bool filled = ruleset_.fillers != nullptr && use.option == IptOption::MatchSet &&
                              ruleset_.fillers->FillsIpset(use.Value());
          if (filled) dynamic_.insert(use.Value());
        }
      }
    }
  }

  void AddTable(Family family, const std::string& name, const IptTable& table) {
    const std::string label = (family == Family::V4 ? "iptables " : "ip6tables ") + name;
    IptChainNumbers numbers;
    for (const auto& [chain, content] : table.chains) {
      numbers[chain] = static_cast<int>(result_.program.chains.size());
      result_.program.chains.push_back({label, chain, {}});
    }
    const IptContext context{
        subject_, names_,          sets_,    dynamic_, result_.program.interfaces,
        family,   result_.remarks, mentions_};
    for (const auto& [chain, content] : table.chains) {
      auto& rules = result_.program.chains[static_cast<std::size_t>(numbers[chain])].rules;
      for (const IptablesLine* line : content.rules) {
        const IptRule rule = ReadIptRule(*line);
        FlowRule flow;
        flow.span = rule.span;
        mentions_.subject = Answer::No;
        const int number = family == Family::V4 ? 4 : 6;
        if (rule.only_family == 0 || rule.only_family == number) {
          flow.steps = IptMatchSteps(rule, context);
          for (Step& step : IptTargetSteps(rule, numbers, name, context)) {
            flow.steps.push_back(std::move(step));
          }
        }
        flow.names_subject = mentions_.subject;
        rules.push_back(std::move(flow));
      }
    }
    numbers_[{family, name}] = std::move(numbers);
  }

  void AddBase(const Hook& hook, Family family, const IptTables& tables) {
    const auto table = tables.find(hook.table);
    if (table == tables.end()) return;
    const auto chain = table->second.chains.find(hook.chain);
    if (chain == table->second.chains.end()) return;
    // The Docker daemon jumps to DOCKER-USER first, where the file does not say so itself.
    if (hook.chain == "DOCKER-USER" && JumpsFrom(table->second, "FORWARD", hook.chain)) return;
    BaseChain base;
    base.chain = numbers_[{family, std::string(hook.table)}].at(std::string(hook.chain));
    base.accepts = chain->second.policy.text != "DROP";
    base.policy = chain->second.where;
    base.domain = FlowSet::Of(family);
    base.before_tracking = hook.before_tracking;
    base.after_routing = hook.after_routing;
    if (hook.table == "nat") SkipUntracked(base.chain);
    result_.program.bases.push_back(std::move(base));
  }

  static bool JumpsFrom(const IptTable& table, std::string_view from, std::string_view to) {
    const auto chain = table.chains.find(from);
    return chain != table.chains.end() &&
           std::any_of(
               chain->second.rules.begin(), chain->second.rules.end(),
               [&](const IptablesLine* line) { return ReadIptRule(*line).target.text == to; });
  }

  /// A packet that is not tracked has no connection to translate.
  void SkipUntracked(int chain) {
    auto& rules = result_.program.chains[static_cast<std::size_t>(chain)].rules;
    for (FlowRule& rule : rules) {
      Step tracked = MatchStep({}, rule.span);
      tracked.conditions[0].tracking = static_cast<std::uint8_t>(
          static_cast<unsigned>(Tracking::New) | static_cast<unsigned>(Tracking::Before));
      rule.steps.insert(rule.steps.begin(), std::move(tracked));
    }
  }

  /// iptables-restore stops at a line that it does not take: what is loaded is not known then.
  void AddRefusals() {
    for (const IptablesRemark& remark : result_.remarks) {
      const bool stops = remark.kind == IptablesRemarkKind::Refused ||
                         remark.kind == IptablesRemarkKind::UserUnknown;
      if (!stops) continue;
      const auto chain = static_cast<int>(result_.program.chains.size());
      result_.program.chains.push_back({"iptables", "refused", {}});
      result_.program.chains.back().rules.push_back(
          {{MatchStep(FlowBounds::Maybe(remark.text), remark.where),
            VerdictStep(StepKind::Unclear, remark.where, remark.text)},
           remark.where});
      BaseChain base;
      base.chain = chain;
      base.policy = remark.where;
      result_.program.bases.insert(result_.program.bases.begin(), std::move(base));
      for (BaseChain& other : result_.program.bases) {
        if (other.chain != chain && other.doubt.empty()) other.doubt = remark.text;
      }
      return;
    }
  }

  void OpenFamily(const std::map<Family, IptTables>& tables) {
    const bool v4 = !tables.at(Family::V4).empty();
    const bool v6 = !tables.at(Family::V6).empty();
    if (v4 == v6) return;
    Span where;
    for (const IptablesInput& input : ruleset_.files) {
      if (!where && input.file != nullptr && !input.file->lines.empty()) {
        where = input.file->lines[0].span;
      }
    }
    result_.remarks.push_back({IptablesRemarkKind::FamilyOpen, where,
                               fmt::format("rules for {} only: all of {} is open",
                                           v4 ? "IPv4" : "IPv6", v4 ? "IPv6" : "IPv4")});
  }

  const IptablesRuleset& ruleset_;
  const EgressSubject& subject_;
  const EgressNames& names_;
  Ipsets sets_;
  UserMentions mentions_;
  std::set<std::string, std::less<>> dynamic_;
  std::map<std::pair<Family, std::string>, IptChainNumbers> numbers_;
  IptablesProgram result_;
};

}  // namespace

IptablesProgram CompileIptables(const IptablesRuleset& ruleset, const EgressSubject& subject,
                                const EgressNames& names) {
  return Compiler(ruleset, subject, names).Run();
}

Family IptablesFamilyOfPath(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  for (const std::string_view mark : {"v6", "ip6tables", "user6", "before6", "after6", "ipv6"}) {
    if (name.find(mark) != std::string_view::npos) return Family::V6;
  }
  return Family::V4;
}

}  // namespace sandlint
