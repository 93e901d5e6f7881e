// Matches of iptables, of the first packet of a flow that a local process sends.

#include "scanner/egress/iptables_match.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "scanner/egress/nft_values.h"
#include "scanner/egress/service_names.h"

namespace sandlint {
namespace {

std::vector<std::string_view> Split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto next = text.find(at);
    parts.push_back(text.substr(0, next));
    if (next == std::string_view::npos) return parts;
    text.remove_prefix(next + 1);
  }
}

std::optional<std::uint32_t> Number(std::string_view text) {
  const auto number = ParseNumber(text);
  if (!number || *number > ~std::uint32_t{0}) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

FlowSet PortFlows(std::vector<PortRange> ports) {
  return FlowSet::OfProtocols(Protocols().set(), PortsOf(std::move(ports)));
}

/// The length of a contiguous mask: `24` or `255.255.255.0`.
std::optional<int> MaskLength(std::string_view text, int bits) {
  if (const auto number = ParseDecimal(text)) {
    if (*number > static_cast<std::uint32_t>(bits)) return std::nullopt;
    return static_cast<int>(*number);
  }
  const auto mask = ParseIp(text);
  if (!mask || mask->Bits() != bits) return std::nullopt;
  for (int length = 0; length <= bits; ++length) {
    IpAddress ones;
    ones.family = mask->family;
    if (LastOf(Masked(*mask, length), length) == LastOf(ones, 0) &&
        Masked(*mask, length) == *mask) {
      return length;
    }
  }
  return std::nullopt;
}

/// `a`, `a/n`, `a/mask`, or several behind commas.
FlowBounds Addresses(std::string_view text, Family family) {
  FlowBounds all = FlowBounds::None();
  for (const std::string_view one : Split(text, ',')) {
    const auto slash = one.find('/');
    const auto address = ParseIp(one.substr(0, slash));
    if (!address || FamilyOf(*address) != family) {
      all = Unite(all, FlowBounds::Maybe(std::string(one)));
      continue;
    }
    const auto length = slash == std::string_view::npos
                            ? std::optional(address->Bits())
                            : MaskLength(one.substr(slash + 1), address->Bits());
    if (!length) {
      all = Unite(all, FlowBounds::Maybe(std::string(one)));
      continue;
    }
    all =
        Unite(all, FlowBounds::Exactly(FlowSet::OfAddresses(family, {RangeOf(*address, *length)})));
  }
  return all;
}

FlowBounds AddressSpan(std::string_view text, Family family) {
  const auto dash = text.find('-');
  const auto first = ParseIp(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : ParseIp(text.substr(dash + 1));
  if (!first || !last || FamilyOf(*first) != family || FamilyOf(*last) != family) {
    return FlowBounds::Maybe(std::string(text));
  }
  return FlowBounds::Exactly(FlowSet::OfAddresses(family, {{NumberOf(*first), NumberOf(*last)}}));
}

FlowBounds Source(std::string_view text) {
  return text.ends_with("/0") ? FlowBounds{} : FlowBounds::Maybe("the source address");
}

FlowBounds ProtocolFlows(std::string_view text) {
  if (text == "all" || text == "0") return {};
  const auto number = Number(text);
  const auto named = number && *number < 256
                         ? std::optional<std::uint8_t>(static_cast<std::uint8_t>(*number))
                         : ProtocolOfName(text);
  if (!named) return FlowBounds::Maybe(std::string(text));
  return FlowBounds::Exactly(FlowSet::OfProtocols(OneProtocol(*named)));
}

FlowBounds PortList(std::string_view text) {
  std::vector<PortRange> ports;
  for (const std::string_view one : Split(text, ',')) {
    const auto range = ParseIptPorts(one);
    if (!range) return FlowBounds::Maybe(std::string(one));
    ports.push_back(*range);
  }
  return FlowBounds::Exactly(PortFlows(std::move(ports)));
}

/// Source ports are the sender's choice, so only a list of all of them is sure.
FlowBounds SourcePortList(std::string_view text) {
  const FlowBounds ports = PortList(text);
  const bool all = Subtract(FlowSet::All(), ports.sure).Empty();
  return all ? FlowBounds{} : FlowBounds::Maybe("the source port");
}

/// One of the two ports: the destination is known.
FlowBounds EitherPort(std::string_view text) {
  FlowBounds bounds = PortList(text);
  return {bounds.sure, FlowSet::All(), "the source port"};
}

FlowBounds Interface(std::string_view name, InterfaceNames& interfaces) {
  if (name == "+") return {};
  if (!name.ends_with("+")) {
    const auto bit = interfaces.Find(name);
    if (!bit) return FlowBounds::Maybe(std::string(name));
    return FlowBounds::Exactly(FlowSet::OfInterfaces(Interfaces{1} << *bit));
  }
  const Interfaces named = interfaces.WithPrefix(name.substr(0, name.size() - 1));
  return {FlowSet::OfInterfaces(named), FlowSet::OfInterfaces(named | interfaces.Unnamed()),
          std::string(name)};
}

/// `SYN,ACK SYN`: of the flags in the mask exactly those are set. A first packet has SYN, and
/// perhaps the two of ECN, which iptables does not name.
FlowBounds TcpFlags(const std::string& mask, const std::string& set) {
  const auto flags = [](const std::string& text) {
    unsigned bits = 0;
    constexpr std::string_view kNames[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG"};
    for (const std::string_view part : Split(text, ',')) {
      for (unsigned bit = 0; bit < 6; ++bit) {
        if (part == kNames[bit] || part == "ALL") bits |= 1U << bit;
      }
    }
    return bits;
  };
  constexpr unsigned kSyn = 2;
  if ((kSyn & flags(mask)) != flags(set)) return FlowBounds::None();
  return FlowBounds::Exactly(FlowSet::OfProtocols(OneProtocol(kTcp)));
}

FlowBounds IcmpType(std::string_view text, Family family) {
  const bool v4 = family == Family::V4;
  if (text == "any" || text == "255") return {};
  const FlowSet protocol = FlowSet::OfProtocols(OneProtocol(v4 ? kIcmp : kIcmpV6));
  const auto slash = text.find('/');
  std::string name(text.substr(0, slash));
  if (name == "ping") name = "echo-request";
  if (name == "pong") name = "echo-reply";
  const auto type = NftNumber(v4 ? NftType::IcmpType : NftType::Icmp6Type, name);
  const auto code =
      slash == std::string_view::npos ? std::nullopt : ParseDecimal(text.substr(slash + 1));
  if (!type || *type > 255 || (slash != std::string_view::npos && (!code || *code > 255))) {
    return FlowBounds::Maybe(std::string(text), protocol);
  }
  const auto first =
      static_cast<std::uint16_t>(static_cast<std::uint32_t>(*type) * 256U + code.value_or(0));
  const auto last = static_cast<std::uint16_t>(code ? first : first + 255);
  return FlowBounds::Exactly(Intersect(protocol, PortFlows({{first, last}})));
}

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
  const auto first = dash == std::string::npos ? std::nullopt : Number(text.substr(0, dash));
  const auto last = dash == std::string::npos ? std::nullopt : Number(text.substr(dash + 1));
  if (first && last) return SubjectWithin(kind, *first, *last, context.subject);
  if (IsMissingName(kind, text, context.names)) {
    context.remarks.push_back(
        {IptablesRemarkKind::UserUnknown, use.values[0].span,
         fmt::format("`{}` does not exist: iptables-restore refuses the table", text)});
    return Answer::Unknown;
  }
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
  for (const std::string_view one : Split(text, ',')) {
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
      return ProtocolFlows(value);
    case IptOption::Source:
      return Source(value);
    case IptOption::Destination:
      return Addresses(value, context.family);
    case IptOption::InInterface:
      return InInterface(value, context);
    case IptOption::OutInterface:
      return Interface(value, context.interfaces);
    case IptOption::Fragment:
      return FlowBounds::None();
    case IptOption::DestinationPort:
    case IptOption::DestinationPorts:
      return PortList(value);
    case IptOption::SourcePort:
    case IptOption::SourcePorts:
      return SourcePortList(value);
    case IptOption::AnyPorts:
      return EitherPort(value);
    case IptOption::TcpFlags:
      return TcpFlags(value, use.values.size() > 1 ? use.values[1].text : "");
    case IptOption::Syn:
      return TcpFlags("SYN,RST,ACK,FIN", "SYN");
    case IptOption::IcmpType:
      return IcmpType(value, context.family);
    case IptOption::Uid:
      return If(Owner(IdKind::User, use, context), {}, value);
    case IptOption::Gid:
      return If(Owner(IdKind::Group, use, context), {}, value);
    case IptOption::DestinationRange:
      return AddressSpan(value, context.family);
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
  for (const std::string_view state : Split(text, ',')) {
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
    const FlowBounds flows = use.option == IptOption::OriginalPort ? PortList(use.Value())
                             : use.option == IptOption::OriginalProtocol
                                 ? ProtocolFlows(use.Value())
                                 : Addresses(use.Value(), context.family);
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

std::optional<IptMark> ParseIptMark(std::string_view text) {
  const auto slash = text.find('/');
  const auto value = Number(text.substr(0, slash));
  const auto mask = slash == std::string_view::npos ? std::optional(~std::uint32_t{0})
                                                    : Number(text.substr(slash + 1));
  if (!value || !mask) return std::nullopt;
  return IptMark{*value, *mask};
}

std::optional<PortRange> ParseIptPorts(std::string_view text) {
  const auto port = [](std::string_view one,
                       std::uint16_t missing) -> std::optional<std::uint16_t> {
    if (one.empty()) return missing;
    if (const auto number = Number(one)) {
      if (*number > 65535) return std::nullopt;
      return static_cast<std::uint16_t>(*number);
    }
    return PortOfService(one);
  };
  const auto colon = text.find(':');
  const auto first = port(text.substr(0, colon), 0);
  const auto last = colon == std::string_view::npos ? first : port(text.substr(colon + 1), 65535);
  if (!first || !last || text.empty()) return std::nullopt;
  return PortRange{*first, *last};
}

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
