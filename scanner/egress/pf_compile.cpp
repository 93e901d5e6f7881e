// pf as a program: every rule in its place, the last match pending until `quick` or the end. Tags
// are marks of the packet. A bit of the connection's mark says that an anchor with `quick` matched;
// bit 0 then says what its last match was.

#include "scanner/egress/pf_compile.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

namespace sandlint {
namespace {

constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxChains = 4096;
constexpr const char* kFilledElsewhere = "an anchor that is filled at run time";

/// Where a packet that passes may end elsewhere than it was sent to.
bool IsDiverted(const PfRule& rule) {
  constexpr std::string_view kNames[] = {"af-to",     "binat-to", "divert",  "divert-packet",
                                         "divert-to", "rdr-to",   "route-to"};
  return std::any_of(std::begin(kNames), std::end(kNames),
                     [&](std::string_view name) { return rule.Find(name) != nullptr; });
}

Step NumberStep(StepKind kind, std::uint32_t keep, std::uint32_t flip, Span span) {
  Step step = VerdictStep(kind, span);
  step.keep = keep;
  step.flip = flip;
  return step;
}

Step TestStep(std::optional<NumberTest> mark, std::optional<NumberTest> ct_mark, Span span) {
  Step step = MatchStep({}, span);
  step.conditions[0].mark = std::move(mark);
  step.conditions[0].ct_mark = std::move(ct_mark);
  return step;
}

NumberTest Equals(std::uint32_t mask, std::uint32_t value) { return {mask, 0, {{value, value}}}; }

}  // namespace

PfCompiler::PfCompiler(const PfRuleset& ruleset, const EgressSubject& subject,
                       const EgressNames& names)
    : ruleset_(ruleset), subject_(subject), names_(names) {
  GatherPf(ruleset_, anchors_, tables_);
}

Program PfCompiler::Compile() {
  program_.bases.push_back(Base(PfDirection::Out));
  BaseChain in = Base(PfDirection::In);
  // What goes out through loopback comes in again there; whether its state spares it the rules for
  // incoming packets was not tried.
  in.domain = Intersect(in.domain, FlowSet::OfInterfaces(kLoopbackDevice));
  if (in.doubt.empty()) in.doubt = "rules for what comes in on loopback";
  program_.bases.push_back(std::move(in));
  program_.users = std::move(mentions_.all);
  return std::move(program_);
}

BaseChain PfCompiler::Base(PfDirection direction) {
  BaseChain base;
  Lists lists;
  if (ruleset_.main != nullptr) lists.push_back(&ruleset_.main->statements);
  base.chain = Ruleset(lists, {}, direction, 0);
  AddRefused(base.chain);
  if (ruleset_.main == nullptr) {  // stock macOS: its system anchors only
    Push(base.chain, {}, {});
    PfRule system;
    system.action = PfAction::Anchor;
    system.name.text = "com.apple/*";
    AddRule(base.chain, system, {}, direction, 0);
  }
  base.domain = Subtract(FlowSet::All(), Skipped());
  return base;
}

/// With an error pfctl loads nothing, unless the error is ours: nothing is certain then.
void PfCompiler::AddRefused(int chain) {
  auto& rules = program_.chains[static_cast<std::size_t>(chain)].rules;
  for (const PfRemark& remark : RemarksOnPf(ruleset_, names_)) {
    if (remark.kind != PfRemarkKind::Refused && remark.kind != PfRemarkKind::UserUnknown) continue;
    AddUnclear(chain, remark.where, remark.text);
    std::rotate(rules.begin(), rules.end() - 1, rules.end());
  }
}

/// The interfaces of `set skip on`, one word after the other.
std::vector<Word> PfCompiler::SkipWords() const {
  std::vector<Word> words;
  if (ruleset_.main == nullptr) return words;
  for (const PfStatement& statement : ruleset_.main->statements) {
    const auto* setting = std::get_if<PfSetting>(&statement.value);
    if (setting == nullptr || setting->name.text != "skip") continue;
    words.insert(words.end(), setting->words.begin(), setting->words.end());
  }
  return words;
}

FlowSet PfCompiler::Skipped() {
  FlowSet skipped;
  for (const Word& word : SkipWords()) {
    skipped = Unite(skipped, InterfaceFlows(word.text, program_.interfaces).sure);
  }
  return skipped;
}

/// Groups of interfaces may hold the one that a flow takes.
void PfCompiler::AddDoubtfulSkips(int chain) {
  for (const Word& word : SkipWords()) {
    const FlowBounds flows = InterfaceFlows(word.text, program_.interfaces);
    const FlowSet maybe = Subtract(flows.possible, flows.sure);
    if (maybe.Empty()) continue;
    AddUnclear(chain, word.span, word.text,
               {MatchStep(FlowBounds::Maybe(word.text, maybe), word.span)});
  }
}

int PfCompiler::Ruleset(const Lists& lists, const std::string& path, PfDirection direction,
                        int depth) {
  const auto chain = static_cast<int>(program_.chains.size());
  program_.chains.push_back({"pf", path.empty() ? "main" : path, {}});
  if (depth == 0) AddDoubtfulSkips(chain);
  for (const auto* list : lists) {
    for (const PfStatement& statement : *list) {
      if (const auto* missing = std::get_if<PfMissing>(&statement.value)) {
        AddUnclear(chain, missing->path.span, "the included file");
      } else if (const auto* setting = std::get_if<PfSetting>(&statement.value)) {
        if (setting->support == Support::Unknown) {
          AddUnclear(chain, setting->name.span, setting->name.text);
        }
      } else if (const auto* rule = std::get_if<PfRule>(&statement.value)) {
        AddRule(chain, *rule, path, direction, depth);
      }
    }
  }
  return chain;
}

/// From here on nothing is certain of the flows that the steps let through.
void PfCompiler::AddUnclear(int chain, Span span, const std::string& word,
                            std::vector<Step> steps) {
  steps.push_back(MatchStep(FlowBounds::Maybe(word), span));
  steps.push_back(VerdictStep(StepKind::Unclear, span, word));
  Push(chain, std::move(steps), span);
}

void PfCompiler::Push(int chain, std::vector<Step> steps, Span span) {
  program_.chains[static_cast<std::size_t>(chain)].rules.push_back(
      {std::move(steps), span, std::exchange(mentions_.subject, Answer::No)});
}

std::uint32_t PfCompiler::Tag(const std::string& name) {
  return tags_.try_emplace(name, static_cast<std::uint32_t>(tags_.size() + 1)).first->second;
}

std::vector<Step> PfCompiler::Conditions(const PfRule& rule, const std::string& path) {
  std::vector<Step> steps;
  const PfContext context{subject_, names_, tables_, program_.interfaces, path, mentions_};
  steps.push_back(MatchStep(ConditionOf(rule, context), rule.span));
  for (const PfOption& option : rule.options) {
    const bool negated = option.name.text == "!tagged";
    if (!negated && option.name.text != "tagged") continue;
    if (option.words.empty()) continue;
    const bool bang = option.words.size() > 1 && option.words[0].text == "!";
    Step test = TestStep(Equals(~std::uint32_t{0}, Tag(option.words.back().text)), {}, rule.span);
    test.negated = negated || bang;
    steps.push_back(std::move(test));
  }
  return steps;
}

void PfCompiler::AddRule(int chain, const PfRule& rule, const std::string& path,
                         PfDirection direction, int depth) {
  if (rule.direction != PfDirection::Both && rule.direction != direction) return;
  switch (rule.action) {
    case PfAction::Pass:
    case PfAction::Block:
    case PfAction::Match:
      return AddVerdict(chain, rule, Conditions(rule, path));
    case PfAction::Anchor:
      return AddAnchor(chain, rule, Conditions(rule, path), path, direction, depth);
    case PfAction::Ether:
      return AddUnclear(chain, rule.span, "ether");
    case PfAction::Nat:
    case PfAction::Rdr:
    case PfAction::Binat:
      if (const PfOption* tag = rule.Find("tag")) {
        std::vector<Step> steps = Conditions(rule, path);
        steps.push_back(NumberStep(StepKind::SetMark, 0, 0, tag->name.span));
        steps.back().known = false;
        Push(chain, std::move(steps), rule.span);
      }
      return;
    default:
      return;
  }
}

void PfCompiler::AddVerdict(int chain, const PfRule& rule, std::vector<Step> steps) {
  if (const PfOption* tag = rule.Find("tag"); tag != nullptr && !tag->words.empty()) {
    steps.push_back(NumberStep(StepKind::SetMark, 0, Tag(tag->words[0].text), tag->name.span));
  }
  if (rule.action != PfAction::Block && IsDiverted(rule)) {
    return AddUnclear(chain, rule.span, "its translation or route", std::move(steps));
  }
  if (rule.action == PfAction::Match) return Push(chain, std::move(steps), rule.span);
  const bool accepts = rule.action == PfAction::Pass;
  if (!rule.quick) return AddPending(chain, rule, std::move(steps), accepts);
  steps.push_back(VerdictStep(accepts ? StepKind::Accept : StepKind::Drop, rule.span));
  Push(chain, std::move(steps), rule.span);
}

void PfCompiler::AddPending(int chain, const PfRule& rule, std::vector<Step> steps, bool accepts) {
  Step pending = VerdictStep(StepKind::Pending, rule.span);
  pending.accepts = accepts;
  steps.push_back(std::move(pending));
  if (quick_bits_ != 0) {
    const std::uint32_t bits = quick_bits_ | (accepts ? 1U : 0U);
    steps.push_back(NumberStep(StepKind::SetCtMark, ~(quick_bits_ | 1U), bits, rule.span));
  }
  Push(chain, std::move(steps), rule.span);
}

int PfCompiler::BodyOf(const PfRule& rule, const std::string& path, PfDirection direction,
                       int depth) {
  const std::string inner = rule.name ? PfAnchorPath(path, rule.name.text) : path;
  return Ruleset({&rule.body}, inner, direction, depth + 1);
}

void PfCompiler::AddAnchor(int chain, const PfRule& rule, std::vector<Step> steps,
                           const std::string& path, PfDirection direction, int depth) {
  const std::uint32_t outer = quick_bits_;
  if (rule.quick) quick_bits_ |= 2U << static_cast<unsigned>(std::min(depth, 29));
  const std::string name = PfAnchorPath(path, rule.name.text);
  const bool too_deep = depth > kMaxDepth || program_.chains.size() > kMaxChains;
  if (too_deep) {
    AddUnclear(chain, rule.span, "anchors nested too deep", steps);
  } else if (rule.has_body) {
    AddBody(chain, rule, steps, BodyOf(rule, path, direction, depth));
  } else {
    const std::vector<std::string> named = PfAnchorsNamed(anchors_, name);
    for (const std::string& one : named) {
      AddBody(chain, rule, steps, Ruleset(anchors_.at(one).lists, one, direction, depth + 1));
    }
    // Children that something else adds are not known either.
    if ((named.empty() || name.ends_with("*")) && !IsSystemAnchor(name)) {
      AddUnclear(chain, rule.span, kFilledElsewhere, steps);
    }
  }
  quick_bits_ = outer;
}

/// Into the anchor and on; behind an anchor with `quick` what matched in it is final.
void PfCompiler::AddBody(int chain, const PfRule& rule, std::vector<Step> steps, int body) {
  Step jump = VerdictStep(StepKind::Jump, rule.span);
  jump.chain = body;
  steps.push_back(std::move(jump));
  Push(chain, std::move(steps), rule.span);
  if (!rule.quick) return;
  const std::uint32_t bit = std::bit_floor(quick_bits_);
  for (const bool accepts : {true, false}) {
    Push(chain,
         {TestStep({}, Equals(bit | 1U, bit | (accepts ? 1U : 0U)), rule.span),
          VerdictStep(accepts ? StepKind::Accept : StepKind::Drop, rule.span)},
         rule.span);
  }
}

}  // namespace sandlint
