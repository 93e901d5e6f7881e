// Targets of iptables (iptables-extensions(8)).

#include "scanner/egress/iptables_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace sandlint {
namespace {

struct Row {
  std::string_view name;
  StepKind kind;
};
constexpr Row kTargets[] = {
    {"ACCEPT", StepKind::Accept},       {"AUDIT", StepKind::Nothing},
    {"CHECKSUM", StepKind::Nothing},    {"CLASSIFY", StepKind::Nothing},
    {"CONNSECMARK", StepKind::Nothing}, {"DROP", StepKind::Drop},
    {"DSCP", StepKind::Nothing},        {"ECN", StepKind::Nothing},
    {"HL", StepKind::Nothing},          {"IDLETIMER", StepKind::Nothing},
    {"LED", StepKind::Nothing},         {"LOG", StepKind::Nothing},
    {"MASQUERADE", StepKind::Accept},   {"NETMAP", StepKind::Unclear},
    {"NFLOG", StepKind::Nothing},       {"NFQUEUE", StepKind::Unclear},
    {"NOTRACK", StepKind::Untrack},     {"QUEUE", StepKind::Unclear},
    {"RATEEST", StepKind::Nothing},     {"REJECT", StepKind::Drop},
    {"RETURN", StepKind::Return},       {"SECMARK", StepKind::Nothing},
    {"SET", StepKind::Nothing},         {"SNAT", StepKind::Accept},
    {"TCPMSS", StepKind::Nothing},      {"TCPOPTSTRIP", StepKind::Nothing},
    {"TEE", StepKind::Nothing},         {"TOS", StepKind::Nothing},
    {"TRACE", StepKind::Nothing},       {"TTL", StepKind::Nothing},
    {"ULOG", StepKind::Nothing},
};

Step NumberStep(StepKind kind, std::uint32_t keep, std::uint32_t flip, Span span) {
  Step step = VerdictStep(kind, span);
  step.keep = keep;
  step.flip = flip;
  return step;
}

/// --set-mark, --set-xmark, --or-mark, --and-mark, --xor-mark: (mark & keep) ^ flip.
Step MarkStep(StepKind kind, const IptRule& rule) {
  for (const IptUse& use : rule.uses) {
    const auto mark = ParseIptMark(use.Value());
    const std::string& name = use.name.text;
    if (!mark || !name.ends_with("mark") || use.option != IptOption::OfTarget) continue;
    const std::uint32_t value = mark->value;
    // --set-mark sets the bits of the mask and those of the value (xt_MARK: `mask | value`)
    if (name == "--set-mark") return NumberStep(kind, ~(mark->mask | value), value, rule.span);
    if (name == "--set-xmark") return NumberStep(kind, ~mark->mask, value, rule.span);
    if (name == "--or-mark") return NumberStep(kind, ~value, value, rule.span);
    if (name == "--and-mark") return NumberStep(kind, value, 0, rule.span);
    if (name == "--xor-mark") return NumberStep(kind, ~std::uint32_t{0}, value, rule.span);
  }
  Step step = NumberStep(kind, 0, 0, rule.span);
  step.known = false;
  return step;
}

Step ConnmarkStep(const IptRule& rule) {
  const bool masked = rule.Find("--nfmask") != nullptr || rule.Find("--ctmask") != nullptr ||
                      rule.Find("--mask") != nullptr;
  const bool save = rule.Find("--save-mark") != nullptr;
  if (!save && rule.Find("--restore-mark") == nullptr) return MarkStep(StepKind::SetCtMark, rule);
  if (!masked) return VerdictStep(save ? StepKind::SaveMark : StepKind::LoadMark, rule.span);
  const auto whole = [&](const char* name) {
    const IptUse* use = rule.Find(name);
    const auto mark = use == nullptr ? std::nullopt : ParseIptMark(use->Value());
    return use == nullptr || (mark && mark->value == ~std::uint32_t{0});
  };
  if (whole("--nfmask") && whole("--ctmask") && whole("--mask")) {
    return VerdictStep(save ? StepKind::SaveMark : StepKind::LoadMark, rule.span);
  }
  Step step = NumberStep(save ? StepKind::SetCtMark : StepKind::SetMark, 0, 0, rule.span);
  step.known = false;
  return step;
}

/// `address`, `address:port`, `[v6]:port`; a range of addresses or ports is not one destination.
Step RewriteStep(const IptRule& rule, Family family) {
  Step step = VerdictStep(StepKind::Rewrite, rule.span, rule.target.text);
  const IptUse* ports = rule.Find("--to-ports");
  if (rule.target.text == "REDIRECT") {
    if (family == Family::V4) step.to_v4 = NumberOf(*ParseIp("127.0.0.1"));
    if (family == Family::V6) step.to_v6 = NumberOf(*ParseIp("::1"));
    if (ports == nullptr) return step;
    const auto range = ParseIptPorts(ports->Value());
    if (!range || range->first != range->last) {
      return VerdictStep(StepKind::Unclear, rule.span, "REDIRECT to several ports");
    }
    step.to_port = range->first;
    return step;
  }
  const IptUse* to = rule.Find("--to-destination");
  std::string text = to == nullptr ? "" : to->Value();
  std::string port;
  if (text.starts_with("[") && text.find(']') != std::string::npos) {
    const auto end = text.find(']');
    if (end + 1 < text.size()) port = text.substr(end + 2);
    text = text.substr(1, end - 1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    port = text.substr(text.find(':') + 1);
    text.resize(text.find(':'));
  }
  const auto address = text.empty() ? std::nullopt : ParseIp(text);
  const auto range = port.empty() ? std::nullopt : ParseIptPorts(port);
  const bool known = (text.empty() || (address && FamilyOf(*address) == family)) &&
                     (port.empty() || (range && range->first == range->last));
  if (!known || (text.empty() && port.empty())) {
    return VerdictStep(StepKind::Unclear, rule.span, "DNAT to one of several");
  }
  if (address) (family == Family::V4 ? step.to_v4 : step.to_v6) = NumberOf(*address);
  if (range) step.to_port = range->first;
  return step;
}

std::vector<Step> Only(Step step) {
  std::vector<Step> steps;
  steps.push_back(std::move(step));
  return steps;
}

}  // namespace

std::vector<Step> IptTargetSteps(const IptRule& rule, const IptChainNumbers& chains,
                                 const std::string& table, const IptContext& context) {
  if (!rule.target) return {};
  const std::string& name = rule.target.text;
  if (const auto chain = chains.find(name); chain != chains.end()) {
    Step step = VerdictStep(rule.is_goto ? StepKind::Goto : StepKind::Jump, rule.span, name);
    step.chain = chain->second;
    return Only(std::move(step));
  }
  if (name == "MARK") return Only(MarkStep(StepKind::SetMark, rule));
  if (name == "CONNMARK") {  // without a connection: nothing
    Step tracked = MatchStep({}, rule.span);
    tracked.conditions[0].tracking = static_cast<std::uint8_t>(Tracking::New);
    std::vector<Step> steps = Only(std::move(tracked));
    steps.push_back(ConnmarkStep(rule));
    return steps;
  }
  if (name == "DNAT" || name == "REDIRECT") return Only(RewriteStep(rule, context.family));
  if (name == "HMARK") {  // a hash of the packet
    Step step = NumberStep(StepKind::SetMark, 0, 0, rule.span);
    step.known = false;
    return Only(std::move(step));
  }
  if (name == "CT") {
    const bool off = rule.Find("--notrack") != nullptr;
    return Only(VerdictStep(off ? StepKind::Untrack : StepKind::Nothing, rule.span, name));
  }
  const auto* row = std::find_if(std::begin(kTargets), std::end(kTargets),
                                 [&](const Row& one) { return one.name == name; });
  if (row != std::end(kTargets)) {
    const bool filter_in_nat = table == "nat" && row->kind == StepKind::Drop;
    return Only(VerdictStep(filter_in_nat ? StepKind::Unclear : row->kind, rule.span, name));
  }
  context.remarks.push_back({IptablesRemarkKind::ChainUnknown, rule.target.span,
                             fmt::format("`{}` is neither a chain nor a known target", name)});
  return Only(VerdictStep(StepKind::Unclear, rule.span, name));
}

}  // namespace sandlint
