#include "scanner/peel/mount_command.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace sandlint {
namespace {

enum class Means : std::uint8_t { Nothing, Bind, ReadOnly, ReadWrite, Upper, Lower };

struct OptionRow {
  std::string_view name;  ///< with a `=` at its end: a value follows
  Means means = Means::Nothing;
  bool tmpfs = false;  ///< of a tmpfs only
};
/// mount(8), tmpfs(5) and the kernel's overlayfs. With any other one the mount may fail, and a
/// script goes on without it (observed with util-linux 2.38).
constexpr auto kOptions = std::to_array<OptionRow>({
    {"async"},
    {"atime"},
    {"bind", Means::Bind},
    {"defaults"},
    {"dev"},
    {"diratime"},
    {"exec"},
    {"lowerdir=", Means::Lower},
    {"mode=", Means::Nothing, true},
    {"noatime"},
    {"nodev"},
    {"nodiratime"},
    {"noexec"},
    {"nosuid"},
    {"nr_inodes=", Means::Nothing, true},
    {"private"},
    {"rbind", Means::Bind},
    {"relatime"},
    {"ro", Means::ReadOnly},
    {"rprivate"},
    {"rslave"},
    {"rw", Means::ReadWrite},
    {"size=", Means::Nothing, true},
    {"slave"},
    {"strictatime"},
    {"suid"},
    {"sync"},
    {"upperdir=", Means::Upper},
    {"workdir="},
});

struct Parts {
  Mount mount;
  Word type;
  bool bind = false;
  bool of_tmpfs = false;
  std::vector<Word> operands;
  std::optional<Word> odd;
};

void AddLower(const Word& lower, Mount& mount) {
  for (std::size_t from = 0; from <= lower.text.size();) {
    const std::size_t colon = std::min(lower.text.find(':', from), lower.text.size());
    mount.overlay_sources.push_back(Part(lower, from, colon - from));
    from = colon + 1;
  }
  // bwrap and the kernel list them the other way round.
  std::ranges::reverse(mount.overlay_sources);
}

/// A value of a tmpfs that is no number makes it fail.
bool IsSize(std::string_view value) {
  if (!value.empty() && std::string_view("kKmMgG%").find(value.back()) != std::string_view::npos) {
    value.remove_suffix(1);
  }
  return !value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos;
}

void ReadOption(const Word& option, Parts& parts) {
  const std::size_t equals = std::min(option.text.find('='), option.text.size());
  const std::string_view name =
      std::string_view(option.text).substr(0, std::min(equals + 1, option.text.size()));
  const auto row = std::ranges::find(kOptions, name, &OptionRow::name);
  if (row == kOptions.end() ||
      (row->tmpfs && !(option.Known() && IsSize(option.text.substr(equals + 1))))) {
    parts.odd = option;
    return;
  }
  parts.of_tmpfs = parts.of_tmpfs || row->tmpfs;
  switch (row->means) {
    case Means::Nothing:
      return;
    case Means::Bind:
      parts.bind = true;
      return;
    case Means::ReadOnly:
    case Means::ReadWrite:
      parts.mount.read_only = row->means == Means::ReadOnly;
      return;
    case Means::Upper:
      parts.mount.source = Part(option, equals + 1);
      return;
    case Means::Lower:
      AddLower(Part(option, equals + 1), parts.mount);
      return;
  }
}

void ReadOptions(const Word& options, Parts& parts) {
  for (std::size_t at = 0; at < options.text.size();) {
    const std::size_t end = std::min(options.text.find(',', at), options.text.size());
    ReadOption(Part(options, at, end - at), parts);
    at = end + 1;
  }
}

bool ReadWords(std::span<const Word> words, Parts& parts) {
  const auto is = [](const Word& word, std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, word.text) != names.end();
  };
  for (std::size_t at = 1; at < words.size(); ++at) {
    const Word& word = words[at];
    const bool more = at + 1 < words.size();
    if (is(word, {"-t", "--types"}) && more) {
      parts.type = words[++at];
    } else if (is(word, {"-o", "--options"}) && more) {
      ReadOptions(words[++at], parts);
    } else if (is(word, {"--bind", "-B", "--rbind", "-R"})) {
      parts.bind = true;
    } else if (is(word, {"-r", "--read-only"})) {
      parts.mount.read_only = true;
    } else if (word.text.starts_with('-')) {
      return false;
    } else {
      parts.operands.push_back(word);
    }
  }
  return true;
}

}  // namespace

std::optional<ScriptMount> ReadMountCommand(std::span<const Word> words) {
  Parts parts;
  parts.mount.option = words.front();
  if (!ReadWords(words, parts)) return std::nullopt;
  if (parts.operands.empty() || parts.operands.size() > 2) return std::nullopt;
  Mount& mount = parts.mount;
  mount.target = parts.operands.back();
  if (parts.type.text == "overlay" && !mount.overlay_sources.empty()) {
    mount.kind = MountKind::Overlay;
  } else if (parts.type.text == "tmpfs" && !parts.bind) {
    mount.kind = MountKind::Tmpfs;
  } else if (parts.bind && parts.operands.size() == 2) {
    mount.kind = MountKind::Bind;
    mount.source = parts.operands.front();
  } else {
    return std::nullopt;
  }
  const bool layered = !mount.overlay_sources.empty();
  if ((parts.of_tmpfs && mount.kind != MountKind::Tmpfs) ||
      layered != (mount.kind == MountKind::Overlay)) {
    parts.odd = words.front();  // an option of another file system
  }
  return ScriptMount{std::move(mount), std::move(parts.odd)};
}

}  // namespace sandlint
