#include <git2.h>
#include <sys/stat.h>

#include <map>
#include <string>
#include <vector>

#include "catch.h"
#include "files/folder.h"
#include "scanner/files/reader.h"

using namespace sandlint;

namespace {

struct Committed {
  std::string text;
  git_filemode_t mode = GIT_FILEMODE_BLOB;
};
using Files = std::map<std::string, Committed>;

void Check(int result) {
  INFO((git_error_last() != nullptr ? git_error_last()->message : ""));
  REQUIRE(result == 0);
}

/// A repository with one commit on the branch `main`.
class Repository {
 public:
  explicit Repository(const std::string& folder) {
    git_libgit2_init();
    git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
    options.flags = GIT_REPOSITORY_INIT_MKPATH;
    options.initial_head = "main";
    Check(git_repository_init_ext(&repository_, folder.c_str(), &options));
  }
  Repository(const Repository&) = delete;
  Repository& operator=(const Repository&) = delete;
  ~Repository() {
    git_repository_free(repository_);
    git_libgit2_shutdown();
  }

  void Commit(const Files& files) {
    const git_oid id = Write(files);
    git_tree* tree = nullptr;
    Check(git_tree_lookup(&tree, repository_, &id));
    git_signature* who = nullptr;
    Check(git_signature_new(&who, "A", "a@example.com", 1700000000, 0));
    git_oid commit{};
    git_reference_remove(repository_, "refs/heads/main");
    Check(git_commit_create(&commit, repository_, "refs/heads/main", who, who, nullptr, "x", tree,
                            0, nullptr));
    git_signature_free(who);
    git_tree_free(tree);
  }

  std::string IdOf(const std::string& what) const {
    git_object* object = nullptr;
    Check(git_revparse_single(&object, repository_, what.c_str()));
    const std::string id = git_oid_tostr_s(git_object_id(object));
    git_object_free(object);
    return id;
  }

  std::string Head() const {
    git_oid id{};
    Check(git_reference_name_to_id(&id, repository_, "refs/heads/main"));
    return git_oid_tostr_s(&id);
  }

 private:
  git_oid Write(const Files& files) {
    git_treebuilder* builder = nullptr;
    Check(git_treebuilder_new(&builder, repository_, nullptr));
    std::map<std::string, Files> folders;
    for (const auto& [path, file] : files) {
      const std::size_t slash = path.find('/');
      if (slash != std::string::npos) {
        folders[path.substr(0, slash)][path.substr(slash + 1)] = file;
        continue;
      }
      git_oid id{};
      if (file.mode == GIT_FILEMODE_COMMIT) {
        Check(git_oid_fromstr(&id, "0123456789012345678901234567890123456789"));
      } else {
        Check(git_blob_create_from_buffer(&id, repository_, file.text.data(), file.text.size()));
      }
      Check(git_treebuilder_insert(nullptr, builder, path.c_str(), &id, file.mode));
    }
    for (const auto& [name, below] : folders) {
      const git_oid id = Write(below);
      Check(git_treebuilder_insert(nullptr, builder, name.c_str(), &id, GIT_FILEMODE_TREE));
    }
    git_oid id{};
    Check(git_treebuilder_write(&id, builder));
    git_treebuilder_free(builder);
    return id;
  }

