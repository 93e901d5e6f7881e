// Generated command lines of bwrap: every option, operands of every kind, orders swapped.

#include "oracle/bwrap_lines.h"

#include <algorithm>
#include <functional>
#include <random>

#include "oracle/bwrap_operands.h"
#include "scanner/peel/bwrap_options.h"

namespace sandlint::oracle {
namespace {

using Random = std::mt19937_64;

std::size_t Below(Random& random, std::size_t count) { return random() % count; }
bool Chance(Random& random, unsigned percent) { return random() % 100 < percent; }
std::string OneOf(Random& random, const Strings& of) { return of[Below(random, of.size())]; }

/// What a line has so far.
struct Draft {
  BwrapLine line;
  Strings targets;  ///< where something was mounted

  void Add(Strings group) { line.groups.push_back(std::move(group)); }
};

std::string SourceFor(Random& random, bool optional) {
  const std::size_t odd = Below(random, 100);
  if (odd < (optional ? 16U : 2U)) return OneOf(random, Missing());
  if (odd < (optional ? 32U : 7U)) return OneOf(random, Relative());
  if (odd < (optional ? 38U : 8U)) return "";
  return OneOf(random, Sources());
}

std::string TargetFor(Random& random, Draft& draft, const std::string& source) {
  const bool same = source.starts_with('/') && Chance(random, 50);
  std::string target = same                 ? source
                       : Chance(random, 75) ? OneOf(random, Existing())
                                            : OneOf(random, Targets());
  draft.targets.push_back(target);
  return target;
}

void AddBind(Random& random, Draft& draft, const std::string& option) {
  const std::string source = SourceFor(random, option.ends_with("-try"));
  draft.Add({option, source, TargetFor(random, draft, source)});
}

void AddRemount(Random& random, Draft& draft) {
  const bool known = !draft.targets.empty() && Chance(random, 95);
  draft.Add({"--remount-ro", known ? OneOf(random, draft.targets) : OneOf(random, Targets())});
}

void AddTmpfs(Random& random, Draft& draft) {
  Strings group;
  if (Chance(random, 12)) group = {"--perms", OneOf(random, {"0700", "0000", "0500", "1777"})};
  if (Chance(random, 5)) group.insert(group.end(), {"--size", "65536"});
  group.insert(group.end(), {"--tmpfs", TargetFor(random, draft, "")});
  draft.Add(std::move(group));
}

void AddPerms(Random& random, Draft& draft) {
  const std::string mode = OneOf(random, {"0700", "0000", "0555", "0711", "9", "0644"});
  if (Chance(random, 70)) {
    draft.Add({"--perms", mode, "--tmpfs", TargetFor(random, draft, "")});
  } else {
    draft.Add({"--perms", mode, OneOf(random, {"--dir", "--ro-bind", "--tmpfs"}), "/etc"});
  }
}

const std::string& NumberFor(Random& random) {
  static const Strings all = {"0", "0", "1234", "1000", "0", "1300", "-1"};
  return all[Below(random, all.size())];
}

/// Options that need more than operands out of a list.
bool AddSpecial(Random& random, Draft& draft, const std::string& name) {
  const auto with = [&](Strings before, Strings group) {
    if (Chance(random, 90)) draft.Add(std::move(before));
    draft.Add(std::move(group));
  };
  if (name == "--disable-userns" || name == "--assert-userns-disabled") {
    with({"--unshare-user"}, {name});
  } else if (name == "--as-pid-1") {
    with({"--unshare-pid"}, {name});
  } else if (name == "--hostname") {
    with({"--unshare-uts"}, {name, "box"});
  } else if (name == "--mqueue") {
    with({"--unshare-ipc"}, {name, OneOf(random, {"/q", "/dev/mqueue", "/tmp"})});
  } else if (name == "--userns-block-fd") {
    draft.Add({"--unshare-user"});
    draft.Add({"--info-fd", "2"});
    draft.Add({name, "0"});
  } else if (name == "--seccomp" || name == "--add-seccomp-fd") {
    draft.line.input = "filter";
    draft.Add({name, "0"});
  } else if (name == "--args") {
    draft.line.input = "args";
    draft.Add({name, "0"});
  } else if (name == "--bind-fd" || name == "--ro-bind-fd") {
    draft.Add({name, "3", TargetFor(random, draft, "")});
  } else if (name == "--file" || name == "--bind-data" || name == "--ro-bind-data") {
    draft.line.input = "data";
    draft.Add({name, "0", OneOf(random, Files())});
  } else if (name == "--perms") {
    AddPerms(random, draft);
  } else if (name == "--size") {
    draft.Add({name, "65536", "--tmpfs", TargetFor(random, draft, "")});
  } else if (name == "--overlay-src") {
    draft.Add({name, OneOf(random, Sources()), "--tmp-overlay", OneOf(random, Targets())});
  } else {
    return false;
  }
  return true;
}

Strings OperandsOf(Random& random, Draft& draft, const std::string& name) {
  static const Strings kCapabilities = {"ALL",         "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH",
                                        "CAP_NET_RAW", "cap_sys_admin",    "NET_RAW"};
  if (name == "--setenv") return {OneOf(random, {"A", "TOKEN", "HOME", "PATH"}), "v"};
  if (name == "--unsetenv") return {OneOf(random, StageVariables())};
  if (name == "--uid" || name == "--gid") return {NumberFor(random)};
  if (name == "--chdir") return {OneOf(random, {"/", "/tmp", kStageHome, "/etc", "project"})};
  if (name.starts_with("--cap-")) return {OneOf(random, kCapabilities)};
  if (name == "--symlink") {
    return {OneOf(random, {".ssh", "project", "/usr", "x", "..", "/home/sam/.ssh", "home/sam"}),
            OneOf(random, Links())};
  }
  if (name == "--chmod") {
    return {OneOf(random, {"0500", "0000", "0777"}),
            draft.targets.empty() ? OneOf(random, Targets()) : OneOf(random, draft.targets)};
  }
  if (name == "--lock-file") return {OneOf(random, {"/tmp/lock", "/etc/hosts", "/.probe"})};
  if (name.ends_with("-fd") || name == "--userns" || name == "--userns2" || name == "--pidns") {
    return {name.find("block") != name.npos || name == "--sync-fd" ? "0" : "2"};
  }
  if (name == "--proc" || name == "--dev") return {Chance(random, 85) ? name.substr(1) : "/w"};
  if (name == "--dir" || name == "--tmp-overlay" || name == "--ro-overlay") {
    return {TargetFor(random, draft, "")};
  }
  if (name == "--overlay") return {"/tmp/work", "/tmp/wd", OneOf(random, Targets())};
  return {"x"};
}

void AddOption(Random& random, Draft& draft, const BwrapOption& option) {
  const std::string name(option.name);
  if (AddSpecial(random, draft, name)) return;
  if (name == "--tmpfs") return AddTmpfs(random, draft);
  if (name == "--remount-ro") return AddRemount(random, draft);
  if (name.find("bind") != name.npos) return AddBind(random, draft, name);
  Strings group{name};
  if (option.words > 0) {
    Strings operands = OperandsOf(random, draft, name);
    if (name == "--proc" || name == "--dev") {
      if (operands[0].starts_with('-')) operands[0] = "/" + name.substr(2);
      draft.targets.push_back(operands[0]);
    }
    group.insert(group.end(), operands.begin(), operands.end());
  }
  draft.Add(std::move(group));
}

/// What most lines have: something to see, something hidden again.
void AddCommon(Random& random, Draft& draft) {
  static const Strings kBinds = {"--bind",     "--ro-bind",     "--ro-bind",     "--dev-bind",
                                 "--bind-try", "--ro-bind-try", "--dev-bind-try"};
  static const Strings kSecrets =
      AtHome({"~/.ssh", "~/.aws", "~", "~/.gnupg", "/home", "/run", "/tmp", "/srv", "~/project"});
  switch (Below(random, 10)) {
    case 0:
    case 1:
    case 2:
      return AddBind(random, draft, OneOf(random, kBinds));
    case 3: {
      const std::string path = OneOf(random, Sources());
      draft.targets.push_back(path);
      return draft.Add({OneOf(random, kBinds), path, path});
    }
    case 4:
      return AddTmpfs(random, draft);
    case 5: {
      const std::string path = OneOf(random, kSecrets);
      draft.targets.push_back(path);
      return draft.Add({"--tmpfs", path});
    }
    case 6:
      if (Chance(random, 40)) return AddRemount(random, draft);
      return AddBind(random, draft, "--bind");
    case 7:
      return draft.Add({OneOf(random, {"--ro-bind", "--dev-bind", "--bind"}), "/dev/null",
                        OneOf(random, Files())});
    default:
      return draft.Add(
          {OneOf(random, {"--unshare-all", "--unshare-net", "--share-net", "--unshare-pid",
                          "--unshare-user", "--clearenv", "--unshare-all", "--new-session"})});
  }
}

void AddBase(Random& random, Draft& draft) {
  const std::size_t odd = Below(random, 100);
  const std::string option = OneOf(random, {"--bind", "--dev-bind", "--bind", "--ro-bind"});
  if (odd < 62) return draft.Add({option, "/", "/"});
  if (odd < 74) return draft.Add({option, "/home", "/home"});
  if (odd < 84) return draft.Add({option, kStageHome, kStageHome});
  if (odd < 92) return draft.Add({"--ro-bind", "/usr", "/usr"});
}

/// Options with which no sandbox starts in 0.8.0, or seldom: they get their share and no more.
bool SeldomStarts(std::string_view name) {
  static const Strings all = {"--argv0",       "--level-prefix",
                              "--overlay-src", "--overlay",
                              "--tmp-overlay", "--ro-overlay",
                              "--help",        "--version",
                              "--exec-label",  "--file-label",
                              "--userns",      "--userns2",
                              "--pidns",       "--assert-userns-disabled"};
  return std::ranges::find(all, name) != all.end();
}

/// The option that this line has to have.
const BwrapOption& OptionOf(std::size_t number) {
  const std::size_t turn = number / 8 * 7 + number % 8;  // without the swapped ones
  static const std::vector<const BwrapOption*> turns = [] {
    std::vector<const BwrapOption*> seldom, often, all;
    for (const BwrapOption& option : BwrapOptions()) {
      (SeldomStarts(option.name) ? seldom : often).push_back(&option);
    }
    // 80 lines a turn: each of the first kind once, the others fill the rest.
    all = seldom;
    for (std::size_t at = 0; all.size() < 80; ++at) all.push_back(often[at % often.size()]);
    return all;
  }();
  return *turns[turn * 37 % turns.size()];
}

BwrapLine MakeOne(std::uint64_t seed, std::size_t number) {
  Random random(seed * 1'000'003 + number);
  Draft draft;
  draft.line.by_root = Chance(random, 8);
  draft.line.asked_by_user = !draft.line.by_root && Chance(random, 40);
  draft.line.input = "null";
  draft.line.environment = {"HOME=/home/sam", "PATH=/usr/local/bin:/usr/bin:/bin",
                            "USER=sam",       "AWS_SECRET_ACCESS_KEY=k",
                            "GITHUB_TOKEN=t", "LANG=C.UTF-8"};
  draft.line.directory =
      Chance(random, 75) ? "/home/sam/project" : OneOf(random, {"/", "/tmp", "/home/sam", "/etc"});
  AddBase(random, draft);
  const std::size_t count = 1 + Below(random, 4);
  const std::size_t turn = Below(random, count);
  for (std::size_t at = 0; at < count; ++at) {
    if (at == turn) AddOption(random, draft, OptionOf(number));
    AddCommon(random, draft);
  }
  return draft.line;
}

}  // namespace

BwrapLine MakeBwrapLine(std::uint64_t seed, std::size_t number) {
  // Every eighth line is the one before it with two groups swapped.
  if (number % 8 != 7) return MakeOne(seed, number);
  BwrapLine line = MakeOne(seed, number - 1);
  Random random(seed + number);
  if (line.groups.size() < 2) return line;
  const std::size_t first = Below(random, line.groups.size() - 1);
  const std::size_t second = first + 1 + Below(random, line.groups.size() - first - 1);
  std::swap(line.groups[first], line.groups[second]);
  return line;
}

Strings WordsOf(const BwrapLine& line) {
  Strings words;
  for (const Strings& group : line.groups) words.insert(words.end(), group.begin(), group.end());
  return words;
}

}  // namespace sandlint::oracle
