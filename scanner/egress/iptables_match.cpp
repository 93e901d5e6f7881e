// Matches of iptables, of the first packet of a flow that a local process sends.

#include "scanner/egress/iptables_match.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scanner/egress/iptables_values.h"

namespace sandlint {
namespace {

/// What this machine sends came in nowhere; what it forwards, through a device that is not known.
FlowBounds InInterface(std::string_view name, const IptContext& context) {
  if (name == "+") return {};
  const bool possible = context.subject.forwarded && name != "lo";
  return possible ? FlowBounds::Maybe(std::string(name)) : FlowBounds::None();
}

/// A name, a number or a range of numbers. Without a socket `!` alone holds (xt_owner).
Answer Owner(IdKind kind, const IptUse& use, const IptContext& context) {
  if (context.subject.forwarded) return Answer::No;
  const std::string& text = use.Value();
  const auto dash = text.find('-', 1);
  const auto first =
      dash == std::string::npos ? std::nullopt : ParseIptNumber(text.substr(0, dash));
  const auto last =
      dash == std::string::npos ? std::nullopt : ParseIptNumber(text.substr(dash + 1));
  if (first && last) return SubjectWithin(kind, *first, *last, context.subject);
  if (IsMissingName(kind, text, context.names)) {
    context.remarks.push_back(
        {IptablesRemarkKind::UserUnknown, use.values[0].span,
         fmt::format("`{}` does not exist: iptables-restore refuses the table", text)});
    return Answer::Unknown;
  }
  context.mentions.See(kind, text, use.values[0].span, context.subject, context.names);
  return MeansSubject(kind, text, context.subject, context.names);
}

FlowBounds DestinationType(std::string_view text, Family family) {
  FlowBounds all = FlowBounds::None();
  const FlowSet loopback = family == Family::V4
                               ? FlowSet::OfAddresses(family, {RangeOf(*ParseIp("127.0.0.0"), 8)})
                               : FlowSet::OfAddresses(family, {RangeOf(*ParseIp("::1"), 128)});
  const FlowSet multicast = family == Family::V4
                                ? FlowSet::OfAddresses(family, {RangeOf(*ParseIp("224.0.0.0"), 4)})
                                : FlowSet::OfAddresses(family, {RangeOf(*ParseIp("ff00::"), 8)});
  for (const std::string_view one : SplitAt(text, ',')) {
    if (one == "MULTICAST") {
      all = Unite(all, FlowBounds::Exactly(multicast));
    } else if (one == "LOCAL") {
      all = Unite(all, {loopback, Subtract(FlowSet::All(), multicast), "--dst-type LOCAL"});
    } else {
      const FlowSet others = Subtract(Subtract(FlowSet::All(), multicast), loopback);
      all = Unite(all, FlowBounds::Maybe("--dst-type " + std::string(one), others));
    }
  }
  return all;
}

FlowBounds SetFlows(const IptUse& use, const IptContext& context) {
  const std::string& name = use.Value();
  if (!context.sets.Has(name)) {
    context.remarks.push_back({IptablesRemarkKind::SetUnknown, use.values[0].span,
                               fmt::format("no file says what is in the set `{}`", name)});
  }
  if (context.dynamic_sets.contains(name)) return FlowBounds::Maybe("the set " + name);
  return context.sets.Flows(name, use.values.size() > 1 ? use.values[1].text : "", context.family);
}

/// The flows that one option lets through, `!` aside; nothing where it is no matter of the flow.
std::optional<FlowBounds> FlowsOf(const IptUse& use, const IptContext& context) {
  const std::string& value = use.Value();
  switch (use.option) {
    case IptOption::Protocol:
      return IptProtocol(value);
    case IptOption::Source:
      return IptSource(value);
    case IptOption::Destination:
      return IptAddresses(value, context.family);
    case IptOption::InInterface:
      return InInterface(value, context);
    case IptOption::OutInterface:
      return IptOutInterface(value, context.interfaces);
    case IptOption::Fragment:
      return FlowBounds::None();
    case IptOption::DestinationPort:
    case IptOption::DestinationPorts:
      return IptPortList(value);
    case IptOption::SourcePort:
    case IptOption::SourcePorts:
      return IptSourcePorts(value);
    case IptOption::AnyPorts:
      return IptEitherPort(value);
    case IptOption::TcpFlags:
      return IptTcpFlags(value, use.values.size() > 1 ? use.values[1].text : "");
    case IptOption::Syn:
      return IptTcpFlags("SYN,RST,ACK,FIN", "SYN");
    case IptOption::IcmpType:
      return IptIcmpType(value, context.family);
    case IptOption::Uid:
      return If(Owner(IdKind::User, use, context), {}, value);
    case IptOption::Gid:
      return If(Owner(IdKind::Group, use, context), {}, value);
    case IptOption::DestinationRange:
      return IptAddressSpan(value, context.family);
    case IptOption::MatchSet:
      return SetFlows(use, context);
    case IptOption::DestinationType:
      return DestinationType(value, context.family);
    case IptOption::Unsure:
      return FlowBounds::Maybe(use.name.text);
    default:
      return std::nullopt;
  }
}

/// The states that pass, as bits of Tracking; nothing when one depends on more.
std::optional<std::uint8_t> States(std::string_view text) {
  unsigned bits = 0;
  for (const std::string_view state : SplitAt(text, ',')) {
    if (state == "NEW") bits |= static_cast<unsigned>(Tracking::New);
    if (state == "UNTRACKED") bits |= static_cast<unsigned>(Tracking::Untracked);
    if (state == "INVALID") bits |= static_cast<unsigned>(Tracking::Before);
    if (state == "SNAT" || state == "DNAT") return std::nullopt;
  }
  return static_cast<std::uint8_t>(bits);
}

std::vector<NumberRange> AllBut(std::uint32_t value) {
  std::vector<NumberRange> ranges;
  if (value > 0) ranges.push_back({0, value - 1});
  if (value < ~std::uint32_t{0}) ranges.push_back({value + 1, ~std::uint32_t{0}});
  return ranges;
}

/// Conditions on marks, on tracking and on the destination before rewriting.
std::optional<Step> StateStep(const IptUse& use, const IptContext& context, Span span) {
  Condition condition;
  if (use.option == IptOption::CtState) {
    const auto states = States(use.Value());
    if (!states) return MatchStep(FlowBounds::Maybe(use.Value()), span);
    condition.tracking = static_cast<std::uint8_t>(use.negated ? 7 & ~*states : *states);
  } else if (use.option == IptOption::Mark) {
    const auto mark = ParseIptMark(use.Value());
    if (!mark) return MatchStep(FlowBounds::Maybe(use.Value()), span);
    NumberTest test{mark->mask, 0, {{mark->value, mark->value}}};
    if (use.negated) test.ranges = AllBut(mark->value);
    const bool of_connection = use.module == "connmark";
    (of_connection ? condition.ct_mark : condition.mark) = std::move(test);
    // Without a connection connmark matches nothing, `!` or not.
    if (of_connection) condition.tracking = static_cast<std::uint8_t>(Tracking::New);
  } else if (use.option == IptOption::OriginalDestination ||
             use.option == IptOption::OriginalPort || use.option == IptOption::OriginalProtocol) {
    const FlowBounds flows = use.option == IptOption::OriginalPort ? IptPortList(use.Value())
                             : use.option == IptOption::OriginalProtocol
                                 ? IptProtocol(use.Value())
                                 : IptAddresses(use.Value(), context.family);
    const FlowBounds meant = use.negated ? Without({}, flows) : flows;
    condition.sure = meant.sure;
    condition.possible = meant.possible;
    condition.doubt = meant.doubt;
    condition.original = true;
    condition.tracking = static_cast<std::uint8_t>(Tracking::New);
  } else {
    return std::nullopt;
  }
  Step step = VerdictStep(StepKind::Match, span, use.name.text);
  step.conditions.push_back(std::move(condition));
  return step;
}

}  // namespace

std::vector<Step> IptMatchSteps(const IptRule& rule, const IptContext& context) {
  FlowBounds all;
  std::vector<Step> steps;
  const bool supplementary = rule.Find("--suppl-groups") != nullptr;
  for (const IptUse& use : rule.uses) {
    if (auto step = StateStep(use, context, rule.span)) {
      steps.push_back(std::move(*step));
      continue;
    }
    std::optional<FlowBounds> flows = FlowsOf(use, context);
    if (!flows) {
      if (use.option == IptOption::SocketExists && use.negated) all = FlowBounds::None();
      continue;
    }
    if (supplementary && use.option == IptOption::Gid && flows->sure.Empty()) {
      flows = FlowBounds::Maybe("--suppl-groups");
    }
    all = Intersect(all, use.negated ? Without({}, *flows) : *flows);
  }
  for (const Word& word : rule.unknown) {
    all = Intersect(all, FlowBounds::Maybe(word.text));
    context.remarks.push_back({IptablesRemarkKind::NotUnderstood, word.span,
                               fmt::format("`{}` is not understood", word.text)});
  }
  steps.insert(steps.begin(), MatchStep(std::move(all), rule.span));
  return steps;
}

}  // namespace sandlint
