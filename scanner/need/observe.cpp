#include "scanner/need/observe.h"

#include <algorithm>
#include <array>

#include "scanner/need/collect.h"
#include "scanner/parse/fs_usage.h"
#include "scanner/parse/strace.h"

namespace sandlint {
namespace {

/// Places that belong to running a program at all. A trailing `/` stands for everything below.
constexpr auto kRuntime = std::to_array<std::string_view>({
    "/dev/null",
    "/dev/pts/",
    "/dev/tty",
    "/dev/urandom",
    "/dev/random",
    "/dev/zero",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d/",
    "/etc/ld.so.preload",
    "/etc/locale.alias",
    "/etc/localtime",
    "/etc/ssl/openssl.cnf",
    "/lib/",
    "/lib32/",
    "/lib64/",
    "/proc/",
    "/sys/",
    "/usr/lib/",
    "/usr/lib32/",
    "/usr/lib64/",
    "/usr/local/lib/",
    "/usr/share/locale/",
    "/usr/share/zoneinfo/",
    "/System/Library/",
    "/usr/libexec/",
    "/Library/Apple/",
});
constexpr auto kRuntimeFolders = std::to_array<std::string_view>(
    {"/node_modules/", "/site-packages/", "/dist-packages/", "/__pycache__/"});

void AddGaps(const std::vector<TraceLog>& logs, Observation& observation) {
  const bool one_process = logs.size() == 1 && !logs.front().has_pids;
  if (one_process) {
    observation.gaps.emplace_back(
        "the log has no column of process ids: without -f strace sees one thread only, and a "
        "runtime such as node reads files and asks name servers in others");
  }
  std::size_t not_read = 0;
  for (const TraceLog& log : logs) not_read += log.not_read.size();
  if (not_read > 0) {
    observation.gaps.push_back(std::to_string(not_read) + " lines are none that strace writes");
  }
}

}  // namespace

bool IsRuntimePath(std::string_view path) {
  const auto covers = [&](std::string_view place) {
    return place.ends_with('/')
               ? path.starts_with(place) || path == place.substr(0, place.size() - 1)
               : path == place;
  };
  const auto holds = [&](std::string_view part) { return path.find(part) != path.npos; };
  return std::ranges::any_of(kRuntime, covers) || std::ranges::any_of(kRuntimeFolders, holds);
}

Observation Observe(const std::vector<const Source*>& logs, const std::string& working_directory) {
  Collector collector(working_directory);
  std::vector<TraceLog> traces;
  for (const Source* log : logs) {
    if (!LooksLikeStrace(log->text) && LooksLikeFsUsage(log->text)) {
      collector.AddFsUsage(ParseFsUsage(*log));
      continue;
    }
    traces.push_back(ParseStrace(*log));
    collector.AddStrace(traces.back());
  }
  Observation observation = collector.Take();
  if (!traces.empty()) AddGaps(traces, observation);
  return observation;
}

}  // namespace sandlint
