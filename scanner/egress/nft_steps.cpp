// Statements of an nft rule as steps.

#include <fmt/format.h>

#include <algorithm>

#include "scanner/egress/nft_changes.h"
#include "scanner/egress/nft_compile.h"
#include "scanner/egress/nft_ties.h"
#include "scanner/egress/text.h"

namespace sandlint {
namespace {

Step MatchStep(Condition condition, Span span) {
  Step step = NftStepOf(StepKind::Match, span);
  step.conditions.push_back(std::move(condition));
  return step;
}

Condition Within(FlowSet domain) {
  Condition out;
  out.sure = out.possible = std::move(domain);
  return out;
}

struct RuleCompiler {
  const NftChainNumbers& chains;
  NftContext& context;
  FlowRule out;

  void Add(Step step) { out.steps.push_back(std::move(step)); }

  Step Verdict(const NftExpr& raw) {
    const NftExpr& expr = Resolved(raw);
    if (expr.text == "accept") return NftStepOf(StepKind::Accept, expr.span);
    if (expr.text == "drop") return NftStepOf(StepKind::Drop, expr.span);
    if (expr.text == "return") return NftStepOf(StepKind::Return, expr.span);
    if (expr.text == "continue") return NftStepOf(StepKind::Continue, expr.span);
    if (!expr.parts.empty() && (expr.text == "jump" || expr.text == "goto")) {
      const auto target = chains.find(expr.parts[0].text);
      if (target != chains.end()) {
        Step step = NftStepOf(expr.text == "jump" ? StepKind::Jump : StepKind::Goto, expr.span);
        step.chain = target->second;
        return step;
      }
    }
    return NftStepOf(StepKind::Unclear, expr.span, fmt::format("the verdict {}", expr.span.Text()));
  }

  /// Branches for `left` over the elements of a map; elements with the same data are one branch.
  template <typename MakeVerdict>
  Step Choose(const NftStatement& statement, const NftExpr& left, const NftExpr& map,
              const MakeVerdict& make) {
    Step step = NftStepOf(StepKind::Choose, statement.span, "vmap");
    const NftElements elements = ElementsOf(map, context);
    std::map<std::string, std::size_t> same;
    std::vector<Branch> rest;
    for (const NftExpr* raw : elements.list) {
      const NftExpr& element = Resolved(*raw);
      if (element.kind != NftKind::Pair) {
        if (elements.set == nullptr) context.Refuse(element.span, "an element without a verdict");
        continue;
      }
      Branch branch{KeyCondition(left, element, context), make(element.parts[1])};
      branch.condition.possible = Intersect(branch.condition.possible, DomainOfLeft(left));
      branch.condition.sure = Intersect(branch.condition.sure, branch.condition.possible);
      if (elements.expire || elements.open) {
        branch.condition = Both(branch.condition, Perhaps(FlowSet::All(), "elements come and go"));
      }
      if (Resolved(element.parts[0]).kind == NftKind::Any) {
        rest.push_back(std::move(branch));
        continue;
      }
      Merge(step.branches, same, std::string(Resolved(element.parts[1]).span.Text()),
            std::move(branch));
    }
    for (Branch& branch : rest) step.branches.push_back(std::move(branch));
    if (elements.missing || elements.open) {
      Step unclear = NftStepOf(StepKind::Unclear, statement.span, FilledText(elements));
      step.branches.push_back(
          {Perhaps(DomainOfLeft(left), FilledText(elements)), std::move(unclear)});
    }
    return Join(std::move(step));
  }

  std::vector<std::vector<FlowSet>> sure_parts, possible_parts;

