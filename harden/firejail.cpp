// A firejail profile that stands on its own: no shipped profile is included, since those show the
// whole home.

#include <fmt/format.h>

#include <algorithm>

#include "harden/firewall.h"
#include "harden/script.h"
#include "harden/words.h"

namespace sandlint {
namespace {

constexpr std::string_view kHardening =
    "# Its own processes, devices and temporary directory.\n"
    "private-dev\n"
    "private-tmp\n"
    "disable-mnt\n"
    "caps.drop all\n"
    "nonewprivs\n"
    "noroot\n"
    "seccomp\n"
    "nogroups\n"
    "no3d\n"
    "nodvd\n"
    "nosound\n"
    "notv\n"
    "nou2f\n"
    "novideo\n"
    "noinput\n"
    "dbus-user none\n"
    "dbus-system none\n"
    "blacklist /run/user\n"
    "blacklist /run/docker.sock\n"
    "blacklist /run/podman\n"
    "blacklist /run/containerd\n"
    "blacklist /run/dbus\n"
    "blacklist /var/spool\n"
    "blacklist /var/backups\n"
    "blacklist /mnt\n"
    "blacklist /media\n";

/// firejail spells the home with a macro and has no other variables; `${PWD}` is none of them.
std::string ProfilePath(const PlanWord& word) {
  std::string text;
  for (const PlanPiece& piece : word) {
    if (piece.kind == PlanPiece::Kind::Home) text += "${HOME}";
    if (piece.kind == PlanPiece::Kind::Text) text += piece.text;
  }
  return text;
}

/// Can a line of a profile say it?
bool InProfile(const PlanWord& word) {
  return !word.empty() && std::ranges::all_of(word, [](const PlanPiece& piece) {
    if (piece.kind == PlanPiece::Kind::Text) {
      return piece.text.find_first_of("#\"'\\{}*?[],") == piece.text.npos;
    }
    return piece.kind == PlanPiece::Kind::Home;
  });
}

/// A path that only the launch knows goes to the command line.
std::string Option(const PlanPath& path) {
  std::string word = ShellWord(path.path);
  const bool quoted = word.starts_with('"');
  const std::string inner = quoted ? word.substr(1, word.size() - 2) : word;
  std::string options =
      fmt::format(" \\\n  {}--whitelist={}{}", quoted ? "\"" : "", inner, quoted ? "\"" : "");
  if (!path.write)
    options += fmt::format(" {}--read-only={}{}", quoted ? "\"" : "", inner, quoted ? "\"" : "");
  return options;
}

std::string ProfileLines(const PlanPath& path) {
  const std::string text = ProfilePath(path.path);
  std::string lines = fmt::format("# {}\nwhitelist {}\n", CommentText(path.why), text);
  if (!path.write) lines += fmt::format("read-only {}\n", text);
  return lines;
}

bool IsSystemFile(const PlanPath& path) {
  return path.optional && PlainWord(path.path).starts_with("/etc/");
}

std::string PrivateEtc(const HardenPlan& plan) {
  std::string names;
  for (const PlanPath& path : plan.paths) {
    if (!IsSystemFile(path)) continue;
    names += (names.empty() ? "" : ",") + PlainWord(path.path).substr(5);
  }
  return "private-etc " + names + "\n";
}

}  // namespace

Hardened HardenWithFirejail(const HardenPlan& plan) {
  std::string profile = fmt::format("# The MCP server {}: what it gets is {}.\n",
                                    CommentText(plan.server), CommentText(plan.why));
  std::string options;
  bool in_home = false;
  for (const PlanPath& path : plan.paths) {
    if (IsSystemFile(path)) continue;
    in_home = in_home || (!path.path.empty() && path.path.front().kind == PlanPiece::Kind::Home);
    if (InProfile(path.path)) {
      profile += ProfileLines(path);
    } else {
      options += Option(path);
    }
  }
  if (!in_home && options.empty()) profile += "# It needs nothing of the home.\nprivate\n";
  // A whitelist that names nothing there still empties the home.
  if (!in_home && !options.empty()) profile += "whitelist ${HOME}/.mcp-nothing\n";
  profile += PrivateEtc(plan) + std::string(kHardening);
  profile += plan.network ? "protocol unix,inet,inet6,netlink\n" : "net none\nprotocol unix\n";

  const std::string path = fmt::format("{}/{}.profile", kHardenFolder, plan.name);
  std::string launch = EnvironmentWords(plan) + " \\\n  firejail --quiet --profile=./" + path +
                       options + " \\\n  " + ShellWord(plan.program);
  for (const PlanWord& word : plan.arguments) launch += ' ' + ShellWord(word);
  Hardened result;
  result.files.push_back({path, std::move(profile), false});
  result.files.push_back(
      {WrapperPath(plan), WrapperScript(plan, "firejail", "exec " + launch + '\n', false), true});
  result.launch = WrapperLaunch(plan);
  result.steps = plan.steps;
  result.unmet = plan.unmet;
  AddNftFirewall(plan, result);
  return result;
}

}  // namespace sandlint
