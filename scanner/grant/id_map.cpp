// A user namespace gets its ids through /proc/self/uid_map: what only shows a read-only /proc lets
// nobody make one (observed with bwrap 0.8.0 and unshare 2.38 behind `bwrap --ro-bind / /`).

#include "scanner/grant/id_map.h"

namespace sandlint {

std::optional<StartProblem> IdMapProblem(const Word& word, const View& outside) {
  const auto proc = outside.Lstat("/proc");
  if (!proc || !proc->read_only || !proc->certain || !IsBelow(proc->host, "/proc")) {
    return std::nullopt;
  }
  const bool sure = outside.doubts.empty() && !outside.Host().Symbolic();
  return StartProblem{word,
                      "the sandbox outside shows /proc read-only: the ids of a user namespace "
                      "cannot be set",
                      sure ? Answer::Yes : Answer::Unknown};
}

}  // namespace sandlint
