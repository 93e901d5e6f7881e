// Links that a repository carries are followed on a machine that nobody has seen.

#include <string>

#include "catch.h"
#include "scanner/files/reader.h"
#include "scanner/scan.h"

namespace sandlint {
namespace {

constexpr const char* kKey = "/home/user/.ssh/id_rsa";
using Files = std::map<std::string, std::string, std::less<>>;

std::string Ask(const std::string& command, const std::string& args, Files links) {
  const auto files =
      MakeMemoryReader({{".mcp.json", R"({"mcpServers":{"a":{"command":")" + command +
                                          R"(","args":[)" + args + "]}}}"}},
                       std::move(links));
  const Workspace workspace = Scan(*files, {});
  if (workspace.servers.size() != 1 || workspace.servers[0].launches.empty()) return "none";
  return NameOf(workspace.servers[0].launches[0].grant.paths->OfHost(kKey).Has(Right::Read));
}

std::string Bind(const std::string& source, Files links) {
  return Ask("bwrap", R"("--ro-bind","/usr","/usr","--ro-bind",")" + source + R"(","/data","x")",
             std::move(links));
}

}  // namespace

TEST_CASE("a link of the tree is no assumption") {
  CHECK(Bind("./abs", {}) == "no");
  CHECK(Bind("./abs", {{"abs", "/home/user/.ssh"}}) == "yes");
  CHECK(Bind("/home/user/project/abs", {{"abs", "/home/user/.ssh"}}) == "yes");
  CHECK(Bind("./abs/id_rsa", {{"abs", "/home/user/.ssh"}}) == "yes");
  CHECK(Bind("./file", {{"file", "/home/user/.ssh/id_rsa"}}) == "yes");
  CHECK(Bind("./a/b/.ssh", {{"a/b", "/home/user"}}) == "yes");
  CHECK(Bind("./one", {{"one", "two"}, {"two", "/home/user/.ssh"}}) == "yes");
  CHECK(Bind("./sub/in", {{"sub/in", "../data"}}) == "no");
}

TEST_CASE("a link that climbs out of the tree leads into the home at worst") {
  CHECK(Bind("./data", {{"data", "../.ssh"}}) == "yes");
  CHECK(Bind("./data", {{"data", "../../.ssh"}}) == "yes");
  CHECK(Bind("./data", {{"data", "sub/../../../.ssh/id_rsa"}}) == "yes");
  CHECK(Bind("./data", {{"data", "../.."}}) == "yes");
  CHECK(Bind("./data", {{"data", "../other"}}) == "no");
}

TEST_CASE("links of the tree count for every sandbox") {
  const Files link{{"abs", "/home/user/.ssh"}};
  CHECK(Ask("firejail", R"("--noprofile","--private=./abs","x")", link) == "yes");
  CHECK(Ask("firejail", R"("--noprofile","--whitelist=/home/user/project/abs","x")", link) ==
        "yes");
  CHECK(Ask("docker", R"("run","-v","./abs:/d","x")", link) == "yes");
}

}  // namespace sandlint
