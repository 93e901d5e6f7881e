// The tree of one revision, read with libgit2: the bytes of the blobs as they are stored. No
// filter, no hook and no program of the repository runs, and nothing outside of the repository is
// opened.

#include <fmt/format.h>
#include <git2.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>

#include "scanner/files/git_history.h"
#include "scanner/files/git_loose.h"
#include "scanner/files/git_place.h"
#include "scanner/files/reader.h"

namespace sandlint {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Repository = std::unique_ptr<git_repository, Freer<git_repository_free>>;
using Database = std::unique_ptr<git_odb, Freer<git_odb_free>>;
using Object = std::unique_ptr<git_object, Freer<git_object_free>>;
using Tree = std::unique_ptr<git_tree, Freer<git_tree_free>>;
using Blob = std::unique_ptr<git_blob, Freer<git_blob_free>>;
using TreeEntry = std::unique_ptr<git_tree_entry, Freer<git_tree_entry_free>>;

constexpr int kMaxLinks = 40;  // as the kernel
constexpr std::size_t kMaxLinkBytes = 4096;

/// libgit2 counts how often it was started.
struct Library {
  Library() {
    git_libgit2_init();
    // In a container the work tree often belongs to another user.
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    for (const git_config_level_t level : {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
                                           GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL}) {
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, static_cast<int>(level), "");
    }
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() { git_libgit2_shutdown(); }
};

std::string LastError() {
  const git_error* error = git_error_last();
  return error == nullptr || error->message == nullptr ? "for a reason that it does not name"
                                                       : error->message;
}

/// Where the history of the tree starts; nothing where only a tree is named.
struct Start {
  std::optional<git_oid> commit;
  std::string prefix;
};

/// What a path leads to, links followed.
struct Place {
  ReadStatus status = ReadStatus::Missing;
  git_oid id{};
  bool is_tree = false;
};

/// Puts the parts of `path` before `parts`.
void Prepend(std::string_view path, std::deque<std::string>& parts) {
  std::deque<std::string> front;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0 && path.substr(0, slash) != ".") front.emplace_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  parts.insert(parts.begin(), front.begin(), front.end());
}

class GitReader final : public FileReader {
 public:
  GitReader(std::unique_ptr<Library> library, Repository repository, Database database, Tree root,
            Start start)
      : library_(std::move(library)),
        repository_(std::move(repository)),
        database_(std::move(database)),
        root_(std::move(root)),
        start_(std::move(start)) {}

  ReadResult Read(std::string_view path) const override {
    const Place place = Find(path);
    if (place.status != ReadStatus::Ok) return ProblemOf(place.status);
    if (place.is_tree) return ProblemOf(ReadStatus::IsDirectory);
    return ReadBlob(place.id, kMaxBytes);
  }

  bool Exists(std::string_view path) const override { return Find(path).status == ReadStatus::Ok; }

  std::optional<std::string> Link(std::string_view path) const override {
    if (root_ == nullptr || path.find('\0') != path.npos) return std::nullopt;
    std::deque<std::string> parts;
    Prepend(path, parts);
    std::string link;
    Entry({parts.begin(), parts.end()}, &link);
    return link.empty() ? std::nullopt : std::optional(link);
  }

  std::optional<std::int64_t> ChangedAt(std::string_view path) const override {
    if (!start_.commit) return std::nullopt;
    const std::string whole =
        start_.prefix.empty() ? std::string(path) : fmt::format("{}/{}", start_.prefix, path);
    return LastChangeInHistory(repository_.get(), *start_.commit, whole);
  }

