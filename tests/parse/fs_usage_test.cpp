#include "scanner/parse/fs_usage.h"

#include "catch.h"

namespace sandlint {
namespace {

std::vector<std::string> Dump(const std::string& text) {
  const Source source{"log", text, false};
  std::vector<std::string> lines;
  for (const FsUsageCall& call : ParseFsUsage(source).calls) {
    lines.push_back(call.name + " " + call.path + " [" + NamesOf(call.rights) + "]" +
                    (call.failed ? " failed" : ""));
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("fs_usage lines are taken apart by their columns") {
  CHECK(Dump("12:01:02.000001  open              F=22       (R_____)  /Users/a/My File.txt    "
             "0.000034   node.4711\n") == Lines{"open /Users/a/My File.txt [read]"});
  CHECK(Dump("12:01:02  open  F=5  (_WC_T_)  /tmp/out   0.000034 W node.4711\n") ==
        Lines{"open /tmp/out [write]"});
  CHECK(Dump("12:01:02.1  stat64   [  2]   /Users/a/.ssh   0.000005   node.4711\n") ==
        Lines{"stat64 /Users/a/.ssh [none] failed"});
  CHECK(Dump("12:01:02.1  rename   /Users/a/x   0.000005   node.1\n") ==
        Lines{"rename /Users/a/x [write]"});
  CHECK(Dump("12:01:02.1  close   F=5   0.000005   node.1\n") == Lines{"close  [none]"});
}

TEST_CASE("a path that fs_usage cut is told as a gap") {
  const Source source{"log", "12:01:02.1  open  (R_____)  >>>>/project/a.txt  0.000005  node.1\n",
                      false};
  const FsUsageLog log = ParseFsUsage(source);
  CHECK(log.calls.empty());
  CHECK(log.gaps.size() == 2);
}

TEST_CASE("other text is no fs_usage log") {
  CHECK_FALSE(LooksLikeFsUsage("access(\"/x\", R_OK) = 0\n"));
  CHECK_FALSE(LooksLikeFsUsage("12:01:02 hello world\n"));
}

}  // namespace sandlint
