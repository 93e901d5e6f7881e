// Capabilities over the layers of a launch. A user namespace gives all of them to whoever makes it;
// at the next execve they stay with uid 0, and with others where they are made ambient.

#include "scanner/grant/power.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "scanner/grant/capabilities.h"
#include "scanner/grant/user_credentials.h"
#include "scanner/peel/reread.h"

namespace sandlint {
namespace {

Answer AnswerOf(bool yes) { return yes ? Answer::Yes : Answer::No; }

/// Outside of any user namespace capabilities come and go with the user.
void ChangeUser(const Layer& layer, const HostFacts& host, Power& power) {
  if (power.space > 0 || !layer.user) return;
  const auto user = CredentialsOfUser(layer, host);
  power.root = user ? AnswerOf(user->override_all) : Answer::Unknown;
  power.capabilities = power.root;
}

void EnterSpace(const Layer& layer, Power& power) {
  ++power.space;
  power.mounts = Answer::Yes;
  if (!layer.inner_uid) return;
  power.root = layer.inner_uid->Known() ? AnswerOf(layer.inner_uid->text == "0") : Answer::Unknown;
}

void Unshare(const Layer& layer, const HostFacts& host, Power& power) {
  const bool mounts = layer.tool == "unshare" && UnsharesMounts(layer);
  if (layer.namespaces.user) {
    EnterSpace(layer, power);
    if (!layer.inner_uid) power.root = Answer::Unknown;
    power.capabilities = AnswerOf(!layer.cap_add.empty());
    if (power.root == Answer::Unknown) power.capabilities = Answer::Unknown;
    power.mounts = AnswerOf(mounts);
  } else if (mounts) {
    power.mounts = Answer::Yes;
  }
  ChangeUser(layer, host, power);
}

/// bwrap makes a user namespace for whoever is not root; root keeps what is not dropped.
void Bwrap(const Layer& layer, Power& power) {
  const bool as_root = power.capabilities != Answer::No && power.root != Answer::No;
  const bool any = !layer.cap_add.empty() ||
                   (as_root && std::ranges::none_of(layer.cap_drop, [](const Word& word) {
                      return word.text == "ALL";
                    }));
  const bool admin = any && HasCapability(layer, as_root, "CAP_SYS_ADMIN");
  const bool sure = !as_root || power.root == power.capabilities;
  if (layer.namespaces.user || power.root != Answer::Yes) {
    EnterSpace(layer, power);
  } else if (power.space == 0) {
    power.mounts = Answer::Yes;
  }
  power.capabilities = !any ? Answer::No : admin && sure ? Answer::Yes : Answer::Unknown;
}

void Container(const Layer& layer, Power& power) {
  ++power.space;
  power.mounts = Answer::Yes;
  power.root = Answer::Unknown;
  const bool may = layer.container && layer.container->privileged;
  power.capabilities = may || !layer.cap_add.empty() ? Answer::Unknown : Answer::No;
}

/// Sandboxes that make a user namespace of their own and keep what is asked for.
constexpr auto kOwnSpace = std::to_array<std::string_view>({"nsjail", "srt", "codex"});

void Sandbox(const Layer& layer, const HostFacts& host, Power& power) {
  if (layer.tool == "unshare" || layer.tool == "chroot") return Unshare(layer, host, power);
  if (layer.tool == "bwrap") return Bwrap(layer, power);
  if (std::ranges::find(kOwnSpace, layer.tool) != kOwnSpace.end()) {
    EnterSpace(layer, power);
    power.capabilities = layer.cap_add.empty() ? Answer::No : Answer::Unknown;
    return;
  }
  ChangeUser(layer, host, power);
  if (!layer.cap_add.empty() || (power.capabilities == Answer::Yes && !layer.cap_drop.empty())) {
    power.capabilities = Answer::Unknown;
  }
}

}  // namespace

Power PowerOfCaller(const HostFacts& host) {
  Power power;
  power.root = AnswerOf(host.Caller().uid == 0);
  // Whether the wrapper is started by root is not known on a host that is only assumed.
  power.capabilities = host.Symbolic() ? Answer::Unknown : power.root;
  return power;
}

Power PowerBehind(const Layer& layer, const Power& outside, const HostFacts& host) {
  Power power = outside;
  if (layer.kind == LayerKind::Container) {
    Container(layer, power);
  } else if (layer.kind == LayerKind::Sandbox) {
    Sandbox(layer, host, power);
  } else {
    ChangeUser(layer, host, power);
  }
  if (layer.tool != "setpriv") return power;
  if (DropsCapabilities(layer)) power.capabilities = Answer::No;
  if (HandsCapabilities(layer)) power.capabilities = Answer::Unknown;
  return power;
}

}  // namespace sandlint
