#include "scanner/egress/bounds.h"

#include <utility>

namespace sandlint {
namespace {

std::string Either(const std::string& a, const std::string& b) { return a.empty() ? b : a; }

}  // namespace

FlowBounds Intersect(const FlowBounds& a, const FlowBounds& b) {
  return {Intersect(a.sure, b.sure), Intersect(a.possible, b.possible), Either(a.doubt, b.doubt)};
}

FlowBounds Unite(const FlowBounds& a, const FlowBounds& b) {
  return {Unite(a.sure, b.sure), Unite(a.possible, b.possible), Either(a.doubt, b.doubt)};
}

FlowBounds Without(const FlowBounds& domain, const FlowBounds& set) {
  return {Subtract(domain.sure, set.possible), Subtract(domain.possible, set.sure),
          Either(domain.doubt, set.doubt)};
}

FlowBounds If(Answer answer, FlowBounds set, const std::string& doubt) {
  if (answer == Answer::Yes) return set;
  if (answer == Answer::No) return FlowBounds::None();
  return {{}, std::move(set.possible), Either(doubt, set.doubt)};
}

Step MatchStep(FlowBounds bounds, Span span) {
  Step step;
  step.kind = StepKind::Match;
  step.span = span;
  Condition condition;
  condition.sure = std::move(bounds.sure);
  condition.possible = std::move(bounds.possible);
  condition.doubt = std::move(bounds.doubt);
  step.conditions.push_back(std::move(condition));
  return step;
}

Step VerdictStep(StepKind kind, Span span, std::string word) {
  Step step;
  step.kind = kind;
  step.span = span;
  step.word = std::move(word);
  return step;
}

Family FamilyOf(const IpAddress& address) { return address.family == 4 ? Family::V4 : Family::V6; }

Uint128 NumberOf(const IpAddress& address) {
  Uint128 value = 0;
  for (int byte = 0; byte < address.Bits() / 8; ++byte) {
    value = value << 8 | address.bytes[static_cast<std::size_t>(byte)];
  }
  return value;
}

AddressRange RangeOf(const IpAddress& address, int length) {
  return {NumberOf(Masked(address, length)), NumberOf(LastOf(address, length))};
}

void AddressList::Add(const IpAddress& first, const IpAddress& last) {
  (first.family == 4 ? v4 : v6).push_back({NumberOf(first), NumberOf(last)});
}

FlowSet AddressList::Flows() const {
  FlowSet set;
  if (!v4.empty()) set = FlowSet::OfAddresses(Family::V4, v4);
  if (!v6.empty()) set = Unite(set, FlowSet::OfAddresses(Family::V6, v6));
  return set;
}

}  // namespace sandlint
