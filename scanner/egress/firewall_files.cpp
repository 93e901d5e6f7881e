#include "scanner/egress/firewall_files.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

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

void AddAll(std::vector<std::string>& to, std::vector<std::string> more) {
  std::move(more.begin(), more.end(), std::back_inserter(to));
}

}  // namespace

FirewallFiles::Kind FirewallFiles::KindOf(std::string_view path, std::string_view text) {
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
        result = reader.Read(path.substr(4));
      }
      if (result.status != ReadStatus::Ok) return nullptr;
      return &workspace.Add(std::string(path), std::move(result.text));
    };
    file.pf = std::make_shared<PfFile>(ParsePf(source, read));
  } else if (file.kind == Kind::Iptables || file.kind == Kind::Ufw) {
    file.iptables = std::make_shared<IptablesFile>(ParseIptables(source));
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
  std::vector<Firewall> all;
  if (Has(Kind::Pf)) all = Pf(subject, names);
  if (Has(Kind::Iptables)) all.push_back(Iptables(subject, names));
  if (Has(Kind::Ufw)) all.push_back(Ufw(subject, names));
  for (const File& file : files_) {
    if (file.kind == Kind::Systemd) all.push_back(SystemdFirewall(*file.source));
  }
  return all;
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
    if (subject.forwarded) {
      firewall.gaps.push_back({{}, "packets that this machine forwards are not evaluated for pf"});
    }
    for (const PfRemark& remark : RemarksOnPf(ruleset, names)) {
      if (remark.kind == PfRemarkKind::AnchorNotReferenced) {
        firewall.assuming.push_back(remark.text);
      }
    }
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
  IptablesProgram compiled = CompileIptables(ruleset, subject, names);
  Firewall firewall;
  firewall.kind = FirewallKind::Other;
  firewall.program = std::move(compiled.program);
  firewall.assuming = {"no other iptables rules are loaded"};
  for (const IptablesRemark& remark : compiled.remarks) firewall.assuming.push_back(remark.text);
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
  firewall.assuming = {"ufw is enabled"};
  AddAll(firewall.assuming, rules.assuming);
  return firewall;
}

}  // namespace sandlint
