// Conditions on the user of a packet, and how conditions go together.

#include <fmt/format.h>

#include <algorithm>

#include "scanner/egress/nft_match.h"

namespace sandlint {
namespace {

Condition FromAnswer(Answer answer, std::string doubt) {
  if (answer == Answer::Unknown) return Perhaps(FlowSet::All(), std::move(doubt));
  return Always(answer == Answer::Yes);
}

Answer Not(Answer answer) {
  return answer == Answer::Yes ? Answer::No : answer == Answer::No ? Answer::Yes : answer;
}

bool NamesDevices(const FlowSet& set) {
  return std::ranges::any_of(
      set.Slabs(), [](const Slab& slab) { return slab.head.interfaces != kAllInterfaces; });
}

/// Is the subject one of these users or groups?
Answer AnyIsSubject(IdKind kind, const NftElements& right, NftContext& context) {
  Answer best = right.open ? Answer::Unknown : Answer::No;
  std::vector<const NftExpr*> work(right.list.rbegin(), right.list.rend());
  for (std::size_t visits = 0; !work.empty() && visits < 1'000'000; ++visits) {
    const NftExpr& expr = Resolved(*work.back());
    const bool expires = work.back()->expires || right.expire;
    work.pop_back();
    Answer one = Answer::Unknown;
    if (expr.kind == NftKind::List) {
      context.Refuse(expr.span, "users and groups are no flags: a comma wants { }");
    }
    if (expr.kind == NftKind::Set || expr.kind == NftKind::List) {
      for (const NftExpr& part : expr.parts) work.push_back(&part);
      continue;
    }
    if (expr.kind == NftKind::Pair) {
      work.push_back(&expr.parts[0]);
      continue;
    }
    if (expr.kind == NftKind::Any) one = Answer::Yes;
    if (expr.kind == NftKind::Word) {
      if (IsMissingName(kind, expr.text, context.names)) {
        context.Refuse(expr.span, fmt::format("there is no {} {} on this machine",
                                              kind == IdKind::User ? "user" : "group", expr.text));
      }
      one = MeansSubject(kind, expr.text, context.subject, context.names);
      context.mentions.See(kind, expr.text, expr.span, context.subject, context.names);
    }
    if (expr.kind == NftKind::Range) {
      const auto first = IdOf(kind, Resolved(expr.parts[0]).text, context.names);
      const auto last = IdOf(kind, Resolved(expr.parts[1]).text, context.names);
      if (first && last) one = SubjectWithin(kind, *first, *last, context.subject);
    }
    if (expires && one == Answer::Yes) one = Answer::Unknown;
    best = std::max(best, one);
  }
  return work.empty() ? best : Answer::Unknown;
}

}  // namespace

Condition OfId(IdKind kind, const NftField& field, const NftTest& test, const NftElements& right,
               NftContext& context) {
  const Answer named = AnyIsSubject(kind, right, context);  // and refuses who does not exist
  // Without a socket of this machine the expression fails, also under !=.
  if (context.subject.forwarded) return Always(false);
  const char* what = kind == IdKind::User ? "the user" : "the group";
  const auto id = kind == IdKind::User ? context.subject.uid : context.subject.gid;
  if (!field.changes.empty()) return Perhaps(FlowSet::All(), what);
  if (test.op == "==") return FromAnswer(named, what);
  if (test.op == "!=") return FromAnswer(Not(named), what);
  const auto limit = right.list.size() == 1
                         ? IdOf(kind, Resolved(*right.list[0]).text, context.names)
                         : std::nullopt;
  if (!id || !limit) return Perhaps(FlowSet::All(), what);
  if (test.op == "<") return Always(*id < *limit);
  if (test.op == ">") return Always(*id > *limit);
  if (test.op == "<=") return Always(*id <= *limit);
  return Always(*id >= *limit);
}

Condition Always(bool holds) {
  Condition out;
  if (!holds) out.sure = out.possible = {};
  return out;
}

Condition Perhaps(FlowSet domain, std::string doubt) {
  Condition out;
  out.sure = {};
  out.possible = std::move(domain);
  out.doubt = doubt.empty() ? "it is not known" : std::move(doubt);
  return out;
}

Condition Both(const Condition& a, const Condition& b) {
  Condition out = a;
  out.sure = Intersect(a.sure, b.sure);
  out.possible = Intersect(a.possible, b.possible);
  if (out.doubt.empty()) out.doubt = b.doubt;
  out.original = a.original || b.original;
  out.routed = a.routed || b.routed;
  if (b.tracking) out.tracking = static_cast<std::uint8_t>(a.tracking.value_or(7) & *b.tracking);
  const bool devices = a.routed != b.routed && NamesDevices((a.routed ? b : a).possible);
  const bool twice =
      (a.mark && b.mark) || (a.ct_mark && b.ct_mark) || a.original != b.original || devices;
  if (b.mark) out.mark = b.mark;
  if (b.ct_mark) out.ct_mark = b.ct_mark;
  if (!twice) return out;
  Condition unsure = Perhaps(out.possible, "two tests that are not worked out together");
  if (a.original != b.original || devices) unsure.possible = FlowSet::All();
  return unsure;
}

}  // namespace sandlint
