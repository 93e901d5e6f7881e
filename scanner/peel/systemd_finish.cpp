// What the settings of a systemd service come to: who runs it, with which variables and network,
// and the paths that scanner/grant evaluates (systemd.exec(5), 252; paths, users, capabilities and
// variables observed with a manager of a container).

#include <algorithm>
#include <array>
#include <cctype>

#include "scanner/peel/options.h"
#include "scanner/peel/systemd_settings.h"

namespace sandlint {
namespace {

bool IsYes(const Word& word) {
  return word.text == "yes" || word.text == "true" || word.text == "1" || word.text == "on";
}
bool IsNo(const Word& word) {
  return !word || word.text == "no" || word.text == "false" || word.text == "0" ||
         word.text == "off";
}

class Finish {
 public:
  Finish(const SystemdSettings& settings, Layer& layer) : s_(settings), layer_(layer) {}

  void Run(const PeelContext& context) {
    layer_.notes.insert(layer_.notes.end(), s_.notes.begin(), s_.notes.end());
    layer_.mounts = s_.paths;
    User(context);
    ProtectSystem();
    ProtectHome();
    Private();
    Network();
    Capabilities();
    Environment();
    if (s_.seccomp) layer_.seccomp = s_.seccomp;
    // A filter of system calls needs it, where the program is not root (observed).
    const bool root = layer_.user && (layer_.user->text == "root" || layer_.user->text == "0");
    const Word filtered = s_.seccomp            ? s_.seccomp
                          : s_.private_devices  ? s_.private_devices
                          : s_.families.empty() ? Word{}
                                                : s_.families.front();
    if (filtered && !root) layer_.no_new_privileges = filtered;
    if (s_.no_new_privileges) layer_.no_new_privileges = s_.no_new_privileges;
    if (s_.directory) layer_.chdir = s_.directory;
    if (s_.user_manager) Weaken();
  }

 private:
  void Add(const Word& option, MountKind kind, std::string path, std::optional<std::uint32_t> mode,
           bool optional = true) {
    Mount mount;
    mount.kind = kind;
    mount.option = option;
    mount.target = MadeUp(std::move(path), option);
    mount.mode = mode;
    mount.optional = optional;
    mount.devices = true;
    layer_.mounts.push_back(std::move(mount));
  }

  void User(const PeelContext& context) {
    if (s_.user_manager) return;
    if (s_.user) {
      layer_.user = s_.user;
    } else if (s_.dynamic_user) {
      layer_.user = MadeUp("a dynamic user", s_.dynamic_user);
    } else {
      layer_.user = MadeUp("root", layer_.program);
    }
    if (!s_.group) return;
    layer_.group = s_.group;
    const auto user =
        context.host == nullptr ? std::nullopt : context.host->UserByName(layer_.user->text);
    const auto group =
        context.host == nullptr ? std::nullopt : context.host->UserByName(s_.group.text);
    if (user && group && user->gid == group->gid) return;
    AddNote(layer_, s_.group, Facet::Paths, "the group of the process is not that of its user");
  }

  /// `strict` leaves the homes and the user's run directory as they are: ProtectHome= is for them.
  void ProtectSystem() {
    Word word = s_.protect_system;
    const bool strict = word.text == "strict" || s_.dynamic_user;
    if (s_.dynamic_user) word = s_.dynamic_user;
    if (!strict && IsNo(word)) return;
    if (strict) {
      Add(word, MountKind::RemountReadOnly, "/", {});
      for (const char* path : {"/proc", "/sys", "/dev", "/home", "/run/user", "/root"}) {
        Add(word, MountKind::Bind, path, kSystemdImplicit);
      }
      return;
    }
    if (!IsYes(word) && word.text != "full") {
      AddNote(layer_, word, Facet::Paths, "no such way to protect the system is known");
      return;
    }
    for (const char* path : {"/usr", "/boot", "/efi"}) {
      Add(word, MountKind::RemountReadOnly, path, {});
    }
    if (word.text == "full") Add(word, MountKind::RemountReadOnly, "/etc", {});
  }

  void ProtectHome() {
    Word word = s_.protect_home;
    if (IsNo(word) && s_.dynamic_user) {
      word = MadeUp("read-only", s_.dynamic_user);
    }
    if (IsNo(word)) return;
    for (const char* path : {"/home", "/run/user", "/root"}) {
      if (word.text == "read-only") {
        Add(word, MountKind::RemountReadOnly, path, {});
      } else if (word.text == "tmpfs") {
        Add(word, MountKind::Tmpfs, path, 0755);
        layer_.mounts.back().read_only = true;
      } else if (IsYes(word)) {
        Add(word, MountKind::Tmpfs, path, 0);
      } else {
        AddNote(layer_, word, Facet::Paths, "no such way to protect the homes is known");
        return;
      }
    }
  }

  void Private() {
    if (const Word word = s_.private_tmp ? s_.private_tmp : s_.dynamic_user) {
      Add(word, MountKind::Tmpfs, "/tmp", 01777);
      Add(word, MountKind::Tmpfs, "/var/tmp", 01777);
    }
    if (s_.private_devices) Add(s_.private_devices, MountKind::Devices, "/dev", {});
    if (s_.private_users) layer_.namespaces.user = s_.private_users;
    if (s_.dynamic_user && !s_.no_new_privileges) layer_.no_new_privileges = s_.dynamic_user;
    if (!s_.root) return;
    layer_.root = RootKind::Empty;
    Mount root;
    root.option = MadeUp("RootDirectory", s_.root);
    root.source = s_.root;
    root.target = MadeUp("/", s_.root);
    root.devices = true;
    layer_.mounts.insert(layer_.mounts.begin(), std::move(root));
  }