  git_repository* repository_ = nullptr;
};

Committed Link(std::string target) { return {std::move(target), GIT_FILEMODE_LINK}; }

std::string ProblemOf(const std::string& directory, const std::string& revision = "main") {
  std::string problem;
  CHECK(MakeGitReader(directory, revision, problem) == nullptr);
  CHECK(!problem.empty());
  return problem;
}

bool Has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the git reader reads a revision, not the work tree") {
  const Folder folder;
  Repository repository(folder.Root());
  repository.Commit({{"a.txt", {"committed\r\n"}}, {"sub/b.txt", {"b"}}, {"sub.x", {"x"}}});
  folder.Write("a.txt", "changed");
  folder.Write("new.txt", "new");
  std::string problem;
  for (const char* revision : {"main", "HEAD", "refs/heads/main", "HEAD^{tree}"}) {
    CAPTURE(revision);
    const auto reader = MakeGitReader(folder.Root(), revision, problem);
    CHECK(problem.empty());
    REQUIRE(reader != nullptr);
    CHECK(reader->Read("a.txt").text == "committed\r\n");
    CHECK(reader->Read("new.txt").status == ReadStatus::Missing);
    CHECK(reader->Read("sub").status == ReadStatus::IsDirectory);
    CHECK(reader->Read("sub/./../sub/b.txt").text == "b");
    CHECK(reader->Read("../a.txt").status == ReadStatus::LinkOutside);
    CHECK(reader->Read(std::string("a.txt\0x", 7)).status == ReadStatus::Missing);
    std::vector<std::string> names;
    for (const auto& entry : reader->List("")) names.push_back(entry.name);
    CHECK(names == std::vector<std::string>{"a.txt", "sub", "sub.x"});
    CHECK(reader->List("")[1].is_directory);
    CHECK(reader->List("a.txt").empty());
  }
}

TEST_CASE("a folder of a repository is read as a root of its own") {
  const Folder folder;
  Repository repository(folder.Root());
  repository.Commit({{"top", {"t"}}, {"sub/in", {"i"}}, {"sub/up", Link("../top")}});
  std::filesystem::create_directories(folder.path / "sub/new");
  std::string problem;
  const auto reader = MakeGitReader(folder / "sub", "main", problem);
  REQUIRE(reader != nullptr);
  CHECK(reader->Read("in").text == "i");
  CHECK(reader->Read("up").status == ReadStatus::LinkOutside);
  // A folder that the revision does not have is empty there.
  const auto none = MakeGitReader(folder / "sub/new", "main", problem);
  REQUIRE(none != nullptr);
  CHECK(none->List("").empty());
  CHECK(none->Read("in").status == ReadStatus::Missing);
}

TEST_CASE("links of a revision are followed within its tree") {
  const Folder folder;
  Repository repository(folder.Root());
  repository.Commit({{"real/in", {"inside"}},
                     {"near", Link("real/in")},
                     {"sub/up", Link("../real/in")},
                     {"folder", Link("real")},
                     {"folder-up", Link("real/..")},
                     {"out", Link("../secret")},
                     {"absolute", Link("/etc/passwd")},
                     {"circle", Link("circle")},
                     {"ping", Link("pong")},
                     {"pong", Link("ping")},
                     {"dangling", Link("nowhere")},
                     {"module", {"", GIT_FILEMODE_COMMIT}}});
  std::string problem;
  const auto reader = MakeGitReader(folder.Root(), "main", problem);
  REQUIRE(reader != nullptr);
  for (const char* path : {"near", "sub/up", "folder/in", "folder-up/real/in", "folder/../near"}) {
    CAPTURE(path);
    CHECK(reader->Read(path).text == "inside");
  }
  for (const char* path : {"out", "absolute", "circle", "ping"}) {
    CAPTURE(path);
    CHECK(reader->Read(path).status == ReadStatus::LinkOutside);
  }
  CHECK(reader->Read("dangling").status == ReadStatus::Missing);
  CHECK(reader->List("module").empty());
  for (const DirectoryEntry& entry : reader->List("")) {
    CAPTURE(entry.name);
    CHECK(entry.is_directory == (entry.name == "real" || entry.name == "sub"));
  }
}

TEST_CASE("a blob of 16 MiB is read and a larger one is not") {
  const Folder folder;
  Repository repository(folder.Root());
  repository.Commit({{"most", {std::string(FileReader::kMaxBytes, ' ')}},
                     {"more", {std::string(FileReader::kMaxBytes + 1, ' ')}}});
  std::string problem;
  const auto reader = MakeGitReader(folder.Root(), "main", problem);
  REQUIRE(reader != nullptr);
  CHECK(reader->Read("most").status == ReadStatus::Ok);
  CHECK(reader->Read("more").status == ReadStatus::TooLarge);
}

