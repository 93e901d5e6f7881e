// What libgit2 would follow is checked before libgit2 sees it: gitfiles, links, `commondir` and
// `objects/info/alternates` (gitrepository-layout(5)) may name any place of the machine.

#include "scanner/files/git_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "scanner/files/reader.h"

namespace sandlint {
namespace {

namespace fs = std::filesystem;

/// More entries than this below `.git` are not looked through.
constexpr std::size_t kMaxEntries = 2'000'000;
constexpr std::size_t kMaxAlternates = 16;
constexpr std::string_view kLink = "gitdir:";
/// Folders of `.git` in which libgit2 looks for no object and no reference.
constexpr auto kUnread = std::to_array<std::string_view>({"hooks", "lfs", "modules", "worktrees"});

bool IsBelow(const fs::path& path, const fs::path& root) {
  const fs::path relative = path.lexically_relative(root);
  return !relative.empty() && *relative.begin() != "..";
}

fs::path Real(const fs::path& path) {
  std::error_code error;
  fs::path real = fs::canonical(path, error);
  return error ? fs::path() : real;
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) + 1 - begin);
}

class Checker {
 public:
  Checker(fs::path tree, std::string& problem) : tree_(std::move(tree)), problem_(problem) {}

  /// `.git` with its links and gitfile resolved; empty when it leads out of the tree.
  fs::path Folder() {
    const fs::path dot_git = tree_ / ".git";
    const fs::path real = Real(dot_git);
    std::error_code error;
    if (!InTree(real, ".git")) return {};
    if (fs::is_directory(real, error)) return real;
    const ReadResult file = MakeDiskReader(tree_.string())->Read(".git");
    const std::string_view text = Trimmed(file.text);
    if (!text.starts_with(kLink)) {
      problem_ = "its .git is neither a folder nor a file that names one";
      return {};
    }
    const fs::path named = Real(tree_ / fs::path(Trimmed(text.substr(kLink.size()))));
    if (InTree(named, "the folder that its .git file names")) return named;
    return {};
  }

  /// Where its objects are, borrowed ones included; filled by Contents.
  std::vector<std::string> Objects() const {
    std::vector<std::string> folders;
    for (const fs::path& folder : objects_) folders.push_back(folder.string());
    return folders;
  }

  /// Nothing in it leads out of the tree, and nothing in it is a FIFO, a socket or a device.
  bool Contents(const fs::path& folder) {
    std::error_code error;
    fs::recursive_directory_iterator entry(folder, error);
    for (std::size_t count = 0; !error && entry != fs::recursive_directory_iterator();
         entry.increment(error)) {
      if (++count > kMaxEntries) {
        problem_ = fmt::format("its .git has more than {} entries", kMaxEntries);
        return false;
      }
      const bool unread = entry.depth() == 0 && IsUnread(entry->path());
      if (unread) entry.disable_recursion_pending();
      if (!unread && !Entry(*entry)) return false;
    }
    if (error) problem_ = fmt::format("its .git cannot be read: {}", error.message());
    return !error && NotLinked(folder) && Alternates(folder / "objects");
  }

 private:
  bool InTree(const fs::path& real, std::string_view what) {
    if (real.empty()) {
      problem_ = fmt::format("{} does not exist", what);
    } else if (!IsBelow(real, tree_)) {
      problem_ = fmt::format("{} lies outside of the tree, and nothing outside is read", what);
    } else {
      return true;
    }
    return false;
  }

  static bool IsUnread(const fs::path& path) {
    return std::ranges::find(kUnread, path.filename().string()) != kUnread.end();
  }

  bool Entry(const fs::directory_entry& entry) {
    std::error_code error;
    if (entry.is_symlink(error)) {
      return InTree(Real(entry.path()),
                    fmt::format("the target of the link {}", entry.path().filename().string()));
    }
    // A socket cannot be opened (git's file system monitor keeps one there); a FIFO would block.
    if (!entry.is_fifo(error) && !entry.is_character_file(error) && !entry.is_block_file(error)) {
      return true;
    }
    problem_ = fmt::format("its .git holds {}, which is no file", entry.path().filename().string());
    return false;
  }

  /// A linked work tree shares the folder of another one.
  bool NotLinked(const fs::path& folder) {
    if (!MakeDiskReader(folder.string())->Exists("commondir")) return true;
    problem_ = "it is a linked work tree: run in the main work tree, or in a clone";
    return false;
  }

  bool Alternates(const fs::path& objects) {
    std::vector<fs::path> todo{objects};
    objects_ = {objects};
    while (!todo.empty()) {
      const fs::path from = std::move(todo.back());
      todo.pop_back();
      const ReadResult file = MakeDiskReader(from.string())->Read("info/alternates");
      if (file.status == ReadStatus::Missing) continue;
      for (std::string_view rest = file.text; !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view line = Trimmed(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.empty() || line.starts_with('#')) continue;
        const fs::path borrowed = Real(from / fs::path(line));
        if (!InTree(borrowed, "the folder of objects that .git/objects/info/alternates names")) {
          return false;
        }
        if (objects_.insert(borrowed).second) todo.push_back(borrowed);
        if (objects_.size() <= kMaxAlternates) continue;
        problem_ = "it borrows objects from too many folders";
        return false;
      }
    }
    return true;
  }

  fs::path tree_;
  std::string& problem_;
  std::set<fs::path> objects_;
};

}  // namespace

std::optional<GitPlace> FindGitPlace(const std::string& directory, std::string& problem) {
  const fs::path start = Real(directory);
  std::error_code error;
  for (fs::path at = start; !at.empty(); at = at.parent_path()) {
    if (fs::exists(fs::symlink_status(at / ".git", error))) {
      Checker checker(at, problem);
      const fs::path folder = checker.Folder();
      if (folder.empty() || !checker.Contents(folder)) return std::nullopt;
      const fs::path prefix = start.lexically_relative(at);
      return GitPlace{at.string(), folder.string(), prefix == "." ? "" : prefix.generic_string(),
                      checker.Objects()};
    }
    if (at == at.root_path()) break;
  }
  problem = "no git repository holds this folder";
  return std::nullopt;
}

}  // namespace sandlint