  void Merge(std::vector<Branch>& branches, std::map<std::string, std::size_t>& same,
             const std::string& verdict, Branch branch) {
    const auto known = same.find(verdict);
    const bool plain = branch.condition.OnlyFlows();
    if (known == same.end() || !plain) {
      if (plain) same[verdict] = branches.size();
      sure_parts.resize(branches.size());
      possible_parts.resize(branches.size());
      sure_parts.push_back({branch.condition.sure});
      possible_parts.push_back({branch.condition.possible});
      branches.push_back(std::move(branch));
      return;
    }
    sure_parts[known->second].push_back(std::move(branch.condition.sure));
    possible_parts[known->second].push_back(std::move(branch.condition.possible));
    Condition& old = branches[known->second].condition;
    if (old.doubt.empty()) old.doubt = branch.condition.doubt;
  }

  Step Join(Step step) {
    for (std::size_t i = 0; i < step.branches.size() && i < sure_parts.size(); ++i) {
      if (sure_parts[i].size() < 2) continue;
      step.branches[i].condition.sure = UniteAll(std::move(sure_parts[i]));
      step.branches[i].condition.possible = UniteAll(std::move(possible_parts[i]));
    }
    sure_parts.clear();
    possible_parts.clear();
    return step;
  }

  void AddVmap(const NftStatement& statement) {
    Add(Choose(statement, statement.left, statement.right,
               [&](const NftExpr& data) { return Verdict(data); }));
  }

  void AddReject(const NftStatement& statement) {
    FlowSet domain = FlowSet::All();
    if (statement.detail == "icmp") domain = FlowSet::Of(Family::V4);
    if (statement.detail == "icmpv6") domain = FlowSet::Of(Family::V6);
    if (statement.detail == "tcp") domain = FlowSet::OfProtocols(OneProtocol(kTcp));
    Add(MatchStep(Within(std::move(domain)), statement.span));
    Add(NftStepOf(StepKind::Drop, statement.span));
  }

  void AddMangle(const NftStatement& statement) {
    const NftExpr& left = Resolved(statement.left);
    const bool mark = left.text == "meta mark" || left.text == "ct mark";
    const NftField field = FieldOf(left);
    const auto make = [&](const NftExpr& value) {
      return mark ? NftMarkStep(left.text == "meta mark", statement.span, value)
                  : NftStepOf(StepKind::Nothing, statement.span);
    };
    const bool rewrites = field.what == NftWhat::Address || field.what == NftWhat::Port ||
                          field.what == NftWhat::Protocol;
    if (!mark) {
      // The expression that is changed must be there: an option may not.
      const bool option =
          left.text.find(" option ") != std::string::npos || left.text.starts_with("exthdr");
      Add(MatchStep(option ? Perhaps(field.domain, left.text) : Within(field.domain),
                    statement.span));
    }
    const NftExpr& right = Resolved(statement.right);
    if (rewrites) {
      Add(NftStepOf(StepKind::Unclear, statement.span, "a destination that a rule writes"));
    } else if (right.kind == NftKind::Map) {
      Add(Choose(statement, right.parts[0], right.parts[1], make));
    } else {
      Add(make(statement.right));
    }
  }

  /// `dnat to tcp dport map { 443 : 10.1.1.1 . 8443 }`: who is not in the map goes on.
  void AddNatByMap(const NftStatement& statement, const NftExpr& map, bool of_ports) {
    if (!statement.detail.empty()) {
      Add(MatchStep(Within(FlowSet::Of(statement.detail == "ip6" ? Family::V6 : Family::V4)),
                    statement.span));
    }
    NftStatement plain = statement;
    Add(Choose(statement, map.parts[0], map.parts[1], [&](const NftExpr& data) {
      const NftExpr& value = Resolved(data);
      plain.left = of_ports ? Resolved(statement.left) : value;
      plain.right = of_ports ? value : NftExpr{};
      if (value.kind == NftKind::Concat && value.parts.size() == 2 && !of_ports) {
        plain.left = value.parts[0];
        plain.right = value.parts[1];
      }
      FlowSet domain;
      return NftNatStep(plain, domain);
    }));
  }

