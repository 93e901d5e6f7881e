// One selector against its values.

#include <fmt/format.h>

#include <algorithm>

#include "scanner/egress/nft_flows.h"
#include "scanner/egress/nft_match.h"

namespace sandlint {
namespace {

/// Holds with the operator turned round: sure and possible change places.
Condition Negated(Condition condition, const FlowSet& domain) {
  std::swap(condition.sure, condition.possible);
  condition.sure = Subtract(domain, condition.sure);
  condition.possible = Subtract(domain, condition.possible);
  return condition;
}

/// Devices by name, `eth*`, or index (1 is lo).
void AddDevice(const NftField& field, const NftExpr& expr, NftContext& context, Interfaces& sure,
               Interfaces& possible) {
  if (expr.kind == NftKind::Any) {
    sure = possible = kAllInterfaces;
    return;
  }
  if (expr.kind != NftKind::Word || expr.text.empty()) {
    if (expr.kind == NftKind::Word) context.Refuse(expr.span, "the name of a device is empty");
    possible = kAllInterfaces;
    return;
  }
  if (expr.text.ends_with('*')) {
    const auto prefix = std::string_view(expr.text).substr(0, expr.text.size() - 1);
    if (prefix.empty()) context.Refuse(expr.span, "nft refuses a name that is * alone");
    if (field.by_index) context.Refuse(expr.span, "only oifname and iifname take a *");
    const Interfaces named = context.interfaces.WithPrefix(prefix);
    context.wildcards = true;
    sure |= named;
    possible |= named;
    if (!context.names.devices_complete) possible |= context.interfaces.Unnamed();
    if (prefix.empty()) sure = possible = kAllInterfaces;
    return;
  }
  if (const auto index = ParseNumber(expr.text); index && !expr.quoted) {
    if (*index == 1) {
      sure |= kLoopbackDevice;
      possible |= kLoopbackDevice;
    } else {
      possible |= ~kLoopbackDevice;
    }
    return;
  }
  const bool exists = expr.text == "lo" || std::ranges::find(context.names.devices, expr.text) !=
                                               context.names.devices.end();
  if (field.by_index && context.names.devices_complete && !exists) {
    context.Refuse(expr.span, fmt::format("there is no device {} on this machine", expr.text));
  }
  const auto bit = context.interfaces.Find(expr.text);
  if (!bit) possible |= context.interfaces.Unnamed();
  if (bit) {
    sure |= Interfaces{1} << *bit;
    possible |= Interfaces{1} << *bit;
  }
}

Condition OfDevice(const NftField& field, const NftTest& test, const NftElements& right,
                   NftContext& context) {
  Interfaces sure = 0;
  Interfaces possible = right.open ? kAllInterfaces : 0;
  std::vector<const NftExpr*> work = right.list;
  for (std::size_t visits = 0; !work.empty() && visits < 100'000; ++visits) {
    const NftExpr& expr = Resolved(*work.back());
    const bool expires = work.back()->expires || right.expire;
    work.pop_back();
    if (expr.kind == NftKind::Set || expr.kind == NftKind::Pair) {
      const std::size_t most = expr.kind == NftKind::Pair ? 1 : expr.parts.size();
      for (std::size_t i = 0; i < most; ++i) work.push_back(&expr.parts[i]);
      continue;
    }
    Interfaces one = 0;
    AddDevice(field, expr, context, expires ? one : sure, possible);
  }
  if (!work.empty()) possible = kAllInterfaces;
  Condition out;
  out.sure = FlowSet::OfInterfaces(sure);
  out.possible = FlowSet::OfInterfaces(possible);
  if (sure != possible) out.doubt = "which device the packet leaves through";
  if (test.op == "!=") return Negated(std::move(out), FlowSet::All());
  return test.op == "==" ? out : Perhaps(FlowSet::All(), "an order of devices");
}

std::vector<NumberRange> Narrow(const std::vector<AddressRange>& ranges) {
  std::vector<NumberRange> out;
  for (const AddressRange& range : ranges) {
    if (range.first > 0xffffffffU) continue;
    out.push_back({static_cast<std::uint32_t>(range.first),
                   static_cast<std::uint32_t>(std::min<Uint128>(range.last, 0xffffffffU))});
  }
  return out;
}

Condition OfMark(const NftField& field, const std::vector<AddressRange>& ranges) {
  Uint128 mask = 0;
  Uint128 flip = 0;
  if (!AsMask(field.changes, mask, flip)) return Perhaps(field.domain, "the mark");
  Condition out = Always(true);
  NumberTest test{static_cast<std::uint32_t>(mask), static_cast<std::uint32_t>(flip),
                  Narrow(ranges)};
  (field.what == NftWhat::Mark ? out.mark : out.ct_mark) = std::move(test);
  return out;
}

bool Passes(const NftField& field, const NftTest& test, const std::vector<AddressRange>& ranges,
            Uint128 constant) {
  const Uint128 value = Changed(field.changes, constant);
  return std::ranges::any_of(ranges, [&](const AddressRange& range) {
    if (test.bits) return (value & range.first) != 0;
    if (test.no_bits) return (value & range.first) == 0;
    return range.first <= value && value <= range.last;
  });
}

Condition OfState(const NftField& field, const NftTest& test,
                  const std::vector<AddressRange>& ranges) {
  constexpr std::pair<Tracking, std::uint32_t> kStates[] = {
      {Tracking::Before, 1}, {Tracking::New, 8}, {Tracking::Untracked, 64}};
  std::uint8_t passing = 0;
  for (const auto& [state, bit] : kStates) {
    if (Passes(field, test, ranges, bit)) passing |= static_cast<std::uint8_t>(state);
  }
  Condition out = Always(true);
  if (passing != 7) out.tracking = passing;
  return out;
}

Condition OfConstants(const NftField& field, const NftTest& test,
                      const std::vector<AddressRange>& ranges) {
  const auto passing = std::ranges::count_if(
      field.constants, [&](Uint128 constant) { return Passes(field, test, ranges, constant); });
  Condition out;
  out.possible = passing == 0 ? FlowSet{} : field.domain;
  out.sure = passing == std::ssize(field.constants) ? field.domain : FlowSet{};
  if (passing != 0 && passing != std::ssize(field.constants))
    out.doubt = "the flags of the first packet";
  return out;
}

/// The numbers that pass the operator.
std::vector<AddressRange> Operated(const std::string& op, const std::vector<AddressRange>& ranges,
                                   Uint128 largest) {
  if (op == "==" || ranges.size() != 1) return ranges;
  const Uint128 value = ranges[0].first;
  if (op == "<")
    return value == 0 ? std::vector<AddressRange>{} : std::vector<AddressRange>{{0, value - 1}};
  if (op == "<=") return {{0, value}};
  if (op == ">")
    return value >= largest ? std::vector<AddressRange>{}
                            : std::vector<AddressRange>{{value + 1, largest}};
  if (op == ">=") return {{value, largest}};
  return ranges;
}

Condition OfFlows(const NftField& field, const NftTest& test, const NftValues& values) {
  const Uint128 largest = LargestOf(field.type);
  std::vector<AddressRange> all = values.sure;
  all.insert(all.end(), values.maybe.begin(), values.maybe.end());
  const bool negated = test.op == "!=";
  std::vector<AddressRange> sure;
  std::vector<AddressRange> possible;
  const std::string op = negated ? "==" : test.op;
  if (!Unchanged(field, Operated(op, values.sure, largest), sure) ||
      !Unchanged(field, Operated(op, all, largest), possible)) {
    return Perhaps(field.domain, "the mask is not worked out");
  }
  const FlowSet domain = Subtract(field.domain, field.blurred);
  Condition out;
  out.sure = Intersect(domain, FlowsWhere(field, sure).sure);
  out.possible = values.anything ? domain : Intersect(domain, FlowsWhere(field, possible).possible);
  if (negated) out = Negated(std::move(out), domain);
  const bool exact = !values.anything && values.maybe.empty() && field.what != NftWhat::FibType &&
                     field.what != NftWhat::LinkType;
  if (!exact) out.doubt = values.doubt.empty() ? "elements come and go" : values.doubt;
  if (field.what == NftWhat::FibType) out.doubt = "the routing table";
  out.routed = field.what == NftWhat::FibType;
  if (field.what == NftWhat::LinkType) out.doubt = "the kind of device";
  if (!field.blurred.Empty()) {
    out.possible = Unite(out.possible, Intersect(field.domain, field.blurred));
    if (out.doubt.empty()) out.doubt = "it reads other bytes of a protocol without ports";
  }
  return out;
}

Condition OfNumbers(const NftField& field, const NftTest& test, NftValues values,
                    const NftElements& right, NftContext& context) {
  for (const Span& host : values.hosts) {
    context.problems.push_back({NftTrouble::Resolved, host, "looked up when the rules are loaded"});
  }
  for (const Span& name : values.unknown) {
    context.problems.push_back({NftTrouble::Missing, name,
                                "a name that is not known here: without an entry on the machine "
                                "nft refuses the file"});
  }
  if (!values.refusal.empty()) {
    context.Refuse(values.where ? values.where : right.list.front()->span, values.refusal);
    return Perhaps(field.domain, "the value does not fit");
  }
  if (right.expire) {
    values.maybe.insert(values.maybe.end(), values.sure.begin(), values.sure.end());
    values.sure.clear();
  }
  if (right.open) {
    values.sure.clear();
    values.anything = true;
    values.doubt = FilledText(right);
  }
  const bool flows = field.what != NftWhat::Mark && field.what != NftWhat::CtMark &&
                     field.what != NftWhat::State && field.what != NftWhat::Constant;
  if (flows) return OfFlows(field, test, values);
  if (values.anything || !values.maybe.empty()) {
    return Perhaps(field.domain, values.doubt.empty() ? "elements come and go" : values.doubt);
  }
  const Uint128 largest = LargestOf(field.type);
  const auto ranges =
      test.op == "!=" ? Without(values.sure, largest) : Operated(test.op, values.sure, largest);
  if (field.what == NftWhat::State) return OfState(field, test, ranges);
  if (field.what == NftWhat::Constant) return OfConstants(field, test, ranges);
  return OfMark(field, ranges);
}

}  // namespace

Condition ConditionOf(const NftField& field, const NftTest& test, const NftElements& right,
                      NftContext& context) {
  Condition out;
  if (right.missing) {
    out = Perhaps(field.domain, "the set is not there");
  } else if (field.what == NftWhat::User || field.what == NftWhat::Group) {
    out = OfId(field.what == NftWhat::User ? IdKind::User : IdKind::Group, field, test, right,
               context);
  } else if (field.what == NftWhat::Device) {
    out = OfDevice(field, test, right, context);
  } else if (field.what == NftWhat::Constant && field.type == NftType::Device) {
    // A packet of this machine has come in through no device.
    OfDevice(field, test, right, context);
    const bool known = !context.subject.forwarded && (test.op == "==" || test.op == "!=");
    out = known ? Always(test.op == "!=") : Perhaps(field.domain, "the device it came in through");
  } else if (field.what == NftWhat::Unknown) {
    out = Perhaps(field.domain, field.doubt);
  } else {
    out = OfNumbers(field, test, ValuesOf(right.list, field.type), right, context);
  }
  out.original = field.original;
  if (field.tracked) {
    const auto is_new = static_cast<std::uint8_t>(Tracking::New);
    out.tracking = static_cast<std::uint8_t>(out.tracking.value_or(7) & is_new);
  }
  return out;
}

}  // namespace sandlint
