#include "scanner/grant/view.h"

#include <algorithm>

namespace sandlint {
namespace {

constexpr int kMaxLinks = 40;
/// Entries of a folder that are looked at for more than one name.
constexpr std::size_t kMaxNamed = 64;

void Merge(PathAnswer& answer, PathAnswer other, const Alias& alias) {
  const bool better = other.rights.bits != 0 &&
                      (answer.rights.None() ||
                       (other.rights.bits & static_cast<std::uint8_t>(~answer.rights.bits)) != 0);
  answer.possible = answer.possible | other.possible;
  answer.saved_by_permissions = answer.saved_by_permissions | other.saved_by_permissions;
  if (better) {
    const bool first = answer.rights.None();
    answer.rights = answer.rights | other.rights;
    answer.backing = other.backing;
    if (first) answer.alias = alias.path;
    answer.because.insert(first ? answer.because.begin() : answer.because.end(),
                          alias.because.begin(), alias.because.end());
  }
}

std::string RealOnHost(const View& view, std::string_view host_path) {
  const auto host = MakeHostView(view.Host(), view.Caller());
  return host->Realpath(host_path, nullptr).value_or(std::string(host_path));
}

}  // namespace

std::optional<std::string> View::Realpath(std::string_view path, const Credentials* as,
                                          bool* denied) const {
  std::string real = "/";
  std::string rest = std::string(path);
  for (int links = 0; !rest.empty();) {
    const std::size_t begin = rest.find_first_not_of('/');
    if (begin == std::string::npos) break;
    const std::size_t end = std::min(rest.find('/', begin), rest.size());
    const std::string part = rest.substr(begin, end - begin);
    rest.erase(0, end);
    if (part == ".") continue;
    const auto directory = Lstat(real);
    if (directory && directory->certain && directory->kind != NodeKind::Directory) {
      if (denied != nullptr) *denied = true;
      return std::nullopt;
    }
    if (as != nullptr && directory && !MayTraverse(*directory, *as)) {
      if (denied != nullptr) *denied = true;
      return std::nullopt;
    }
    if (part == "..") {
      real = real.substr(0, std::max<std::size_t>(real.find_last_of('/'), 1));
      continue;
    }
    const std::string next = JoinPath(real, part);
    const auto object = Lstat(next);
    if (!object) return std::nullopt;
    if (object->kind != NodeKind::Symlink) {
      real = next;
      continue;
    }
    if (++links > kMaxLinks) {
      if (denied != nullptr) *denied = true;
      return std::nullopt;
    }
    if (object->link.starts_with('/')) real = "/";
    rest = object->link + rest;
  }
  if (path.ends_with('/')) {
    const auto last = Lstat(real);
    if (last && last->certain && last->kind != NodeKind::Directory) {
      if (denied != nullptr) *denied = true;
      return std::nullopt;
    }
  }
  return real;
}

PathAnswer View::OfHost(std::string_view host_path) const {
  PathAnswer answer;
  answer.assuming = Host().Assumptions();
  Because masks;
  const std::string asked = RealOnHost(*this, host_path);
  for (const Alias& alias : AliasesOf(host_path)) {
    if (alias.masked) {
      masks.insert(masks.end(), alias.because.begin(), alias.because.end());
      continue;
    }
    PathAnswer below = SubtreeOf(alias.path, alias.host);
    const auto top = alias.host == asked ? std::nullopt : Lstat(alias.path);
    if (top) {  // only a part of what is asked for
      below.rights = Upwards(*top, below.rights);
      below.possible = Upwards(*top, below.possible);
    }
    if (!Reachable(alias.path)) {
      below.saved_by_permissions = below.rights;
      below.rights = {};
      below.possible = {};
    }
    Merge(answer, below, alias);
  }
  if (answer.rights.None() && !masks.empty()) {
    answer.backing = Backing::Masked;
    answer.because = std::move(masks);
  }
  if (answer.rights.None() && answer.because.empty()) {
    const auto root = Lstat("/");
    if (root) answer.because = root->because;
  }
  if (!doubts.empty()) {
    answer.possible = kAllRights;
    if (answer.rights.None()) answer.because = doubts;
  }
  answer.possible = answer.possible | answer.rights;
  if (Host().Symbolic()) answer.confidence = Confidence::Medium;
  AddOtherNames(answer, asked);
  return answer;
}

/// A mask hides a name; a file with more of them may be in sight under another one.
void View::AddOtherNames(PathAnswer& answer, const std::string& asked) const {
  if (!answer.possible.None() || Host().Symbolic()) return;
  std::vector<std::string> files{asked};
  const auto top = Host().Lstat(asked);
  if (top && top->kind == NodeKind::Directory) {
    files.clear();
    for (const std::string& name : Host().List(asked)) {
      if (files.size() >= kMaxNamed) break;
      files.push_back(JoinPath(asked, name));
    }
  }
  for (const std::string& file : files) {
    const auto node = Host().Lstat(file);
    if (!node || node->kind != NodeKind::File || node->names < 2) continue;
    Object object;
    object.mode = node->mode;
    object.uid = node->uid;
    object.gid = node->gid;
    const Rights rights = PermissionsOf(object, Caller());
    if (rights.None()) continue;
    Evidence why;
    why.text = file;
    why.note = "it has more than one name, and another one may be in sight";
    answer.possible = rights & (Rights(Right::Read) | Right::Write | Right::Exec);
    answer.because.insert(answer.because.begin(), std::move(why));
    return;
  }
}

bool View::Reachable(std::string_view path) const {
  for (std::size_t at = path.find('/'); at != std::string_view::npos; at = path.find('/', at + 1)) {
    const auto directory = Lstat(at == 0 ? "/" : path.substr(0, at));
    if (!directory || !MayTraverse(*directory, Caller())) return false;
  }
  return true;
}

PathAnswer View::Inside(std::string_view path) const {
  const auto real = Realpath(path, &Caller());
  PathAnswer answer;
  if (real) {
    answer = Subtree(*real, false);
    answer.alias = *real;
  } else if (const auto root = Lstat("/")) {
    answer.because = root->because;
  }
  if (!doubts.empty()) {
    answer.possible = kAllRights;
    if (answer.rights.None()) answer.because = doubts;
  }
  answer.possible = answer.possible | answer.rights;
  answer.assuming = Host().Assumptions();
  if (Host().Symbolic()) answer.confidence = Confidence::Medium;
  return answer;
}

PathAnswer View::OfRoot() const {
  // The rights are those of the home: what matters in the root is what stands there.
  PathAnswer answer = OfHost(Host().Caller().home);
  answer.alias.clear();
  answer.backing = Backing::None;
  for (const Alias& alias : AliasesOf("/")) {
    if (alias.masked || alias.host != "/") continue;
    answer.alias = alias.path;
    answer.because = alias.because;
    answer.backing = Backing::Host;
  }
  return answer;
}

}  // namespace sandlint
