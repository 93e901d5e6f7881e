#include "scanner/files/git_history.h"

#include <git2.h>

#include <memory>

namespace sandlint {
namespace {

constexpr int kMostCommits = 20000;

struct FreeCommit {
  void operator()(git_commit* commit) const { git_commit_free(commit); }
};
using Commit = std::unique_ptr<git_commit, FreeCommit>;

Commit CommitOf(git_repository* repository, const git_oid& id) {
  git_commit* found = nullptr;
  return Commit(git_commit_lookup(&found, repository, &id) == 0 ? found : nullptr);
}

/// What `path` is in a commit; all zeros where it is not there.
std::optional<git_oid> EntryIn(const git_commit* commit, const std::string& path) {
  git_tree* tree = nullptr;
  if (git_commit_tree(&tree, commit) != 0) return std::nullopt;
  git_oid id{};
  git_tree_entry* entry = nullptr;
  if (git_tree_entry_bypath(&entry, tree, path.c_str()) == 0) id = *git_tree_entry_id(entry);
  git_tree_entry_free(entry);
  git_tree_free(tree);
  return id;
}

/// The first parent in which `path` is the same; null where every parent differs. `known` is false
/// where a parent is not here.
Commit SameParent(git_repository* repository, const git_commit* commit, const std::string& path,
                  const git_oid& wanted, bool& known) {
  const unsigned count = git_commit_parentcount(commit);
  for (unsigned index = 0; index < count; ++index) {
    Commit parent = CommitOf(repository, *git_commit_parent_id(commit, index));
    if (parent == nullptr) {
      known = false;
      continue;
    }
    const auto entry = EntryIn(parent.get(), path);
    if (!entry) known = false;
    if (entry && git_oid_equal(&*entry, &wanted) != 0) return parent;
  }
  return nullptr;
}

}  // namespace

std::optional<std::int64_t> LastChangeInHistory(git_repository* repository, const git_oid& commit,
                                                const std::string& path) {
  Commit at = CommitOf(repository, commit);
  if (at == nullptr) return std::nullopt;
  // The oldest commit of a shallow clone seems to have no parents.
  const bool shallow = git_repository_is_shallow(repository) != 0;
  const auto wanted = EntryIn(at.get(), path);
  if (!wanted || git_oid_is_zero(&*wanted) != 0) return std::nullopt;
  for (int steps = 0; steps < kMostCommits; ++steps) {
    bool known = true;
    Commit parent = SameParent(repository, at.get(), path, *wanted, known);
    if (parent != nullptr) {
      at = std::move(parent);
      continue;
    }
    const bool first = git_commit_parentcount(at.get()) == 0;
    if (!known || (first && shallow)) return std::nullopt;
    return git_commit_time(at.get());
  }
  return std::nullopt;
}

}  // namespace sandlint
