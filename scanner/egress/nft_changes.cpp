// Statements that change a packet: its destination, its mark.

#include "scanner/egress/nft_changes.h"

#include <utility>

#include "scanner/egress/text.h"

namespace sandlint {
namespace {

bool ReadPort(const NftExpr& expr, Step& step) {
  const NftValues values = ValuesOf(expr, NftType::Port);
  if (values.sure.size() != 1 || values.sure[0].first != values.sure[0].last) return false;
  step.to_port = static_cast<std::uint16_t>(values.sure[0].first);
  return true;
}

}  // namespace

Step NftStepOf(StepKind kind, Span span, std::string word) {
  Step step;
  step.kind = kind;
  step.span = span;
  step.word = std::move(word);
  return step;
}

/// To one destination; `domain`: the family of its address.
Step NftNatStep(const NftStatement& statement, FlowSet& domain) {
  Step step = NftStepOf(StepKind::Rewrite, statement.span, statement.word);
  bool known = statement.op.empty() && statement.word != "tproxy";
  const NftExpr& address = Resolved(statement.left);
  if (statement.word == "redirect") {
    step.to_v4 = Uint128{127} << 24 | 1;
    step.to_v6 = 1;
    if (address && !statement.right) known = ReadPort(address, step) && known;  // redirect to 8080
  } else if (address) {
    const auto parsed = address.kind == NftKind::Word ? ParseAddress(address.text) : std::nullopt;
    known = known && parsed;
    if (parsed) {
      (parsed->family == Family::V4 ? step.to_v4 : step.to_v6) = parsed->value;
      domain = FlowSet::Of(parsed->family);
    }
  }
  if (statement.right) known = ReadPort(statement.right, step) && known;
  if (known) return step;
  return NftStepOf(StepKind::Unclear, statement.span, "the new destination of " + statement.word);
}

Step NftMarkStep(bool of_packet, Span span, const NftExpr& raw) {
  const NftExpr& right = Resolved(raw);
  Step step = NftStepOf(of_packet ? StepKind::SetMark : StepKind::SetCtMark, span);
  const std::string own = of_packet ? "meta mark" : "ct mark";
  const std::string other = of_packet ? "ct mark" : "meta mark";
  if (right.kind == NftKind::Selector && right.text == other) {
    step.kind = of_packet ? StepKind::LoadMark : StepKind::SaveMark;
    return step;
  }
  if (right.kind == NftKind::Binary || right.kind == NftKind::Selector) {
    const NftField field = FieldOf(right);
    const NftExpr* base = &right;
    while (base->kind == NftKind::Binary) base = &Resolved(base->parts[0]);
    Uint128 mask = 0;
    Uint128 flip = 0;
    if (base->kind == NftKind::Selector) {
      step.known = base->text == own && AsMask(field.changes, mask, flip);
      step.keep = static_cast<std::uint32_t>(mask);
      step.flip = static_cast<std::uint32_t>(flip);
      return step;
    }
  }
  const NftValues value = ValuesOf(right, NftType::Mark);
  step.known =
      value.sure.size() == 1 && !value.anything && value.sure[0].first == value.sure[0].last;
  if (step.known) step.flip = static_cast<std::uint32_t>(value.sure[0].first);
  return step;
}

}  // namespace sandlint
