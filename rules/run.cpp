#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "model/parallel.h"
#include "rules/checklist.h"
#include "rules/facts.h"
#include "rules/rule.h"

namespace sandlint {
namespace {

/// FNV-1a, 64 bits. Not a defence against an attacker: a key only has to survive moved lines.
std::uint64_t Fnv1a(std::string_view text, std::uint64_t hash) {
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return hash;
}

std::string HashOf(std::string_view text) {
  // Two offsets make 128 bits: the standard one, and that of the text read as a second message.
  const std::uint64_t first = Fnv1a(text, 0xcbf29ce484222325ULL);
  const std::uint64_t second = Fnv1a(text, Fnv1a("sandlint", 0xcbf29ce484222325ULL));
  return fmt::format("{:016x}{:016x}", first, second);
}

std::string_view PathOf(const Finding& finding) {
  return finding.where ? finding.where.source->path : finding.file;
}

/// What a finding is about, without any line: the same words in the same file give the same key.
std::string IdentityOf(const Finding& finding, const Workspace& workspace) {
  std::string_view config = PathOf(finding);
  if (finding.server_index >= 0) {
    const Server& server = workspace.servers[static_cast<std::size_t>(finding.server_index)];
    if (server.decl.entry) config = server.decl.entry.source->path;
  }
  // NUL cannot be in a path or a name that a client accepts: no two tuples join to one text.
  std::string identity = finding.rule;
  for (const std::string_view part :
       {config, std::string_view(finding.server), std::string_view(finding.detail)}) {
    identity += '\0';
    identity += part;
  }
  return identity;
}

void AddKeys(Findings& findings, const Workspace& workspace) {
  std::map<std::string, int, std::less<>> seen;
  for (Finding& finding : findings) {
    std::string identity = IdentityOf(finding, workspace);
    const int ordinal = seen[identity]++;
    if (ordinal > 0) identity += fmt::format("#{}", ordinal);
    finding.key = HashOf(identity);
  }
}

/// Offsets of one file order as its lines and columns do.
bool Before(const Finding& a, const Finding& b) {
  return std::make_tuple(PathOf(a), a.where.begin, std::string_view(a.rule),
                         std::string_view(a.server), std::string_view(a.detail)) <
         std::make_tuple(PathOf(b), b.where.begin, std::string_view(b.rule),
                         std::string_view(b.server), std::string_view(b.detail));
}

/// A rule over the whole workspace names a server; which one of that name is told by the file.
int IndexOf(const Finding& finding, const std::multimap<std::string_view, int>& by_name,
            const Workspace& workspace) {
  const auto [begin, end] = by_name.equal_range(finding.server);
  for (auto it = begin; it != end; ++it) {
    const Server& server = workspace.servers[static_cast<std::size_t>(it->second)];
    if (server.decl.entry.source == finding.where.source) return it->second;
  }
  return begin == end ? -1 : begin->second;
}

/// What every rule finds about one server.
Findings RunOverServer(std::size_t index, const Workspace& workspace) {
  Findings findings;
  for (const Rule* rule : AllRules()) {
    if (rule->per_server == nullptr) continue;
    for (Finding& finding : rule->per_server(workspace.servers[index], workspace)) {
      finding.server_index = static_cast<int>(index);
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

/// What the rules over the whole workspace find, with the servers that they name.
Findings RunOverWorkspace(const Workspace& workspace) {
  std::multimap<std::string_view, int> by_name;
  for (std::size_t index = 0; index < workspace.servers.size(); ++index) {
    by_name.emplace(workspace.servers[index].Name(), static_cast<int>(index));
  }
  Findings findings;
  for (const Rule* rule : AllRules()) {
    if (rule->per_workspace == nullptr) continue;
    for (Finding& finding : rule->per_workspace(workspace)) {
      if (!finding.server.empty()) finding.server_index = IndexOf(finding, by_name, workspace);
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

std::vector<const Finding*> InOrder(const Findings& findings) {
  std::vector<const Finding*> sorted;
  for (const Finding& finding : findings) sorted.push_back(&finding);
  std::ranges::stable_sort(sorted,
                           [](const Finding* a, const Finding* b) { return Before(*a, *b); });
  return sorted;
}

/// The findings of the whole workspace fail items too, and the first in a report gives the reason.
void FailByWorkspace(const Findings& of_workspace, std::vector<JudgedServer>& servers) {
  std::map<int, Findings> about;
  for (const Finding& finding : of_workspace) {
    if (finding.server_index >= 0) about[finding.server_index].push_back(finding);
  }
  for (auto& [index, all] : about) {
    JudgedServer& server = servers[static_cast<std::size_t>(index)];
    all.insert(all.end(), server.findings.begin(), server.findings.end());
    FailItems(server.checklist, InOrder(all));
  }
}

/// All findings in the order of a report, with their keys.
Findings Join(const Workspace& workspace, Findings findings, std::vector<JudgedServer>& servers) {
  for (JudgedServer& server : servers) {
    std::ranges::move(server.findings, std::back_inserter(findings));
  }
  SortFindings(findings);
  AddKeys(findings, workspace);
  return findings;
}

}  // namespace

std::string KeyOf(const Finding& finding, const Workspace& workspace) {
  return HashOf(IdentityOf(finding, workspace));
}

void SortFindings(Findings& findings) {
  std::stable_sort(findings.begin(), findings.end(), Before);
}

Findings RunRules(const Workspace& workspace) {
  std::vector<JudgedServer> servers(workspace.servers.size());
  InParallel(servers.size(), [&](std::size_t index) {
    servers[index].findings = RunOverServer(index, workspace);
    ForgetAnswers(workspace.servers[index]);
  });
  return Join(workspace, RunOverWorkspace(workspace), servers);
}

JudgedServer JudgeAlone(const Workspace& workspace, std::size_t index) {
  const Server& server = workspace.servers[index];
  JudgedServer judged;
  judged.findings = RunOverServer(index, workspace);
  judged.checklist = JudgeItems(server, workspace, InOrder(judged.findings));
  ForgetAnswers(server);
  return judged;
}

Verdicts Conclude(const Workspace& workspace, std::vector<JudgedServer> servers) {
  Verdicts verdicts;
  Findings of_workspace = RunOverWorkspace(workspace);
  FailByWorkspace(of_workspace, servers);
  for (JudgedServer& server : servers) verdicts.servers.push_back(std::move(server.checklist));
  verdicts.findings = Join(workspace, std::move(of_workspace), servers);
  CompleteChecklists(verdicts.servers, workspace, verdicts.findings);
  return verdicts;
}

Verdicts RunAndJudge(const Workspace& workspace) {
  std::vector<JudgedServer> servers(workspace.servers.size());
  InParallel(servers.size(),
             [&](std::size_t index) { servers[index] = JudgeAlone(workspace, index); });
  return Conclude(workspace, std::move(servers));
}

}  // namespace sandlint
