// Permission profiles of `codex sandbox`, as Codex 0.169 was seen to apply them.
#include "catch.h"
#include "tests/grant/evaluate.h"

namespace sandlint {
namespace {

std::unique_ptr<Evaluated> Profile(const std::string& config, const std::string& name = "mcp") {
  return Evaluate({"codex", "sandbox", "-P", name, "--", "node", "x.js"},
                  {{".codex/config.toml", config}});
}

TEST_CASE("A profile of codex extends a built-in one, and the most specific path wins") {
  const auto mcp = Profile(R"(
[permissions.mcp]
extends = ":workspace"
[permissions.mcp.filesystem]
"~/.ssh" = "deny"
"/home/user/work" = "write"
"/home/user/work/in" = "read"
"/home/user/work/in/deep" = "write"
"/home/user/.config" = "deny"
"/home/user/.config/gh" = "read"
)");
  CHECK(mcp->Read("/home/user/.config/gh/hosts.yml") == "yes");
  CHECK(mcp->Write("/home/user/.config/gh/hosts.yml") == "no");
  CHECK(mcp->Read("/home/user/.ssh/id_rsa") == "no");
  CHECK(mcp->Read("/home/user/.aws/credentials") == "yes");
  CHECK(mcp->Write("/home/user/.aws/credentials") == "no");
  CHECK(mcp->Write("/home/user/project/x") == "yes");
  CHECK(mcp->Write("/home/user/project/.git/config") == "no");
  CHECK(mcp->Write("/home/user/work/x") == "yes");
  CHECK(mcp->Connect("tcp", "192.0.2.1", 443) == "no");
  CHECK(mcp->launch.grant.environment.Ask("AWS_SECRET_ACCESS_KEY").answer == Answer::Yes);
  bool assumed = false;
  for (const std::string& one : mcp->launch.grant.assuming) {
    assumed = assumed || one.find("trusts this folder") != std::string::npos;
  }
  CHECK(assumed);
}

TEST_CASE("Profiles of codex extend each other, and the later access counts") {
  const std::string base =
      "[permissions.mcp]\nextends = \":read-only\"\n[permissions.mcp.filesystem]\n"
      "\"/home/user/.ssh\" = \"deny\"\n\"/home/user/.aws\" = \"none\"\n";
  const auto more = Profile(base +
                                "[permissions.d]\nextends = \"mcp\"\n[permissions.d.filesystem]\n"
                                "\"/home/user/.ssh\" = \"read\"\n",
                            "d");
  CHECK(more->Read("/home/user/.ssh/id_rsa") == "yes");
  CHECK(more->Read("/home/user/.aws/credentials") == "no");
  const auto loop =
      Profile("[permissions.mcp]\nextends = \"b\"\n[permissions.b]\nextends = \"mcp\"\n");
  CHECK(loop->Read("/home/user/.ssh/id_rsa") != "no");
  CHECK(loop->Write("/home/user/.ssh/id_rsa") != "no");
}

TEST_CASE("The network of a profile of codex is that of the host, whatever domains it lists") {
  const std::string net =
      "[permissions.mcp]\nextends = \":read-only\"\n[permissions.mcp.network]\nenabled = true\n"
      "[permissions.mcp.network.domains]\n\"api.github.com\" = \"allow\"\n";
  CHECK(Profile(net)->Connect("tcp", "192.0.2.1", 443) == "yes");
  CHECK(Profile(net + "[features]\nnetwork_proxy = true\n")->Connect("tcp", "192.0.2.1", 443) ==
        "unknown");
}

TEST_CASE("What a profile of codex says in ways that are not followed hides nothing for sure") {
  for (const char* paths :
       {"\":minimal\" = \"read\"", "\"~/.s*\" = \"deny\"\n\"/home/user/x*\" = \"write\"",
        "\"/home/user/.ssh\" = \"Deny\"", "\":tmpdir\" = \"write\"", "\":root\" = \"write\""}) {
    INFO(paths);
    const auto odd = Profile(
        std::string("[permissions.mcp]\nextends = \":read-only\"\n[permissions.mcp.filesystem]\n") +
        paths + "\n");
    CHECK(odd->Read("/home/user/.ssh/id_rsa") != "no");
    CHECK(odd->Write("/home/user/.ssh/id_rsa") != "no");
  }
  const auto bare = Profile("[permissions.mcp.filesystem]\n\":minimal\" = \"read\"\n");
  CHECK(bare->Read("/home/user/.ssh/id_rsa") != "no");
  CHECK(Profile("[permissions.mcp.filesystem\n")->Write("/home/user/.ssh/id_rsa") != "no");
  CHECK(Profile("[permissions.other]\nextends = \":read-only\"\n")->Write("/etc/passwd") != "yes");
  CHECK(Profile("[permissions.other]\nextends = \":read-only\"\n")->Write("/home/user/x") ==
        "unknown");
}

TEST_CASE("Where a config of codex cannot be found it is named") {
  const auto unknown = Evaluate({"codex", "sandbox", "-P", "mcp", "--", "x"});
  CHECK(unknown->HasNote("~/.codex/config.toml"));
  CHECK(unknown->Read("/home/user/.ssh/id_rsa") == "unknown");
  const auto moved =
      Evaluate({"env", "CODEX_HOME=/srv/c", "codex", "sandbox", "-P", "m", "--", "x"});
  CHECK(moved->HasNote("$CODEX_HOME/config.toml"));
  const auto lost = Evaluate({"codex", "sandbox", "-P", ":workspace", "-p", "dev", "--", "x"});
  CHECK(lost->Write("/home/user/.ssh/id_rsa") == "unknown");
}

}  // namespace
}  // namespace sandlint