  std::vector<DirectoryEntry> List(std::string_view directory) const override {
    std::vector<DirectoryEntry> entries;
    const Place place = Find(directory);
    git_tree* found = nullptr;
    if (place.status == ReadStatus::Missing) return entries;
    if (place.status == ReadStatus::Ok && !place.is_tree) return entries;
    if (place.status != ReadStatus::Ok ||
        git_tree_lookup(&found, repository_.get(), &place.id) != 0) {
      return {DirectoryEntry{}};
    }
    const Tree tree(found);
    for (std::size_t index = 0; index < git_tree_entrycount(found); ++index) {
      const git_tree_entry* entry = git_tree_entry_byindex(found, index);
      entries.push_back(
          {git_tree_entry_name(entry), git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE});
    }
    std::ranges::sort(entries, {}, &DirectoryEntry::name);
    return entries;
  }

 private:
  static ReadResult ProblemOf(ReadStatus status) {
    switch (status) {
      case ReadStatus::IsDirectory:
        return {status, {}, "it is a directory"};
      case ReadStatus::LinkOutside:
        return {status, {}, "it is reached by a link that leaves the tree, or leads in a circle"};
      case ReadStatus::TooLarge:
        return {status, {}, "it is larger than 16 MiB"};
      case ReadStatus::Missing:
        return {status, {}, "there is no such file in this revision"};
      default:
        return {status, {}, fmt::format("git cannot read it: {}", LastError())};
    }
  }

  ReadResult ReadBlob(const git_oid& id, std::size_t most) const {
    std::size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (git_odb_read_header(&size, &type, database_.get(), &id) != 0 || type != GIT_OBJECT_BLOB) {
      return ProblemOf(ReadStatus::Failed);
    }
    if (size > most) return ProblemOf(ReadStatus::TooLarge);
    git_blob* found = nullptr;
    if (git_blob_lookup(&found, repository_.get(), &id) != 0) return ProblemOf(ReadStatus::Failed);
    const Blob blob(found);
    return {ReadStatus::Ok,
            std::string(static_cast<const char*>(git_blob_rawcontent(found)),
                        static_cast<std::size_t>(git_blob_rawsize(found))),
            {}};
  }

  /// Walks part by part, so that a link is followed where it stands, and `..` is that of its
  /// target.
  Place Find(std::string_view path) const {
    if (root_ == nullptr || path.find('\0') != path.npos) return {};
    std::deque<std::string> parts;
    Prepend(path, parts);
    std::vector<std::string> at;
    Place place{ReadStatus::Ok, *git_tree_id(root_.get()), true};
    for (int links = 0; !parts.empty();) {
      const std::string part = std::move(parts.front());
      parts.pop_front();
      if (part == "..") {
        if (at.empty()) return {ReadStatus::LinkOutside, {}, false};
        at.pop_back();
        place = Entry(at, nullptr);
        continue;
      }
      if (!place.is_tree) return {};
      at.push_back(part);
      std::string link;
      place = Entry(at, &link);
      if (place.status != ReadStatus::Ok) return place;
      if (link.empty()) continue;
      if (link.front() == '/' || ++links > kMaxLinks) return {ReadStatus::LinkOutside, {}, false};
      at.pop_back();
      place = Entry(at, nullptr);
      Prepend(link, parts);
    }
    return place;
  }

  /// The entry under a path without links; `link` receives the text of one.
  Place Entry(const std::vector<std::string>& at, std::string* link) const {
    if (at.empty()) return {ReadStatus::Ok, *git_tree_id(root_.get()), true};
    git_tree_entry* found = nullptr;
    const std::string path = fmt::format("{}", fmt::join(at, "/"));
    if (const int error = git_tree_entry_bypath(&found, root_.get(), path.c_str()); error != 0) {
      const git_error* last = git_error_last();
      const bool odb = last != nullptr && last->klass == GIT_ERROR_ODB;
      const bool damaged = error != GIT_ENOTFOUND || odb;
      return {damaged ? ReadStatus::Failed : ReadStatus::Missing, {}, false};
    }
    const TreeEntry entry(found);
    const git_filemode_t mode = git_tree_entry_filemode(found);
    // A submodule is a directory that this repository has nothing of.
    if (mode == GIT_FILEMODE_COMMIT) return {};
    const Place place{ReadStatus::Ok, *git_tree_entry_id(found), mode == GIT_FILEMODE_TREE};
    if (mode != GIT_FILEMODE_LINK || link == nullptr) return place;
    const ReadResult text = ReadBlob(place.id, kMaxLinkBytes);
    if (text.status != ReadStatus::Ok || text.text.empty()) return {ReadStatus::Failed, {}, false};
    *link = text.text;
    return place;
  }

