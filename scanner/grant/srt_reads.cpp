// What srt hides from reading on Linux: a tmpfs over a directory, /dev/null over a file.

#include <re2/re2.h>

#include <algorithm>

#include "scanner/grant/srt_mounts.h"
#include "scanner/grant/srt_pattern.h"

namespace sandlint {
namespace {

constexpr int kAnyDepth = 64;

std::size_t DepthOf(const std::string& path) {
  return static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

}  // namespace

/// The places that a pattern matches now, without those that a kept one above hides already.
void SrtMounts::ExpandGlob(const Word& pattern, std::vector<SrtPath>& into) {
  const std::string glob = paths_.NormalPattern(pattern.text);
  const std::size_t slash = glob.rfind('/', glob.find_first_of("*?[]"));
  if (slash == 0 || slash == std::string::npos) return;  // srt wants a folder to start from
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_dot_nl(true);
  const re2::RE2 whole(SrtPatternOf(glob), options);
  const bool folders = glob.ends_with("/**");
  const re2::RE2 folder(folders ? SrtPatternOf(WithoutTail(glob)) : "[^\\s\\S]", options);
  if (!whole.ok() || !folder.ok()) return;
  std::vector<std::string> unlisted;
  std::set<std::string> found;
  const std::vector<std::string> all = paths_.Walk(glob.substr(0, slash), kAnyDepth, &unlisted);
  for (const std::string& path : all) {
    if (!re2::RE2::FullMatch(path, whole)) continue;
    // A match through a link is hidden where it really is.
    if (const auto real = paths_.Real(path)) found.insert(*real);
    if (folders && re2::RE2::FullMatch(ParentOf(path), folder)) {
      found.insert(paths_.Canonical(ParentOf(path)));
    }
  }
  for (const std::string& path : unlisted) {
    found.insert(path);
    unlisted_.insert(path);
  }
  std::set<std::string> exposed;
  for (const auto* list : {&allows_, &writes_}) {
    for (const SrtPath& path : *list) exposed.insert(path.path);
  }
  std::set<std::string> kept;
  for (const std::string& path : found) {
    bool hidden = false;
    bool shown = exposed.contains(path);
    for (std::string above = path; above != "/" && !hidden;) {
      above = ParentOf(above);
      shown = shown || exposed.contains(above);
      hidden = kept.contains(above);
    }
    if (!hidden || shown) kept.insert(path);
  }
  for (const std::string& path : kept) into.push_back({path, pattern});
}

std::vector<SrtPath> SrtMounts::ReadDenies() {
  std::vector<SrtPath> entries;
  for (const Word& word : settings_.deny_read) {
    const std::string text = WithoutTail(word.text);
    if (IsSrtGlob(text)) {
      ExpandGlob(word, entries);
      continue;
    }
    const std::string path = paths_.Normal(text);
    if (path != "/") {
      entries.push_back({path, word});
      continue;
    }
    // The root itself is never covered: each of its folders is.
    for (const std::string& name : paths_.outside().List("/")) {
      if (name == "proc" || name == "dev" || name == "sys") continue;
      const std::string place = paths_.Canonical("/" + name);
      const bool covered = std::ranges::any_of(allows_, [&](const SrtPath& allow) {
        return IsBelow(place, paths_.NameLocation(allow.path));
      });
      if (!covered) entries.push_back({paths_.Normal("/" + name), word});
    }
  }
  if (paths_.Exists("/etc/ssh/ssh_config.d")) entries.push_back({"/etc/ssh/ssh_config.d", cause_});
  return entries;
}

std::optional<SrtMounts::ReadDeny> SrtMounts::PlanOf(const SrtPath& entry) const {
  ReadDeny deny;
  deny.word = entry.word;
  std::string named = entry.path;
  for (;; named = ParentOf(named)) {
    if (named == "/" && named != entry.path) return std::nullopt;
    bool denied = false;
    const auto real = paths_.Real(named, &denied);
    if (real) {
      deny.landing = *real;
      deny.is_directory = paths_.IsDirectory(named);
      break;
    }
    // What is not there hides nothing; what may not be looked at is hidden from above.
    if (!denied || named == "/") return std::nullopt;
  }
  deny.restores = named == entry.path && !unlisted_.contains(deny.landing);
  if (deny.landing == "/") {
    deny.landing = paths_.Canonical(ParentOf(named));
    if (deny.landing == "/") return std::nullopt;
    deny.is_directory = true;
    deny.restores = false;
  }
  deny.lifted = !deny.is_directory && std::ranges::any_of(allows_, [&](const SrtPath& allow) {
    return paths_.NameLocation(allow.path) == deny.landing;
  });
  return deny;
}

/// srt resolves the entries to sort them, and the parents of what is allowed beside a denied file.
/// Where it may not, it takes no folder for covered any more (observed with 0.0.78).
void SrtMounts::FindGuesses(const std::vector<SrtPath>& entries) {
  const auto look = [&](const std::string& path) {
    bool denied = false;
    if (!paths_.Real(path, &denied) && denied) guessed_ = true;
  };
  for (const SrtPath& entry : entries) {
    if (entries.size() > 1) look(entry.path);
  }
  if (std::ranges::all_of(plan_, &ReadDeny::is_directory)) return;
  for (const SrtPath& allow : allows_) look(ParentOf(allow.path));
}

void SrtMounts::PlanReads() {
  for (const Word& word : settings_.allow_read) {
    if (IsSrtGlob(WithoutTail(word.text))) {
      std::vector<SrtPath> found;
      ExpandGlob(word, found);
      allows_.insert(allows_.end(), found.begin(), found.end());
    }
  }
  std::vector<SrtPath> entries = ReadDenies();
  std::ranges::stable_sort(
      entries, {}, [&](const SrtPath& entry) { return DepthOf(paths_.Canonical(entry.path)); });
  for (const SrtPath& entry : entries) {
    if (auto deny = PlanOf(entry)) plan_.push_back(std::move(*deny));
  }
  FindGuesses(entries);
}

bool SrtMounts::IsDeniedAround(const std::string& target, const std::string& landing) const {
  return std::ranges::any_of(plan_, [&](const ReadDeny& deny) {
    return !deny.lifted && !IsBelow(landing, deny.landing) &&
           (IsBelow(deny.landing, target) || IsBelow(target, deny.landing));
  });
}

/// How an allowed path comes back into a hidden directory; nothing where it does not belong to it.
std::optional<SrtMounts::Restored> SrtMounts::Restore(const SrtPath& path,
                                                      const std::string& landing) const {
  const std::string target = paths_.NameLocation(path.path);
  const auto source = paths_.Real(path.path);
  if (!IsBelow(target, landing) || !source || !IsBelow(*source, landing)) return std::nullopt;
  if (*source != target && IsDeniedAround(*source, landing)) return std::nullopt;
  return Restored{*source, target, path.word};
}

void SrtMounts::Hide(const ReadDeny& deny) {
  Hidden unit{deny.landing, deny.word, {}, {}};
  Tmpfs(deny.landing, deny.word);
  if (deny.restores) {
    for (const SrtPath& write : writes_) {
      if (auto back = Restore(write, deny.landing)) {
        Bind(back->source, back->target, false, back->word);
        unit.writes.push_back(std::move(*back));
      }
    }
    for (const SrtPath& allow : allows_) {
      auto back = Restore(allow, deny.landing);
      if (!back) continue;
      const bool written = std::ranges::any_of(
          unit.writes, [&](const Restored& one) { return IsBelow(back->target, one.target); });
      if (written) continue;
      Bind(back->source, back->target, true, back->word);
      unit.reads.push_back(std::move(*back));
    }
  }
  hidden_.push_back(std::move(unit));
}

void SrtMounts::HideReads() {
  for (const ReadDeny& deny : plan_) {
    if (IsHidden(deny.landing, true)) continue;
    if (deny.is_directory) {
      Hide(deny);
    } else if (!deny.lifted) {
      Bind("/dev/null", deny.landing, true, deny.word);
      masked_.push_back({deny.landing, deny.word});
    }
  }
}

}  // namespace sandlint
