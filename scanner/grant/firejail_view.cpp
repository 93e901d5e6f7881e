#include "scanner/grant/firejail_view.h"

#include <algorithm>

namespace sandlint {
namespace {

constexpr std::size_t kMaxVisited = 100'000;

using Kind = FirejailSeat::Kind;

}  // namespace

FirejailView::FirejailView(std::shared_ptr<const View> outside)
    : tree(*outside), credentials(outside->Caller()), outside_(std::move(outside)) {
  doubts = outside_->doubts;
}

void FirejailView::Finish() {
  for (const auto& mounted : tree.seats) {
    // A procfs or a device that is made anew is as good as the host's own.
    const Kind kind = mounted.second.kind;
    if (kind == Kind::Host || kind == Kind::Kernel) shown_.push_back(&mounted);
  }
}

std::vector<std::string> FirejailView::MountsBelow(std::string_view directory) const {
  std::vector<std::string> below;
  for (const auto& [path, seat] : tree.seats) {
    if (path != directory && IsBelow(path, directory)) below.push_back(path);
  }
  return below;
}

std::vector<Alias> FirejailView::AliasesOf(std::string_view host_path) const {
  std::vector<Alias> aliases;
  for (const Alias& outer : outside_->AliasesOf(host_path)) {
    if (outer.masked) {
      aliases.push_back(outer);
      continue;
    }
    for (const FirejailSeats::value_type* mounted : shown_) AddAlias(outer, *mounted, aliases);
    const auto& [at, seat] = tree.At(outer.path);
    const auto object = seat.kind == Kind::Tmpfs ? tree.Lstat(outer.path) : std::nullopt;
    if (object && object->host == outer.host) {
      aliases.push_back({outer.path, outer.host, false, seat.because});
    } else if (aliases.empty()) {
      // What showed it is covered itself.
      aliases.push_back({outer.path, outer.host, true, seat.because});
    }
  }
  return aliases;
}

void FirejailView::AddAlias(const Alias& outer, const FirejailSeats::value_type& mounted,
                            std::vector<Alias>& aliases) const {
  const auto& [at, seat] = mounted;
  Alias alias;
  if (IsBelow(outer.path, seat.source)) {
    alias.host = outer.host;
    alias.path = JoinPath(at, RelativeTo(outer.path, seat.source));
  } else if (IsBelow(seat.source, outer.path)) {
    alias.host = JoinPath(outer.host, RelativeTo(seat.source, outer.path));
    alias.path = at;
  } else {
    return;
  }
  const auto& over = tree.At(alias.path);
  alias.masked = &over != &mounted;
  alias.because = over.second.because;
  aliases.push_back(std::move(alias));
}

Rights FirejailView::Effective(const Object& object, Rights rights, bool host_only) const {
  if (object.kind == NodeKind::Socket && no_unix_sockets) return {};
  if (!host_only) return rights;
  if (object.host.empty()) return {};
  if (object.ephemeral_writes && object.kind != NodeKind::Socket) {
    return rights & (Rights(Right::Read) | Right::Exec | Right::Connect);
  }
  return rights;
}

PathAnswer FirejailView::Subtree(std::string_view path, bool host_only) const {
  PathAnswer answer;
  const auto object = tree.Lstat(path);
  if (!object) return answer;
  answer.because = object->because;
  const Kind kind = tree.At(path).second.kind;
  answer.backing = kind == Kind::Mask                                 ? Backing::Masked
                   : object->host.empty() || object->ephemeral_writes ? Backing::Ephemeral
                                                                      : Backing::Host;
  std::size_t visited = 0;
  Scan(std::string(path), *object, host_only, answer, visited);
  if (!object->certain && !object->host.empty() && (!no_unix_sockets || sockets_perhaps)) {
    answer.possible = answer.possible | Right::Connect;  // its name says nothing of its kind
  }
  answer.possible = answer.possible | answer.rights;
  return answer;
}

void FirejailView::Scan(const std::string& path, const Object& object, bool host_only,
                        PathAnswer& answer, std::size_t& visited) const {
  answer.rights = answer.rights | Effective(object, RightsOf(object, credentials), host_only);
  if (no_unix_sockets && sockets_perhaps && object.kind == NodeKind::Socket) {
    answer.possible = answer.possible | (RightsOf(object, credentials) & Right::Connect);
  }
  if (object.kind != NodeKind::Directory || !MayTraverse(object, credentials)) return;
  const Kind kind = tree.At(path).second.kind;
  if (kind == Kind::Kernel && path != "/proc" && path != "/sys") return;
  if (kind == Kind::Host && !tree.ChangedBelow(path)) {
    AsOutside(path, object, host_only, answer);
    return;
  }
  for (const std::string& name : tree.List(path)) {
    if (++visited > kMaxVisited) {
      answer.possible = kAllRights;
      return;
    }
    const std::string child = JoinPath(path, name);
    const auto below = tree.Lstat(child);
    if (below && below->kind == NodeKind::Socket) {
      // Nothing is written into a folder by a socket in it.
      const Rights rights = Effective(*below, RightsOf(*below, credentials), host_only);
      answer.rights = answer.rights | (rights & Right::Connect);
      if (sockets_perhaps) {
        answer.possible = answer.possible | (RightsOf(*below, credentials) & Right::Connect);
      }
    } else if (below && below->kind != NodeKind::Symlink) {
      Scan(child, *below, host_only, answer, visited);
    }
  }
}

/// Nothing was changed below: the answer of the view outside, less what the mount takes away.
void FirejailView::AsOutside(const std::string& path, const Object& object, bool host_only,
                             PathAnswer& answer) const {
  const auto& [at, seat] = tree.At(path);
  const PathAnswer outer =
      outside_->Subtree(JoinPath(seat.source, RelativeTo(path, at)), host_only);
  Rights taken;
  if (object.read_only) taken = taken | Right::Write;
  if (host_only && object.ephemeral_writes) taken = taken | Right::Write;
  if (object.no_exec) taken = taken | Right::Exec;
  if (no_unix_sockets) taken = taken | Right::Connect;
  const Rights kept(static_cast<std::uint8_t>(kAllRights.bits & ~taken.bits));
  if (sockets_perhaps) answer.possible = answer.possible | (outer.possible & Right::Connect);
  answer.rights = answer.rights | (outer.rights & kept);
  answer.possible = answer.possible | (outer.possible & kept);
}

PathAnswer FirejailView::OfHost(std::string_view host_path) const {
  PathAnswer answer = View::OfHost(host_path);
  answer.assuming.insert(answer.assuming.end(), assuming.begin(), assuming.end());
  if (escapes.empty()) return answer;
  answer.possible = kAllRights;
  if (answer.rights.None()) {
    answer.because.insert(answer.because.begin(), escapes.begin(), escapes.end());
  }
  return answer;
}

}  // namespace sandlint
