#include "scanner/egress/firewall.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/egress/firewall_script.h"
#include "scanner/egress/nft_compile.h"
#include "scanner/egress/nft_files.h"
#include "scanner/egress/text.h"
#include "scanner/parse/service_names.h"

namespace sandlint {
namespace {

/// Text and line of the whole rule; the verdict itself where no rule is known.
Span RuleSpan(const Program& program, RuleId id, const Span& verdict) {
  if (id.chain < 0 || id.rule < 0) return verdict;
  const Span whole = program.chains[static_cast<std::size_t>(id.chain)]
                         .rules[static_cast<std::size_t>(id.rule)]
                         .span;
  return whole ? whole : verdict;
}

Evidence Plain(const FirewallProblem& problem) {
  Evidence out;
  out.span = FirstLine(problem.where);
  out.text = std::string(out.span.Text());
  out.note = problem.text;
  return out;
}

/// Any address but the loopback ones, through any device but lo.
FlowSet Elsewhere() { return Intersect(OrdinarySpace(), FlowSet::OfInterfaces(~kLoopbackDevice)); }

FlowSet FlowsToHost(const std::string& host) {
  if (host == "localhost") {
    return Subtract(OrdinarySpace(), Elsewhere());
  }
  const auto parsed = ParseAddress(host);
  if (!parsed) return Elsewhere();
  const Address address = Unmapped(*parsed);
  const FlowSet there = FlowSet::OfAddresses(address.family, {{address.value, address.value}});
  return Intersect(there,
                   FlowSet::OfInterfaces(IsLoopback(address) ? kLoopbackDevice : ~kLoopbackDevice));
}

FlowSet FlowsOfProtocol(const Destination& destination) {
  if (destination.protocol == "icmp") {
    const FlowSet v4 = Intersect(
        FlowSet::Of(Family::V4),
        FlowSet::OfProtocols(OneProtocol(kIcmp), PortsOf({{kEchoRequestV4, kEchoRequestV4}})));
    const FlowSet v6 = Intersect(
        FlowSet::Of(Family::V6),
        FlowSet::OfProtocols(OneProtocol(kIcmpV6), PortsOf({{kEchoRequestV6, kEchoRequestV6}})));
    return Unite(v4, v6);
  }
  const bool known = destination.protocol == "tcp" || destination.protocol == "udp";
  if (!known || destination.port > 65535) return {};
  const auto port = static_cast<std::uint16_t>(destination.port);
  return FlowSet::OfProtocols(OneProtocol(destination.protocol == "tcp" ? kTcp : kUdp),
                              PortsOf({{port, port}}));
}

void AddDecision(const Firewall& firewall, const FlowDecision& decision, EgressAnswer& out) {
  if (decision.decided_by.chain >= 0) {
    out.because.push_back(EvidenceOf(firewall.program, decision.decided_by, decision.where));
  } else if (decision.answer == Answer::Yes) {
    out.assuming.push_back("no chain of the rules sees packets that this machine sends");
  }
  if (decision.answer == Answer::Yes && decision.rewritten) {
    out.assuming.push_back(fmt::format("it is sent on to {}", FlowText(decision.arrives)));
  }
  if (decision.answer != Answer::Unknown) return;
  out.confidence = Confidence::Low;
  for (const EgressDoubt& doubt : decision.doubts) {
    Evidence evidence;
    evidence.span = FirstLine(doubt.span);
    evidence.text = std::string(evidence.span.Text());
    evidence.note = "undecided: " + doubt.word;
    out.because.push_back(std::move(evidence));
  }
}

void AddProblem(const NftProblem& problem, Firewall& out) {
  switch (problem.trouble) {
    case NftTrouble::Refused:
      out.refusals.push_back({problem.where, problem.text});
      return out.remarks.push_back(
          RemarkOf(FirewallRemarkKind::Refused, problem.where, problem.text));
    case NftTrouble::Missing:
      return out.gaps.push_back({problem.where, problem.text});
    case NftTrouble::Unclear:
      return out.unclear.push_back({problem.where, problem.text});
    case NftTrouble::Resolved:
      return out.remarks.push_back(RemarkOf(FirewallRemarkKind::ResolvedOnce, problem.where,
                                            std::string(problem.where.Text())));
  }
}

}  // namespace

FirewallRemark RemarkOf(FirewallRemarkKind kind, const Span& where, std::string text) {
  return {kind, {FirstLine(where), -1, std::string(where.Text()), std::move(text)}, {}};
}

Evidence EvidenceOf(const Program& program, RuleId rule, const Span& verdict) {
  Evidence out;
  out.span = FirstLine(RuleSpan(program, rule, verdict));
  out.text = std::string(out.span.Text());
  if (rule.chain < 0) return out;
  const Chain& chain = program.chains[static_cast<std::size_t>(rule.chain)];
  out.note = fmt::format("{}{}chain {}{}", chain.table.empty() ? "" : "table " + chain.table,
                         chain.table.empty() ? "" : ", ", chain.name,
                         rule.rule < 0 ? ": no rule decides, so its policy does" : "");
  return out;
}

NftRuleset ReadNftRules(const Source& source, const FileReader& reader, Workspace& workspace) {
  return ApplyNft(ParseNft(source, IncludesFrom(reader, workspace)));
}

Firewall NftFirewall(const NftRuleset& ruleset, const EgressSubject& subject,
                     const EgressNames& names) {
  NftProgram compiled = CompileNft(ruleset, subject, names);
  Firewall out;
  out.kind = FirewallKind::Nft;
  out.program = std::move(compiled.program);
  for (const NftProblem& problem : compiled.problems) AddProblem(problem, out);
  for (const Span& glob : ruleset.empty_globs) {
    out.assuming.push_back(fmt::format("no file matches {}", glob.Text()));
  }
  if (!ruleset.flushes) out.assuming.push_back("no other nft rules are loaded");
  return out;
}

FlowSet FlowsTo(const Destination& destination) {
  return Intersect(FlowsToHost(destination.host), FlowsOfProtocol(destination));
}

EgressAnswer AskFirewall(const Firewall& firewall, const Destination& destination) {
  EgressAnswer out;
  out.assuming = firewall.assuming;
  out.confidence = firewall.confidence;
  if (!firewall.gaps.empty()) {
    out.because.push_back(Plain(firewall.gaps.front()));
    out.confidence = Confidence::Low;
    return out;
  }
  if (!firewall.Active()) {
    out.answer = Answer::Yes;
    out.because.push_back(Plain(firewall.refusals.front()));
    out.assuming.push_back("the file is refused as a whole, and no other rules are active");
    return out;
  }
  const FlowSet flows = FlowsTo(destination);
  if (flows.Empty()) return out;
  const FlowDecision decision = Decide(firewall.program, flows);
  out.answer = decision.answer;
  AddDecision(firewall, decision, out);
  for (const FirewallProblem& problem : firewall.unclear) {
    out.assuming.push_back(fmt::format("{}: {}", problem.where.Text(), problem.text));
  }
  return out;
}

FlowVerdict VerdictOf(const Firewall& firewall) {
  FlowVerdict out;
  if (!firewall.Active()) {
    out.allow = OrdinarySpace();
    return out;
  }
  out = EvaluateAll(firewall.program);
  if (firewall.gaps.empty()) return out;
  out.allow = out.deny = {};
  out.uncertain = OrdinarySpace();
  return out;
}

FirewallPicture PictureOf(const Firewall& firewall) {
  FirewallPicture out;
  if (!firewall.Active()) out.witness_line = Plain(firewall.refusals.front());
  out.verdict = VerdictOf(firewall);
  out.allowed = DescribeFlows(out.verdict.allow, firewall.program.interfaces);
  out.uncertain = DescribeFlows(out.verdict.uncertain, firewall.program.interfaces);
  if (const auto witness = out.verdict.allow.Witness()) {
    out.witness = FlowText(*witness);
    if (firewall.Active()) {
      const FlowDecision decision = Decide(firewall.program, *witness);
      out.witness_line = EvidenceOf(firewall.program, decision.decided_by, decision.where);
    }
  }
  for (const RuleId& rule : out.verdict.shadowed) {
    out.shadowed.push_back(EvidenceOf(firewall.program, rule, {}));
    out.shadowed.back().note += ": earlier rules leave it nothing";
  }
  return out;
}

FirewallKind FirewallKindOf(std::string_view path, std::string_view text) {
  if (IsShellScript(path, text)) return FirewallKind::Unknown;
  const std::size_t slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  const bool named = name.ends_with(".nft") || name.find("nftables") != std::string_view::npos ||
                     name.ends_with(".nftables");
  const bool json = text.find("\"nftables\"") != std::string_view::npos;
  // A table with a brace, or a command of nft at the start of a line.
  bool commands = false;
  for (std::size_t at = 0; at < text.size() && !commands;) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    for (const std::string_view start :
         {"table ip ", "table ip6 ", "table inet ", "table netdev ", "table bridge ", "table arp ",
          "flush ruleset", "add table ", "add chain ", "add rule ", "add set ", "create table "}) {
      commands = commands || line.starts_with(start);
    }
    commands = commands || (line.starts_with("table ") && line.ends_with("{"));
    at = end + 1;
  }
  return json || commands || named ? FirewallKind::Nft : FirewallKind::Unknown;
}

}  // namespace sandlint
