#include "scanner/grant/user_credentials.h"

#include <charconv>

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

/// unshare -G and nsenter -S leave no supplementary group (observed with util-linux 2.38).
bool ClearsGroups(const Layer& layer) {
  return layer.tool == "nsenter" || (layer.tool == "unshare" && layer.group);
}

}  // namespace

std::optional<Credentials> CredentialsOfUser(const Layer& layer, const HostFacts& host) {
  const Word& user = *layer.user;
  std::optional<HostUser> found = host.UserByName(user.text);
  std::uint32_t uid = 0;
  std::string_view text = user.text;
  if (text.starts_with('#')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), uid);
  if (!found && error == std::errc() && end == text.data() + text.size()) {
    found = host.UserById(uid).value_or(HostUser{std::string(text), uid, uid, "/", {}});
  }
  if (found && ClearsGroups(layer)) found->groups.clear();
  if (found) return CredentialsOf(*found);
  if (!user.Known()) return std::nullopt;
  return Credentials{
      host.Caller().uid + 10'000, host.Caller().gid + 10'000, {}, false, false, false};
}

}  // namespace sandlint
