// When a file was last changed, as `git log -1` says.

#include <fmt/format.h>

#include <cstdlib>
#include <string>

#include "catch.h"
#include "files/folder.h"
#include "scanner/files/reader.h"

using namespace sandlint;

namespace {

/// Runs `script` in the folder with a git that reads no config but its own.
bool Git(const Folder& folder, const std::string& script) {
  const std::string command = fmt::format(
      "cd '{}' && export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a "
      "GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.com && "
      "at() {{ export GIT_AUTHOR_DATE=\"$1 +0000\" GIT_COMMITTER_DATE=\"$1 +0000\"; }} && "
      "( set -e; {} ) >/dev/null 2>&1",
      folder.Root(), script);
  return std::system(command.c_str()) == 0;  // NOLINT: a fixed command
}

bool NoGit() {
  if (std::system("command -v git >/dev/null 2>&1") == 0) return false;
  if (std::getenv("SANDLINT_REQUIRE_ORACLES") != nullptr) FAIL("git is missing");
  WARN("skipped: git is not installed");
  return true;
}

constexpr const char* kHistory =
    "git init -q -b main; mkdir d; echo 1 >a; echo 1 >b; echo 1 >d/c; git add .; at 1000000000; "
    "git commit -qm 1; echo 2 >a; at 1100000000; git commit -qam 2; git checkout -qb side HEAD~1; "
    "echo 3 >d/c; at 1200000000; git commit -qam 3; git checkout -q main; at 1300000000; "
    "git merge -q --no-ff -m 4 side; echo 5 >new; git add new; at 1400000000; git commit -qm 5;";

}  // namespace

TEST_CASE("the commit that changed a file last dates it, through merges too") {
  if (NoGit()) return;
  const Folder folder;
  REQUIRE(Git(folder, kHistory));
  std::string problem;
  const auto git = MakeGitReader(folder.Root(), "main", problem);
  const auto disk = MakeDiskReader(folder.Root());
  REQUIRE(git != nullptr);
  for (const FileReader* reader : {git.get(), disk.get()}) {
    CHECK(reader->ChangedAt("a") == 1100000000);
    CHECK(reader->ChangedAt("b") == 1000000000);
    CHECK(reader->ChangedAt("d/c") == 1200000000);
    CHECK(reader->ChangedAt("new") == 1400000000);
    CHECK_FALSE(reader->ChangedAt("none"));
  }
  const auto below = MakeDiskReader(folder / "d");
  CHECK(below->ChangedAt("c") == 1200000000);
  const auto old = MakeGitReader(folder.Root(), "main~2", problem);
  REQUIRE(old != nullptr);
  CHECK(old->ChangedAt("d/c") == 1000000000);
}

TEST_CASE("what is not as it was committed is dated by the disk") {
  if (NoGit()) return;
  const Folder folder;
  REQUIRE(Git(folder, std::string(kHistory) +
                          "echo 9 >a; touch -d @1500000000 a; echo 9 >loose; "
                          "touch -d @1600000000 loose; touch -d @1700000000 b"));
  const auto disk = MakeDiskReader(folder.Root());
  CHECK(disk->ChangedAt("a") == 1500000000);
  CHECK(disk->ChangedAt("loose") == 1600000000);
  CHECK(disk->ChangedAt("b") == 1000000000);
}

TEST_CASE("a shallow clone does not know") {
  if (NoGit()) return;
  const Folder folder;
  REQUIRE(Git(folder, "mkdir whole; cd whole; " + std::string(kHistory) +
                          "cd ..; git clone -q --depth 1 \"file://$PWD/whole\" part"));
  const auto disk = MakeDiskReader(folder / "part");
  CHECK_FALSE(disk->ChangedAt("b"));
  CHECK_FALSE(disk->ChangedAt("a"));
}

TEST_CASE("without a repository the disk dates a file") {
  const Folder folder{{"a", "x"}};
  REQUIRE(Git(folder, "touch -d @1500000000 a"));
  CHECK(MakeDiskReader(folder.Root())->ChangedAt("a") == 1500000000);
}
