// A firejail profile that stands on its own: no shipped profile is included, since those show the
// whole home.

#include <fmt/format.h>

#include <algorithm>
#include <set>

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
constexpr std::string_view kEtc = "/etc/";

bool HasAny(const PlanWord& word, std::string_view characters) {
  return std::ranges::any_of(word, [&](const PlanPiece& piece) {
    return piece.kind == PlanPiece::Kind::Text &&
           piece.text.find_first_of(characters) != piece.text.npos;
  });
}

/// Characters that 0.9.72 refuses in a name, and those of its patterns and macros.
bool IsTaken(const PlanWord& word) { return !HasAny(word, "\\&!?\"'<>%^{};,*[]$"); }

/// Can a line of a profile say it? `#` starts a comment there; the home is a macro, other variables
/// there are none.
bool InProfile(const PlanWord& word) {
  return !HasAny(word, "#") && std::ranges::all_of(word, [](const PlanPiece& piece) {
    return piece.kind == PlanPiece::Kind::Text || piece.kind == PlanPiece::Kind::Home;
  });
}

std::string ProfilePath(const PlanWord& word) {
  std::string text;
  for (const PlanPiece& piece : word) {
    text += piece.kind == PlanPiece::Kind::Home ? "${HOME}" : piece.text;
  }
  return text;
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

/// What the lines of the profile and the options of the launch show.
struct Shown {
  std::string lines;
  std::string options;
  std::set<std::string> etc;  ///< names in /etc
  bool in_home = false;
  std::vector<std::string> unmet;
};

Shown Show(const HardenPlan& plan) {
  Shown shown;
  for (const PlanPath& path : plan.paths) {
    if (path.path.empty()) continue;
    const PlanPiece& first = path.path.front();
    if (!IsTaken(path.path)) {
      shown.unmet.push_back(
          fmt::format("firejail takes no such name: {} is not shown", PlainWord(path.path)));
    } else if (first.kind == PlanPiece::Kind::Text && first.text.starts_with(kEtc)) {
      // Copies of whole entries are all that private-etc makes.
      const std::string name = first.text.substr(kEtc.size());
      shown.etc.insert(name.substr(0, name.find('/')));
    } else {
      shown.in_home = shown.in_home || first.kind == PlanPiece::Kind::Home;
      (InProfile(path.path) ? shown.lines : shown.options) +=
          InProfile(path.path) ? ProfileLines(path) : Option(path);
    }
  }
  return shown;
}

std::string ProfileText(const HardenPlan& plan, const Shown& shown) {
  std::string profile = Headline(plan, "#") + shown.lines;
  if (!shown.in_home && shown.options.empty()) {
    profile += "# It needs nothing of the home.\nprivate\n";
  } else if (!shown.in_home) {
    // A whitelist that names nothing there still empties the home.
    profile += "whitelist ${HOME}/.mcp-nothing\n";
  }
  profile += fmt::format("private-etc {}\n{}", fmt::join(shown.etc, ","), kHardening);
  return profile +
         (plan.network ? "protocol unix,inet,inet6,netlink\n" : "net none\nprotocol unix\n");
}

}  // namespace

Hardened HardenWithFirejail(const HardenPlan& plan) {
  const Shown shown = Show(plan);
  const std::string path = fmt::format("{}/{}.profile", kHardenFolder, plan.name);
  const std::string launch =
      fmt::format("exec {} \\\n  firejail --quiet --profile=./{}{} \\\n  -- {}\n",
                  EnvironmentWords(plan), path, shown.options, ProgramText(plan));
  Hardened result = WrapperResult(plan, "firejail", launch, Temp::OfTool);
  result.files.insert(result.files.begin(), {path, ProfileText(plan, shown), false});
  result.unmet.insert(result.unmet.end(), shown.unmet.begin(), shown.unmet.end());
  // Observed with 0.9.72: without a kernel thread in sight it only warns, which --quiet hides.
  result.unmet.emplace_back(
      "inside of a container firejail starts it without any sandbox: use another tool there");
  AddNftFirewall(plan, result);
  return result;
}

}  // namespace sandlint
