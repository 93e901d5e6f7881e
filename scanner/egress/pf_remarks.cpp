// What the text of a pf ruleset says about itself: anchors that nothing asks, tables that nothing
// fills, rules that hold for more or less than they seem to.

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "scanner/egress/pf_compile.h"

namespace sandlint {
namespace {

using Remarks = std::vector<PfRemark>;

/// A rule with the path of its ruleset.
using Visit = std::function<void(const PfRule&, const std::string&)>;

void ForEachRule(const std::vector<PfStatement>& statements, const std::string& path,
                 const Visit& visit) {
  for (const PfStatement& statement : statements) {
    if (const auto* load = std::get_if<PfLoad>(&statement.value)) {
      ForEachRule(load->body, PfAnchorPath(path, load->anchor.text), visit);
    } else if (const auto* rule = std::get_if<PfRule>(&statement.value)) {
      visit(*rule, path);
      const std::string name = rule->name ? PfAnchorPath(path, rule->name.text) : path;
      ForEachRule(rule->body, name, visit);
    }
  }
}

void ForEachRule(const PfRuleset& ruleset, const Visit& visit) {
  if (ruleset.main != nullptr) ForEachRule(ruleset.main->statements, {}, visit);
  for (const PfAnchorFile& one : ruleset.anchors) {
    if (one.file != nullptr) ForEachRule(one.file->statements, PfAnchorPath({}, one.anchor), visit);
  }
}

bool IsFilter(const PfRule& rule) {
  return rule.action == PfAction::Block || rule.action == PfAction::Pass;
}

bool GoesOut(const PfRule& rule) { return rule.direction != PfDirection::In; }

void OnRefused(const PfRuleset& ruleset, Remarks& remarks) {
  std::vector<const PfFile*> files = {ruleset.main};
  for (const PfAnchorFile& one : ruleset.anchors) files.push_back(one.file);
  for (const PfFile* file : files) {
    if (file == nullptr || file->problems.empty()) continue;
    remarks.push_back({PfRemarkKind::Refused, file->problems[0].where,
                       fmt::format("{}: pfctl refuses the whole file, nothing of it is active",
                                   file->problems[0].text)});
  }
}

/// Is `path` what `name` (perhaps `a/*`) stands for?
bool Names(const std::string& name, const std::string& path) {
  if (!name.ends_with("*")) return name == path;
  const std::string parent = name.substr(0, name.size() - 1);
  return path.starts_with(parent) && path.size() > parent.size() &&
         path.find('/', parent.size()) == std::string::npos;
}

void OnAnchors(const PfRuleset& ruleset, Remarks& remarks) {
  std::set<std::string> referenced;
  if (ruleset.main == nullptr) referenced.insert("com.apple/*");
  PfAnchors anchors;
  PfTables tables;
  GatherPf(ruleset, anchors, tables);
  ForEachRule(ruleset, [&](const PfRule& rule, const std::string& path) {
    if (rule.action != PfAction::Anchor || !rule.name) return;
    const std::string name = PfAnchorPath(path, rule.name.text);
    referenced.insert(name);
    if (rule.has_body || IsSystemAnchor(name)) return;
    const bool known = std::any_of(anchors.begin(), anchors.end(),
                                   [&](const auto& entry) { return Names(name, entry.first); });
    if (known) return;
    remarks.push_back({PfRemarkKind::AnchorUnknown, rule.span,
                       fmt::format("what fills the anchor `{}` is not known", name)});
  });
  for (const PfAnchorFile& one : ruleset.anchors) {
    const std::string path = PfAnchorPath({}, one.anchor);
    const bool asked = std::any_of(referenced.begin(), referenced.end(),
                                   [&](const std::string& name) { return Names(name, path); });
    if (asked || one.file == nullptr) continue;
    Span where = one.where;
    for (const PfRule* rule : RulesOf(one.file->statements)) {
      if (!where) where = rule->span;
    }
    remarks.push_back(
        {PfRemarkKind::AnchorNotReferenced, where,
         fmt::format("the anchor `{}` is never evaluated: {} has no `anchor \"{}\"`", one.anchor,
                     ruleset.main == nullptr ? "the pf.conf that macOS ships" : "pf.conf",
                     one.anchor)});
  }
}

void OnTables(const PfRuleset& ruleset, Remarks& remarks) {
  PfAnchors anchors;
  PfTables tables;
  GatherPf(ruleset, anchors, tables);
  std::set<std::string> seen;
  ForEachRule(ruleset, [&](const PfRule& rule, const std::string& path) {
    for (const std::vector<PfHost>* hosts : {&rule.from.hosts, &rule.to.hosts}) {
      for (const PfHost& host : *hosts) {
        if (host.kind != PfHostKind::Table) continue;
        if (!seen.insert(path + "\n" + host.word.text).second) continue;
        const PfTable* table = tables.Find(path, host.word.text);
        if (table == nullptr) {
          remarks.push_back({PfRemarkKind::TableNotDefined, host.span,
                             fmt::format("the table <{}> is not defined", host.word.text)});
        } else if (table->entries.empty() && !table->Has("const")) {
          remarks.push_back({PfRemarkKind::TableEmpty, host.span,
                             fmt::format("the table <{}> is filled at run time", host.word.text)});
        }
      }
    }
  });
}

void OnHosts(const PfRule& rule, Remarks& remarks) {
  for (const std::vector<PfHost>* hosts : {&rule.from.hosts, &rule.to.hosts}) {
    const auto negated = std::count_if(hosts->begin(), hosts->end(),
                                       [](const PfHost& host) { return host.negated; });
    if (negated > 0 && hosts->size() > 1) {
      remarks.push_back({PfRemarkKind::NegationInList, hosts->front().span,
                         "`!` in a list: each item is a rule of its own, and together they match "
                         "what any of them does not name"});
    }
    for (const PfHost& host : *hosts) {
      if (!IsHostName(host)) continue;
      remarks.push_back(
          {PfRemarkKind::NameAtLoad, host.span,
           fmt::format("`{}` is resolved once, when the rules are loaded", host.word.text)});
    }
  }
}

/// Blocks that a later pass of the same ruleset takes back, at least in part: neither narrows its
/// destination more than the other here, so only a pass for everything counts.
void OnOrder(const std::vector<PfStatement>& statements, Remarks& remarks) {
  const std::vector<const PfRule*> rules = RulesOf(statements);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const PfRule& block = *rules[i];
    if (block.action != PfAction::Block || !GoesOut(block) || block.quick) continue;
    const bool for_all = block.users.empty() && block.to.hosts.empty() && block.protocols.empty();
    for (std::size_t later = i + 1; later < rules.size() && !for_all; ++later) {
      const PfRule& pass = *rules[later];
      const bool everything = pass.action == PfAction::Pass && GoesOut(pass) &&
                              pass.to.hosts.empty() && pass.to.ports.empty() &&
                              pass.protocols.empty() && pass.users.empty() &&
                              pass.interfaces.empty() && pass.family == 0;
      if (!everything) continue;
      remarks.push_back({PfRemarkKind::NotQuick, block.span,
                         "not `quick`: a later `pass` for everything decides instead"});
      break;
    }
  }
}

void OnUsers(const PfRule& rule, const EgressNames& names, Remarks& remarks) {
  for (const auto& [matches, kind] :
       {std::pair{&rule.users, IdKind::User}, std::pair{&rule.groups, IdKind::Group}}) {
    for (const PfMatch& match : *matches) {
      if (match.low.text == "unknown" || !IsMissingName(kind, match.low.text, names)) continue;
      remarks.push_back(
          {PfRemarkKind::UserUnknown, match.low.span,
           fmt::format("`{}` does not exist: pfctl refuses the whole file", match.low.text)});
    }
  }
}

}  // namespace

std::vector<PfRemark> RemarksOnPf(const PfRuleset& ruleset, const EgressNames& names) {
  Remarks remarks;
  OnRefused(ruleset, remarks);
  OnAnchors(ruleset, remarks);
  OnTables(ruleset, remarks);
  ForEachRule(ruleset, [&](const PfRule& rule, const std::string&) {
    if (!IsFilter(rule) || !GoesOut(rule)) return;
    OnHosts(rule, remarks);
    OnUsers(rule, names, remarks);
    if (rule.action == PfAction::Block && rule.users.empty() && rule.groups.empty()) {
      remarks.push_back({PfRemarkKind::NoUser, rule.span,
                         "no `user`: it holds for every process of the machine"});
    }
  });
  if (ruleset.main != nullptr) OnOrder(ruleset.main->statements, remarks);
  for (const PfAnchorFile& one : ruleset.anchors) {
    if (one.file != nullptr) OnOrder(one.file->statements, remarks);
  }
  return remarks;
}

}  // namespace sandlint
