// What goes past a firejail sandbox: one that is joined, root's capabilities, calls that a filter
// does not see.

#include <string>

#include "catch.h"
#include "grant/evaluate.h"

namespace sandlint {
namespace {

using Strings = std::vector<std::string>;
using Files = std::map<std::string, std::string, std::less<>>;

constexpr const char* kKey = "/home/user/.ssh/id_rsa";

std::unique_ptr<Evaluated> Firejail(Strings options, Files files = {},
                                    const std::string& home = "/home/user") {
  options.insert(options.begin(), "firejail");
  options.emplace_back("x");
  return Evaluate(options, std::move(files), nullptr, home);
}

std::string Tcp(Strings options, Files files = {}) {
  return Firejail(std::move(options), std::move(files))->Connect("tcp", "192.0.2.1", 443);
}

std::string AsRoot(Strings options) {
  options.insert(options.begin(), {"--noprofile", "--blacklist=/root/.ssh"});
  return Firejail(std::move(options), {}, "/root")->Read("/root/.ssh/id_rsa");
}

}  // namespace

TEST_CASE("firejail: a sandbox that may be joined is not known") {
  const auto joined = Firejail({"--noprofile", "--blacklist=/home/user/.ssh", "--net=none",
                                "--rmenv=TOKEN", "--join-or-start=lax"});
  CHECK(joined->Read(kKey) == "unknown");
  CHECK(joined->Connect("tcp", "192.0.2.1", 443) == "unknown");
  CHECK(joined->launch.grant.environment.Ask("TOKEN").answer == Answer::Unknown);
  const auto by_profile = Firejail({"--profile=p.profile"},
                                   {{"p.profile", "blacklist ${HOME}/.ssh\njoin-or-start lax\n"}});
  CHECK(by_profile->Read(kKey) == "unknown");
}

TEST_CASE("firejail: root hides nothing as long as it keeps capabilities") {
  CHECK(AsRoot({}) == "unknown");
  CHECK(AsRoot({"--private"}) == "unknown");
  CHECK(AsRoot({"--caps.drop=sys_admin"}) == "unknown");
  CHECK(AsRoot({"--caps.keep=net_raw,sys_admin"}) == "unknown");
  CHECK(AsRoot({"--caps.drop=all"}) == "no");
  CHECK(AsRoot({"--caps.keep=net_raw"}) == "no");
  CHECK(Firejail({"--noprofile", "--blacklist=/home/user/.ssh"})->Read(kKey) == "no");
}

TEST_CASE("bwrap: one capability of root is enough to go past mounts") {
  const auto ask = [](Strings options) {
    options.insert(options.begin(), {"sudo", "bwrap"});
    options.insert(options.end(), {"--ro-bind", "/usr", "/usr", "x"});
    return Evaluate(options)->Read(kKey);
  };
  CHECK(ask({"--cap-drop", "CAP_SYS_ADMIN"}) == "unknown");
  CHECK(ask({"--cap-drop", "ALL"}) == "no");
  CHECK(ask({"--cap-drop", "ALL", "--cap-add", "CAP_DAC_READ_SEARCH"}) == "unknown");
  CHECK(ask({"--unshare-user", "--cap-drop", "CAP_SYS_ADMIN"}) == "no");
}

TEST_CASE("firejail: root reads the environment of the first process inside") {
  const auto ask = [](const std::string& home) {
    return Firejail({"--noprofile", "--rmenv=TOKEN"}, {}, home)
        ->launch.grant.environment.Ask("TOKEN")
        .answer;
  };
  CHECK(ask("/root") == Answer::Yes);
  CHECK(ask("/home/user") == Answer::No);
}

TEST_CASE("firejail: a list of calls stops no socket for sure") {
  CHECK(Tcp({"--noprofile", "--seccomp.drop=socket"}) == "unknown");
  CHECK(Tcp({"--noprofile", "--seccomp=socket"}) == "unknown");
  CHECK(Tcp({"--noprofile", "--seccomp.drop=acct,socket:EPERM"}) == "unknown");
  CHECK(Tcp({"--noprofile", "--seccomp.drop=connect"}) == "unknown");
  CHECK(Tcp({"--noprofile", "--seccomp=!socket"}) == "yes");
  CHECK(Tcp({"--profile=p"}, {{"p", "seccomp.drop socket\nseccomp.drop acct\n"}}) == "yes");
  CHECK(Tcp({"--profile=p"}, {{"p", "seccomp.drop acct\nseccomp.drop socket\n"}}) == "unknown");
  CHECK(Tcp({"--profile=p"}, {{"p", "seccomp socket\nseccomp.drop acct\n"}}) == "yes");
  CHECK(Tcp({"--profile=p"}, {{"p", "seccomp.drop socket\nseccomp.keep socket\n"}}) == "yes");
  CHECK(Firejail({"--noprofile", "--seccomp.drop=socket", "--seccomp=acct"})
            ->HasProblem("already enabled"));
  const auto sockets = Firejail({"--noprofile", "--seccomp.drop=socket"});
  CHECK(sockets->Of(Right::Connect, "/run/docker.sock") == "unknown");
}

TEST_CASE("firejail: a filter of protocols relies on io_uring being off") {
  const auto cut = Firejail({"--noprofile", "--protocol=unix"});
  const EgressAnswer answer = cut->launch.grant.egress.Ask({"tcp", "192.0.2.1", 443});
  CHECK(answer.answer == Answer::No);
  CHECK(answer.confidence == Confidence::Medium);
  REQUIRE(answer.assuming.size() == 1);
  CHECK(answer.assuming.front().find("io_uring") != std::string::npos);
  const auto none = Firejail({"--noprofile", "--protocol=unix", "--net=none"});
  CHECK(none->launch.grant.egress.Ask({"tcp", "192.0.2.1", 443}).assuming.empty());
}

TEST_CASE("firejail: a private home is looked up from the working directory") {
  CHECK(!Firejail({"--noprofile", "--private=./home"})->HasProblem("no directory"));
}

}  // namespace sandlint
