// Anchors of pf by path: what each holds, and which of them a name in a rule stands for.

#include <algorithm>
#include <utility>

#include "scanner/egress/pf_compile.h"

namespace sandlint {
namespace {

constexpr int kMaxDepth = 32;

void Gather(const std::vector<PfStatement>& statements, const std::string& path, PfAnchors& anchors,
            PfTables& tables, int depth) {
  if (depth > kMaxDepth) return;
  for (const PfStatement& statement : statements) {
    if (const auto* table = std::get_if<PfTable>(&statement.value)) {
      tables.Define(path, *table);
    } else if (const auto* load = std::get_if<PfLoad>(&statement.value)) {
      const std::string name = PfAnchorPath(path, load->anchor.text);
      if (!load->found) continue;
      anchors[name].lists = {&load->body};
      Gather(load->body, name, anchors, tables, depth + 1);
    } else if (const auto* rule = std::get_if<PfRule>(&statement.value)) {
      if (!rule->has_body) continue;
      const std::string name = rule->name ? PfAnchorPath(path, rule->name.text) : path;
      if (rule->name) anchors[name].lists.push_back(&rule->body);
      Gather(rule->body, name, anchors, tables, depth + 1);
    }
  }
}

}  // namespace

std::string PfAnchorPath(const std::string& parent, std::string_view name) {
  std::string path = name.starts_with("/") ? std::string() : parent;
  while (name.starts_with("/")) name.remove_prefix(1);
  while (name.starts_with("../")) {
    const std::string::size_type slash = path.rfind('/');
    path = slash == std::string::npos ? std::string() : path.substr(0, slash);
    name.remove_prefix(3);
  }
  while (name.ends_with("/")) name.remove_suffix(1);
  if (!path.empty() && !name.empty()) path += '/';
  return path.append(name);
}

void GatherPf(const PfRuleset& ruleset, PfAnchors& anchors, PfTables& tables) {
  if (ruleset.main != nullptr) Gather(ruleset.main->statements, {}, anchors, tables, 0);
  for (const PfAnchorFile& one : ruleset.anchors) {
    if (one.file == nullptr) continue;
    const std::string path = PfAnchorPath({}, one.anchor);
    anchors[path].lists = {&one.file->statements};
    Gather(one.file->statements, path, anchors, tables, 1);
  }
}

std::vector<std::string> PfAnchorsNamed(const PfAnchors& anchors, const std::string& path) {
  if (!path.ends_with("*")) {
    return anchors.contains(path) ? std::vector<std::string>{path} : std::vector<std::string>{};
  }
  const std::string parent = path.substr(0, path.size() - 1);  // `a/`, or nothing for `*`
  std::vector<std::string> children;
  for (const auto& [name, content] : anchors) {
    const bool below = name.starts_with(parent) && name.size() > parent.size();
    if (below && name.find('/', parent.size()) == std::string::npos) children.push_back(name);
  }
  return children;
}

bool IsSystemAnchor(std::string_view path) {
  return path == "com.apple" || path.starts_with("com.apple/");
}

}  // namespace sandlint
