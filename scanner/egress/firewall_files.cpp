#include "scanner/egress/firewall_files.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "scanner/egress/firewalld_policy.h"
#include "scanner/egress/script_nft.h"
#include "scanner/egress/systemd_addresses.h"

namespace sandlint {
namespace {

std::string_view NameOfPath(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// Does one of the first lines that are no comment fulfil `test`?
bool AnyLine(std::string_view text, const std::function<bool(std::string_view)>& test) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.empty() && line[0] != '#' && test(line)) return true;
  }
  return false;
}

bool StartsWithAny(std::string_view line, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view start) { return line.starts_with(start); });
}

bool LooksLikePf(std::string_view text) {
  return AnyLine(text, [](std::string_view line) {
    return StartsWithAny(
        line, {"block in", "block out", "block drop", "block return", "block all", "block quick",
               "block log", "pass in", "pass out", "pass quick", "pass all", "set skip on",
               "anchor \"", "load anchor", "table <", "scrub-anchor", "match out", "match in"});
  });
}

struct PfRow {
  PfRemarkKind kind;
  FirewallRemarkKind as;
};
/// What a reader of the file is told as a finding; NoUser is usual in the pf.conf of a machine.
constexpr PfRow kPfRows[] = {
    {PfRemarkKind::Refused, FirewallRemarkKind::Refused},
    {PfRemarkKind::UserUnknown, FirewallRemarkKind::Refused},
    {PfRemarkKind::AnchorNotReferenced, FirewallRemarkKind::NeverAsked},
    {PfRemarkKind::TableNotDefined, FirewallRemarkKind::Misleads},
    {PfRemarkKind::NegationInList, FirewallRemarkKind::Misleads},
    {PfRemarkKind::NotQuick, FirewallRemarkKind::Misleads},
    {PfRemarkKind::NameAtLoad, FirewallRemarkKind::ResolvedOnce},
};

void AddRemarks(const std::vector<PfRemark>& remarks, Firewall& firewall) {
  for (const PfRemark& remark : remarks) {
    if (remark.kind == PfRemarkKind::AnchorNotReferenced) {
      firewall.assuming.push_back(remark.text);
    }
    const auto* row = std::ranges::find(kPfRows, remark.kind, &PfRow::kind);
    if (row == std::end(kPfRows)) continue;
    const bool name = row->as == FirewallRemarkKind::ResolvedOnce;
    firewall.remarks.push_back(
        RemarkOf(row->as, remark.where, name ? std::string(remark.where.Text()) : remark.text));
  }
}

void AddRemarks(const std::vector<IptablesRemark>& remarks, Firewall& firewall) {
  for (const IptablesRemark& remark : remarks) {
    firewall.assuming.push_back(remark.text);
    const bool refused = remark.kind == IptablesRemarkKind::NotCommitted ||
                         remark.kind == IptablesRemarkKind::UserUnknown;
    if (refused) {
      firewall.remarks.push_back(RemarkOf(FirewallRemarkKind::Refused, remark.where, remark.text));
    }
    if (remark.kind == IptablesRemarkKind::Refused ||
        remark.kind == IptablesRemarkKind::SetUnknown ||
        remark.kind == IptablesRemarkKind::FamilyOpen) {
      firewall.remarks.push_back(RemarkOf(FirewallRemarkKind::Misleads, remark.where, remark.text));
    }
  }
}

template <typename T>
void AddAll(std::vector<T>& to, std::vector<T> more) {
  std::move(more.begin(), more.end(), std::back_inserter(to));
}

Firewall IptablesFirewall(const IptablesRuleset& ruleset, const EgressSubject& subject,
                          const EgressNames& names) {
  IptablesProgram compiled = CompileIptables(ruleset, subject, names);
  Firewall firewall;
  firewall.kind = FirewallKind::Other;
  firewall.program = std::move(compiled.program);
  AddRemarks(compiled.remarks, firewall);
  return firewall;
}

}  // namespace

