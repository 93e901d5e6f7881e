#include <algorithm>
#include <charconv>

#include "model/image.h"
#include "scanner/grant/container_image.h"
#include "scanner/grant/fold.h"

namespace sandlint {
namespace {

std::optional<std::uint32_t> Number(std::string_view text) {
  if (text.starts_with('#')) text.remove_prefix(1);  // sudo -u '#1000'
  text = text.substr(0, text.find(':'));             // docker --user uid:gid
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::uint32_t> UidOf(const Word& user, const HostFacts& host) {
  if (const auto number = Number(user.text)) return number;
  const auto known = host.UserByName(user.text);
  return known ? std::optional(known->uid) : std::nullopt;
}

void Become(Identity& identity, const Layer& layer, const HostFacts& host) {
  const Word& user = *layer.user;
  identity.outer_user = identity.inner_user = user.text;
  identity.outer_uid = identity.inner_uid = user.Known() ? UidOf(user, host) : std::nullopt;
  identity.own_user = identity.outer_uid != host.Caller().uid || !identity.outer_uid;
  identity.root_inside = identity.outer_uid == 0U ? Answer::Yes
                         : user.Known()           ? Answer::No
                                                  : Answer::Unknown;
  identity.capabilities =
      identity.root_inside == Answer::Yes ? CapabilitySet::All : CapabilitySet::None;
  identity.user_because = {EvidenceOf(user)};
}

bool Names(const std::vector<Word>& words, std::string_view name) {
  return std::ranges::any_of(words, [&](const Word& word) {
    std::string text = word.text;
    std::ranges::transform(text, text.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return text == name;
  });
}

void Capabilities(Identity& identity, const Layer& layer, CapabilitySet start) {
  identity.capabilities = start;
  identity.capabilities_because.clear();
  identity.capability_names.clear();
  for (const Word& word : layer.cap_drop) identity.capabilities_because.push_back(EvidenceOf(word));
  if (Names(layer.cap_drop, "ALL")) identity.capabilities = CapabilitySet::None;
  if (layer.cap_add.empty()) return;
  for (const Word& word : layer.cap_add) {
    identity.capabilities_because.push_back(EvidenceOf(word));
    identity.capability_names.push_back(word.text);
  }
  if (Names(layer.cap_add, "ALL")) {
    identity.capabilities = CapabilitySet::All;
  } else if (identity.capabilities != CapabilitySet::All) {
    identity.capabilities = CapabilitySet::Some;
  }
}

void EnterBwrap(Identity& identity, const Layer& layer) {
  const bool root = identity.outer_uid == 0U;
  Capabilities(identity, layer, root ? CapabilitySet::All : CapabilitySet::None);
  identity.own_user_namespace = !root || static_cast<bool>(layer.namespaces.user);
  if (layer.inner_uid) {
    identity.inner_user = layer.inner_uid->text;
    identity.inner_uid = Number(layer.inner_uid->text);
    identity.root_inside = identity.inner_uid == 0U ? Answer::Yes : Answer::No;
  }
  identity.own_pid_namespace = static_cast<bool>(layer.namespaces.pid);
  identity.pid_because = {EvidenceOf(layer.namespaces.pid ? layer.namespaces.pid : layer.program)};
}

/// A user keeps no capability; root keeps what is not dropped (observed with firejail 0.9.72).
void EnterFirejail(Identity& identity, const Layer& layer) {
  const bool root = identity.outer_uid == 0U;
  Capabilities(identity, layer, root ? CapabilitySet::All : CapabilitySet::None);
  identity.own_user_namespace = static_cast<bool>(layer.namespaces.user);
  identity.own_pid_namespace = true;
  identity.pid_because = {EvidenceOf(layer.program)};
}

/// unshare and chroot: the user stays who it was outside; in a user namespace it may look like root
/// and have every capability over that.
void EnterUnshare(Identity& identity, const Layer& layer, const HostFacts& host) {
  if (layer.user) Become(identity, layer, host);
  if (layer.namespaces.user) {
    Capabilities(identity, layer, CapabilitySet::None);
    identity.own_user_namespace = true;
    identity.inner_user = layer.inner_uid ? layer.inner_uid->text : std::string();
    identity.inner_uid = layer.inner_uid ? Number(layer.inner_uid->text) : std::nullopt;
    identity.root_inside = !identity.inner_uid        ? Answer::Unknown
                           : identity.inner_uid == 0U ? Answer::Yes
                                                      : Answer::No;
  }
  if (!layer.namespaces.pid) return;
  identity.own_pid_namespace = true;
  identity.pid_because = {EvidenceOf(layer.namespaces.pid)};
}

/// A service starts anew from the manager; root has what its bounding set leaves it.
void EnterSystemd(Identity& identity, const Layer& layer, const HostFacts& host) {
  if (layer.user) Become(identity, layer, host);
  identity.no_new_privileges = Answer::No;
  const bool root = identity.outer_uid == 0U;
  Capabilities(identity, layer, root ? CapabilitySet::All : CapabilitySet::None);
  identity.own_user_namespace = static_cast<bool>(layer.namespaces.user);
}

/// The number of a user of an image: its own passwd knows the names.
std::optional<std::uint32_t> UidInside(const Word& user, const ImageFacts* image) {
  const std::string name = user.text.substr(0, user.text.find(':'));
  if (image != nullptr) {
    const auto known = std::ranges::find(image->users, name, &HostUser::name);
    if (known != image->users.end()) return known->uid;
  }
  return name == "root" ? std::optional(0U) : Number(name);
}

void EnterContainer(Identity& identity, const Layer& layer, const HostFacts& host) {
  const ContainerRun& run = *layer.container;
  std::optional<Word> user = layer.user;
  const auto image = ImageOf(layer, host);
  if (!user && image != nullptr && !image->user.empty()) {
    user = run.build != nullptr && run.build->user ? *run.build->user : run.image;
    user->text = image->user;
  }
  identity.inner_user = user ? user->text : std::string();
  identity.inner_uid.reset();
  if (user && user->Known()) {
    identity.inner_uid = UidInside(*user, image.get());
    identity.root_inside = identity.inner_uid == 0U ? Answer::Yes : Answer::No;
    identity.user_because = {EvidenceOf(*user)};
  } else {
    // The image decides; without a USER line it is root.
    const bool root = !user && image != nullptr && image->user.empty();
    if (root) identity.inner_uid = 0U;
    identity.root_inside = root ? Answer::Yes : Answer::Unknown;
    identity.user_because = {EvidenceOf(run.image, "no --user is given")};
  }
  identity.own_user = identity.root_inside == Answer::No;
  identity.outer_user = identity.inner_user;
  identity.outer_uid = run.userns ? std::nullopt : identity.inner_uid;
  Capabilities(identity, layer, CapabilitySet::ContainerDefault);
  if (identity.root_inside == Answer::No && layer.cap_add.empty()) {
    identity.capabilities = CapabilitySet::None;
  }
  if (run.privileged) {
    identity.capabilities = CapabilitySet::All;
    identity.capabilities_because = {EvidenceOf(*run.privileged)};
  }
  identity.no_new_privileges = Answer::No;
  identity.nnp_because = {};
  identity.own_pid_namespace = !run.pid_host;
  identity.pid_because = {EvidenceOf(run.pid_host ? *run.pid_host : layer.program)};
}

}  // namespace

Identity FoldIdentity(const std::vector<Layer>& layers, const HostFacts& host) {
  Identity identity;
  const HostUser caller = host.Caller();
  identity.outer_uid = identity.inner_uid = caller.uid;
  identity.inner_user = caller.name;
  identity.root_inside = caller.uid == 0 ? Answer::Yes : Answer::No;
  identity.capabilities = caller.uid == 0 ? CapabilitySet::All : CapabilitySet::None;
  for (const Layer& layer : layers) {
    if (layer.container && layer.kind == LayerKind::Container) {
      EnterContainer(identity, layer, host);
    } else if (layer.kind == LayerKind::Sandbox &&
               (layer.tool == "bwrap" || layer.tool == "nsjail" ||
                (layer.tool == "codex" && layer.namespaces.user))) {
      EnterBwrap(identity, layer);
    } else if (layer.tool == "firejail" && layer.kind == LayerKind::Sandbox) {
      EnterFirejail(identity, layer);
    } else if (layer.tool.starts_with("system") && layer.kind == LayerKind::Sandbox) {
      EnterSystemd(identity, layer, host);
    } else if (layer.tool == "unshare" || layer.tool == "chroot") {
      EnterUnshare(identity, layer, host);
    } else if (layer.user) {
      Become(identity, layer, host);
    }
    const bool inside = layer.kind == LayerKind::Sandbox && layer.namespaces.pid;
    if (inside && !identity.own_pid_namespace) {
      identity.own_pid_namespace = true;
      identity.pid_because = {EvidenceOf(layer.namespaces.pid)};
    }
    if (layer.no_new_privileges) {
      identity.no_new_privileges = Answer::Yes;
      identity.nnp_because = {EvidenceOf(*layer.no_new_privileges)};
    }
    if (DoubtOf(layer, Facet::Identity) != nullptr || layer.kind == LayerKind::Opaque) {
      if (identity.root_inside == Answer::No) identity.root_inside = Answer::Unknown;
      if (identity.no_new_privileges == Answer::Yes) identity.no_new_privileges = Answer::Unknown;
    }
  }
  return identity;
}

}  // namespace sandlint
