#include "scanner/grant/socket_owner.h"

#include <algorithm>

#include "scanner/grant/fold.h"

namespace sandlint {
namespace {

/// `setpriv --ruid` alone: sockets belong to the effective user, who stays.
bool IsRealIdAlone(const Layer& layer) {
  const auto has = [&](std::string_view option) {
    return std::ranges::any_of(layer.words, [&](const Word& word) {
      const std::string_view text = word.text;
      return text.starts_with(option) &&
             (text.size() == option.size() || text[option.size()] == '=');
    });
  };
  return layer.tool == "setpriv" && !has("--reuid") && !has("--euid");
}

EgressSubject UserNamed(const Word& user, const HostFacts& host) {
  EgressSubject subject;
  if (!user.Known()) return subject;
  const auto uid = IdOf(IdKind::User, user.text, {});
  const auto known = uid ? host.UserById(*uid) : host.UserByName(user.text);
  // The number of a home that files only mention is made up.
  const bool made_up =
      known && host.Symbolic() && known->uid != 0 && !uid && user.text != host.Caller().name;
  if (known && !made_up) return SubjectOf(*known, EgressNames{});
  subject.uid = uid;
  if (!uid) subject.user = user.text;
  return subject;
}

/// Root's rules stand in the files of every machine.
bool IsOwnUser(const EgressSubject& subject, const HostFacts& host) {
  if (!subject.uid) return !subject.user.empty() && subject.user != "root";
  return *subject.uid != 0 && *subject.uid != host.Caller().uid;
}

constexpr std::string_view kOfLinux[] = {"bwrap",  "docker",  "firejail", "nsenter",
                                         "podman", "runuser", "setpriv",  "unshare"};

EgressSystem SystemOf(const std::vector<Layer>& layers) {
  for (const Layer& layer : layers) {
    if (layer.tool == "sandbox-exec") return EgressSystem::Bsd;
    if (std::ranges::find(kOfLinux, layer.tool) != std::end(kOfLinux)) return EgressSystem::Linux;
  }
  return EgressSystem::Unknown;
}

struct Owner {
  EgressSubject subject;
  bool own = false;
  bool in_sandbox = false;
  bool container = false;
  bool podman = false;
};

void Forget(Owner& owner) {
  owner.subject = {};
  owner.own = false;
}

void EnterUser(const Layer& layer, const HostFacts& host, Owner& owner) {
  if (owner.in_sandbox) return Forget(owner);  // it may fail, and it may be root who starts it
  if (layer.user && !IsRealIdAlone(layer)) {
    owner.subject = UserNamed(*layer.user, host);
    owner.own = IsOwnUser(owner.subject, host);
  } else if (layer.user) {
    Forget(owner);
  }
  if (!layer.group) return;
  owner.subject.gid = IdOf(IdKind::Group, layer.group->text, {});
  owner.subject.group = owner.subject.gid || !layer.group->Known() ? "" : layer.group->text;
}

/// On the network of the host a process of the engine's root daemon has the number that it has
/// inside; one of podman's is some user of its caller's range.
void EnterContainer(const Layer& layer, Owner& owner) {
  owner.container = owner.in_sandbox = true;
  owner.podman = layer.container->engine == "podman";
  if (owner.podman) return;
  Forget(owner);
  if (!layer.user || !layer.user->Known() || layer.container->userns) return;
  owner.subject.uid = IdOf(
      IdKind::User, std::string_view(layer.user->text).substr(0, layer.user->text.find(':')), {});
}

/// A service is started outside of everything, by the manager of root or of its caller.
void EnterService(const Layer& layer, const HostFacts& host, Owner& owner) {
  Forget(owner);
  owner.in_sandbox = false;
  if (layer.user) EnterUser(layer, host, owner);
}

}  // namespace

EgressAsker SocketOwnerOf(const std::vector<Layer>& layers, const HostFacts& host,
                          NetworkMode mode) {
  Owner owner;
  owner.subject = SubjectOf(host.Caller(), EgressNames{});
  for (const Layer& layer : layers) {
    if (layer.container) {
      EnterContainer(layer, owner);
    } else if (layer.kind == LayerKind::Sandbox) {
      if (layer.tool.starts_with("system")) EnterService(layer, host, owner);
      owner.in_sandbox = true;
    } else if (layer.user || layer.group) {
      EnterUser(layer, host, owner);
    } else if (layer.kind == LayerKind::Opaque ||
               (!owner.in_sandbox && DoubtOf(layer, Facet::Identity) != nullptr)) {
      Forget(owner);
    }
  }
  EgressAsker asker;
  asker.system = SystemOf(layers);
  asker.own_user = owner.own && !owner.container;
  EgressSubject forwarded = owner.subject;
  forwarded.forwarded = true;
  if (owner.podman) owner.subject = {};  // root's bridge, or a helper that runs as its caller
  if (mode != NetworkMode::Private || owner.podman) asker.subjects.push_back(owner.subject);
  if (mode == NetworkMode::Private) asker.subjects.push_back(forwarded);
  return asker;
}

}  // namespace sandlint
