#include "scanner/grant/user_credentials.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>

namespace sandlint {

Credentials CredentialsOf(const HostUser& user) {
  Credentials credentials;
  credentials.uid = user.uid;
  credentials.gid = user.gid;
  credentials.groups = user.groups;
  credentials.override_all = user.uid == 0;
  return credentials;
}

namespace {

std::optional<std::uint32_t> Number(std::string_view text) {
  if (text.starts_with('#')) text.remove_prefix(1);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// `name:x:42:members` in the host's /etc/group.
std::optional<std::uint32_t> GroupByName(std::string_view name, const HostFacts& host) {
  const std::string text = host.ReadText("/etc/group").value_or(std::string());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = std::string_view(text).substr(at, end - at);
    at = end + 1;
    if (line.size() <= name.size() || !line.starts_with(name) || line[name.size()] != ':') continue;
    const std::size_t colon = line.find(':', name.size() + 1);
    if (colon == line.npos) continue;
    return Number(line.substr(colon + 1, line.find(':', colon + 1) - colon - 1));
  }
  return std::nullopt;
}

/// Groups to which no file is meant to belong.
constexpr auto kNobody = std::to_array<std::string_view>({"nobody", "nogroup", "65534"});

bool HasWord(const Layer& layer, std::string_view text) {
  return std::ranges::any_of(layer.words, [&](const Word& word) { return word.text == text; });
}

/// unshare -G and nsenter -S leave no supplementary group (observed with util-linux 2.38).
bool ClearsGroups(const Layer& layer) {
  return layer.tool == "nsenter" || (layer.tool == "unshare" && layer.group) ||
         (layer.tool == "setpriv" && HasWord(layer, "--clear-groups"));
}

/// su and runuser -g take the place of the user's own group; others keep that one too.
bool KeepsOwnGroup(const Layer& layer) {
  return layer.tool != "su" && layer.tool != "runuser" && !ClearsGroups(layer);
}

/// The primary group that the layer names. False: nobody can tell what it may do here.
bool TakeGroup(const Layer& layer, const HostFacts& host, Credentials& user) {
  const Word& group = *layer.group;
  const auto number = Number(group.text);
  if (user.override_all || number == user.gid) return true;
  if (!group.Known()) return false;
  // By custom the group of an account has its name.
  const auto same = host.UserByName(group.text);
  const bool own =
      (layer.user && group.text == layer.user->text) || (same && same->gid == user.gid);
  if (own && host.Symbolic()) return true;
  const bool nobody = std::ranges::find(kNobody, group.text) != kNobody.end();
  if (host.Symbolic() && nobody) return true;
  const auto gid = number ? number : GroupByName(group.text, host);
  if (!gid || (host.Symbolic() && *gid != 0)) return false;
  if (KeepsOwnGroup(layer)) user.groups.push_back(user.gid);
  user.gid = *gid;
  return true;
}

/// Nothing where the word is not known.
std::optional<Credentials> NamedUser(const Layer& layer, const HostFacts& host) {
  const Word& user = *layer.user;
  std::optional<HostUser> found = host.UserByName(user.text);
  if (const auto uid = Number(user.text); uid && !found) {
    found = host.UserById(*uid).value_or(HostUser{user.text, *uid, *uid, "/", {}});
  }
  if (found && ClearsGroups(layer)) found->groups.clear();
  if (found) return CredentialsOf(*found);
  if (!user.Known()) return std::nullopt;
  return Credentials{
      host.Caller().uid + 10'000, host.Caller().gid + 10'000, {}, false, false, false};
}

}  // namespace

std::optional<Credentials> CredentialsOfUser(const Layer& layer, const HostFacts& host,
                                             const Credentials& now) {
  auto user = layer.user ? NamedUser(layer, host) : now;
  if (user && layer.group && !TakeGroup(layer, host, *user)) return std::nullopt;
  return user;
}

}  // namespace sandlint
