// Item 7: is a run of the server recorded, does it speak of what runs now, and is it complete?

#include <fmt/format.h>

#include <string>

#include "rules/checklist.h"
#include "rules/facts.h"
#include "rules/observed.h"

namespace sandlint {
namespace {

Judgement Open(std::string reason) { return {Verdict::NotProven, std::move(reason)}; }

/// The name of a server as the path of its trace.
std::string TraceName(const Server& server) {
  std::string name;
  for (const char c : server.Name()) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    name += plain ? c : '-';
  }
  return "traces/" + name;
}

}  // namespace

Judgement JudgeTrace(const Server& server, const Workspace& workspace) {
  if (!server.trace) {
    const std::string name = TraceName(server);
    return {Verdict::NeedsPerson,
            fmt::format("no run of it is recorded: start it once under `strace -ff -y -s 1024 -e "
                        "trace=%file,%network,%process -o {} …`, use its tools, then run `sandlint "
                        "observe {} --server {} --write`",
                        name, name, Quote(server.Name()))};
  }
  const ServerTrace& trace = *server.trace;
  if (!trace.problem.empty()) return Open("its trace cannot be used: " + trace.problem);
  if (!trace.seen.gaps.empty()) return Open("its trace has a gap: " + trace.seen.gaps.front());
  for (const auto* files : {&trace.files, &trace.deciding}) {
    for (const DatedFile& file : *files) {
      if (!file.changed) {
        return Open(
            fmt::format("when {} was last changed is not known here (a shallow clone "
                        "has no history)",
                        Quote(file.path)));
      }
    }
  }
  const auto compared = ComparisonOf(server, workspace);
  if (compared && compared->not_compared > 0) return Open("its trace is too large");
  return {Verdict::Pass,
          fmt::format("a run of {} calls is recorded, newer than its launch, and all that it "
                      "used is documented",
                      trace.seen.calls)};
}

}  // namespace sandlint
