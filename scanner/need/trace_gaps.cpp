#include "scanner/need/trace_gaps.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "scanner/need/observe.h"

namespace sandlint {
namespace {

/// Where a call has its path or its address.
struct PlaceOfText {
  std::string_view call;
  std::size_t index;
};
constexpr auto kPlaces = std::to_array<PlaceOfText>({
    {"chdir", 0},
    {"connect", 1},
    {"creat", 0},
    {"execve", 0},
    {"mkdir", 0},
    {"mkdirat", 1},
    {"open", 0},
    {"openat", 1},
    {"openat2", 1},
    {"rename", 0},
    {"renameat", 1},
    {"renameat2", 1},
    {"unlink", 0},
    {"unlinkat", 1},
});

template <typename Test>
std::size_t Count(const std::vector<TraceLog>& logs, Test test) {
  std::size_t count = 0;
  for (const TraceLog& log : logs) {
    count += static_cast<std::size_t>(std::ranges::count_if(log.calls, test));
  }
  return count;
}

/// `-e raw=`, `-e verbose=none`: an address in memory in the place of a text.
bool IsRaw(const TraceCall& call) {
  const auto place = std::ranges::find(kPlaces, call.name, &PlaceOfText::call);
  return place != kPlaces.end() && place->index < call.args.size() &&
         call.args[place->index].starts_with("0x") && call.error != "EFAULT";
}

/// A descriptor of a directory, of which nothing says whether it becomes the working directory.
bool OpensDirectory(const TraceCall& call) {
  return call.name.starts_with("open") && !call.Failed() &&
         std::ranges::any_of(call.args, [](const std::string& word) {
           return word.find("O_DIRECTORY") != word.npos;
         });
}

bool IsRelative(const TraceCall& call) {
  const auto place = std::ranges::find(kPlaces, call.name, &PlaceOfText::call);
  if (place == kPlaces.end() || place->index >= call.args.size() || call.name == "connect") {
    return false;
  }
  const std::string& path = call.args[place->index];
  const bool named = place->index == 1 && call.args[0].find('<') != std::string::npos;  // -y
  return path.starts_with('"') && !path.starts_with("\"/") && !named && !call.Failed();
}

void AddOfCalls(const std::vector<TraceLog>& logs, std::vector<std::string>& gaps) {
  if (const std::size_t raw = Count(logs, IsRaw); raw > 0) {
    gaps.push_back(fmt::format(
        "{} calls stand there without their paths or addresses: record without raw= and verbose=",
        raw));
  }
  const auto moves = [](const TraceCall& call) {
    return call.name == "close" || call.name == "fchdir";
  };
  if (Count(logs, moves) == 0 && Count(logs, OpensDirectory) > 0 && Count(logs, IsRelative) > 0) {
    gaps.emplace_back(
        "a change of directory by descriptor would not be in it, and paths are relative: record "
        "fchdir, dup, dup2, dup3 and close too");
  }
}

}  // namespace

void AddGaps(const std::vector<TraceLog>& logs, Observation& seen) {
  std::vector<std::string>& gaps = seen.gaps;
  if (logs.size() == 1 && !logs.front().has_pids) {
    gaps.emplace_back(
        "the log has no column of process ids: without -f strace sees one thread only, and a "
        "runtime such as node reads files and asks name servers in others");
  }
  std::size_t not_read = 0;
  for (const TraceLog& log : logs) not_read += log.not_read.size();
  if (not_read > 0) gaps.push_back(std::to_string(not_read) + " lines are none that strace writes");
  if (!logs.empty()) AddOfCalls(logs, gaps);
  const auto relative = std::ranges::count_if(seen.paths, [](const ObservedPath& path) {
    return !path.path.starts_with('/') && !path.path.starts_with('@');
  });
  if (relative > 0) {
    gaps.push_back(fmt::format(
        "{} paths are relative to a directory that the log does not name: record with -y",
        relative));
  }
  const auto nameless = std::ranges::count_if(seen.flows, [](const ObservedFlow& flow) {
    return flow.reached && flow.name.empty() && flow.port != 53 && !IsLoopback(flow.address);
  });
  if (nameless > 0 && !seen.names.empty()) {
    gaps.push_back(fmt::format(
        "{} addresses have no name: the answers of the name server are cut, record with -s 1024",
        nameless));
  }
}

}  // namespace sandlint