  std::unique_ptr<Library> library_;  // the first to come and the last to go
  Repository repository_;
  Database database_;
  Tree root_;
  Start start_;
};

/// The commit that a revision names; nothing where it names a tree.
std::optional<git_oid> CommitOf(git_repository* repository, const std::string& revision) {
  git_object* found = nullptr;
  if (git_revparse_single(&found, repository, revision.c_str()) != 0) return std::nullopt;
  const Object named(found);
  git_object* peeled = nullptr;
  if (git_object_peel(&peeled, found, GIT_OBJECT_COMMIT) != 0) return std::nullopt;
  const Object commit(peeled);
  return *git_object_id(peeled);
}

/// The tree of `revision` at `prefix`; null with `problem` set. Where the revision has no such
/// folder, a reader of nothing is right: null without a problem.
Tree TreeOf(git_repository* repository, const std::string& revision, const std::string& prefix,
            std::string& problem) {
  git_object* found = nullptr;
  if (git_revparse_single(&found, repository, revision.c_str()) != 0) {
    problem = git_error_last() != nullptr && git_error_last()->klass == GIT_ERROR_ODB
                  ? fmt::format("git cannot read it: {}", LastError())
                  : "the repository has no such revision; a shallow clone must fetch it first";
    return nullptr;
  }
  const Object named(found);
  git_object* peeled = nullptr;
  if (git_object_peel(&peeled, found, GIT_OBJECT_TREE) != 0) {
    problem = "it names neither a commit nor a tree";
    return nullptr;
  }
  Tree top(reinterpret_cast<git_tree*>(peeled));
  if (prefix.empty()) return top;
  git_tree_entry* entry = nullptr;
  if (git_tree_entry_bypath(&entry, top.get(), prefix.c_str()) != 0) return nullptr;
  const TreeEntry owned(entry);
  git_tree* below = nullptr;
  if (git_tree_entry_filemode(entry) != GIT_FILEMODE_TREE ||
      git_tree_lookup(&below, repository, git_tree_entry_id(entry)) != 0) {
    return nullptr;
  }
  return Tree(below);
}

}  // namespace

std::unique_ptr<FileReader> MakeGitReader(const std::string& directory, const std::string& revision,
                                          std::string& problem) {
  problem.clear();
  const auto place = FindGitPlace(directory, problem);
  if (!place) return nullptr;
  auto library = std::make_unique<Library>();
  git_repository* opened = nullptr;
  // As a bare one: core.worktree of its config may name any place.
  constexpr unsigned kFlags =
      GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_NO_DOTGIT | GIT_REPOSITORY_OPEN_BARE;
  if (git_repository_open_ext(&opened, place->folder.c_str(), kFlags, nullptr) != 0) {
    problem = fmt::format("git cannot open the repository: {}", LastError());
    return nullptr;
  }
  Repository repository(opened);
  git_odb* odb = nullptr;
  if (git_repository_odb(&odb, opened) != 0 || CheckLooseObjects(odb, place->objects) != 0) {
    problem = fmt::format("git cannot open the objects of the repository: {}", LastError());
    git_odb_free(odb);
    return nullptr;
  }
  Database database(odb);
  Tree tree = TreeOf(opened, revision, place->prefix, problem);
  if (!problem.empty()) return nullptr;
  return std::make_unique<GitReader>(std::move(library), std::move(repository), std::move(database),
                                     std::move(tree),
                                     Start{CommitOf(opened, revision), place->prefix});
}

}  // namespace sandlint
