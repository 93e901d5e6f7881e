// What a rule of pf matches, of the first packet of a flow that a local process opens.

#include "scanner/egress/pf_condition.h"

#include <algorithm>
#include <utility>

#include "scanner/parse/pf_expand.h"

namespace sandlint {
namespace {

constexpr std::uint32_t kLastPort = 65535;

/// The numbers that match, between 0 and `last`; nothing when a name in it is not known.
std::optional<std::vector<NumberRange>> NumbersOf(const PfMatch& match, std::uint32_t last) {
  if (!match.low_number || !match.high_number) return std::nullopt;
  const std::uint32_t low = *match.low_number;
  const std::uint32_t high = *match.high_number;
  std::vector<NumberRange> ranges;
  const auto add = [&](std::uint64_t first, std::uint64_t end) {
    if (first <= end && first <= last) {
      ranges.push_back({static_cast<std::uint32_t>(first),
                        static_cast<std::uint32_t>(std::min<std::uint64_t>(end, last))});
    }
  };
  const auto below = [&](std::uint32_t bound) {
    if (bound > 0) add(0, bound - 1);
  };
  switch (match.op) {
    case PfOp::Equal:
      add(low, low);
      break;
    case PfOp::NotEqual:
      below(low);
      add(std::uint64_t{low} + 1, last);
      break;
    case PfOp::Less:
      below(low);
      break;
    case PfOp::LessEqual:
      add(0, low);
      break;
    case PfOp::Greater:
      add(std::uint64_t{low} + 1, last);
      break;
    case PfOp::GreaterEqual:
      add(low, last);
      break;
    case PfOp::Range:
      add(low, high);
      break;
    case PfOp::Inside:
      if (high > 0) add(std::uint64_t{low} + 1, std::uint64_t{high} - 1);
      break;
    case PfOp::Outside:
      below(low);
      add(std::uint64_t{high} + 1, last);
      break;
  }
  return ranges;
}

FlowSet PortFlows(const std::vector<NumberRange>& ranges) {
  std::vector<PortRange> ports;
  for (const NumberRange& range : ranges) {
    ports.push_back(
        {static_cast<std::uint16_t>(range.first), static_cast<std::uint16_t>(range.last)});
  }
  return FlowSet::OfProtocols(Protocols().set(), PortsOf(std::move(ports)));
}

FlowBounds DestinationPorts(const std::vector<PfMatch>& ports) {
  if (ports.empty()) return {};
  FlowBounds all = FlowBounds::None();
  for (const PfMatch& port : ports) {
    const auto ranges = NumbersOf(port, kLastPort);
    all = Unite(
        all, ranges ? FlowBounds::Exactly(PortFlows(*ranges)) : FlowBounds::Maybe(port.low.text));
  }
  return all;
}

/// A process can bind to any port: sure is only what leaves none out.
FlowBounds SourcePorts(const std::vector<PfMatch>& ports) {
  if (ports.empty()) return {};
  FlowSet covered;
  for (const PfMatch& port : ports) {
    if (const auto ranges = NumbersOf(port, kLastPort))
      covered = Unite(covered, PortFlows(*ranges));
  }
  if (Subtract(FlowSet::All(), covered).Empty()) return {};
  return FlowBounds::Maybe("the source port");
}

FlowBounds ProtocolFlows(const std::vector<PfProtocol>& protocols) {
  if (protocols.empty()) return {};
  Protocols numbers;
  FlowBounds all = FlowBounds::None();
  for (const PfProtocol& protocol : protocols) {
    if (protocol.number) {
      numbers.set(*protocol.number);
    } else {
      all = FlowBounds::Maybe(protocol.word.text);
    }
  }
  return Unite(FlowBounds::Exactly(FlowSet::OfProtocols(numbers)), all);
}

Answer Not(Answer answer) {
  return answer == Answer::Yes ? Answer::No : answer == Answer::No ? Answer::Yes : answer;
}

/// Does one user (group) clause hold for the subject?
Answer HoldsFor(PfMatch match, const PfContext& context, IdKind kind) {
  if (match.low.text == "unknown") {  // no socket: never one of ours
    return match.op == PfOp::NotEqual ? Answer::Yes : Answer::No;
  }
  if (match.op == PfOp::Equal || match.op == PfOp::NotEqual) {
    const Answer is = MeansSubject(kind, match.low.text, context.subject, context.names);
    context.mentions.See(kind, match.low.text, match.low.span, context.subject, context.names);
    return match.op == PfOp::Equal ? is : Not(is);
  }
  match.low_number = IdOf(kind, match.low.text, context.names);
  match.high_number = match.high ? IdOf(kind, match.high.text, context.names) : match.low_number;
  const auto ranges = NumbersOf(match, ~std::uint32_t{0});
  if (!ranges) return Answer::Unknown;
  Answer any = Answer::No;
  for (const NumberRange& range : *ranges) {
    any = std::max(any, SubjectWithin(kind, range.first, range.last, context.subject));
  }
  return any;
}

Answer AnyHolds(const std::vector<PfMatch>& matches, const PfContext& context, IdKind kind) {
  if (matches.empty()) return Answer::Yes;
  Answer any = Answer::No;
  for (const PfMatch& match : matches) any = std::max(any, HoldsFor(match, context, kind));
  return any;
}

/// pf asks for the owner of TCP and UDP sockets; other protocols pass the clause whoever sends.
FlowBounds OwnerFlows(const PfRule& rule, const PfContext& context) {
  const Answer holds = std::min(AnyHolds(rule.users, context, IdKind::User),
                                AnyHolds(rule.groups, context, IdKind::Group));
  if (holds == Answer::Yes) return {};
  const FlowSet owned = FlowSet::OfProtocols(OneProtocol(kTcp) | OneProtocol(kUdp));
  const FlowBounds others = FlowBounds::Exactly(Subtract(FlowSet::All(), owned));
  return Unite(others, If(holds, FlowBounds::Exactly(owned), "the user"));
}

/// The flags of a first packet are SYN, and perhaps those of ECN.
FlowBounds FlagFlows(const PfRule& rule) {
  const PfOption* flags = rule.Find("flags");
  if (flags == nullptr || flags->words.empty() || flags->words[0].text == "any") return {};
  const std::string& set = flags->words[0].text;
  const std::string mask = flags->words.size() > 1 ? flags->words[1].text : "FSRPAUEW";
  const auto has = [](const std::string& text, char flag) {
    return text.find(flag) != std::string::npos;
  };
  Answer holds = Answer::Yes;
  for (const char flag : std::string_view("FSRPAUEW")) {
    if (!has(mask, flag)) {
      if (has(set, flag)) holds = Answer::No;
    } else if (flag == 'E' || flag == 'W') {
      holds = std::min(holds, Answer::Unknown);
    } else if (has(set, flag) != (flag == 'S')) {
      holds = Answer::No;
    }
  }
  const FlowSet tcp = FlowSet::OfProtocols(OneProtocol(kTcp));
  return Unite(FlowBounds::Exactly(Subtract(FlowSet::All(), tcp)),
               If(holds, FlowBounds::Exactly(tcp), "flags"));
}

FlowBounds IcmpFlows(const std::vector<PfIcmp>& types) {
  if (types.empty()) return {};
  FlowBounds all = FlowBounds::None();
  for (const PfIcmp& icmp : types) {
    const FlowSet family =
        Intersect(FlowSet::Of(icmp.family == 4 ? Family::V4 : Family::V6),
                  FlowSet::OfProtocols(OneProtocol(icmp.family == 4 ? kIcmp : kIcmpV6)));
    const auto type = PfIcmpType(icmp.type.text, icmp.family);
    const auto code = icmp.code ? ParseDecimal(icmp.code.text) : std::optional<std::uint32_t>(0);
    if (!type || !code || *code > 255) {
      all = Unite(all, FlowBounds::Maybe(icmp.type.text, family));
      continue;
    }
    const std::uint32_t first = *type * 256U + *code;
    const std::uint32_t last = icmp.code ? first : first + 255;
    all = Unite(all, FlowBounds::Exactly(Intersect(family, PortFlows({{first, last}}))));
  }
  return all;
}

FlowBounds InterfacesOf(const PfRule& rule, InterfaceNames& interfaces) {
  if (rule.interfaces.empty()) return {};
  FlowBounds all = FlowBounds::None();
  for (const PfInterface& item : rule.interfaces) {
    FlowBounds one = InterfaceFlows(item.name.text, interfaces);
    if (item.negated) one = Without({}, one);
    all = Unite(all, one);
  }
  return all;
}

/// Clauses that make the match depend on what is not known.
bool IsUncertain(const PfOption& option) {
  constexpr std::string_view kNames[] = {
      "fragment", "max-pkt-rate", "max-pkt-size", "on rdomain",   "once", "os",
      "prio",     "probability",  "received-on",  "!received-on", "tos"};
  return std::find(std::begin(kNames), std::end(kNames), option.name.text) != std::end(kNames);
}

}  // namespace

FlowBounds InterfaceFlows(std::string_view name, InterfaceNames& interfaces) {
  const FlowSet loopback = FlowSet::OfInterfaces(kLoopbackDevice);
  if (name == "lo0" || name == "lo") return FlowBounds::Exactly(loopback);
  const FlowSet others = Subtract(FlowSet::All(), loopback);
  if (name == "any") return FlowBounds::Exactly(others);
  const bool is_device = !name.empty() && name.back() >= '0' && name.back() <= '9';
  const auto bit = is_device ? interfaces.Find(name) : std::nullopt;
  // A name without a number is a group (`egress`, `en`): its members are not known.
  if (!bit) return FlowBounds::Maybe(std::string(name), others);
  return FlowBounds::Exactly(FlowSet::OfInterfaces(Interfaces{1} << *bit));
}

FlowBounds ConditionOf(const PfRule& rule, const PfContext& context) {
  FlowBounds all;
  if (rule.family != 0) {
    all = FlowBounds::Exactly(FlowSet::Of(rule.family == 4 ? Family::V4 : Family::V6));
  }
  all = Intersect(all, InterfacesOf(rule, context.interfaces));
  all = Intersect(all, ProtocolFlows(rule.protocols));
  all = Intersect(all, SourceOf(rule.from.hosts));
  all = Intersect(all, SourcePorts(rule.from.ports));
  if (!rule.from.os.empty()) all = Intersect(all, FlowBounds::Maybe("os"));
  all = Intersect(all, DestinationOf(rule.to.hosts, context.anchor, context.tables));
  all = Intersect(all, DestinationPorts(rule.to.ports));
  all = Intersect(all, OwnerFlows(rule, context));
  all = Intersect(all, FlagFlows(rule));
  all = Intersect(all, IcmpFlows(rule.icmp));
  for (const PfOption& option : rule.options) {
    if (IsUncertain(option)) all = Intersect(all, FlowBounds::Maybe(option.name.text));
  }
  return all;
}

}  // namespace sandlint
