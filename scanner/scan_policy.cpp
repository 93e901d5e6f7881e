#include "scanner/scan_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>

#include "model/run.h"
#include "scanner/need/class_defaults.h"
#include "scanner/need/need.h"
#include "scanner/need/policy.h"

namespace sandlint {
namespace {

std::string Today() {
  const std::chrono::year_month_day day{
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

/// The text of a policy file; nothing when there is none. One that cannot be read is reported.
std::optional<std::string> TextOf(const FileReader& files, Workspace& workspace) {
  ReadResult result = files.Read(kPolicyFile);
  if (result.status == ReadStatus::Missing) return std::nullopt;
  if (result.status == ReadStatus::Ok) return std::move(result.text);
  workspace.files.push_back(
      {kPolicyFile, "policy", FileStatus::Unreadable, std::move(result.problem), {}});
  return std::nullopt;
}

void ReportPolicy(Workspace& workspace) {
  FileReport report{kPolicyFile, "policy", FileStatus::Read, {}, {}};
  const std::vector<Evidence>& problems = workspace.policy.problems;
  if (!problems.empty()) {
    report.status = FileStatus::Rejected;
    report.problem = problems.front().text;
    if (problems.size() > 1) report.problem += fmt::format(" (and {} more)", problems.size() - 1);
    report.where = problems.front().span;
  }
  workspace.files.push_back(std::move(report));
}

/// `folder`, `folder/` and `./folder` mean the same.
bool IsBelow(std::string_view path, std::string_view folder) {
  while (folder.starts_with("./")) folder.remove_prefix(2);
  while (folder.ends_with('/')) folder.remove_suffix(1);
  return !folder.empty() && path.starts_with(folder) &&
         (path.size() == folder.size() || path[folder.size()] == '/');
}

constexpr const char* kOrigin = "the policy file";

bool OfLauncher(std::string_view origin) { return origin.starts_with("launcher "); }

void ApplyHosts(const std::vector<Word>& hosts, Need& need) {
  std::erase_if(need.hosts, [&](const std::string& host) {
    const auto origin = need.host_origins.find(host);
    return origin == need.host_origins.end() || !OfLauncher(origin->second);
  });
  need.network = hosts.empty() ? NetworkNeed::None : NetworkNeed::Allowlist;
  for (const Word& host : hosts) {
    need.hosts.push_back(host.text);
    need.host_origins[host.text] = kOrigin;
  }
}

void BecomeClass(ServerClass wanted, Need& need) {
  Need fresh = DefaultNeedOf(wanted);
  SayOrigin(fresh, fmt::format("class {} of the policy file", NameOf(wanted)));
  for (NeededPath& path : need.paths) {
    if (OfLauncher(path.origin)) fresh.paths.push_back(std::move(path));
  }
  for (const auto& [host, origin] : need.host_origins) {
    if (!OfLauncher(origin)) continue;
    fresh.hosts.push_back(host);
    fresh.host_origins[host] = origin;
  }
  need = std::move(fresh);
}

/// What the policy documents stands in the place of what anybody else does; the launcher needs its
/// own all the same.
void ApplyRow(const ServerPolicy& row, Need& need) {
  const ServerClass wanted = ServerClassByName(row.server_class.text);
  if (wanted != ServerClass::Unknown && wanted != need.server_class) BecomeClass(wanted, need);
  if (row.hosts_key) ApplyHosts(row.hosts, need);
  if (row.paths_key) {
    std::erase_if(need.paths, [](const NeededPath& path) { return !OfLauncher(path.origin); });
  }
  for (const Word& path : row.paths) {
    const bool write = path.text.ends_with(" rw");
    const bool marked = write || path.text.ends_with(" ro");
    need.paths.push_back(
        {path.text.substr(0, path.text.size() - (marked ? 3 : 0)), write, kOrigin});
  }
  for (const Word& variable : row.variables) {
    std::erase_if(need.variables,
                  [&](const NeededVariable& one) { return one.name == variable.text; });
    need.variables.push_back({variable.text, true, false, kOrigin});
  }
  need.origin = kOrigin;
}

}  // namespace

void ReadWorkspacePolicy(const FileReader& files, const ScanOptions& options,
                         Workspace& workspace) {
  workspace.today = options.today.empty() ? Today() : options.today;
  workspace.partial = !options.paths.empty();
  const std::optional<std::string> here = TextOf(files, workspace);
  std::optional<std::string> text = here;
  if (options.policy_from != nullptr) {
    text = TextOf(*options.policy_from, workspace);
    if (text != here) {
      workspace.policy_change = !text ? "adds" : !here ? "removes" : "changes";
      if (here) {
        const Source& source = workspace.Add(kPolicyFile, *here);
        const auto end = static_cast<std::uint32_t>(source.text.size());
        workspace.policy_place = FirstLine({&source, 0, end});
      }
    }
  }
  if (!text) return;
  workspace.policy = ReadPolicy(workspace.Add(kPolicyFile, std::move(*text)));
  ReportPolicy(workspace);
}

void DropExcluded(std::vector<FoundFile>& found, Workspace& workspace) {
  const auto is_excluded = [&](const std::string& path) {
    return std::ranges::any_of(workspace.policy.excludes,
                               [&](const Word& word) { return IsBelow(path, word.text); });
  };
  // Folders that the walk could not enter.
  for (FileReport& report : workspace.files) {
    if (report.kind != kFolderReport || !is_excluded(report.path)) continue;
    report.status = FileStatus::Ignored;
    report.problem = kExcludedByPolicy;
  }
  std::erase_if(found, [&](const FoundFile& file) {
    const bool excluded = is_excluded(file.path);
    if (excluded) {
      workspace.files.push_back(
          {file.path, NameOf(file.kind), FileStatus::Ignored, kExcludedByPolicy, {}});
    }
    return excluded;
  });
}

void AddPolicyNeed(Server& server, const Policy& policy) {
  for (const ServerPolicy& row : policy.servers) {
    if (row.name.text == server.Name()) ApplyRow(row, server.need);
  }
}

}  // namespace sandlint
