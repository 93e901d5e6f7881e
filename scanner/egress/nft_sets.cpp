// What nft checks in the named sets of a table.

#include <fmt/format.h>

#include <algorithm>

#include "scanner/egress/nft_compile.h"

namespace sandlint {
namespace {

const NftExpr* FirstInterval(const NftExpr& raw, int depth = 0) {
  const NftExpr& expr = Resolved(raw);
  if (expr.kind == NftKind::Prefix || expr.kind == NftKind::Range) return &expr;
  if (depth > 16) return nullptr;
  const std::size_t most = expr.kind == NftKind::Pair ? 1 : expr.parts.size();
  for (std::size_t i = 0; i < most; ++i) {
    if (const NftExpr* found = FirstInterval(expr.parts[i], depth + 1)) return found;
  }
  return nullptr;
}

std::optional<NftType> KeyType(const NftSetSpec& spec) {
  if (spec.key.size() != 1) return std::nullopt;
  const NftExpr& key = spec.key[0];
  return spec.is_typeof ? std::optional(FieldOf(key).type) : TypeByName(key.text);
}

bool IsPlainNumber(NftType type) {
  return type != NftType::Uid && type != NftType::Gid && type != NftType::Device &&
         type != NftType::Text;
}

/// Two ranges that overlap without being equal.
void CheckOverlap(const NftSetState& set, std::vector<AddressRange> ranges, NftContext& context) {
  std::ranges::sort(ranges, {},
                    [](const AddressRange& range) { return std::pair(range.first, range.last); });
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i] != ranges[i - 1] && ranges[i].first <= ranges[i - 1].last) {
      return context.Refuse(
          set.spec.span,
          fmt::format("elements of the set {} overlap and it has no auto-merge", set.name));
    }
  }
}

void CheckSet(const NftSetState& set, NftContext& context) {
  const bool intervals = HasNftFlag(set.spec, "interval");
  std::vector<const NftExpr*> elements;
  for (const NftExpr& element : set.elements) {
    elements.push_back(&element);
    if (intervals) continue;
    if (const NftExpr* found = FirstInterval(element)) {
      context.Refuse(
          found->span,
          fmt::format("a prefix or range in the set {}, which has no interval flag", set.name));
      return;
    }
  }
  const auto type = KeyType(set.spec);
  if (!type || !IsPlainNumber(*type)) return;
  NftValues values = ValuesOf(elements, *type);
  if (!values.refusal.empty()) return context.Refuse(values.where, values.refusal);
  if (!intervals || set.spec.auto_merge) return;
  values.sure.insert(values.sure.end(), values.maybe.begin(), values.maybe.end());
  CheckOverlap(set, std::move(values.sure), context);
}

/// The key of a named set against what is looked up in it.
void CheckSetType(const NftExpr& left, const NftSetState& set, const NftExpr& name,
                  NftContext& context) {
  const std::size_t parts = left.kind == NftKind::Concat ? left.parts.size() : 1;
  if (!set.spec.key.empty() && set.spec.key.size() != parts) {
    return context.Refuse(name.span, fmt::format("the set {} has other parts", set.name));
  }
  const auto known = [](NftType type) {
    return type == NftType::Address4 || type == NftType::Address6 || type == NftType::Port ||
           type == NftType::Protocol || type == NftType::Uid || type == NftType::Gid ||
           type == NftType::Mark || type == NftType::Device;
  };
  const auto key = KeyType(set.spec);
  if (!key || parts != 1 || left.kind != NftKind::Selector) return;
  const NftType type = FieldOf(left).type;
  if (*key != type && known(*key) && known(type)) {
    context.Refuse(name.span, fmt::format("the set {} is of another type", set.name));
  }
}

/// Two elements for the same value. nft lets equal ones be where they have equal data.
void CheckBranches(const NftExpr& left, const NftExpr& map, NftContext& context) {
  if (left.kind != NftKind::Selector) return;
  const NftType type = FieldOf(left).type;
  if (!IsPlainNumber(type)) return;
  std::vector<std::pair<AddressRange, std::string>> taken;
  for (const NftExpr& element : map.parts) {
    const NftExpr& pair = Resolved(element);
    if (pair.kind != NftKind::Pair || Resolved(pair.parts[0]).kind == NftKind::Any) continue;
    const NftValues values = ValuesOf(std::vector<const NftExpr*>{&pair}, type);
    if (values.sure.size() != 1) continue;
    taken.emplace_back(values.sure[0], pair.parts[1].span.Text());
  }
  std::ranges::sort(taken, {},
                    [](const auto& one) { return std::pair(one.first.first, one.first.last); });
  for (std::size_t i = 1; i < taken.size(); ++i) {
    if (taken[i].first.first > taken[i - 1].first.last || taken[i] == taken[i - 1]) continue;
    return context.Refuse(map.span, "two elements of this map are for the same value");
  }
}

}  // namespace

void CheckNftLookup(const NftStatement& statement, NftContext& context) {
  const NftExpr& left = Resolved(statement.left);
  const NftExpr& right = Resolved(statement.right);
  const bool maps = statement.kind == NftDo::Vmap;
  if (!maps && statement.kind != NftDo::Match) return;
  if (right.kind == NftKind::SetName) {
    const NftSetState* set = context.table->FindSet(right.text);
    if (set == nullptr) return;
    CheckSetType(left, *set, right, context);
    if (maps && !set->spec.is_map) {
      context.Refuse(right.span, fmt::format("{} is a set, not a map", set->name));
    }
  }
  if (maps && right.kind == NftKind::Set) CheckBranches(left, right, context);
  const bool order = statement.op.starts_with('<') || statement.op.starts_with('>');
  const bool several = right.kind == NftKind::Range || right.kind == NftKind::Prefix ||
                       (right.kind == NftKind::Set && right.parts.size() > 1);
  if (order && several) {
    context.Refuse(statement.span, fmt::format("{} compares with one value only", statement.op));
  }
}

void CheckNftSets(NftContext& context) {
  for (const NftSetState& set : context.table->sets) CheckSet(set, context);
}

}  // namespace sandlint
