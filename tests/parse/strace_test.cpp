// Lines as strace 6.1 wrote them.

#include "scanner/parse/strace.h"

#include "catch.h"

namespace sandlint {
namespace {

std::string Dump(const TraceCall& call) {
  std::string text = std::to_string(call.pid) + " " + call.name;
  for (const std::string& arg : call.args) text += " | " + arg;
  return text + " = " + call.result + (call.error.empty() ? "" : " " + call.error);
}

std::vector<std::string> Dump(const std::string& text) {
  const Source source{"log", text, false};
  std::vector<std::string> lines;
  for (const TraceCall& call : ParseStrace(source).calls) lines.push_back(Dump(call));
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("an strace line is read in every layout") {
  const std::string call = "access(\"/etc/x\", R_OK)      = -1 ENOENT (No such file or directory)";
  const std::string read = " access | \"/etc/x\" | R_OK = -1 ENOENT";
  CHECK(Dump(call) == Lines{"0" + read});
  CHECK(Dump("6254  " + call + " <0.000051>") == Lines{"6254" + read});
  CHECK(Dump("6254  1795449037.351970 " + call) == Lines{"6254" + read});
  CHECK(Dump("15:50:36 " + call) == Lines{"0" + read});
  CHECK(Dump("7 15:50:36.960589 " + call) == Lines{"7" + read});
  CHECK(Dump("     0.000021 " + call) == Lines{"0" + read});
  CHECK(Dump("[pid  6258] " + call + "\r\n") == Lines{"6258" + read});
}

TEST_CASE("strace arguments are split at outer commas only") {
  CHECK(Dump("execve(\"/bin/a\", [\"a\", \"b, c)\"], 0x7ff /* 37 vars, 1 */) = 0") ==
        Lines{"0 execve | \"/bin/a\" | [\"a\", \"b, c)\"] | 0x7ff /* 37 vars, 1 */ = 0"});
  CHECK(Dump("openat(AT_FDCWD</a, b)>, \"x\\\"y\", O_RDONLY) = 3</a, b)/x y>") ==
        Lines{"0 openat | AT_FDCWD</a, b)> | \"x\\\"y\" | O_RDONLY = 3</a, b)/x y>"});
  CHECK(Dump("sendto(5<TCP:[1.2.3.4:5->6.7.8.9:443]>, \"x\"..., 9, 0, NULL, 0) = 9") ==
        Lines{"0 sendto | 5<TCP:[1.2.3.4:5->6.7.8.9:443]> | \"x\"... | 9 | 0 | NULL | 0 = 9"});
  CHECK(Dump("fork() = 3") == Lines{"0 fork = 3"});
}

TEST_CASE("a split strace call is put together again") {
  const Source source{"log",
                      "1  read(3,  <unfinished ...>\n2  close(4) = 0\n"
                      "1  <... read resumed>\"a\", 1) = 1\n",
                      false};
  const TraceLog log = ParseStrace(source);
  REQUIRE(log.calls.size() == 2);
  CHECK(Dump(log.calls[0]) == "2 close | 4 = 0");
  CHECK(Dump(log.calls[1]) == "1 read | 3 | \"a\" | 1 = 1");
  CHECK(PositionOf(source, log.calls[1].where.begin).line == 1);
  CHECK(log.has_pids);
}

TEST_CASE("a thread that becomes the process resumes its execve under the other id") {
  CHECK(Dump("8  execve(\"/bin/a\", [\"a\"], 0x1 <unfinished ...>\n"
             "7  +++ superseded by execve in pid 8 +++\n7  <... execve resumed>) = 0\n") ==
        Lines{"7 execve | \"/bin/a\" | [\"a\"] | 0x1 = 0"});
}

TEST_CASE("strace's own messages do not end a call") {
  CHECK(Dump("clone(child_stack=NULL, flags=SIGCHLDstrace: Process 6259 attached\n"
             ", child_tidptr=0x7f) = 6259\nstrace: Process 6260 attached\nclose(3) = 0\n") ==
        Lines{"0 clone | child_stack=NULL | flags=SIGCHLD | child_tidptr=0x7f = 6259",
              "0 close | 3 = 0"});
  CHECK(Dump("--- SIGCHLD {si_signo=SIGCHLD} ---\n+++ exited with 0 +++\n").empty());
}

TEST_CASE("a call that the log cuts off has no result") {
  const std::string cut = "openat(AT_FDCWD, \"/etc/pass";
  CHECK(Dump(cut) == Lines{"0 openat | AT_FDCWD | \"/etc/pass = "});
  CHECK(Dump("1  read(3, <unfinished ...>") == Lines{"1 read | 3 |  = "});
}

TEST_CASE("lines that strace did not write are counted") {
  const Source source{"log", "hello\nGET / HTTP/1.0\n<... read resumedx\n", false};
  const TraceLog log = ParseStrace(source);
  CHECK(log.calls.empty());
  CHECK(log.not_read.size() == 3);
  CHECK_FALSE(LooksLikeStrace(source.text));
  CHECK(LooksLikeStrace("close(3) = 0\n"));
}

TEST_CASE("strace strings are decoded") {
  CHECK(DecodeTraceString("\"n\\303\\251w \\\"file\\\"\\n.txt\"").bytes ==
        "n\303\251w \"file\"\n.txt");
  CHECK(DecodeTraceString("\"\\x2f\\x65\"").bytes == "/e");
  CHECK(DecodeTraceString("\"ab\"...").truncated);
  CHECK(DecodeTraceString("\"\\0\\0011\"").bytes == std::string("\0\0011", 3));
  CHECK(DecodeTraceString("@\"name\"").bytes == "name");
  CHECK_FALSE(DecodeTraceString("NULL").is_string);
  CHECK(DescriptorPath("3</etc/hosts>") == "/etc/hosts");
  CHECK(DescriptorPath("3</tmp/x (deleted)>") == "/tmp/x");
  CHECK(DescriptorPath("3").empty());
}

TEST_CASE("prefixes of -Y, -i and -n are no part of a call, and what -k adds is none") {
  const Source source{"log",
                      "18584<node> openat(AT_FDCWD, \"/a\", O_RDONLY) = 3\n"
                      "[pid 18585<my prog>] openat(AT_FDCWD, \"/b\", O_RDONLY) = 3\n"
                      "18495 [00007f616674dad7] openat(AT_FDCWD, \"/c\", O_RDONLY) = 3\n"
                      "18495 17:00:01 [ 257] [00007f616674dad7] openat(AT_FDCWD, \"/d\", 0) = 3\n"
                      " > /usr/lib/x86_64-linux-gnu/libc.so.6(__open+0x4d) [0xf7a0d]\n",
                      false};
  const TraceLog log = ParseStrace(source);
  CHECK(log.not_read.empty());
  REQUIRE(log.calls.size() == 4);
  CHECK(log.calls[0].pid == 18584);
  CHECK(log.calls[1].pid == 18585);
  for (const TraceCall& call : log.calls) CHECK(call.name == "openat");
  CHECK(log.calls[3].args[1] == "\"/d\"");
}

}  // namespace sandlint