  void Network() {
    if (s_.private_network) layer_.network = {NetworkMode::None, s_.private_network};
    if (s_.joins_network) layer_.network = {NetworkMode::Shared, s_.joins_network};
    Families();
    if (s_.ip_allow.empty() && s_.ip_deny.empty()) return;
    NetworkFilter filter;
    filter.word = s_.ip_deny.empty() ? s_.ip_allow.front() : s_.ip_deny.front();
    const auto add = [&](const std::vector<Word>& words, Answer verdict) {
      bool all = false, other = false;
      for (const Word& word : words) {
        all = all || word.text == "any";
        other = other || (word.text != "any" && word.text != "localhost");
        if (word.text == "localhost") filter.rules.push_back({verdict, "", "loopback", 0, word});
      }
      return std::pair(all, other);
    };
    const auto [allow_all, allow_some] = add(s_.ip_allow, Answer::Yes);
    const auto [deny_all, deny_some] = add(s_.ip_deny, Answer::No);
    // Which address a name has is not known, nor is one address told from a range here.
    filter.others = allow_all    ? Answer::Yes
                    : allow_some ? Answer::Unknown
                    : deny_all   ? Answer::No
                    : deny_some  ? Answer::Unknown
                                 : Answer::Yes;
    // Without the right to attach it the filter is left out in silence.
    if (s_.user_manager && filter.others == Answer::No) filter.others = Answer::Unknown;
    layer_.network.filter = std::move(filter);
  }

  /// A filter on socket(): what is left out of the list cannot be made.
  void Families() {
    if (s_.families.empty()) return;
    const Word& first = s_.families.front();
    const bool inverted = first.text.starts_with('~');
    const auto named = [&](std::string_view family) {
      return std::ranges::any_of(s_.families, [&](const Word& word) {
        std::string_view text = word.text;
        if (text.starts_with('~')) text.remove_prefix(1);
        return text == family || !word.Known();
      });
    };
    const auto left = [&](std::string_view family) { return named(family) != inverted; };
    if (!left("AF_UNIX")) layer_.no_unix_sockets = first;
    if (left("AF_INET") || left("AF_INET6") || layer_.network.mode != NetworkMode::Inherit) return;
    layer_.network = {NetworkMode::None, first};
    layer_.network.keeps_abstract_sockets = left("AF_UNIX");
  }

  void Capabilities() {
    const bool root = layer_.user && (layer_.user->text == "root" || layer_.user->text == "0");
    for (const Word& word : s_.ambient) {
      const bool takes = word.text.starts_with('~');
      if (takes) AddNote(layer_, word, Facet::Identity, "an inverted list is not followed");
      if (!takes) layer_.cap_add.push_back(word);
    }
    if (!root) return;
    if (s_.no_capabilities) layer_.cap_drop.push_back(MadeUp("ALL", s_.no_capabilities));
    if (s_.bounding.empty()) return;
    if (s_.bounding.front().text.starts_with('~')) {
      for (const Word& word : s_.bounding) {
        layer_.cap_drop.push_back(word.text.starts_with('~') ? Part(word, 1) : word);
      }
      return;
    }
    layer_.cap_drop.push_back(MadeUp("ALL", s_.bounding.front()));
    for (const Word& word : s_.bounding) layer_.cap_add.push_back(word);
  }

  void Environment() {
    layer_.clears_on_exec = true;
    AddReset(layer_, layer_.program);
    const auto set = [&](const char* name, std::string value, const Word& by) {
      AddSet(layer_, by, MadeUp(name, by), MadeUp(std::move(value), by));
      if (layer_.environment.back().value.text.empty()) {
        layer_.environment.back().value.holes = {{0, 0, name, false}};
      }
    };
    for (const char* name : {"PATH", "LANG", "INVOCATION_ID", "SYSTEMD_EXEC_PID"}) {
      set(name, "", layer_.program);
    }
    if (s_.user || s_.dynamic_user || s_.user_manager) {
      for (const char* name : {"LOGNAME", "USER"}) set(name, "", layer_.program);
    }
    if (s_.user || s_.user_manager) {
      for (const char* name : {"HOME", "SHELL"}) set(name, "", layer_.program);
    }
    // From the manager's own environment, which is not that of the client.
    for (const Word& name : s_.passed) set(name.text.c_str(), "", name);
    for (const auto* edits : {&s_.set, &s_.files, &s_.unset}) {
      layer_.environment.insert(layer_.environment.end(), edits->begin(), edits->end());
    }
  }

  /// A manager of a user has no right to mount; older versions leave such lines out in silence.
  void Weaken() {
    AddNote(layer_, layer_.program, Facet::Environment,
            "the environment of the user's own manager is not known");
    if (layer_.mounts.empty() && !s_.private_network) return;
    const Word& word = layer_.mounts.empty() ? s_.private_network : layer_.mounts.front().option;
    AddNote(layer_, word, Facet::Paths | (s_.private_network ? Facet::Egress : Facet::None),
            "the manager of a user may leave it out, by its version and the kernel's settings");
  }

  const SystemdSettings& s_;
  Layer& layer_;
};

}  // namespace

void FinishSystemd(const SystemdSettings& settings, Layer& layer, const PeelContext& context) {
  Finish(settings, layer).Run(context);
}

}  // namespace sandlint
