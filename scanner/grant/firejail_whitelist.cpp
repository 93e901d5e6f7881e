// Whitelists: all of them at once, before any other rule. The top folder of each becomes an empty
// tmpfs, and what is whitelisted is bound back (sources read, observed with 0.9.72).

#include <fmt/format.h>

#include <algorithm>

#include "scanner/grant/firejail_setup.h"
#include "scanner/grant/glob.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxTops = 64;          // firejail's own limit
constexpr std::size_t kMaxEntries = 100'000;  // globs of globs grow without end

/// `${DOWNLOADS}` and the like, where they lead nowhere.
bool IsFolderMacro(std::string_view path) {
  return path.size() > 4 && path.starts_with("${") && path.find('}') == path.size() - 1 &&
         path != "${PATH}";
}

}  // namespace

/// The folder that a whitelist of `path` empties; empty for a path that is fatal.
std::string FirejailSetup::TopOf(const std::string& path, const FirejailEntry& entry) {
  const auto below = [&](std::string_view folder) {
    return path.size() > folder.size() && IsBelow(path, folder);
  };
  if (below(home_)) return home_;
  if (below(run_user_)) return run_user_;
  if (below("/sys/module")) return "/sys/module";
  const std::size_t start = path.starts_with("/usr/") ? 5 : 1;
  const std::size_t slash = path.find('/', start);
  if (slash == std::string::npos) {
    Fatal(entry.by, fmt::format("firejail cannot whitelist {}", path));
    stopped_ = true;
    return {};
  }
  return path.substr(0, slash);
}

bool FirejailSetup::AddTop(const std::string& top, const FirejailEntry& entry) {
  const auto known = std::ranges::find(tops_, top, &TopDirectory::path);
  if (known != tops_.end()) return known->usable;
  if (top == "/proc" || top == "/sys") {
    Fatal(entry.by, fmt::format("firejail cannot whitelist below {}", top));
    stopped_ = true;
    return false;
  }
  const bool private_home = Has("private") || Has("private-home");
  const auto object = tree_.Lstat(top);
  const bool usable =
      object && object->kind == NodeKind::Directory && !(private_home && top == home_);
  if (object && object->certain && object->kind != NodeKind::Directory &&
      object->kind != NodeKind::Symlink) {
    Fatal(entry.by, fmt::format("{} is no directory", top));
    stopped_ = true;
    return false;
  }
  if (usable && tops_.size() >= kMaxTops) {
    Fatal(entry.by, "firejail whitelists below at most 64 folders");
    stopped_ = true;
    return false;
  }
  if (usable) tops_.push_back({top, true});
  return usable;
}

void FirejailSetup::NoWhitelist(const FirejailEntry& entry) {
  const std::string path = Expand(entry.path);
  if (IsFolderMacro(path)) return;
  if (!path.starts_with('/')) {
    Fatal(entry.by, fmt::format("firejail takes no relative path {} here", entry.path));
    stopped_ = true;
    return;
  }
  if (auto real = Real(path)) not_whitelisted_.push_back(std::move(*real));
}

void FirejailSetup::Whitelist(const FirejailEntry& entry) {
  const std::string expanded = Expand(entry.path);
  if (IsFolderMacro(expanded)) {
    AddTop(home_, entry);  // a folder that is not there empties the home all the same
    return;
  }
  if (!expanded.starts_with('/')) {
    Fatal(entry.by, fmt::format("firejail cannot whitelist the relative path {}", entry.path));
    stopped_ = true;
    return;
  }
  const std::string path = CleanPath(expanded);
  const std::string top = path == "/" ? "/proc" : TopOf(path, entry);
  if (top.empty() || !AddTop(top, entry)) return;
  if (IsBelow(path, "/run/firejail")) return;
  const auto real = Real(path);
  if (!real) {
    for (const std::string& found : HasWildcard(path) ? Glob(path) : std::vector<std::string>{}) {
      const std::string_view name = BaseName(found);
      if (found == path || name == "." || name == ".." || entries_.size() > kMaxEntries) continue;
      entries_.push_back({FirejailRule::Whitelist, found, entry.by});
    }
    return;
  }
  if (IsBelow(*real, "/run/firejail")) return;
  if (std::ranges::find(not_whitelisted_, *real) != not_whitelisted_.end()) return;
  const auto object = tree_.Lstat(path);
  const bool is_link = object && object->kind == NodeKind::Symlink;
  whitelisted_.push_back({top, *real, is_link ? path : std::string(), entry.by});
}

