#include "scanner/peel/firejail_files.h"

#include <array>

#include "scanner/peel/program.h"
#include "scanner/peel/unread.h"

namespace sandlint {
namespace {

constexpr std::string_view kSystem = "/etc/firejail/";
constexpr std::string_view kUser = "/.config/firejail/";
/// Where a repository keeps profiles that belong elsewhere, by the name that firejail looks up.
constexpr auto kCopies = std::to_array<std::string_view>({
    ".config/firejail/",
    "dot_config/firejail/",
    "config/firejail/",
    "etc/firejail/",
    "firejail/",
    "profiles/",
    "etc/inc/",
    "etc/profile-a-l/",
    "etc/profile-m-z/",
    "etc/",
    "",
});

std::shared_ptr<const ProfileFile> Parse(std::string path, std::string text) {
  auto file = std::make_shared<ProfileFile>();
  file->own = std::make_unique<Source>(Source{std::move(path), std::move(text), false});
  file->lines = ParseFirejailProfile(*file->own);
  return file;
}

/// `path` below `directory`, or empty.
std::string Below(std::string_view path, std::string_view directory) {
  if (directory.size() < 2 || !path.starts_with(directory)) return {};
  path.remove_prefix(directory.size());
  return path.starts_with('/') ? std::string(path.substr(1)) : std::string();
}

FoundProfile Ask(const HostFacts& host, const std::string& path, const std::string& home) {
  if (auto text = host.ReadText(path)) {
    const std::string in_home = Below(path, home);
    return {Parse(in_home.empty() ? path : "~/" + in_home, std::move(*text)), Answer::No};
  }
  const bool may_exist = host.MayExist(path) || host.Lstat(path).has_value();
  return {nullptr, may_exist ? Answer::Unknown : Answer::Yes};
}

}  // namespace

ProfileFinder::ProfileFinder(const PeelContext& context, std::string home)
    : context_(context), home_(std::move(home)) {}

std::string ProfileFinder::TreePath(const std::string& path) const {
  Word word;
  word.text = path;
  return PathInTree(word, context_);
}

FoundProfile ProfileFinder::InTree(const std::string& path) const {
  const auto [known, is_new] = in_tree_.try_emplace(path);
  if (is_new) known->second = ReadTree(path);
  return known->second;
}

FoundProfile ProfileFinder::ReadTree(const std::string& path) const {
  auto text = ReadInTree(path, context_);
  if (!text && context_.files != nullptr && !path.empty()) {
    ReportUnread(path, context_.files->Read(path), context_);
  }
  if (!text || context_.workspace == nullptr) return {nullptr, Answer::Yes};
  // The workspace keeps the source: findings point into it.
  auto file = std::make_shared<ProfileFile>();
  file->lines = ParseFirejailProfile(context_.workspace->Add(path, std::move(*text)));
  return {std::move(file), Answer::No};
}

FoundProfile ProfileFinder::OnHost(const std::string& path) const {
  const HostFacts* host = context_.host;
  if (host == nullptr) return {nullptr, Answer::Unknown};
  // What is shipped is read once for all launches; the host does not change under us.
  return *host->Kept<FoundProfile>("firejail-profile " + path, [&] {
    return std::make_shared<FoundProfile>(Ask(*host, path, home_));
  });
}

FoundProfile ProfileFinder::Copy(std::string_view name) const {
  if (context_.files == nullptr || context_.host == nullptr || !context_.host->Symbolic()) {
    return {nullptr, Answer::Unknown};
  }
  for (const std::string_view folder : kCopies) {
    FoundProfile found = InTree(std::string(folder) + std::string(name));
    if (found.file != nullptr) return found;
  }
  return {nullptr, Answer::Unknown};
}

FoundProfile ProfileFinder::Open(const std::string& path) const {
  Word name;
  name.text = path;
  if (const Word* written = FindWritten(name, context_)) {
    if (!written->Known()) return {nullptr, Answer::Unknown};
    return {Parse(path, written->text), Answer::No};
  }
  if (const std::string in_tree = TreePath(path); !in_tree.empty()) {
    FoundProfile found = InTree(in_tree);
    if (found.file != nullptr) return found;
    // Below the working directory the tree is all that there is.
    if (context_.host == nullptr || context_.host->Symbolic()) return found;
  }
  if (context_.host == nullptr) return {nullptr, Answer::Unknown};
  const std::string directory = WorkingDirectoryOf(context_) + "/";
  FoundProfile found = OnHost(path.starts_with('/') ? path : directory + path);
  if (found.file != nullptr || found.missing == Answer::Yes) return found;
  return Copy(BaseName(path));
}

FoundProfile ProfileFinder::Search(const std::string& name) const {
  FoundProfile user = OnHost(home_ + std::string(kUser) + name);
  if (user.file != nullptr) return user;
  const bool symbolic = context_.host != nullptr && context_.host->Symbolic();
  if (!symbolic && user.missing == Answer::Unknown) return user;
  if (symbolic) {
    // The user's own directory, where the tree carries it; else it is taken for empty.
    FoundProfile copy = InTree(std::string(kUser.substr(1)) + name);
    if (copy.file != nullptr) return copy;
  }
  FoundProfile system = OnHost(std::string(kSystem) + name);
  if (system.file != nullptr || !symbolic) return system;
  return Copy(name);
}

}  // namespace sandlint