TEST_CASE("what is no repository or no revision is said to be so") {
  const Folder folder;
  CHECK(Has(ProblemOf(folder.Root()), "no git repository"));
  Repository repository(folder.Root());
  CHECK(Has(ProblemOf(folder.Root()), "no such revision"));
  repository.Commit({{"a", {"a"}}});
  CHECK(Has(ProblemOf(folder.Root(), "other"), "no such revision"));
  CHECK(Has(ProblemOf(folder.Root(), "main:a"), "neither a commit nor a tree"));
  CHECK(Has(ProblemOf(folder.Root(), ""), "no such revision"));
}

TEST_CASE("a repository that leaves its tree is not opened") {
  const Folder outer;
  Repository repository(outer / "other");
  repository.Commit({{"a", {"a"}}});
  std::filesystem::create_directories(outer.path / "tree");
  const std::string tree = outer / "tree";
  SECTION("by a .git file") {
    outer.Write("tree/.git", "gitdir: ../other/.git\n");
    CHECK(Has(ProblemOf(tree), "outside of the tree"));
  }
  SECTION("by a .git file with an absolute path") {
    outer.Write("tree/.git", "gitdir: " + (outer / "other/.git") + "\n");
    CHECK(Has(ProblemOf(tree), "outside of the tree"));
  }
  SECTION("by a .git link") {
    outer.Link("../other/.git", "tree/.git");
    CHECK(Has(ProblemOf(tree), "outside of the tree"));
  }
  SECTION("by borrowed objects") {
    Repository borrower(tree);
    outer.Write("tree/.git/objects/info/alternates", "# x\n../../../other/.git/objects\n");
    CHECK(Has(ProblemOf(tree), "outside of the tree"));
  }
  SECTION("by objects that are borrowed from a borrower") {
    Repository borrower(tree);
    outer.Write("tree/.git/objects/info/alternates", "../more\n");
    outer.Write("tree/.git/more/info/alternates", (outer / "other/.git/objects") + "\n");
    CHECK(Has(ProblemOf(tree), "outside of the tree"));
  }
  SECTION("by a link to objects") {
    Repository borrower(tree);
    std::filesystem::remove_all(outer.path / "tree/.git/objects");
    outer.Link("../../other/.git/objects", "tree/.git/objects");
    CHECK(Has(ProblemOf(tree), "outside of the tree"));
  }
  SECTION("as a linked work tree does") {
    Repository borrower(tree);
    outer.Write("tree/.git/commondir", "../../other/.git\n");
    CHECK(Has(ProblemOf(tree), "linked work tree"));
  }
  SECTION("by a .git file that says something else") {
    outer.Write("tree/.git", "hello\n");
    CHECK(Has(ProblemOf(tree), "neither a folder nor a file"));
  }
  SECTION("by a .git file that leads nowhere") {
    outer.Write("tree/.git", "gitdir: nowhere\n");
    CHECK(Has(ProblemOf(tree), "does not exist"));
  }
}

TEST_CASE("a .git file that stays in the tree is followed") {
  const Folder folder;
  Repository repository(folder.Root());
  repository.Commit({{"a", {"a"}}});
  std::filesystem::rename(folder.path / ".git", folder.path / "store");
  folder.Write(".git", "gitdir: store\n");
  std::string problem;
  const auto reader = MakeGitReader(folder.Root(), "main", problem);
  CHECK(problem.empty());
  REQUIRE(reader != nullptr);
  CHECK(reader->Read("a").text == "a");
}

