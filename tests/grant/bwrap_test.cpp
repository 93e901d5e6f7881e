// What a bwrap line grants on a machine of its own, described in a file: order, void sandboxes,
// sources that are looked up again, and the ways around a mask.

#include <string>

#include "catch.h"
#include "grant/evaluate.h"

namespace sandlint {
namespace {

constexpr const char* kHome = "/home/user";
constexpr const char* kKey = "/home/user/.ssh/id_rsa";

using Strings = std::vector<std::string>;

std::unique_ptr<Evaluated> Bwrap(Strings options) {
  options.insert(options.begin(), "bwrap");
  options.insert(options.end(), {"--", "node", "server.js"});
  return Evaluate(options);
}

}  // namespace

TEST_CASE("the order of a bind and its mask decides") {
  CHECK(Bwrap({"--bind", kHome, kHome, "--tmpfs", "/home/user/.ssh"})->Read(kKey) == "no");
  CHECK(Bwrap({"--tmpfs", "/home/user/.ssh", "--bind", kHome, kHome})->Read(kKey) == "yes");
  CHECK(Bwrap({"--tmpfs", "/home/user/.ssh", "--bind", kHome, kHome})->Write(kKey) == "yes");
}

TEST_CASE("a sandbox that shows all is void") {
  for (const Strings& options : {Strings{"--bind-try", "", ""}, Strings{"--dev-bind", "/", "/"}}) {
    const auto open = Bwrap(options);
    CHECK(open->Read(kKey) == "yes");
    CHECK(open->Write(kKey) == "yes");
    CHECK(open->launch.grant.paths->OfRoot().backing == Backing::Host);
  }
  CHECK(Bwrap({"--ro-bind", "/usr", "/usr"})->launch.grant.paths->OfRoot().backing !=
        Backing::Host);
}

TEST_CASE("a missing relative source of a -try option is looked up from the root") {
  CHECK(Bwrap({"--ro-bind-try", "etc", "/x"})->Read("/etc/passwd") != "no");
  CHECK(
      Bwrap({"--tmpfs", kHome, "--ro-bind-try", "home/user/.ssh", "/home/user/.ssh"})->Read(kKey) !=
      "no");
}

TEST_CASE("a mask whose path climbs out of the root masks nothing") {
  CHECK(Bwrap({"--bind", "/", "/", "--tmpfs", "/../home/user/.ssh"})->Read(kKey) == "yes");
}

TEST_CASE("whoever may mount may take a mask away") {
  const Strings mask{"--bind", kHome, kHome, "--tmpfs", "/home/user/.ssh"};
  Strings options{"--cap-add", "ALL"};
  options.insert(options.end(), mask.begin(), mask.end());
  CHECK(Bwrap(options)->Read(kKey) == "unknown");
  options[1] = "CAP_NET_RAW";
  CHECK(Bwrap(options)->Read(kKey) == "no");
  options[1] = "CAP_SYS_ADMIN";
  options.insert(options.begin() + 2, {"--cap-drop", "ALL"});
  CHECK(Bwrap(options)->Read(kKey) == "no");
}

TEST_CASE("what a descriptor leads to is not known") {
  const auto bound = Bwrap({"--bind-fd", "9", "/data"});
  CHECK(bound->Read(kKey) == "unknown");
  CHECK(Bwrap({"--args", "9"})->Read(kKey) == "unknown");
  CHECK(Bwrap({"--ro-bind", "/proc/1/root", "/data"})->Read(kKey) == "unknown");
}

TEST_CASE("root's sandbox without a user namespace hides nothing for sure") {
  const auto root = Evaluate({"sudo", "bwrap", "--ro-bind", "/usr", "/usr", "node", "s.js"});
  CHECK(root->Read(kKey) != "no");
  const auto apart = Evaluate({"sudo", "bwrap", "--unshare-user", "--cap-drop", "ALL", "--ro-bind",
                               "/usr", "/usr", "node", "s.js"});
  CHECK(apart->Read(kKey) == "no");
}

TEST_CASE("a cleared environment is read again where a process of bwrap is in sight") {
  const auto ask = [](Strings options) {
    options.insert(options.begin(), {"--ro-bind", "/usr", "/usr", "--clearenv"});
    const VariableAnswer answer = Bwrap(options)->launch.grant.environment.Ask("AWS_SECRET_KEY");
    return std::string(NameOf(answer.answer)) + ' ' + answer.via;
  };
  CHECK(ask({"--unshare-pid"}).starts_with("no"));
  CHECK(ask({"--unshare-pid", "--proc", "/proc"}) == "yes proc");
  CHECK(ask({"--unshare-pid", "--as-pid-1", "--proc", "/proc"}).starts_with("no"));
  CHECK(ask({"--proc", "/proc"}).starts_with("no"));
  CHECK(ask({"--proc", "/proc", "--lock-file", "/usr/x"}) == "yes proc");
}

TEST_CASE("containers: a tight one and an open one") {
  const auto tight = Evaluate({"docker", "run", "--rm", "-i", "--network=none", "--read-only",
                               "--cap-drop=ALL", "--user=1000", "image"});
  CHECK(tight->Read(kKey) == "no");
  CHECK(tight->Connect("tcp", "example.com", 443) == "no");
  const auto open = Evaluate(
      {"docker", "run", "--rm", "-i", "--privileged", "--network=host", "-v", "/:/host", "image"});
  CHECK(open->Read(kKey) == "yes");
  CHECK(open->Write(kKey) == "yes");
  CHECK(open->Connect("tcp", "example.com", 443) == "yes");
}

TEST_CASE("a socket of which nobody has heard may be there") {
  const auto connects = [](const std::vector<std::string>& argv, std::string_view path) {
    return Evaluate(argv)->Of(Right::Connect, path);
  };
  for (const char* path : {"/tmp/ssh-abc/agent.1", "/tmp/tmux-1000/default", "/srv/s/x.socket"}) {
    INFO(path);
    CHECK(connects({"node", "x.js"}, path) == "unknown");
    CHECK(connects({"bwrap", "--ro-bind", "/", "/", "x"}, path) == "unknown");
    CHECK(connects({"firejail", "--noprofile", "x"}, path) == "unknown");
    CHECK(connects({"bwrap", "--ro-bind", "/usr", "/usr", "x"}, path) == "no");
    CHECK(connects({"bwrap", "--ro-bind", "/", "/", "--tmpfs", "/tmp", "--tmpfs", "/srv", "x"},
                   path) == "no");
  }
  CHECK(connects({"node", "x.js"}, "/home/user/.bashrc") == "no");
}

}  // namespace sandlint
