#include "scanner/need/observe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "scanner/need/collect.h"
#include "scanner/need/trace_gaps.h"
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
/// What an ordinary Linux or macOS system holds for everybody, and every profile shows: programs,
/// certificates, the name service.
constexpr auto kSystem = std::to_array<std::string_view>({
    "/usr/",
    "/bin/",
    "/sbin/",
    "/System/",
    "/dev/fd/",
    "/dev/full",
    "/dev/shm/",
    "/dev/stderr",
    "/dev/stdin",
    "/dev/stdout",
    "/etc/alternatives/",
    "/etc/ca-certificates/",
    "/etc/debian_version",
    "/etc/gai.conf",
    "/etc/group",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/lsb-release",
    "/etc/nsswitch.conf",
    "/etc/os-release",
    "/etc/passwd",
    "/etc/pki/",
    "/etc/protocols",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/ssl/",
    "/etc/terminfo/",
    "/run/nscd/",
    "/run/systemd/resolve/",
    "/var/run/nscd/",
    "/",
});
constexpr auto kRuntimeFolders = std::to_array<std::string_view>(
    {"/node_modules/", "/site-packages/", "/dist-packages/", "/__pycache__/"});

bool Covers(std::string_view place, std::string_view path) {
  if (place == "/") return path == place;
  return place.ends_with('/') ? path.starts_with(place) || path == place.substr(0, place.size() - 1)
                              : path == place;
}

/// The number at the end of `trace.1234`; 0 where there is none.
std::uint32_t PidOfFile(std::string_view path) {
  const std::string_view digits = path.substr(path.rfind('.') + 1);
  std::uint32_t pid = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), pid);
  return error == std::errc() && end == digits.data() + digits.size() ? pid : 0;
}

/// Where the program started: as -y prints it, or as the program asked before it went elsewhere.
std::string DirectoryIn(const TraceLog& log) {
  for (const TraceCall& call : log.calls) {
    if (call.name == "chdir" || call.name == "fchdir") break;
    if (call.args.empty() || call.Failed()) continue;
    const std::string& first = call.args.front();
    if (first.starts_with("AT_FDCWD<")) return std::string(DescriptorPath(first));
    if (call.name == "getcwd") return DecodeTraceString(first).bytes;
  }
  return {};
}

/// `/home/alice/x` -> `/home/alice`.
std::string_view HomeOf(std::string_view path) {
  for (const std::string_view parent : {"/home/", "/Users/"}) {
    if (!path.starts_with(parent)) continue;
    return path.substr(0, std::min(path.find('/', parent.size()), path.size()));
  }
  return Covers("/root/", path) ? "/root" : "";
}

/// The home that most paths lie in.
std::string HomeIn(const std::vector<ObservedPath>& paths) {
  std::map<std::string_view, std::size_t> counts;
  for (const ObservedPath& path : paths) {
    if (const std::string_view home = HomeOf(path.path); home.size() > 6 || home == "/root") {
      ++counts[home];
    }
  }
  const auto most =
      std::ranges::max_element(counts, {}, [](const auto& row) { return row.second; });
  return most == counts.end() ? std::string() : std::string(most->first);
}

}  // namespace

bool IsLoopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address == "localhost";
}

bool IsSystemPath(std::string_view path) {
  return std::ranges::any_of(kSystem, [&](std::string_view place) { return Covers(place, path); });
}

bool IsRuntimePath(std::string_view path) {
  const auto covers = [&](std::string_view place) { return Covers(place, path); };
  const auto holds = [&](std::string_view part) { return path.find(part) != path.npos; };
  return std::ranges::any_of(kRuntime, covers) || std::ranges::any_of(kRuntimeFolders, holds);
}

Observation Observe(const std::vector<const Source*>& logs, const std::string& working_directory) {
  std::vector<TraceLog> traces;
  std::vector<FsUsageLog> usages;
  std::vector<std::uint32_t> pids;
  for (const Source* log : logs) {
    if (!LooksLikeStrace(log->text) && LooksLikeFsUsage(log->text)) {
      usages.push_back(ParseFsUsage(*log));
      continue;
    }
    traces.push_back(ParseStrace(*log));
    pids.push_back(logs.size() > 1 ? PidOfFile(log->path) : 0);
  }
  std::string start = working_directory;
  if (start.empty() && !traces.empty()) start = DirectoryIn(traces.front());
  Collector collector(start);
  for (const FsUsageLog& log : usages) collector.AddFsUsage(log);
  for (std::size_t index = 0; index < traces.size(); ++index) {
    collector.AddStrace(traces[index], pids[index]);
  }
  Observation seen = collector.Take();
  seen.directory = start;
  seen.home = HomeIn(seen.paths);
  for (ObservedPath& path : seen.paths) {
    const bool written = path.rights.Has(Right::Write) && !path.path.starts_with("/dev/") &&
                         !path.path.starts_with("/proc/");
    path.runtime = !written && (IsRuntimePath(path.path) || IsSystemPath(path.path));
  }
  AddGaps(traces, seen);
  return seen;
}

}  // namespace sandlint
