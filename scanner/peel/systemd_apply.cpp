// The modelled properties of a systemd service, each with what it does to the settings. An empty
// value takes back what a list property has said before.

#include "scanner/peel/systemd_apply.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "scanner/peel/options.h"

namespace sandlint {
namespace {

using Given = SystemdGiven;

constexpr auto kTrue = std::to_array<std::string_view>({"1", "on", "t", "true", "y", "yes"});
constexpr auto kFalse = std::to_array<std::string_view>({"0", "f", "false", "n", "no", "off"});

void Doubt(const Given& given, Facet facets, std::string why) {
  given.settings.notes.push_back({Support::Unknown, given.value, facets, std::move(why)});
}

bool IsOneOf(std::span<const std::string_view> list, const Word& word) {
  std::string text = word.text;
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::ranges::find(list, text) != list.end();
}

template <Word SystemdSettings::*Where>
void Bool(const Given& given) {
  if (IsOneOf(kTrue, given.value)) {
    given.settings.*Where = given.name;
  } else if (IsOneOf(kFalse, given.value)) {
    given.settings.*Where = {};
  } else {
    Doubt(given, Facet::All, "it is no truth value that is known here");
  }
}

template <Word SystemdSettings::*Where>
void One(const Given& given) {
  given.settings.*Where = given.words.empty() ? Word{} : given.words.front();
}

template <std::vector<Word> SystemdSettings::*Where>
void Many(const Given& given) {
  auto& list = given.settings.*Where;
  if (given.words.empty()) list.clear();
  list.insert(list.end(), given.words.begin(), given.words.end());
}

/// Takes `-` and `+` off the front of a path; true where `-` lets it be missing.
bool TakePrefix(Word& path) {
  bool optional = false;
  while (!path.text.empty() && (path.text[0] == '-' || path.text[0] == '+')) {
    optional = optional || path.text[0] == '-';
    path = Part(path, 1);
  }
  return optional;
}

Mount PathEntry(const Given& given, MountKind kind, Word target) {
  Mount mount;
  mount.kind = kind;
  mount.option = given.name;
  mount.optional = TakePrefix(target);
  mount.target = std::move(target);
  mount.devices = true;
  return mount;
}

/// A new list, where the value is empty: what the same kind of property has said before goes.
void ClearPaths(const Given& given) {
  std::erase_if(given.settings.paths,
                [&](const Mount& mount) { return mount.option.text == given.name.text; });
}

template <MountKind Kind>
void Paths(const Given& given) {
  if (given.words.empty()) ClearPaths(given);
  for (const Word& word : given.words) {
    Mount mount = PathEntry(given, Kind, word);
    if (Kind == MountKind::Tmpfs) mount.mode = 0;  // inaccessible
    given.settings.paths.push_back(std::move(mount));
  }
}

/// The parts of `a:b:c`.
std::vector<Word> Colons(const Word& word) {
  std::vector<Word> parts;
  for (std::size_t at = 0; at <= word.text.size();) {
    const std::size_t colon = std::min(word.text.find(':', at), word.text.size());
    parts.push_back(Part(word, at, colon - at));
    at = colon + 1;
  }
  return parts;
}

template <bool ReadOnly>
void Binds(const Given& given) {
  if (given.words.empty()) ClearPaths(given);
  for (const Word& word : given.words) {
    const std::vector<Word> parts = Colons(word);
    Word source = parts[0];
    Mount mount = PathEntry(given, MountKind::Bind, source);
    TakePrefix(source);
    mount.source = source;
    mount.target = parts.size() > 1 ? parts[1] : source;
    mount.read_only = ReadOnly;
    given.settings.paths.push_back(std::move(mount));
  }
}

void Tmpfs(const Given& given) {
  if (given.words.empty()) ClearPaths(given);
  for (const Word& word : given.words) {
    const std::vector<Word> parts = Colons(word);
    Mount mount = PathEntry(given, MountKind::Tmpfs, parts[0]);
    mount.mode = 0755;
    const std::string options = parts.size() > 1 ? "," + parts[1].text + "," : "";
    mount.read_only = options.find(",ro,") != std::string::npos;
    given.settings.paths.push_back(std::move(mount));
  }
}

/// StateDirectory=NAME and its like: a directory of the service's own stays writable.
void OwnDirectory(const Given& given) {
  struct Row {
    std::string_view name, system, user;
  };
  constexpr auto kRows = std::to_array<Row>({
      {"CacheDirectory", "/var/cache/", "/.cache/"},
      {"ConfigurationDirectory", "/etc/", "/.config/"},
      {"LogsDirectory", "/var/log/", "/.config/log/"},
      {"RuntimeDirectory", "/run/", ""},
      {"StateDirectory", "/var/lib/", "/.config/"},
  });
  const auto row = std::ranges::find(kRows, given.name.text, &Row::name);
  if (given.words.empty()) ClearPaths(given);
  for (const Word& word : given.words) {
    if (given.settings.user_manager) continue;  // in the home, which is the user's anyway
    Word target = Colons(word)[0];
    target.text.insert(0, row->system);
    Mount mount = PathEntry(given, MountKind::Bind, target);
    mount.optional = true;
    given.settings.paths.push_back(std::move(mount));
  }
}

void Assignments(const Given& given) {
  if (given.words.empty()) given.settings.set.clear();
  for (const Word& word : given.words) {
    if (const auto pair = SplitAssignment(word)) {
      given.settings.set.push_back({EnvKind::Set, given.name, pair->key, pair->value, {}});
    }
  }
}

void Files(const Given& given) {
  if (given.words.empty()) given.settings.files.clear();
  for (const Word& word : given.words) {
    given.settings.files.push_back({EnvKind::FromFile, given.name, {}, word, {}});
  }
}

void Unsets(const Given& given) {
  if (given.words.empty()) given.settings.unset.clear();
  for (const Word& word : given.words) {
    const auto pair = SplitAssignment(word);
    if (pair) continue;  // only where it has that very value
    given.settings.unset.push_back({EnvKind::Unset, given.name, word, {}, {}});
  }
}

void Directory(const Given& given) {
  given.settings.directory = given.words.empty() ? Word{} : given.words.front();
  if (given.settings.directory.text == "~") {
    given.settings.directory.holes = {{0, 1, "the home of the user", false}};
  }
}

void Seccomp(const Given& given) {
  given.settings.seccomp = given.words.empty() ? Word{} : given.name;
}

void Bounding(const Given& given) {
  Many<&SystemdSettings::bounding>(given);
  if (given.words.empty()) given.settings.no_capabilities = given.name;
}

void Command(const Given& given) {
  if (given.words.empty()) given.settings.commands.clear();
  if (!given.words.empty()) given.settings.commands.push_back(given.words);
}

void Nothing(const Given&) {}

struct ApplierRow {
  std::string_view name;
  SystemdApplier apply;
};
using S = SystemdSettings;
constexpr auto kAppliers = std::to_array<ApplierRow>({
    {"AmbientCapabilities", Many<&S::ambient>},
    {"BindPaths", Binds<false>},
    {"BindReadOnlyPaths", Binds<true>},
    {"CacheDirectory", OwnDirectory},
    {"CapabilityBoundingSet", Bounding},
    {"ConfigurationDirectory", OwnDirectory},
    {"DynamicUser", Bool<&S::dynamic_user>},
    {"Environment", Assignments},
    {"EnvironmentFile", Files},
    {"ExecStart", Command},
    {"Group", One<&S::group>},
    {"IPAddressAllow", Many<&S::ip_allow>},
    {"IPAddressDeny", Many<&S::ip_deny>},
    {"InaccessibleDirectories", Paths<MountKind::Tmpfs>},
    {"InaccessiblePaths", Paths<MountKind::Tmpfs>},
    {"LogsDirectory", OwnDirectory},
    {"NetworkNamespacePath", One<&S::joins_network>},
    {"NoNewPrivileges", Bool<&S::no_new_privileges>},
    {"PassEnvironment", Many<&S::passed>},
    {"PrivateDevices", Bool<&S::private_devices>},
    {"PrivateNetwork", Bool<&S::private_network>},
    {"PrivateTmp", Bool<&S::private_tmp>},
    {"PrivateUsers", Bool<&S::private_users>},
    {"ProtectHome", One<&S::protect_home>},
    {"ProtectSystem", One<&S::protect_system>},
    {"ReadOnlyDirectories", Paths<MountKind::RemountReadOnly>},
    {"ReadOnlyPaths", Paths<MountKind::RemountReadOnly>},
    {"ReadWriteDirectories", Paths<MountKind::Bind>},
    {"ReadWritePaths", Paths<MountKind::Bind>},
    {"RestrictAddressFamilies", Many<&S::families>},
    {"RootDirectory", One<&S::root>},
    {"RuntimeDirectory", OwnDirectory},
    {"RuntimeMaxSec", Nothing},
    {"StandardInput", Nothing},
    {"StandardOutput", Nothing},
    {"StateDirectory", OwnDirectory},
    {"SystemCallFilter", Seccomp},
    {"TemporaryFileSystem", Tmpfs},
    {"UnsetEnvironment", Unsets},
    {"User", One<&S::user>},
    {"WorkingDirectory", Directory},
});

}  // namespace

SystemdApplier FindSystemdApplier(std::string_view name) {
  const auto row = std::ranges::find(kAppliers, name, &ApplierRow::name);
  return row == kAppliers.end() ? nullptr : row->apply;
}

}  // namespace sandlint
