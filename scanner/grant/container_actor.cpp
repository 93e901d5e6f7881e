#include "scanner/grant/container_actor.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string_view>

namespace sandlint {
namespace {

/// An id of the subordinate range: owner of nothing that matters on the host.
constexpr std::uint32_t kSubordinate = 0xFFFFFFFE;

/// What root has without --cap-add: docker's 14, of which podman leaves the last three out.
constexpr std::array<std::string_view, 14> kDefaults = {
    "CHOWN",   "DAC_OVERRIDE",     "FSETID",     "FOWNER", "SETGID", "SETUID",  "SETFCAP",
    "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL",   "MKNOD",  "NET_RAW", "AUDIT_WRITE"};
constexpr std::size_t kPodmanDefaults = 11;

std::string Upper(std::string_view name) {
  std::string upper(name);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (upper.starts_with("CAP_")) upper.erase(0, 4);
  return upper;
}

bool Names(const std::vector<Word>& words, std::string_view name) {
  return std::any_of(words.begin(), words.end(),
                     [&](const Word& word) { return Upper(word.text) == name; });
}

bool AllUnknown(const std::vector<Word>& words) {
  return std::any_of(words.begin(), words.end(), [](const Word& word) { return !word.Known(); });
}

bool IsPodman(const Layer& layer) { return layer.container && layer.container->engine == "podman"; }

std::optional<std::uint32_t> Number(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

const HostUser* UserIn(const ImageFacts* image, std::string_view name) {
  if (image == nullptr) return nullptr;
  const auto number = Number(name);
  const auto found = std::find_if(
      image->users.begin(), image->users.end(),
      [&](const HostUser& user) { return user.name == name || (number && user.uid == *number); });
  return found == image->users.end() ? nullptr : &*found;
}

/// Ids inside of the container, as far as the words and the image tell them.
struct Inner {
  std::optional<std::uint32_t> uid;
  std::uint32_t gid = 0;
  std::vector<std::uint32_t> groups;
  bool groups_known = false;
  bool root_assumed = false;
};

void AddGroup(Inner& inner, std::string_view name, const ImageFacts* image, bool primary) {
  std::optional<std::uint32_t> gid = Number(name);
  if (!gid && image != nullptr) {
    const auto found = image->groups.find(std::string(name));
    if (found != image->groups.end()) gid = found->second;
  }
  if (!gid) inner.groups_known = false;
  if (gid && primary) inner.gid = *gid;
  if (gid && !primary) inner.groups.push_back(*gid);
}

Inner InnerOf(const Layer& layer, const ImageFacts* image) {
  Inner inner;
  inner.groups_known = image != nullptr && image->contents_known;
  std::string user = layer.user ? layer.user->text : "";
  std::string group = layer.group ? layer.group->text : "";
  if (layer.user && !layer.user->Known()) return inner;
  if (user.empty() && image != nullptr) {
    const std::size_t colon = image->user.find(':');
    user = image->user.substr(0, colon);
    if (colon != std::string::npos && group.empty()) group = image->user.substr(colon + 1);
  }
  inner.root_assumed = user.empty() && image == nullptr;
  if (user.empty() || user == "root") user = "0";
  inner.uid = Number(user);
  if (const HostUser* known = UserIn(image, user)) {
    inner.uid = known->uid;
    inner.gid = known->gid;
    inner.groups = known->groups;
  }
  if (!group.empty()) AddGroup(inner, group, image, true);
  // An explicit group leaves no other (observed with podman 4.3).
  if (!group.empty() && Number(group)) inner.groups_known = true;
  for (const Word& word : layer.container->groups) AddGroup(inner, word.text, image, false);
  return inner;
}

/// podman run by somebody who is not root: every id inside is one of the caller's own.
Actor Rootless(const Layer& layer, const Inner& inner, const Credentials& caller) {
  const std::string mode = layer.container->userns ? layer.container->userns->text : "";
  Actor actor;
  const bool keeps = mode.starts_with("keep-id");
  const bool maps_root = mode.empty() || mode == "host";
  const bool is_caller = (keeps && !layer.user) || (keeps && inner.uid == caller.uid) ||
                         (maps_root && inner.uid == 0U);
  if (is_caller) {
    actor.ids = caller;
    const bool capable = inner.uid == 0U && HasCapability(layer, "DAC_OVERRIDE");
    actor.ids.read_own = actor.ids.write_own = capable && maps_root;
    const auto& groups = layer.container->groups;
    const bool keep_groups = std::any_of(
        groups.begin(), groups.end(), [](const Word& word) { return word.text == "keep-groups"; });
    if (!keep_groups) actor.ids.groups.clear();
    return actor;
  }
  actor.ids.uid = actor.ids.gid = kSubordinate;
  return actor;
}

Actor Rootful(const Layer& layer, const Inner& inner) {
  Actor actor;
  actor.ids.uid = inner.uid.value_or(kSubordinate);
  actor.ids.gid = inner.gid;
  actor.ids.groups = inner.groups;
  const bool privileged = layer.container->privileged.has_value();
  // A user other than root has what --cap-add names with podman (observed), and nothing with
  // docker.
  const auto has = [&](const char* name) {
    if (inner.uid == 0U) return HasCapability(layer, name);
    return IsPodman(layer) && !privileged && AddsCapability(layer, name);
  };
  actor.ids.override_all = has("DAC_OVERRIDE");
  actor.read_all = has("DAC_READ_SEARCH");
  return actor;
}

/// A program of the image that starts as root: an image that is not known may have one.
bool MayBecomeRoot(const Layer& layer, const ImageFacts* image) {
  if (layer.no_new_privileges) return false;
  if (image == nullptr || !image->contents_known) return true;
  constexpr std::uint32_t kSetUid = 04000;
  return std::ranges::any_of(image->nodes, [](const auto& node) {
    return node.second.kind == NodeKind::File && node.second.uid == 0 &&
           (node.second.mode & kSetUid) != 0;
  });
}

/// What cannot be excluded beyond `actor`.
Actor Worst(const Layer& layer, const Inner& inner, Actor actor, const HostFacts& host,
            const ImageFacts* image) {
  actor.any_group = !inner.groups_known;
  if (AllUnknown(layer.cap_add) || !inner.uid) actor.ids.override_all = true;
  if (AddsCapability(layer, "DAC_OVERRIDE")) actor.ids.override_all = true;
  if (AddsCapability(layer, "DAC_READ_SEARCH")) actor.read_all = true;
  // Whom an image that is not known starts.
  actor.any_user = inner.root_assumed;
  // Started so, it has what the bounding set leaves, and what root owns in any case.
  if (inner.uid != 0U && MayBecomeRoot(layer, image)) {
    actor.also.push_back(0);
    if (HasCapability(layer, "DAC_OVERRIDE")) actor.ids.override_all = true;
  }
  // On a symbolic host the number of the caller is an assumption.
  constexpr std::uint32_t kFirstPerson = 1000;
  constexpr std::uint32_t kLastPerson = 60000;
  if (host.Symbolic() && inner.uid && *inner.uid >= kFirstPerson && *inner.uid < kLastPerson) {
    actor.also.push_back(host.Caller().uid);
  }
  return actor;
}

/// Docker Desktop and podman machine share files of a Mac as the user who runs them.
bool SharesAsCaller(const HostFacts& host) { return host.Caller().home.starts_with("/Users/"); }

}  // namespace

Rights Actor::Permitted(const Object& object) const {
  std::vector<std::uint32_t> users = also;
  users.push_back(ids.uid);
  if (any_user) users.push_back(object.uid);
  Rights rights;
  for (const std::uint32_t user : users) {
    Credentials credentials = ids;
    credentials.uid = user;
    rights = rights | PermissionsOf(object, credentials);
    if (any_group) credentials.groups.push_back(object.gid);
    rights = rights | PermissionsOf(object, credentials);
  }
  if (read_all) rights = rights | Right::Read;
  if (read_all && object.kind == NodeKind::Directory) rights = rights | Right::Exec;
  return rights;
}

Rights Actor::On(const Object& object) const {
  const Rights permitted = Permitted(object);
  if (object.kind == NodeKind::Socket) {
    if (!permitted.Has(Right::Write)) return {};
    return Right::Connect | Right::Read | Right::Write;
  }
  if (object.kind == NodeKind::CharDevice && object.no_devices) return {};
  Rights rights;
  if (permitted.Has(Right::Read)) rights = rights | Right::Read;
  const bool writable = !object.read_only || object.kind == NodeKind::CharDevice;
  if (permitted.Has(Right::Write) && writable) rights = rights | Right::Write;
  if (permitted.Has(Right::Exec) && object.kind == NodeKind::File) rights = rights | Right::Exec;
  return rights;
}

bool Actor::Traverses(const Object& directory) const {
  return Permitted(directory).Has(Right::Exec) || MayTraverse(directory, ids);
}

bool HasCapability(const Layer& layer, const std::string& name) {
  if (layer.container->privileged) return true;
  if (Names(layer.cap_add, name)) return true;
  if (Names(layer.cap_drop, name)) return false;
  if (Names(layer.cap_add, "ALL")) return true;
  const std::size_t count = IsPodman(layer) ? kPodmanDefaults : kDefaults.size();
  const auto end = kDefaults.begin() + static_cast<std::ptrdiff_t>(count);
  return std::find(kDefaults.begin(), end, name) != end && !Names(layer.cap_drop, "ALL");
}

bool AddsCapability(const Layer& layer, const std::string& name) {
  if (Names(layer.cap_add, name) || AllUnknown(layer.cap_add)) return true;
  return Names(layer.cap_add, "ALL") && !Names(layer.cap_drop, name);
}

Actors ActorsOf(const Layer& layer, const View& outside, const ImageFacts* image) {
  Actors actors;
  const Inner inner = InnerOf(layer, image);
  const HostFacts& host = outside.Host();
  const std::string mode = layer.container->userns ? layer.container->userns->text : "";
  actors.inner_uid = inner.uid;
  actors.root_assumed = inner.root_assumed;
  actors.inside = Rootful(layer, inner);
  actors.inside.any_group = !inner.groups_known;
  // A virtual machine of Apple's, too.
  if (SharesAsCaller(host) || layer.container->engine == "container") {
    const HostUser caller = host.Caller();
    actors.proven.ids = {caller.uid, caller.gid, caller.groups, false, false, false};
    actors.most = actors.proven;
    actors.maps_users = true;
    return actors;
  }
  if (IsPodman(layer) && outside.Caller().uid != 0) {
    actors.maps_users = true;
    actors.proven = Rootless(layer, inner, outside.Caller());
    actors.most = actors.proven;
    // Which id a mapping of one's own leads to is not worked out: the caller, at most.
    const bool plain = mode.empty() || mode == "host" || mode == "keep-id" || mode == "nomap";
    if (!plain || !inner.uid) {
      actors.most.ids = outside.Caller();
      actors.most.ids.read_own = actors.most.ids.write_own = true;
    }
    return actors;
  }
  actors.most = Worst(layer, inner, Rootful(layer, inner), host, image);
  actors.proven = Rootful(layer, inner);
  if (!mode.empty() && mode != "host") {  // a mapping to ids that are not known here
    actors.proven.ids = {kSubordinate, kSubordinate, {}, false, false, false};
    actors.proven.read_all = false;
    actors.most.ids.override_all = true;
  }
  return actors;
}

}  // namespace sandlint
