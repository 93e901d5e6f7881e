#pragma once

#include <string_view>
#include <vector>

#include "scanner/peel/peel.h"

namespace sandlint {

/// How the mounts of a systemd layer are written down, not yet in the order in which systemd applies
/// them. RemountReadOnly: read-only with everything below. Bind without a source: writable again;
/// with the mode kSystemdImplicit only where nothing else is said of the path. Tmpfs with the mode
/// 0: inaccessible.
inline constexpr std::uint32_t kSystemdImplicit = 1;

/// What the properties of a systemd service say, in the order in which they were given. The same
/// for `systemd-run -p` and for the lines of a unit file (systemd.exec(5), 252).
struct SystemdSettings {
  bool user_manager = false;  ///< `--user`: the manager of the user, not that of the machine
  std::vector<Mount> paths;
  Word protect_system, protect_home;
  Word private_tmp, private_devices, private_network, private_users, dynamic_user;
  Word root, directory, user, group, joins_network, no_new_privileges, seccomp;
  std::vector<EnvEdit> set, files, unset;
  std::vector<Word> passed;
  Word no_capabilities;  ///< an empty bounding set, to which the list adds
  std::vector<Word> ip_allow, ip_deny, families, bounding, ambient;
  std::vector<std::vector<Word>> commands;  ///< ExecStart=
  std::vector<Note> notes;
};

/// `NAME=value` (of -p, or a line of [Service]) added to the settings. False where no such property
/// is known; what is not modelled leaves a note.
bool ApplySystemdProperty(SystemdSettings& settings, const Word& name, const Word& value,
                          const PeelContext& context);

/// Is it known at all, in whatever state of support?
bool IsSystemdProperty(std::string_view name);

/// One of those that a service has and a scope has not.
bool IsSystemdSandbox(std::string_view name);

/// Turns the settings into what the layer does.
void FinishSystemd(const SystemdSettings& settings, Layer& layer, const PeelContext& context);

/// The words of a value: blanks, quotes, backslashes; specifiers (`%h`) where they are known, holes
/// elsewhere.
std::vector<Word> SystemdWords(const Word& value, const SystemdSettings& settings,
                               const PeelContext& context);

}  // namespace sandlint
