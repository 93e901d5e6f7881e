// What a firejail launch grants, on the ordinary machine that nobody has seen. The real program is
// asked in tests/oracle.

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "catch.h"
#include "scanner/files/host.h"
#include "scanner/grant/glob.h"
#include "scanner/grant/grant.h"
#include "scanner/peel/peel.h"

namespace sandlint {
namespace {

struct Run {
  Workspace workspace;
  std::shared_ptr<const HostFacts> host;
  Launch launch;

  Answer Read(const std::string& path) const {
    return launch.grant.paths->OfHost(path).Has(Right::Read);
  }
  Answer Write(const std::string& path) const {
    return launch.grant.paths->OfHost(path).Has(Right::Write);
  }
};

std::unique_ptr<Run> Evaluate(const std::vector<std::string>& words, const std::string& profile,
                              std::shared_ptr<const HostFacts> host = MakeSymbolicHost({})) {
  auto run = std::make_unique<Run>();
  run->host = std::move(host);
  const auto files = MakeMemoryReader({{"p.profile", profile}});
  PeelContext context;
  context.host = run->host.get();
  context.files = files.get();
  context.workspace = &run->workspace;
  std::vector<Word> argv;
  for (const std::string& text : words) {
    Word word;
    word.text = text;
    word.argv_index = static_cast<int>(argv.size());
    argv.push_back(word);
  }
  std::vector<Launch> launches = PeelLaunches(std::move(argv), context);
  ClientSide client;
  client.host = run->host.get();
  EvaluateGrant(launches.front(), nullptr, client);
  run->launch = std::move(launches.front());
  return run;
}

std::unique_ptr<Run> With(const std::string& profile) {
  return Evaluate({"firejail", "--profile=./p.profile", "node"}, profile);
}

const std::string kHome = "/home/user";

}  // namespace

TEST_CASE("firejail: rules about paths in the order of the tool") {
  const auto masked = With("blacklist ${HOME}/.ssh\n");
  CHECK(masked->Read(kHome + "/.ssh/id_rsa") == Answer::No);
  CHECK(masked->Read(kHome + "/.aws/credentials") == Answer::Yes);
  CHECK(masked->launch.grant.paths->OfHost(kHome + "/.ssh").because.front().text ==
        "blacklist ${HOME}/.ssh");
  // A noblacklist counts for what comes after it, and by its spelling.
  CHECK(With("noblacklist ~/.ssh\nblacklist ${HOME}/.ssh\n")->Read(kHome + "/.ssh/id_rsa") ==
        Answer::Yes);
  CHECK(With("blacklist ${HOME}/.ssh\nnoblacklist ${HOME}/.ssh\n")->Read(kHome + "/.ssh/id_rsa") ==
        Answer::No);
  CHECK(With("noblacklist ${HOME}/.ssh/\nblacklist ${HOME}/.ssh\n")->Read(kHome + "/.ssh/id_rsa") ==
        Answer::No);
  // The order of whitelist and blacklist is of no account.
  CHECK(With("blacklist ${HOME}/.ssh\nwhitelist ${HOME}/.ssh\n")->Read(kHome + "/.ssh/id_rsa") ==
        Answer::No);
}

TEST_CASE("firejail: a whitelist empties its top folder and no other") {
  const auto home = With("whitelist ${HOME}/project\n");
  CHECK(home->Read(kHome + "/.ssh/id_rsa") == Answer::No);
  CHECK(home->Write(kHome + "/project") == Answer::Yes);
  CHECK(home->Read("/run/docker.sock") == Answer::Yes);
  const auto tmp = With("whitelist /tmp/work\n");
  CHECK(tmp->Read(kHome + "/.ssh/id_rsa") == Answer::Yes);
  CHECK(tmp->Read("/tmp/other") == Answer::No);
}

TEST_CASE("firejail: a private home, read-only folders") {
  const auto empty = With("private\n");
  CHECK(empty->Read(kHome + "/.ssh/id_rsa") == Answer::No);
  CHECK(empty->Read(kHome + "/project") == Answer::No);
  const auto other = With("private ${HOME}/project\n");
  CHECK(other->Write(kHome + "/project") == Answer::Yes);
  CHECK(other->Read(kHome + "/.ssh/id_rsa") == Answer::No);
  const auto fixed = With("read-only ${HOME}\nread-write ${HOME}/project\n");
  CHECK(fixed->Write(kHome + "/.bashrc") == Answer::No);
  CHECK(fixed->Write(kHome + "/project") == Answer::Yes);
  CHECK(With("read-write ${HOME}/project\nread-only ${HOME}\n")->Write(kHome + "/project") ==
        Answer::No);
}

TEST_CASE("firejail: sockets, the network and what it adds inside of another sandbox") {
  CHECK(With("net none\n")->launch.grant.egress.mode == NetworkMode::None);
  CHECK(With("net none\n")->launch.grant.egress.Closed() == false);  // docker.sock can be seen
  CHECK(With("net none\nprotocol inet\n")->launch.grant.egress.Closed());
  const auto inner = Evaluate(
      {"firejail", "--noprofile", "firejail", "--net=none", "--blacklist=~/.ssh", "node"}, "");
  CHECK(inner->launch.grant.egress.mode == NetworkMode::Host);
  CHECK(inner->Read(kHome + "/.ssh/id_rsa") == Answer::Yes);
  const auto refused =
      Evaluate({"bwrap", "--bind", "/", "/", "firejail", "--noprofile", "node"}, "");
  CHECK(refused->launch.starts == Answer::No);
}

TEST_CASE("firejail: another user's home under sudo") {
  const auto root = Evaluate(
      {"sudo", "firejail", "--noprofile", "--caps.drop=all", "--blacklist=~/.ssh", "node"}, "");
  CHECK(root->Read("/root/.ssh/id_rsa") == Answer::No);
  CHECK(root->Read(kHome + "/.ssh/id_rsa") == Answer::Yes);
}

TEST_CASE("firejail: a profile that is not there leaves every answer open") {
  const auto open = With("include nobody-has-this.inc\nprivate\nnet none\n");
  CHECK(open->Read(kHome + "/.ssh/id_rsa") == Answer::Unknown);
  CHECK(open->launch.grant.egress.mode == NetworkMode::Unknown);
}

TEST_CASE("paths are matched as fnmatch does") {
  CHECK(MatchesPath("/a/*", "/a/b"));
  CHECK_FALSE(MatchesPath("/a/*", "/a/b/c"));
  CHECK(MatchesPath("/*/b*c", "/a/bxc"));
  CHECK(MatchesPath("/a/[a-c]?", "/a/bx"));
  CHECK_FALSE(MatchesPath("/a/[!b]", "/a/b"));
  CHECK(MatchesPath("/a/[b", "/a/[b"));
  CHECK_FALSE(MatchesPath(std::string(40, '*') + "y", std::string(5000, 'x')));
}

TEST_CASE("firejail: a thousand profiles in a second") {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  if (fs::exists("/etc/firejail/default.profile")) {
    for (const auto& entry : fs::directory_iterator("/etc/firejail")) {
      if (entry.path().extension() == ".profile") names.push_back(entry.path().stem());
    }
  }
  if (names.size() < 1000) {
    WARN("skipped: the profiles of firejail are not installed");
    return;
  }
#ifdef NDEBUG
  constexpr std::size_t kCount = 1000;
#else
  constexpr std::size_t kCount = 20;  // a build without optimisation proves nothing
#endif
  names.resize(kCount);
  const auto host = MakeSymbolicHost({});
  const auto start = std::chrono::steady_clock::now();
  for (const std::string& name : names) {
    const auto run = Evaluate({"firejail", "--profile=" + name, "node"}, "", host);
    CHECK(run->launch.layers.front().tool == "firejail");
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  WARN(kCount << " shipped profiles with all that they include: " << taken.count() << " s");
#ifdef NDEBUG
  CHECK(taken.count() < 1.0);
#endif
}

}  // namespace sandlint
