// The permissions of deno and node.

#include <string>
#include <vector>

#include "catch.h"
#include "tests/grant/evaluate.h"

namespace sandlint {
namespace {

std::string ValueOf(const Evaluated& evaluated, const std::string& name) {
  return NameOf(evaluated.launch.grant.environment.Ask(name).answer);
}

constexpr const char* kKey = "/home/user/.ssh/id_rsa";

}  // namespace

TEST_CASE("deno allows what its options name, before the script") {
  const auto none = Evaluate({"deno", "run", "x.ts", "--allow-read"});
  CHECK(none->Read(kKey) == "no");
  CHECK(ValueOf(*none, "AWS_SECRET_ACCESS_KEY") == "no");
  CHECK(none->Connect("tcp", "192.0.2.1", 80) == "no");
  CHECK(none->Connect("tcp", "192.0.2.1", 443) == "unknown");  // code from elsewhere
  CHECK(none->Of(Right::Connect, "/run/user/1000/bus") == "no");
  const auto closed = Evaluate({"deno", "run", "--no-remote", "--no-npm", "x.ts"});
  CHECK(closed->Connect("tcp", "192.0.2.1", 443) == "no");
  const auto some = Evaluate({"deno", "run", "-R=/home/user/project,/srv", "-W=/srv", "x.ts"});
  CHECK(some->Read("/home/user/project/x") == "yes");
  CHECK(some->Write("/home/user/project/x") == "no");
  CHECK(some->Read(kKey) == "no");
  CHECK(some->Read("/home/user") == "yes");  // something below it
  CHECK(Evaluate({"deno", "run", "--allow-read=.", "x.ts"})->Read("/home/user/project/y") == "yes");
  CHECK(Evaluate({"deno", "x.ts"})->Read(kKey) == "no");
  CHECK(Evaluate({"deno", "eval", "1"})->Read(kKey) == "yes");
  CHECK(Evaluate({"deno", "run", "--nope", "x.ts"})->Read(kKey) == "unknown");
}

TEST_CASE("deno's network, variables and ways out") {
  const auto net = Evaluate({"deno", "run", "--no-remote", "--no-npm",
                             "--allow-net=api.example.com:443,*.example.org", "x.ts"});
  CHECK(net->Connect("tcp", "api.example.com", 443) == "yes");
  CHECK(net->Connect("tcp", "api.example.com", 80) == "no");
  CHECK(net->Connect("tcp", "a.example.org", 80) == "yes");
  CHECK(net->Connect("tcp", "example.net", 443) == "no");
  const auto denied = Evaluate({"deno", "run", "-N", "--deny-net=evil.example", "x.ts"});
  CHECK(denied->Connect("tcp", "evil.example", 1) == "no");
  CHECK(denied->Connect("tcp", "example.com", 1) == "yes");
  const auto env = Evaluate({"deno", "run", "--allow-env=PATH,AWS_*", "x.ts"});
  CHECK(ValueOf(*env, "AWS_SECRET_ACCESS_KEY") == "yes");
  CHECK(ValueOf(*env, "GITHUB_TOKEN") == "no");
  CHECK(ValueOf(*Evaluate({"deno", "run", "-E", "--deny-env=GITHUB_TOKEN", "x.ts"}),
                "GITHUB_TOKEN") == "no");
  const auto run = Evaluate({"deno", "run", "--allow-run", "x.ts"});
  CHECK(run->Read(kKey) == "yes");
  CHECK(run->launch.grant.openings.size() == 1);
  CHECK(Evaluate({"deno", "run", "--allow-run=git", "x.ts"})->Read(kKey) == "unknown");
  CHECK(Evaluate({"deno", "run", "-A", "x.ts"})->Read(kKey) == "yes");
  CHECK(!HasSandbox(Evaluate({"deno", "run", "-A", "x.ts"})->launch));
}

TEST_CASE("A deny of deno holds until a link can be made around it") {
  const auto denied = Evaluate({"deno", "run", "-R", "--deny-read=/home/user/.ssh", "x.ts"});
  CHECK(denied->Read(kKey) == "no");
  CHECK(denied->Read("/home/user/.aws/credentials") == "yes");
  const auto made = Evaluate({"deno", "run", "-R", "-W", "--deny-read=/home/user/.ssh", "x.ts"});
  CHECK(made->Read(kKey) == "yes");
}

TEST_CASE("node's permission model holds files back and nothing else") {
  const auto node = Evaluate(
      {"node", "--permission", "--allow-fs-read=/home/user/project/*", "/home/user/project/x.js"});
  CHECK(node->Read("/home/user/project/y") == "yes");
  CHECK(node->Write("/home/user/project/y") == "no");
  CHECK(node->Read(kKey) == "no");
  CHECK(node->Connect("tcp", "192.0.2.1", 443) == "yes");
  CHECK(node->Of(Right::Connect, "/run/user/1000/bus") == "yes");
  CHECK(ValueOf(*node, "AWS_SECRET_ACCESS_KEY") == "yes");
  CHECK(HasSandbox(node->launch));
  const auto child = Evaluate({"node", "--permission", "--allow-child-process", "x.js"});
  CHECK(child->Read(kKey) == "yes");
  CHECK(child->launch.grant.openings.size() == 1);
  CHECK(Evaluate({"node", "--allow-fs-read", "/x", "x.js"})->HasProblem("--permission"));
  // What stands behind the first star counts for nothing.
  for (const char* path : {"/home/*/.config", "/home/user/*.md", "/home/user/.s*/config"}) {
    INFO(path);
    const std::string allow = std::string("--allow-fs-read=") + path;
    CHECK(Evaluate({"node", "--permission", allow, "x.js"})->Read(kKey) == "yes");
  }
  CHECK(Evaluate({"node", "--permission", "--allow-fs-read=/home/user/.c*", "x.js"})->Read(kKey) ==
        "no");
  CHECK(
      Evaluate({"deno", "run", "--allow-read", "--deny-read=/home/user/.s*", "x.ts"})->Read(kKey) ==
      "yes");
  CHECK(Evaluate({"node", "--permission", "--allow-fs-read=*", "x.js"})->Read(kKey) == "yes");
  CHECK(Evaluate({"env", "-i", "node", "--permission", "--allow-fs-read=*", "x.js"})
            ->launch.grant.environment.Ask("AWS_SECRET_ACCESS_KEY")
            .answer == Answer::Yes);
  CHECK(!HasSandbox(Evaluate({"node", "x.js"})->launch));
}

}  // namespace sandlint
