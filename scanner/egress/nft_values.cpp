#include "scanner/egress/nft_values.h"

#include <fmt/format.h>

#include "scanner/egress/text.h"

namespace sandlint {
namespace {

constexpr std::size_t kMostValues = 4'000'000;

/// Values of one kind of expression, gathered; every function adds to the same result.
struct Gatherer {
  NftType type;
  NftValues out;
  int depth = 0;
  std::size_t visits = 0;

  void Refuse(const NftExpr& expr, std::string text) {
    if (!out.refusal.empty()) return;
    out.refusal = std::move(text);
    out.where = expr.span;
  }
  void EgressDoubt(std::string text) {
    out.anything = true;
    if (out.doubt.empty()) out.doubt = std::move(text);
  }

  /// A type whose values are no flags.
  bool IsPlain() const {
    return !IsBitmask(type) && type != NftType::Text && type != NftType::Number;
  }

  /// A word that is no value: a host name, an unknown service, or an error.
  void Strange(const NftExpr& word) {
    const bool address = type == NftType::Address4 || type == NftType::Address6;
    if (address && ParseAddress(word.text)) {
      return Refuse(word, "this address belongs to the other family");
    }
    if (address && word.text.find('/') == std::string::npos && !ParseNumber(word.text)) {
      out.hosts.push_back(word.span);
      return EgressDoubt(
          fmt::format("the name {} is resolved when the rules are loaded", word.text));
    }
    const bool named = type == NftType::Port || type == NftType::Protocol ||
                       type == NftType::Mark || type == NftType::Number || type == NftType::Text ||
                       type == NftType::Gid;
    if (!named || ParseNumber(word.text)) {
      return Refuse(word, fmt::format("{} is no value that fits here", word.text));
    }
    if (type == NftType::Port || type == NftType::Protocol) out.unknown.push_back(word.span);
    EgressDoubt(fmt::format("what {} stands for is not known", word.text));
  }

  std::optional<Uint128> Scalar(const NftExpr& raw) {
    const NftExpr& expr = Resolved(raw);
    if (expr.kind == NftKind::Word) {
      if (const auto number = NftNumber(type, expr.text)) return number;
      Strange(expr);
      return std::nullopt;
    }
    if (expr.kind == NftKind::Binary && ++depth < 64) {
      const auto left = Scalar(expr.parts[0]);
      const auto right = Scalar(expr.parts[1]);
      --depth;
      if (!left || !right) return std::nullopt;
      if (expr.text == "|") return *left | *right;
      if (expr.text == "&") return *left & *right;
      if (expr.text == "^") return *left ^ *right;
      if (*right < 128 && expr.text == "<<") return *left << static_cast<unsigned>(*right);
      if (*right < 128 && expr.text == ">>") return *left >> static_cast<unsigned>(*right);
    }
    if (expr.kind == NftKind::Not && IsPlain()) {
      Refuse(expr, "only flags are negated in this way");
      return std::nullopt;
    }
    EgressDoubt("the value " + std::string(expr.span.Text()));
    return std::nullopt;
  }

  void Prefix(const NftExpr& expr, std::vector<AddressRange>& to) {
    const auto value = Scalar(expr.parts[0]);
    const auto length = ParseNumber(Resolved(expr.parts[1]).text);
    if (!value) return;
    const bool v6 = type == NftType::Address6;
    if (type != NftType::Address4 && !v6)
      return EgressDoubt("a prefix of something that is no address");
    const auto range =
        length && *length <= 128
            ? PrefixRange({v6 ? Family::V6 : Family::V4, *value}, static_cast<unsigned>(*length))
            : std::nullopt;
    if (!range) return Refuse(expr, "the prefix is longer than the address");
    to.push_back(*range);
  }

  void Add(const NftExpr& raw, bool expires) {
    const NftExpr& expr = Resolved(raw);
    std::vector<AddressRange>& to = expires || raw.expires ? out.maybe : out.sure;
    if (++visits > kMostValues) return EgressDoubt("too many values");
    if (depth > 64) return EgressDoubt("nested too deep");
    ++depth;
    switch (expr.kind) {
      case NftKind::Set:
        for (const NftExpr& part : expr.parts) Add(part, raw.expires);
        break;
      case NftKind::Pair:
        Add(expr.parts[0], expr.expires);
        break;
      case NftKind::List:
        AddBits(expr, to);
        break;
      case NftKind::Range: {
        const auto first = Scalar(expr.parts[0]);
        const auto last = Scalar(expr.parts[1]);
        if (first && last && *first > *last) Refuse(expr, "the range ends before it starts");
        if (first && last && *first <= *last) to.push_back({*first, *last});
        break;
      }
      case NftKind::Prefix:
        Prefix(expr, to);
        break;
      case NftKind::Any:
        to.push_back({0, LargestOf(type)});
        break;
      default:
        if (const auto value = Scalar(expr)) to.push_back({*value, *value});
    }
    --depth;
  }

  /// a, b outside of braces: the bits of both.
  void AddBits(const NftExpr& list, std::vector<AddressRange>& to) {
    if (IsPlain()) return Refuse(list, "only flags are joined by a comma");
    Uint128 bits = 0;
    for (const NftExpr& part : list.parts) {
      const auto value = Scalar(part);
      if (!value) return;
      bits |= *value;
    }
    to.push_back({bits, bits});
  }
};

}  // namespace

NftValues ValuesOf(const std::vector<const NftExpr*>& exprs, NftType type) {
  Gatherer gatherer{type, {}};
  for (const NftExpr* expr : exprs) gatherer.Add(*expr, expr->expires);
  return std::move(gatherer.out);
}

}  // namespace sandlint