FirewallFiles::Kind FirewallFiles::KindOf(std::string_view path, std::string_view text) {
  if (IsShellScript(path, text)) return Kind::Script;
  if (IsFirewalldDirect(path, text)) return Kind::Firewalld;
  if (IsFirewalldPolicy(path, text)) return Kind::Policy;
  if (IsUfwPath(path) || text.find("DEFAULT_OUTPUT_POLICY=") != std::string_view::npos ||
      text.find(":ufw-user-output") != std::string_view::npos ||
      text.find(":ufw-before-output") != std::string_view::npos) {
    return Kind::Ufw;
  }
  const bool tables = AnyLine(text, [](std::string_view line) {
    return StartsWithAny(
        line, {"*filter", "*nat", "*mangle", "*raw", "*security", "-A OUTPUT", "-P OUTPUT"});
  });
  if (tables) return Kind::Iptables;
  if (AnyLine(text, [](std::string_view line) {
        return line.starts_with("create ") && line.find(" hash:") != std::string_view::npos;
      })) {
    return Kind::Ipset;
  }
  const std::string_view name = NameOfPath(path);
  if (name.ends_with("pf.conf") || !PfAnchorOfPath(path).empty() || LooksLikePf(text)) {
    return Kind::Pf;
  }
  return HasSystemdAddresses(text) ? Kind::Systemd : Kind::None;
}

bool FirewallFiles::Add(const Source& source, const FileReader& reader, Workspace& workspace) {
  File file;
  file.kind = KindOf(source.path, source.text);
  file.source = &source;
  workspace_ = &workspace;
  if (file.kind == Kind::None) return false;
  if (file.kind == Kind::Pf) {
    // From the root, or beside a pf.conf that stands for the one of /etc.
    const PfReader read = [&](std::string_view path) -> const Source* {
      while (path.starts_with("/")) path.remove_prefix(1);
      ReadResult result = reader.Read(path);
      if (result.status != ReadStatus::Ok && path.starts_with("etc/")) {
        path.remove_prefix(4);
        result = reader.Read(path);
      }
      if (result.status != ReadStatus::Ok) return nullptr;
      return &workspace.Add(std::string(path), std::move(result.text));
    };
    file.pf = std::make_shared<PfFile>(ParsePf(source, read));
  } else if (file.kind == Kind::Iptables || file.kind == Kind::Ufw) {
    file.iptables = std::make_shared<IptablesFile>(ParseIptables(source));
  } else if (file.kind == Kind::Script) {
    file.script = std::make_shared<FirewallScript>(ReadFirewallScript(source, workspace));
    if (file.script->Empty() || OnlyFills(*file.script)) return false;
  } else if (file.kind == Kind::Firewalld) {
    file.firewalld = std::make_shared<FirewalldDirect>(ReadFirewalldDirect(source));
  } else if (file.kind == Kind::Ipset) {
    file.ipset = std::make_shared<IpsetFile>(ParseIpset(source));
  }
  files_.push_back(std::move(file));
  return true;
}

bool FirewallFiles::Has(Kind kind) const {
  return std::any_of(files_.begin(), files_.end(),
                     [&](const File& file) { return file.kind == kind; });
}

std::vector<Firewall> FirewallFiles::For(const EgressSubject& subject,
                                         const EgressNames& names) const {
  std::vector<Firewall> all = Has(Kind::Pf) ? Pf(subject, names) : std::vector<Firewall>{};
  if (Has(Kind::Iptables)) all.push_back(Iptables(subject, names));
  if (Has(Kind::Ufw) && !IsUfwOff(SourcesOf(Kind::Ufw))) all.push_back(Ufw(subject, names));
  const auto policies = SourcesOf(Kind::Policy);
  if (!policies.empty()) all.push_back(FirewalldPolicies(policies, subject, names));
  for (const File& file : files_) {
    if (file.kind == Kind::Script) Script(file, subject, names, all);
    if (file.kind == Kind::Firewalld) all.push_back(Direct(file, subject, names));
    if (file.kind != Kind::Systemd) continue;
    all.push_back(SystemdFirewall(*file.source));
    all.back().sources = {file.source};
  }
  return all;
}

/// What firewalld hands to iptables; policies of its own are not evaluated.
Firewall FirewallFiles::Direct(const File& file, const EgressSubject& subject,
                               const EgressNames& names) const {
  const FirewalldDirect& direct = *file.firewalld;
  const IptablesRuleset ruleset{{{Family::V4, &direct.v4}, {Family::V6, &direct.v6}}, {}};
  Firewall firewall = IptablesFirewall(ruleset, subject, names);
  AddAll(firewall.gaps, direct.gaps);
  firewall.confidence = Confidence::Medium;
  firewall.assuming.emplace_back("firewalld runs, and no policy of it lets out or stops more");
  firewall.sources = {file.source};
  return firewall;
}

