#include "scanner/grant/srt_mounts.h"

#include <algorithm>
#include <array>

#include "scanner/peel/options.h"

namespace sandlint {
namespace {

constexpr auto kOwnWrites = std::to_array<std::string_view>({"/tmp/claude", "/private/tmp/claude"});
constexpr auto kHomeWrites = std::to_array<std::string_view>({".npm/_logs", ".claude/debug"});

}  // namespace

void SrtMounts::Bind(const std::string& source, const std::string& target, bool read_only,
                     const Word& word) {
  Mount mount;
  mount.kind = MountKind::Bind;
  mount.option = MadeUp(read_only ? "--ro-bind" : "--bind", word);
  mount.source = MadeUp(source, word);
  mount.target = MadeUp(target, word);
  mount.read_only = read_only;
  mounts_.push_back(std::move(mount));
}

void SrtMounts::Tmpfs(const std::string& target, const Word& word) {
  Mount mount;
  mount.kind = MountKind::Tmpfs;
  mount.option = MadeUp("--tmpfs", word);
  mount.target = MadeUp(target, word);
  mounts_.push_back(std::move(mount));
}

std::vector<Mount> SrtMounts::Run() {
  if (settings_.filesystem_disabled) {
    Bind("/", "/", false, cause_);
  } else {
    Bind("/", "/", true, cause_);
    for (const SrtPath& path : Literals(settings_.allow_read, false)) allows_.push_back(path);
    AllowWrites();
    PlanReads();
    DenyWrites();
    HideReads();
    EmitDenies();
  }
  Mount devices;
  devices.kind = MountKind::Devices;
  devices.option = MadeUp("--dev", cause_);
  devices.target = MadeUp("/dev", cause_);
  mounts_.push_back(std::move(devices));
  if (settings_.weaker_nested) {
    Bind("/proc", "/proc", false, settings_.weaker_nested);
  } else {
    Mount proc;
    proc.kind = MountKind::Proc;
    proc.option = MadeUp("--proc", cause_);
    proc.target = MadeUp("/proc", cause_);
    mounts_.push_back(std::move(proc));
  }
  return std::move(mounts_);
}

/// Entries without wildcards, as paths. Others match nothing here, except in the lists of reads.
std::vector<SrtPath> SrtMounts::Literals(const std::vector<Word>& words, bool note) {
  std::vector<SrtPath> paths;
  for (const Word& word : words) {
    const std::string text = WithoutTail(word.text);
    if (!IsSrtGlob(text)) {
      paths.push_back({paths_.Normal(text), word});
    } else if (note) {
      notes.push_back(
          {Support::Irrelevant, word, Facet::None, "on Linux a pattern of writes does nothing"});
    }
  }
  return paths;
}

bool SrtMounts::MayWrite(std::string_view path) const {
  return std::ranges::any_of(writes_,
                             [&](const SrtPath& write) { return IsBelow(path, write.path); });
}

/// What is writable without being asked for; two folders of the home unless a deny covers them.
std::vector<SrtPath> SrtMounts::DefaultWrites() const {
  std::vector<SrtPath> paths;
  for (const std::string_view path : kOwnWrites) paths.push_back({std::string(path), cause_});
  for (const std::string_view name : kHomeWrites) {
    const std::string path = JoinPath(paths_.home(), name);
    bool kept = true;
    for (const Word& deny : settings_.deny_read) {
      const std::string text = WithoutTail(deny.text);
      const std::string denied = paths_.Normal(text);
      // A pattern could cover it: kept, it would be the larger grant.
      if (IsSrtGlob(text) || !IsBelow(path, denied)) continue;
      kept = kept && std::ranges::any_of(allows_, [&](const SrtPath& allow) {
               return IsBelow(allow.path, denied) && IsBelow(path, allow.path);
             });
    }
    if (kept) paths.push_back({path, cause_});
  }
  return paths;
}

void SrtMounts::AllowWrites() {
  std::vector<SrtPath> wanted = DefaultWrites();
  for (SrtPath& path : Literals(settings_.allow_write, true)) wanted.push_back(std::move(path));
  for (const SrtPath& write : wanted) {
    if (write.path.starts_with("/dev/")) continue;
    const auto real = paths_.Real(write.path);
    // A link that leads elsewhere is left out, and so is what does not exist.
    if (!real || (*real != write.path && !IsBelow(*real, write.path))) continue;
    Bind(write.path, write.path, false, write.word);
    writes_.push_back(write);
  }
}

bool SrtMounts::IsHidden(const std::string& location, bool reads_too) const {
  bool hidden = false;
  for (const Hidden& unit : hidden_) {
    if (IsBelow(location, unit.landing)) hidden = true;
    const auto back = [&](const Restored& one) { return IsBelow(location, one.target); };
    if (std::ranges::any_of(unit.writes, back) ||
        (reads_too && std::ranges::any_of(unit.reads, back))) {
      hidden = false;
    }
  }
  return hidden;
}

/// Write denies come last, except where a read deny hides the place already.
void SrtMounts::EmitDenies() {
  std::vector<std::string> emitted;
  std::set<std::string> restored;
  for (const Denied& deny : denied_) {
    const bool masked = std::ranges::any_of(
        masked_, [&](const Masked& mask) { return mask.landing == deny.target; });
    if (masked) continue;
    if (!IsHidden(deny.target, false)) {
      if (deny.empty_directory) {
        Tmpfs(deny.target, deny.word);
      } else {
        Bind(deny.source, deny.target, true, deny.word);
      }
      emitted.push_back(deny.target);
      if (deny.raw != deny.target) emitted.push_back(deny.raw);
      continue;
    }
    for (const Hidden& unit : hidden_) {
      for (const Restored& write : unit.writes) {
        const bool inside = IsBelow(write.target, deny.target) || IsBelow(write.target, deny.raw);
        const bool is_mask = std::ranges::any_of(
            masked_, [&](const Masked& mask) { return mask.landing == write.target; });
        if (!inside || is_mask || !restored.insert(write.target).second) continue;
        Bind(write.source, write.target, true, deny.word);
        emitted.push_back(write.target);
      }
    }
  }
  Reapply(emitted);
}

/// A write deny above a read deny shows it again: the read deny is mounted once more.
void SrtMounts::Reapply(const std::vector<std::string>& emitted) {
  for (const Hidden& unit : hidden_) {
    const bool shown = std::ranges::any_of(
        emitted, [&](const std::string& target) { return IsStrictlyBelow(unit.landing, target); });
    if (!shown) continue;
    Tmpfs(unit.landing, unit.word);
    for (const auto* list : {&unit.writes, &unit.reads}) {
      for (const Restored& one : *list) Bind(one.source, one.target, true, one.word);
    }
  }
  for (const Masked& mask : masked_) {
    const bool shown = std::ranges::any_of(
        emitted, [&](const std::string& target) { return IsBelow(mask.landing, target); });
    if (shown) Bind("/dev/null", mask.landing, true, mask.word);
  }
}

}  // namespace sandlint
