// What nft checks in the named sets of a table.

#include <fmt/format.h>

#include <algorithm>

#include "scanner/egress/nft_compile.h"

namespace sandlint {
namespace {

bool HasFlag(const NftSetSpec& spec, std::string_view flag) {
  return std::ranges::find(spec.flags, flag) != spec.flags.end();
}

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
  const bool intervals = HasFlag(set.spec, "interval");
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

}  // namespace

void CheckNftSets(NftContext& context) {
  for (const NftSetState& set : context.table->sets) CheckSet(set, context);
}

}  // namespace sandlint