void FirejailSetup::Whitelists() {
  for (std::size_t index = 0; index < entries_.size() && !stopped_; ++index) {
    const FirejailEntry entry = entries_[index];  // a copy: globs add entries
    if (entry.rule == FirejailRule::Whitelist) Whitelist(entry);
    if (entry.rule == FirejailRule::NoWhitelist) NoWhitelist(entry);
  }
  if (tops_.empty() || stopped_) return;
  FirejailTree before = tree_;
  EmptyTops(before);
  for (const Whitelisted& item : whitelisted_) {
    Show(item.top, item.target, item.by, before);
    if (!item.link.empty()) Link(item);
  }
}

void FirejailSetup::EmptyTops(FirejailTree& before) {
  const auto by_of = [&](const std::string& top) -> const Directive* {
    for (const FirejailEntry& entry : entries_) {
      if (entry.rule != FirejailRule::Whitelist || entry.by == nullptr) continue;
      const std::string path = CleanPath(Expand(entry.path));
      if (IsBelow(path, top) || (top == home_ && IsFolderMacro(Expand(entry.path)))) {
        return entry.by;
      }
    }
    return nullptr;
  };
  bool home = false;
  bool run_user = false;
  for (const TopDirectory& top : tops_) {
    home = home || top.path == home_;
    run_user = run_user || top.path == run_user_;
    if (top.path == home_ || top.path == run_user_) continue;
    const Directive* by = by_of(top.path);
    const auto object = tree_.Lstat(top.path);
    FirejailSeat seat = Tmpfs(0755, 0, by);
    seat.node.mode = object->mode;
    seat.node.uid = object->uid;
    seat.node.gid = object->gid;
    seat.no_exec = object->no_exec;
    tree_.Mount(top.path, std::move(seat));
    if (top.path == "/run") {
      tree_.Restore("/run/firejail/mnt", before);
      Show(top.path, run_user_, by, before);
    }
    Show(top.path, home_, by, before);
  }
  if (home) EmptyHome(by_of(home_));
  if (run_user) {
    const auto object = tree_.Lstat(run_user_);
    FirejailSeat seat = Tmpfs(0700, uid_, by_of(run_user_));
    if (object) seat.node.mode = object->mode;
    tree_.Mount(run_user_, std::move(seat));
  }
}

/// Makes the folders above `path` in the tmpfs of `top`. False where a link or an earlier whitelist
/// is in the way.
bool FirejailSetup::MakeParents(const std::string& top, const std::string& path,
                                const Directive* by) {
  const bool own = top == home_ || top == run_user_;
  auto seat = tree_.seats.find(top);
  if (seat == tree_.seats.end()) return false;
  for (std::size_t at = path.find('/', top.size() + 1); at != std::string::npos;
       at = path.find('/', at + 1)) {
    const std::string folder = path.substr(0, at);
    if (tree_.seats.contains(folder)) return false;
    const auto [entry, added] =
        seat->second.entries.try_emplace(std::string(RelativeTo(folder, top)));
    if (added) {
      entry->second = Tmpfs(0755, own ? uid_ : 0, by).node;
    } else if (entry->second.kind != NodeKind::Directory) {
      return false;
    }
  }
  return true;
}

/// Binds back what was at `path`, if it lies below `top`.
void FirejailSetup::Show(const std::string& top, const std::string& path, const Directive* by,
                         FirejailTree& before) {
  if (path == top || !IsBelow(path, top)) return;
  const auto object = before.Lstat(path);
  if (!object || object->kind == NodeKind::Symlink) return;
  if (!MakeParents(top, path, by)) return;
  const std::string relative(RelativeTo(path, top));
  const auto& entries = tree_.seats.find(top)->second.entries;
  const auto entry = entries.find(relative);
  const bool there = tree_.seats.contains(path) || entry != entries.end();
  if (there && object->kind != NodeKind::Directory) return;
  if (entry != entries.end() && entry->second.kind != NodeKind::Directory) return;
  tree_.Restore(path, before);
  tree_.seats.find(path)->second.because = BecauseOf(by);
}

void FirejailSetup::Link(const Whitelisted& item) {
  if (!MakeParents(item.top, item.link, item.by)) return;
  Object link;
  link.kind = NodeKind::Symlink;
  link.mode = 0777;
  link.link = item.target;
  if (tree_.seats.contains(item.link)) return;
  tree_.seats.find(item.top)->second.entries.try_emplace(
      std::string(RelativeTo(item.link, item.top)), link);
}

}  // namespace sandlint