  void AddNat(const NftStatement& statement) {
    if (statement.word == "snat" || statement.word == "masquerade") {
      return Add(NftStepOf(StepKind::Accept, statement.span));
    }
    const NftExpr& address = Resolved(statement.left);
    const NftExpr& port = Resolved(statement.right);
    const bool plain = statement.op.empty() && statement.word != "tproxy";
    if (plain && address.kind == NftKind::Map && !port) {
      return AddNatByMap(statement, address, false);
    }
    if (plain && port.kind == NftKind::Map && address.kind != NftKind::Map) {
      return AddNatByMap(statement, port, true);
    }
    FlowSet domain = FlowSet::All();
    Step step = NftNatStep(statement, domain);
    Add(MatchStep(Within(std::move(domain)), statement.span));
    Add(std::move(step));
  }

  /// `counter name tcp dport map { … }`: the rule ends for who is not in the map.
  void AddMembership(const NftStatement& statement) {
    if (statement.right && statement.left) {
      NftStatement match = statement;
      match.kind = NftDo::Match;
      Add(MatchOf(match, context));
    }
    const bool named = !statement.detail.empty() && context.table != nullptr;
    if (named && !context.table->objects.contains(statement.detail)) {
      context.Refuse(statement.span, fmt::format("there is no {} {} in this table", statement.word,
                                                 statement.detail));
    }
  }

  void AddUnsure(const NftStatement& statement, FlowSet domain, const std::string& why) {
    Add(MatchStep(Perhaps(std::move(domain), why), statement.span));
  }

  void AddFill(const NftStatement& statement) {
    const NftExpr& key = Resolved(statement.left);
    FlowSet domain = FlowSet::All();
    for (const NftExpr& part : key.parts) {
      domain = DomainOfLeft(part.kind == NftKind::Pair ? part.parts[0] : part);
    }
    AddUnsure(statement, std::move(domain), "whether the set has room");
  }

  void AddStatement(const NftStatement& statement) {
    switch (statement.kind) {
      case NftDo::Match:
        return Add(MatchOf(statement, context));
      case NftDo::Vmap:
        return AddVmap(statement);
      case NftDo::Verdict:
        return Add(Verdict(statement.left));
      case NftDo::Reject:
        return AddReject(statement);
      case NftDo::Mangle:
        return AddMangle(statement);
      case NftDo::Nat:
        return AddNat(statement);
      case NftDo::RunTime:
        AddMembership(statement);
        return AddUnsure(statement, FlowSet::All(), statement.word + " (what was sent before)");
      case NftDo::Effectless:
        AddMembership(statement);
        return Add(NftStepOf(StepKind::Nothing, statement.span));
      case NftDo::FillSet:
        return AddFill(statement);
      case NftDo::Queue:
        return Add(NftStepOf(StepKind::Unclear, statement.span, "queue (a program decides)"));
      case NftDo::Untrack:
        return Add(NftStepOf(StepKind::Untrack, statement.span));
      case NftDo::Elsewhere:
        return Add(NftStepOf(StepKind::Unclear, statement.span, statement.word));
      case NftDo::Unknown:
        AddUnsure(statement, FlowSet::All(), statement.word + " (not understood)");
        return Add(
            NftStepOf(StepKind::Unclear, statement.span, statement.word + " (not understood)"));
    }
  }
};

}  // namespace

FlowRule CompileNftRule(const NftRule& rule, const NftChainNumbers& chains, NftContext& context) {
  RuleCompiler compiler{chains, context, {}, {}, {}};
  NftTies ties;
  compiler.out.span = rule.span;
  context.mentions.subject = Answer::No;
  for (const NftStatement& statement : rule.statements) {
    ties.See(statement, context);
    CheckNftLookup(statement, context);
    compiler.AddStatement(statement);
  }
  compiler.out.names_subject = context.mentions.subject;
  return std::move(compiler.out);
}

}  // namespace sandlint