TEST_CASE("a FIFO where git keeps a file blocks nothing") {
  const Folder folder;
  Repository repository(folder.Root());
  repository.Commit({{"a", {"a"}}});
  std::string file;
  SECTION("as HEAD") { file = ".git/HEAD"; }
  SECTION("as a branch") { file = ".git/refs/heads/main"; }
  SECTION("as the config") { file = ".git/config"; }
  SECTION("as a pack") { file = ".git/objects/pack/pack-1.idx"; }
  std::filesystem::remove(folder.path / file);
  REQUIRE(mkfifo((folder / file).c_str(), 0644) == 0);
  CHECK(Has(ProblemOf(folder.Root()), "which is no file"));
}

TEST_CASE("settings of a repository that name other places have no effect") {
  const Folder folder{{"elsewhere/a", "elsewhere"}};
  Repository repository(folder / "tree");
  repository.Commit({{"a", {"committed"}}, {".gitattributes", {"a filter=x"}}});
  folder.Write("tree/.git/config",
               "[core]\n repositoryformatversion = 0\n worktree = ../../elsewhere\n fsmonitor = "
               "touch " +
                   (folder / "ran") + "\n[filter \"x\"]\n smudge = touch " + (folder / "ran") +
                   "\n");
  std::string problem;
  const auto reader = MakeGitReader(folder / "tree", "main", problem);
  CHECK(problem.empty());
  REQUIRE(reader != nullptr);
  CHECK(reader->Read("a").text == "committed");
  CHECK(!std::filesystem::exists(folder.path / "ran"));
}

// libgit2 1.5 reads such an object without end.
TEST_CASE("objects that are cut short are reported") {
  for (const std::uintmax_t size : {0, 1, 2, 3, 10, 30}) {
    const Folder folder;
    Repository repository(folder.Root());
    repository.Commit({{"a", {"some text that is long enough not to fit into so few bytes"}}});
    const std::string commit = repository.Head();
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder.path / ".git/objects")) {
      if (!entry.is_regular_file()) continue;
      std::filesystem::permissions(entry.path(), std::filesystem::perms::owner_all);
      std::filesystem::resize_file(entry.path(), size);
    }
    for (const std::string& revision : {std::string("main"), commit, commit.substr(0, 8)}) {
      DYNAMIC_SECTION(revision.size() << " letters, " << size << " bytes") {
        ProblemOf(folder.Root(), revision);
      }
    }
  }
}

TEST_CASE("a blob that is cut short is reported, and the others are read") {
  const Folder folder;
  Repository repository(folder.Root());
  repository.Commit({{"a", {"some text that is long enough"}}, {"b", {"other text"}}});
  git_oid id{};
  Check(git_odb_hash(&id, "some text that is long enough", 29, GIT_OBJECT_BLOB));
  const std::string name = git_oid_tostr_s(&id);
  const std::string file = folder / (".git/objects/" + name.substr(0, 2) + "/" + name.substr(2));
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 6);
  std::string problem;
  const auto reader = MakeGitReader(folder.Root(), "main", problem);
  REQUIRE(reader != nullptr);
  CHECK(reader->Read("a").status == ReadStatus::Failed);
  CHECK(reader->Read("b").text == "other text");
}

TEST_CASE("a folder that is cut short is no empty one") {
  const Folder folder;
  Repository repository(folder.Root());
  repository.Commit({{"sub/a", {"text"}}, {"b", {"other text"}}});
  const std::string name = repository.IdOf("main:sub");
  const std::string file = folder / (".git/objects/" + name.substr(0, 2) + "/" + name.substr(2));
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 6);
  std::string problem;
  const auto reader = MakeGitReader(folder.Root(), "main", problem);
  REQUIRE(reader != nullptr);
  CHECK(reader->List("").size() == 2);
  REQUIRE(reader->List("sub").size() == 1);
  CHECK(reader->List("sub").front().name.empty());
  CHECK(reader->Read("sub/a").status == ReadStatus::Failed);
  CHECK(reader->List("none").empty());
  CHECK(reader->List("b").empty());
}