/// What a script loads, tool by tool. A command that fails takes nothing else with it.
void FirewallFiles::Script(const File& file, const EgressSubject& subject, const EgressNames& names,
                           std::vector<Firewall>& all) const {
  const FirewallScript& script = *file.script;
  const auto add = [&](Firewall firewall) {
    AddAll(firewall.gaps, script.gaps);
    AddAll(firewall.gaps, std::exchange(firewall.refusals, {}));
    std::erase_if(firewall.remarks, [](const FirewallRemark& remark) {
      return remark.kind == FirewallRemarkKind::Refused;
    });
    firewall.sources = {file.source};
    all.push_back(std::move(firewall));
  };
  if (!script.v4.lines.empty() || !script.v6.lines.empty()) {
    IptablesRuleset ruleset{{{Family::V4, &script.v4}, {Family::V6, &script.v6}}, {&script.sets}};
    for (const File& other : files_) {
      if (other.kind == Kind::Ipset) ruleset.sets.push_back(other.ipset.get());
    }
    add(IptablesFirewall(ruleset, subject, names));
  }
  if (script.ufw.used && !script.ufw.off) {
    const UfwRules rules = AssembleUfw(script.ufw, *workspace_);
    Firewall firewall = IptablesFirewall(rules.ruleset, subject, names);
    AddAll(firewall.assuming, rules.assuming);
    add(std::move(firewall));
  }
  if (script.nft == nullptr) return;
  add(NftFirewall(ApplyNft(NftOf(script)), subject, names));
}

std::vector<const Source*> FirewallFiles::SourcesOf(Kind kind) const {
  std::vector<const Source*> sources;
  for (const File& file : files_) {
    if (file.kind == kind) sources.push_back(file.source);
  }
  return sources;
}

/// Anchors go with the pf.conf; several of those are several machines' rules, asked each.
std::vector<Firewall> FirewallFiles::Pf(const EgressSubject& subject,
                                        const EgressNames& names) const {
  std::vector<PfRuleset> rulesets;
  std::vector<PfAnchorFile> anchors;
  for (const File& file : files_) {
    if (file.kind != Kind::Pf) continue;
    const std::string anchor = PfAnchorOfPath(file.source->path);
    if (anchor.empty()) {
      rulesets.push_back({file.pf.get(), {}});
    } else {
      anchors.push_back({anchor, file.pf.get(), {}});
    }
  }
  if (rulesets.empty()) rulesets.emplace_back();
  std::vector<Firewall> all;
  for (PfRuleset& ruleset : rulesets) {
    ruleset.anchors = anchors;
    Firewall firewall;
    firewall.kind = FirewallKind::Other;
    firewall.program = CompilePf(ruleset, subject, names);
    firewall.confidence = Confidence::Medium;
    firewall.assuming = PfAssumptions(ruleset);
    firewall.sources = SourcesOf(Kind::Pf);
    firewall.last_match = true;
    if (subject.forwarded) {
      firewall.gaps.push_back({{}, "packets that this machine forwards are not evaluated for pf"});
    }
    AddRemarks(RemarksOnPf(ruleset, names), firewall);
    all.push_back(std::move(firewall));
  }
  return all;
}

Firewall FirewallFiles::Iptables(const EgressSubject& subject, const EgressNames& names) const {
  IptablesRuleset ruleset;
  for (const File& file : files_) {
    if (file.kind == Kind::Iptables) {
      ruleset.files.push_back({IptablesFamilyOfPath(file.source->path), file.iptables.get()});
    }
    if (file.kind == Kind::Ipset) ruleset.sets.push_back(file.ipset.get());
  }
  ruleset.fillers = fillers_;
  Firewall firewall = IptablesFirewall(ruleset, subject, names);
  firewall.assuming.insert(firewall.assuming.begin(), "no other iptables rules are loaded");
  firewall.sources = SourcesOf(Kind::Iptables);
  return firewall;
}

Firewall FirewallFiles::Ufw(const EgressSubject& subject, const EgressNames& names) const {
  std::vector<UfwFile> ufw;
  for (const File& file : files_) {
    if (file.kind == Kind::Ufw) ufw.push_back({file.source, file.iptables.get()});
  }
  const UfwRules rules = AssembleUfw(ufw, *workspace_);
  IptablesProgram compiled = CompileIptables(rules.ruleset, subject, names);
  Firewall firewall;
  firewall.kind = FirewallKind::Other;
  firewall.program = std::move(compiled.program);
  AddAll(firewall.assuming, rules.assuming);
  firewall.sources = SourcesOf(Kind::Ufw);
  return firewall;
}

}  // namespace sandlint
