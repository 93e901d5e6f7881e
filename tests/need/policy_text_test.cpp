// What is written is read back by the reader of the policy file.

#include "scanner/need/policy_text.h"

#include "catch.h"
#include "scanner/need/policy.h"

namespace sandlint {
namespace {

using Lines = std::vector<std::string>;

Lines Texts(const std::vector<Word>& words) {
  Lines lines;
  for (const Word& word : words) lines.push_back(word.text);
  return lines;
}

PolicyEntry Entry() {
  PolicyEntry entry;
  entry.server = "files";
  entry.paths = Lines{"@args rw", "~/.gitconfig ro"};
  entry.hosts = Lines{"api.example.com:443"};
  entry.traces = {"traces/files"};
  entry.remarks = {{"~/.ssh/id_rsa ro", "a secret\nplace"}};
  return entry;
}

struct Read {
  explicit Read(std::string written)
      : source{"p", std::move(written), false}, policy(ReadPolicy(source)) {}
  Source source;
  Policy policy;
};

}  // namespace

TEST_CASE("a table is read back as it was meant") {
  const Read read(PolicyTable(Entry()));
  CHECK(read.policy.problems.empty());
  REQUIRE(read.policy.servers.size() == 1);
  const ServerPolicy& row = read.policy.servers.front();
  CHECK(row.name.text == "files");
  CHECK(Texts(row.paths) == Lines{"@args rw", "~/.gitconfig ro"});
  CHECK(Texts(row.hosts) == Lines{"api.example.com:443"});
  CHECK(Texts(row.traces) == Lines{"traces/files"});
  CHECK(read.source.text.find("# not written: ~/.ssh/id_rsa ro (a secret?place)") !=
        std::string::npos);
}

TEST_CASE("names that TOML or a terminal could trip over survive") {
  PolicyEntry entry;
  entry.server = "a \"b\"]\n[x";
  entry.paths = Lines{"/p/\"q\"\\\x01\n ro", "/bad\xff ro", "/\xc3\xa4 ro"};
  const Read read(PolicyTable(entry));
  CHECK(read.policy.problems.empty());
  REQUIRE(read.policy.servers.size() == 1);
  CHECK(read.policy.servers.front().name.text == entry.server);
  CHECK(Texts(read.policy.servers.front().paths) == Lines{"/p/\"q\"\\\x01\n ro", "/\xc3\xa4 ro"});
  CHECK(read.source.text.find('\x01') == std::string::npos);
}

TEST_CASE("an empty list says that there is none, a missing one says nothing") {
  PolicyEntry entry;
  entry.server = "x";
  entry.hosts = Lines{};
  const Read read(PolicyTable(entry));
  REQUIRE(read.policy.servers.size() == 1);
  CHECK(static_cast<bool>(read.policy.servers.front().hosts_key));
  CHECK_FALSE(static_cast<bool>(read.policy.servers.front().paths_key));
}

TEST_CASE("a policy keeps what is there") {
  std::string problem;
  const std::string before =
      "# mine\nexclude = [\"x\"] # why\n\n[server.files] # ours\nclass = \"vcs\"  # yes\n"
      "paths = [\n  \"/srv ro\", # data\n]\n\n[[suppress]]\nrule = \"r\"\nreason = \"b\"\n";
  const auto merged = MergePolicy(before, Entry(), problem);
  INFO(problem);
  REQUIRE(merged);
  for (const char* kept : {"# mine\n", "# why\n", "# ours\n", "class = \"vcs\"  # yes\n",
                           "# data\n", "[[suppress]]\nrule = \"r\"\n"}) {
    CHECK(merged->find(kept) != std::string::npos);
  }
  const Read read(*merged);
  CHECK(read.policy.problems.empty());
  CHECK(Texts(read.policy.servers.at(0).paths) == Lines{"/srv ro", "@args rw", "~/.gitconfig ro"});
  CHECK(Texts(read.policy.servers.at(0).hosts) == Lines{"api.example.com:443"});
  CHECK(MergePolicy(*merged, Entry(), problem) == merged);
}

TEST_CASE("a policy without the server gets a table") {
  std::string problem;
  for (const char* before : {"", "exclude = []", "[server.other]\nhosts = []\n"}) {
    const auto merged = MergePolicy(before, Entry(), problem);
    REQUIRE(merged);
    CHECK(merged->find(before) == 0);
    CHECK(Read(*merged).policy.problems.empty());
  }
}

TEST_CASE("what cannot be added to for certain is left alone") {
  std::string problem;
  for (const char* before :
       {"[server", "server = { files = { class = \"vcs\" } }\n", "server.files.class = \"vcs\"\n",
        "[server.files]\n", "[server.files]\npaths = \"/x\"\n"}) {
    problem.clear();
    const auto merged = MergePolicy(before, Entry(), problem);
    INFO(before << (merged ? *merged : ""));
    CHECK((merged.has_value() || !problem.empty()));
    if (!merged) continue;
    const Read read(*merged);
    CHECK(read.policy.problems.empty());
    CHECK(Texts(read.policy.servers.at(0).hosts) == Lines{"api.example.com:443"});
  }
}

}  // namespace sandlint
