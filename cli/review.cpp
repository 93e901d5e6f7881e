#include "cli/review.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include "cli/console.h"
#include "cli/withhold.h"
#include "model/reported_paths.h"
#include "rules/apply_policy.h"
#include "rules/cause.h"
#include "rules/rule.h"
#include "rules/secrets.h"

namespace sandlint {
namespace {

template <typename Items>
void Append(Items& to, Items&& from) {
  if (to.empty()) {
    to = std::move(from);
    return;
  }
  std::ranges::move(from, std::back_inserter(to));
}

/// Over several trees the worst verdict counts: a failed one is failed, an unproven one unproven.
constexpr std::array kWorstFirst{Verdict::Fail, Verdict::NotProven, Verdict::NeedsPerson,
                                 Verdict::Pass, Verdict::NotApplicable};

Checklist Worst(const Checklist& a, const Checklist& b) {
  Checklist worst = a;
  for (std::size_t item = 1; item < worst.size(); ++item) {
    const auto rank = [](const Judgement& judgement) {
      return std::ranges::find(kWorstFirst, judgement.verdict);
    };
    if (rank(b[item]) < rank(worst[item])) worst[item] = b[item];
  }
  return worst;
}

void Prefix(Workspace& workspace, const std::string& prefix) {
  if (prefix.empty()) return;
  for (const auto& source : workspace.sources) source->path.insert(0, prefix);
  for (FileReport& file : workspace.files) file.path.insert(0, prefix);
}

void Merge(Workspace& to, Workspace from) {
  Append(to.sources, std::move(from.sources));
  Append(to.files, std::move(from.files));
  Append(to.duplicate_keys, std::move(from.duplicate_keys));
  Append(to.settings, std::move(from.settings));
  Append(to.servers, std::move(from.servers));
  Append(to.session_secrets, std::move(from.session_secrets));
  if (to.host == nullptr) to.host = from.host;
}

bool IsUnread(const FileReport& file) { return file.status == FileStatus::Unreadable; }

/// What only rules about one server ask for, and reports of grants.
void LetGo(Launch& launch) {
  launch.grant.paths = nullptr;
  launch.grant.environment = {};
  launch.argv = {};
  for (Layer& layer : launch.layers) {
    layer.mounts = {};
    layer.directives = {};
  }
}

/// Judged by all that was found: a waiver ticks no box.
void Add(Review& review, Workspace workspace, Verdicts verdicts, std::vector<Secret> secrets) {
  auto& [findings, checklists] = verdicts;
  const Checklist repository = JudgeRepository(workspace, findings, checklists);
  Append(review.run.checklists, std::move(checklists));
  review.run.repository =
      review.hosts.empty() ? repository : Worst(review.run.repository, repository);
  WithholdFromOutput(secrets);
  PolicyEffect effect;
  findings = ApplyPolicy(std::move(findings), workspace, effect);
  if (std::ranges::any_of(workspace.files, IsUnread)) review.run.complete = false;
  if (review.workspace.root.empty()) review.workspace.root = workspace.root;
  review.hosts.push_back(workspace.host);
  const auto before = static_cast<int>(review.workspace.servers.size());
  for (Finding& finding : findings) {
    if (finding.server_index >= 0) finding.server_index += before;
  }
  for (SuppressedFinding& one : effect.suppressed) {
    if (one.finding.server_index >= 0) one.finding.server_index += before;
  }
  for (Secret& secret : secrets) {
    if (secret.server_index >= 0) secret.server_index += before;
  }
  Append(review.run.findings, std::move(findings));
  Append(review.run.suppressed, std::move(effect.suppressed));
  Append(review.run.waivers, std::move(effect.waivers));
  review.run.before_policy.merge(std::move(effect.before_policy));
  Append(review.run.secrets, std::move(secrets));
  Merge(review.workspace, std::move(workspace));
}

}  // namespace

Review::Review() {
  run.workspace = &workspace;
  run.tool_version = SANDLINT_VERSION;
}

void AddTo(Review& review, Workspace workspace, const std::string& prefix) {
  Prefix(workspace, prefix);
  Verdicts verdicts = RunAndJudge(workspace);
  std::vector<Secret> secrets = SecretsIn(workspace, verdicts.findings);
  Add(review, std::move(workspace), std::move(verdicts), std::move(secrets));
}

void AddTo(Review& review, Workspace workspace, EarlyJudge& judge) {
  judge.servers.resize(workspace.servers.size());
  judge.secrets.resize(workspace.servers.size());
  Verdicts verdicts = Conclude(workspace, std::move(judge.servers));
  std::vector<Secret> secrets = SecretsIn(workspace, verdicts.findings, judge.secrets);
  judge.secrets.clear();
  Add(review, std::move(workspace), std::move(verdicts), std::move(secrets));
}

void EarlyJudge::Look(Workspace& workspace, std::size_t index) {
  JudgedServer judged = JudgeAlone(workspace, index);
  std::vector<Secret> found = SecretsOf(workspace.servers[index], static_cast<int>(index));
  for (Launch& launch : workspace.servers[index].launches) {
    if (grants_) {
      launch.grant.paths = ReportedAnswers(launch.grant);
    } else {
      LetGo(launch);
    }
  }
  const std::scoped_lock lock(mutex_);
  servers.resize(workspace.servers.size());
  secrets.resize(workspace.servers.size());
  servers[index] = std::move(judged);
  secrets[index] = std::move(found);
}

void CompareWith(Review& review, std::size_t first, const FileReader& base, ScanOptions options) {
  std::set<std::pair<std::string, std::string>> known;
  const Workspace workspace = Scan(base, options);
  for (const Finding& finding : RunRules(workspace)) {
    known.insert({finding.key, CauseOf(finding, workspace)});
  }
  for (std::size_t index = first; index < review.run.findings.size(); ++index) {
    Finding& finding = review.run.findings[index];
    const bool same = known.contains({finding.key, CauseOf(finding, review.workspace)});
    finding.baseline = same ? Baseline::Unchanged : Baseline::New;
  }
}

bool Gates(const Run& run, Severity fail_on) {
  return std::ranges::any_of(run.findings, [&](const Finding& finding) {
    return finding.severity >= fail_on && finding.baseline != Baseline::Unchanged;
  });
}

std::vector<std::string> WhatIsMissing(const Run& run) {
  std::vector<std::string> lines;
  for (const FileReport& file : run.workspace->files) {
    if (!IsUnread(file)) continue;
    std::string place = Visible(file.path);
    if (file.where) {
      const Position at = PositionOf(*file.where.source, file.where.begin);
      place += fmt::format(":{}:{}", at.line, at.column);
    }
    lines.push_back(fmt::format("{}: not analysed: {}", place, Visible(file.problem)));
  }
  return lines;
}

}  // namespace sandlint
