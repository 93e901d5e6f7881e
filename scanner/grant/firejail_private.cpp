// private, private-home, private-bin and the private folders.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/grant/firejail_setup.h"
#include "scanner/grant/glob.h"

namespace sandlint {
namespace {

using Kind = FirejailSeat::Kind;

constexpr auto kBinFolders =
    std::to_array<std::string_view>({"/usr/local/bin", "/usr/bin", "/bin", "/usr/games",
                                     "/usr/local/games", "/usr/local/sbin", "/usr/sbin", "/sbin"});
/// Files of the home that firejail copies into an empty one.
constexpr auto kCopied = std::to_array<std::string_view>({".Xauthority", ".asoundrc"});

bool InBinFolder(std::string_view path) {
  return std::ranges::any_of(kBinFolders, [&](std::string_view folder) {
    return path != folder && IsBelow(path, folder);
  });
}

}  // namespace

std::vector<std::pair<std::string, const Directive*>> FirejailSetup::ListOf(
    std::string_view keyword) const {
  std::vector<std::pair<std::string, const Directive*>> items;
  for (const auto& line : layer_.directives) {
    if (line->keyword.text != keyword) continue;
    const std::string& list = line->argument.text;
    for (std::size_t at = 0; at < list.size();) {
      const std::size_t comma = std::min(list.find(',', at), list.size());
      if (comma > at) items.emplace_back(list.substr(at, comma - at), line.get());
      at = comma + 1;
    }
  }
  return items;
}

/// A copy: it reads like the source, and what is written to it is lost.
void FirejailSetup::Copy(const std::string& from, const std::string& to, const Directive* by) {
  FirejailSeat seat;
  seat.source = from;
  seat.copied = true;
  seat.because = BecauseOf(by);
  tree_.Mount(to, std::move(seat));
}

void FirejailSetup::PrivateHome() {
  const Directive* line = nullptr;
  const Directive* list = nullptr;
  for (const auto& one : layer_.directives) {
    if (one->keyword.text == "private" && one->argument) line = one.get();
    if (one->keyword.text == "private-home") list = one.get();
  }
  if (line != nullptr) {
    PrivateHomeDirectory(*line);
  } else if (list != nullptr) {
    PrivateHomeList();
  } else if (Has("private")) {
    EmptyHome(Last("private"));
  }
}

void FirejailSetup::PrivateHomeDirectory(const Directive& line) {
  const std::string text = Expand(line.argument.text);
  const auto real = Real(text.starts_with('/') ? text : JoinPath(working_directory_, text));
  const auto object = real ? tree_.Lstat(*real) : std::nullopt;
  if (!object || object->kind != NodeKind::Directory) {
    Fatal(&line, fmt::format("there is no directory {} to be the home", line.argument.text));
    return;
  }
  if (object->certain && object->uid != uid_) {
    Fatal(&line, "a private home must belong to the user");
  }
  FirejailTree before = tree_;
  before.Split(*real);
  FirejailSeat seat = before.seats.find(*real)->second;
  seat.because = BecauseOf(&line);
  tree_.Mount(home_, std::move(seat));
  for (const auto& [at, mounted] : before.seats) {
    if (at != *real && IsBelow(at, *real)) {
      tree_.seats.insert_or_assign(JoinPath(home_, RelativeTo(at, *real)), mounted);
    }
  }
  own_.push_back(home_);
  if (uid_ != 0) MountTmpfs("/root", 0700, &line);
  CopyStartFiles();
}

void FirejailSetup::EmptyHome(const Directive* by) {
  if (tree_.Lstat("/root")) {
    FirejailSeat root = Tmpfs(0700, 0, by);
    root.no_exec = true;
    tree_.Mount("/root", std::move(root));
  }
  FirejailTree before = tree_;
  const bool all_users = Has("allusers");
  if (!all_users && tree_.Lstat("/home")) {
    FirejailSeat homes = Tmpfs(0755, 0, by);
    homes.no_exec = true;
    tree_.Mount("/home", std::move(homes));
  }
  if (uid_ != 0) {
    FirejailSeat home = Tmpfs(0700, uid_, by);
    if (all_users || !home_.starts_with("/home/")) {
      if (const auto object = before.Lstat(home_)) home.node.mode = object->mode;
    } else {
      home.no_exec = true;
    }
    tree_.Mount(home_, std::move(home));
  }
  CopyStartFiles();
}

/// The shell's start file comes from /etc/skel; the keys of X11 and the sound settings are the
/// user's own.
void FirejailSetup::CopyStartFiles() {
  const auto copy = [&](const std::string& from, const std::string& name) {
    const auto source = tree_.Outside(from);
    const std::string to = JoinPath(home_, name);
    if (!source || !source->certain || source->kind != NodeKind::File || tree_.Lstat(to)) return;
    Copy(from, to, last_.contains("private") ? Last("private") : nullptr);
    FirejailSeat& made = tree_.seats.find(to)->second;
    made.because = tree_.At(home_).second.because;
  };
  for (const std::string_view name : kCopied) {
    copy(JoinPath(home_, name), std::string(name));
  }
  for (const char* name : {".bashrc", ".inputrc"}) {
    const std::string start = JoinPath(home_, name);
    own_.push_back(start);
    const bool skeleton = std::string_view(name) == ".inputrc" || tree_.Lstat("/etc/skel/.bashrc");
    if (!skeleton || tree_.Lstat(start)) continue;
    Object file;
    file.uid = uid_;
    file.gid = gid_;
    auto& [at, seat] = *tree_.seats.find(tree_.At(home_).first);
    if (seat.kind == Kind::Tmpfs) {
      seat.entries.emplace(RelativeTo(start, at), file);
    } else {
      // `private DIR`: it is written into DIR, and stays there.
      file.host = JoinPath(seat.source, RelativeTo(start, at));
      tree_.made.emplace(file.host, file);
    }
  }
}

void FirejailSetup::PrivateHomeList() {
  struct Item {
    std::string from;
    const Directive* by;
  };
  std::vector<Item> found;
  const Directive* by = nullptr;
  for (const auto& [name, line] : ListOf("private-home")) {
    by = line;
    std::string path = Expand(name);
    if (!path.starts_with('/')) path = JoinPath(home_, path);
    path = CleanPath(path);
    const auto real = Real(path);
    const auto link = tree_.Lstat(path);
    const bool is_link = link && link->kind == NodeKind::Symlink;
    if (!real || (!is_link && (!IsBelow(*real, home_) || *real == home_))) {
      Fatal(line, fmt::format("{} is no file of the home", name));
      continue;
    }
    if (!is_link && RelativeTo(*real, home_).find('/') != std::string_view::npos) {
      Fatal(line, "private-home takes only what stands directly in the home");
      continue;
    }
    found.push_back({is_link ? path : *real, line});
  }
  FirejailTree before = tree_;
  tree_.Mount(home_, Tmpfs(0755, uid_, by));
  if (uid_ != 0 && tree_.Lstat("/root")) tree_.Mount("/root", Tmpfs(0700, 0, by));
  for (const Item& item : found) {
    const std::string to = JoinPath(home_, BaseName(item.from));
    const auto object = before.Lstat(item.from);
    if (object && object->kind == NodeKind::Symlink) {
      tree_.seats.find(home_)->second.entries.emplace(BaseName(item.from), *object);
    } else {
      Copy(item.from, to, item.by);
    }
  }
  CopyStartFiles();
}

void FirejailSetup::PrivateFolder(std::string_view keyword, const std::string& folder) {
  const Directive* by = Last(keyword);
  if (by == nullptr || !tree_.Lstat(folder)) return;
  FirejailTree before = tree_;
  FirejailSeat seat = Tmpfs(0755, 0, by);
  seat.node.mode = 0755;
  tree_.Mount(folder, std::move(seat));
  for (const auto& [name, line] : ListOf(keyword)) {
    if (name.starts_with('/') || name.starts_with('~') || name.find("..") != std::string::npos) {
      Fatal(line, fmt::format("{} takes names in {} only", keyword, folder));
      continue;
    }
    const std::string path = CleanPath(folder + '/' + name);
    const auto object = before.Lstat(path);
    if (HasWildcard(name)) {
      Fatal(line, fmt::format("{} takes no wildcards before 0.9.74", keyword), OlderStops());
      continue;
    }
    if (!object) continue;
    if (object->certain && object->uid != 0 && object->kind != NodeKind::Symlink) {
      Fatal(line, fmt::format("{} copies only what belongs to root", keyword));
      continue;
    }
    const bool nested = RelativeTo(path, folder).find('/') != std::string_view::npos;
    if (nested) {
      Fatal(line, fmt::format("{} takes no path below a folder", keyword), OlderStops());
    }
    if (object->kind == NodeKind::Symlink) {
      tree_.seats.find(folder)->second.entries.emplace(RelativeTo(path, folder), *object);
      continue;
    }
    if (nested) MakeParents(folder, path, line);
    Copy(path, path, line);
  }
}

/// Every folder of programs shows the same copies.
void FirejailSetup::PrivateBin() {
  const Directive* by = Last("private-bin");
  if (by == nullptr) return;
  std::vector<std::pair<std::string, Object>> names;  // name -> object, links as links
  std::vector<std::pair<std::string, std::string>> files;
  const auto add = [&](const std::string& path) {
    const auto object = tree_.Lstat(path);
    const auto real = view_.Realpath(path, nullptr);
    const auto target = real ? tree_.Lstat(*real) : std::nullopt;
    if (!object || !target || target->kind == NodeKind::Directory) return;
    const std::string name(BaseName(path));
    if (object->kind != NodeKind::Symlink) {
      files.emplace_back(name, path);
      return;
    }
    if (InBinFolder(*real)) files.emplace_back(std::string(BaseName(*real)), *real);
    names.emplace_back(name, *object);
  };
  for (const auto& [name, line] : ListOf("private-bin")) {
    if (name.starts_with('/')) {
      if (InBinFolder(name)) add(name);
      continue;
    }
    for (const std::string_view folder : kBinFolders) {
      const std::string pattern = std::string(folder) + '/' + name;
      const bool wild = HasWildcard(name);
      const std::vector<std::string> found =
          wild ? Glob(pattern) : std::vector<std::string>{pattern};
      for (const std::string& path : found) add(path);
      if (!wild && view_.Realpath(pattern, nullptr)) break;
    }
  }
  FirejailTree before = tree_;
  for (const std::string_view folder : kBinFolders) {
    const auto real = view_.Realpath(folder, nullptr);
    if (!real) continue;
    FirejailSeat seat = Tmpfs(0755, 0, by);
    for (const auto& [name, object] : names) seat.entries.emplace(name, object);
    tree_.Mount(*real, std::move(seat));
    for (const auto& [name, path] : files) Copy(path, JoinPath(*real, name), by);
  }
  own_.insert(own_.end(), kBinFolders.begin(), kBinFolders.end());
}

}  // namespace sandlint
