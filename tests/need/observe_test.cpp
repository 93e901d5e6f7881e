// Lines as strace 6.1 wrote them.

#include "scanner/need/observe.h"

#include <fmt/format.h>

#include <algorithm>

#include "catch.h"

namespace sandlint {
namespace {

std::string Dump(const ObservedPath& path) {
  std::string text = path.path + " [" + NamesOf(path.rights) + "]";
  if (!path.tried.None()) text += " tried [" + NamesOf(path.tried) + "]";
  return text;
}

std::string Dump(const ObservedFlow& flow) {
  return fmt::format("{}://{}:{}{}{}", flow.protocol, flow.address, flow.port,
                     flow.name.empty() ? "" : " " + flow.name, flow.reached ? "" : " failed");
}

using Lines = std::vector<std::string>;

Observation Of(const Source& source, const std::string& start = "/w") {
  return Observe({&source}, start);
}

Lines Paths(const std::string& text, const std::string& start = "/w") {
  const Source source{"log", text, false};
  Lines lines;
  for (const ObservedPath& path : Of(source, start).paths) lines.push_back(Dump(path));
  return lines;
}

Lines Flows(const std::string& text) {
  const Source source{"log", text, false};
  Lines lines;
  for (const ObservedFlow& flow : Of(source).flows) lines.push_back(Dump(flow));
  return lines;
}

}  // namespace

TEST_CASE("what was done with a path is gathered in one row") {
  CHECK(
      Paths("access(\"/a\", R_OK) = 0\nopenat(AT_FDCWD, \"/a\", O_RDONLY|O_CLOEXEC) = 3\n"
            "openat(AT_FDCWD, \"/a\", O_WRONLY|O_CREAT, 0644) = -1 EACCES (Permission denied)\n") ==
      Lines{"/a [read] tried [read, write]"});
  CHECK(Paths("rename(\"/a\", \"/b\") = 0\nexecve(\"/bin/c\", [\"c\"], 0x1) = 0\n") ==
        Lines{"/a [write]", "/b [write]", "/bin/c [exec]"});
}

TEST_CASE("relative paths follow the directory of their process") {
  CHECK(Paths("open(\"x\", O_RDONLY) = 3\n") == Lines{"/w/x [read]"});
  CHECK(Paths("open(\"x\", O_RDONLY) = 3\n", "") == Lines{"x [read]"});
  CHECK(Paths("chdir(\"/etc\") = 0\nopen(\"../b/./x\", O_RDONLY) = 3\n") ==
        Lines{"/b/x [read]", "/etc [none] tried [read]"});
  CHECK(Paths("openat(AT_FDCWD</p>, \"x\", O_RDWR) = 3</p/x>\n") == Lines{"/p/x [read, write]"});
  CHECK(
      Paths(
          "openat(AT_FDCWD, \"/d\", O_RDONLY|O_DIRECTORY) = 3\nopenat(3, \"x\", O_RDONLY) = 4\n") ==
      Lines{"/d [read]", "/d/x [read]"});
  CHECK(Paths("getcwd(\"/g\", 4096) = 3\nopen(\"x\", O_RDONLY) = 3\n") == Lines{"/g/x [read]"});
  CHECK(Paths("fchdir(7) = 0\nopen(\"x\", O_RDONLY) = 3\n") == Lines{"x [read]"});
}

TEST_CASE("a child starts in its parent's directory and leaves alone") {
  CHECK(Paths("1 chdir(\"/a\") = 0\n1 clone(child_stack=NULL, flags=SIGCHLD) = 2\n"
              "2 chdir(\"/b\") = 0\n2 open(\"x\", O_RDONLY) = 3\n1 open(\"y\", O_RDONLY) = 3\n") ==
        Lines{"/a [none] tried [read]", "/a/y [read]", "/b [none] tried [read]", "/b/x [read]"});
}

TEST_CASE("threads share descriptors and directory with their process") {
  const std::string log =
      "1 openat(AT_FDCWD, \"/d\", O_RDONLY|O_DIRECTORY) = 9\n"
      "1 clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_THREAD, exit_signal=0} => "
      "{parent_tid=[2]}, 88) = 2\n"
      "1 openat(AT_FDCWD, \"/e\", O_RDONLY|O_DIRECTORY) = 8\n2 chdir(\"/c\") = 0\n"
      "2 openat(8, \"x\", O_RDONLY) = 4\n1 open(\"y\", O_RDONLY) = 3\n";
  CHECK(Paths(log) ==
        Lines{"/c [none] tried [read]", "/c/y [read]", "/d [read]", "/e [read]", "/e/x [read]"});
}

TEST_CASE("the files of strace -ff are one trace, a process each") {
  const Source parent{"t.7",
                      "chdir(\"/a\") = 0\nclone(child_stack=NULL, flags=SIGCHLD) = 8\n"
                      "chdir(\"/b\") = 0\n",
                      false};
  const Source child{"t.8", "open(\"x\", O_RDONLY) = 3\n", false};
  const Observation seen = Observe({&parent, &child}, "/w");
  Lines lines;
  for (const ObservedPath& path : seen.paths) lines.push_back(path.path);
  CHECK(lines == Lines{"/a", "/a/x", "/b"});
  CHECK(seen.gaps.empty());
}

TEST_CASE("a log shows where it started and whose home it used") {
  const Source y{"log", "1 openat(AT_FDCWD</home/al/p>, \"x\", O_RDONLY) = 3</home/al/p/x>\n",
                 false};
  CHECK(Of(y, "").directory == "/home/al/p");
  CHECK(Of(y, "").home == "/home/al");
  const Source asked{"log",
                     "1 open(\"/root/x\", O_RDONLY) = 3\n1 getcwd(\"/g\", 10) = 3\n"
                     "1 open(\"z\", O_RDONLY) = 3\n",
                     false};
  CHECK(Of(asked, "").directory == "/g");
  CHECK(Of(asked, "").home == "/root");
  const Source left{"log", "1 chdir(\"/x\") = 0\n1 getcwd(\"/x\", 10) = 3\n", false};
  CHECK(Of(left, "").directory.empty());
}

TEST_CASE("what cannot be placed or named is told") {
  const Source relative{"log", "1 open(\"x\", O_RDONLY) = 3\n", false};
  REQUIRE(Of(relative, "").gaps.size() == 1);
  CHECK(Of(relative, "").gaps[0].find("1 paths are relative") == 0);
}

TEST_CASE("runtime is marked, unless it is written to") {
  const Source source{"log",
                      "1 open(\"/usr/bin/node\", O_RDONLY) = 3\n1 open(\"/usr/x\", O_WRONLY) = 3\n"
                      "1 open(\"/dev/null\", O_WRONLY) = 3\n1 open(\"/srv/x\", O_RDONLY) = 3\n"
                      "1 open(\"/etc/hostsx\", O_RDONLY) = 3\n",
                      false};
  Lines runtime;
  for (const ObservedPath& path : Of(source).paths) {
    if (path.runtime) runtime.push_back(path.path);
  }
  CHECK(runtime == Lines{"/dev/null", "/usr/bin/node"});
}

TEST_CASE("hostile logs cost no more than their size") {
  std::string text;
  for (int pid = 1; pid < 60000; ++pid)
    text += fmt::format("{} openat(AT_FDCWD, \"/a\", <unfinished ...>\n", pid);
  for (int pid = 1; pid < 60000; ++pid)
    text += fmt::format("{} <... read resumed>) = 3\n", pid + 100000);
  const Source many{"log", text, false};
  CHECK(Of(many).calls > 0);
  const Source deep{"log", "1 f(" + std::string(2'000'000, '{') + "\n", false};
  CHECK(Of(deep).paths.empty());
  const Source cut{"log", "1 open(\"/a\\", false};
  CHECK(Of(cut).paths.size() <= 1);
}

TEST_CASE("connections are told with their protocol where the log has it") {
  CHECK(
      Flows(
          "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 5\n"
          "connect(5, {sa_family=AF_INET, sin_port=htons(443), "
          "sin_addr=inet_addr(\"1.2.3.4\")}, 16) = -1 EINPROGRESS (Operation now in progress)\n") ==
      Lines{"tcp://1.2.3.4:443"});
  CHECK(Flows("connect(5<TCPv6:[1]>, {sa_family=AF_INET6, sin6_port=htons(80), "
              "sin6_flowinfo=htonl(0), inet_pton(AF_INET6, \"2001:db8::1\", &sin6_addr), "
              "sin6_scope_id=0}, 28) = -1 ECONNREFUSED (Connection refused)\n") ==
        Lines{"tcp://2001:db8::1:80 failed"});
  CHECK(Flows("sendto(5<UDP:[1.2.3.4:5->6.7.8.9:123]>, \"x\", 1, 0, NULL, 0) = 1\n") ==
        Lines{"udp://6.7.8.9:123"});
  CHECK(
      Flows(
          "sendto(4, \"CONNECT api.example.com:443 HTTP/1.1\\r\\n\"..., 60, 0, NULL, 0) = 60\n") ==
      Lines{"tcp://api.example.com:443"});
}

TEST_CASE("connecting a datagram socket alone reaches nobody") {
  const std::string connect =
      "socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = 5\nconnect(5, {sa_family=AF_INET, "
      "sin_port=htons(9), sin_addr=inet_addr(\"1.2.3.4\")}, 16) = 0\n";
  CHECK(Flows(connect).empty());
  CHECK(Flows(connect + "sendto(5, \"x\", 1, 0, NULL, 0) = 1\n") == Lines{"udp://1.2.3.4:9"});
}

TEST_CASE("names and addresses come from the answers of a name server") {
  const std::string log =
      "socket(AF_INET, SOCK_DGRAM, IPPROTO_IP) = 5\nconnect(5, {sa_family=AF_INET, "
      "sin_port=htons(53), sin_addr=inet_addr(\"9.9.9.9\")}, 16) = 0\n"
      "recvfrom(5, "
      "\"ab\\201\\200\\0\\1\\0\\1\\0\\0\\0\\0\\3api\\7example\\0\\0\\1\\0\\1\\300\\f\\0\\1\\0"
      "\\1\\0\\0\\0<\\0\\4\\1\\2\\3\\4\", 2048, 0, NULL, NULL) = 45\n"
      "connect(6, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr(\"1.2.3.4\")}, 16) = "
      "0\n";
  const Source source{"log", log, false};
  const Observation seen = Of(source);
  CHECK(seen.names == Lines{"api.example"});
  CHECK(Flows(log) == Lines{"://1.2.3.4:443 api.example", "udp://9.9.9.9:53"});
}

TEST_CASE("sockets are paths") {
  CHECK(Paths("connect(3, {sa_family=AF_UNIX, sun_path=\"/run/docker.sock\"}, 20) = 0\n"
              "connect(3, {sa_family=AF_UNIX, sun_path=@\"/tmp/.X11-unix/X0\"}, 20) = -1 EPERM "
              "(no)\n") ==
        Lines{"/run/docker.sock [connect]", "@/tmp/.X11-unix/X0 [none] tried [connect]"});
}

TEST_CASE("a trace of one thread is told as incomplete") {
  const Source one{"log", "access(\"/a\", R_OK) = 0\n", false};
  const Source many{"log", "7 access(\"/a\", R_OK) = 0\n", false};
  CHECK(Of(one).gaps.size() == 1);
  CHECK(Of(many).gaps.empty());
  CHECK(Observe({&one, &one}, "").gaps.empty());  // strace -ff
}

TEST_CASE("what every program touches is runtime") {
  CHECK(IsRuntimePath("/usr/lib/x86_64-linux-gnu/libc.so.6"));
  CHECK(IsRuntimePath("/proc/self/maps"));
  CHECK(IsRuntimePath("/p/node_modules/a/index.js"));
  CHECK_FALSE(IsRuntimePath("/usr/libx"));
  CHECK_FALSE(IsRuntimePath("/home/a/.ssh/id_rsa"));
}

namespace {

bool Gap(const std::string& text, std::string_view part) {
  const Source source{"log", text, false};
  return std::ranges::any_of(Of(source).gaps,
                             [&](const std::string& gap) { return gap.find(part) != gap.npos; });
}

}  // namespace

TEST_CASE("what a log cannot show is told as a gap") {
  const std::string start = "7 execve(\"/bin/x\", [\"x\"], 0x7ffe) = 0\n";
  CHECK(Gap(start + "7 openat(0xffffff9c, 0x7f01, 0, 0) = 3\n", "1 calls stand there without"));
  CHECK(Gap(start + "7 connect(3, 0x7ffe, 16) = 0\n", "1 calls stand there without"));
  CHECK_FALSE(Gap(start + "7 openat(AT_FDCWD, \"/x\", O_RDONLY) = 3\n", "stand there without"));
  const std::string folder = "7 openat(AT_FDCWD, \"/d\", O_RDONLY|O_DIRECTORY) = 3\n";
  const std::string file = "7 open(\"x\", O_RDONLY) = 4\n";
  CHECK(Gap(start + folder + file, "fchdir, dup, dup2, dup3 and close"));
  CHECK_FALSE(Gap(start + folder + file + "7 close(4) = 0\n", "fchdir, dup"));
  CHECK_FALSE(Gap(start + folder + "7 open(\"/x\", O_RDONLY) = 4\n", "fchdir, dup"));
}

}  // namespace sandlint
