// A wrapper script around bubblewrap: an empty root, the programs of the system read-only, what the
// server needs, and every namespace of its own.

#include <fmt/format.h>

#include "harden/firewall.h"
#include "harden/script.h"
#include "harden/words.h"

namespace sandlint {
namespace {

constexpr std::string_view kBase =
    "  --unshare-all --die-with-parent --new-session\n"
    "  --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/sbin /sbin\n"
    "  --symlink usr/lib /lib --symlink usr/lib64 /lib64\n"
    "  --proc /proc --dev /dev\n"
    "  --bind \"$tmp\" /tmp\n"
    "  --dir \"$HOME\"\n";

std::string Bind(const PlanPath& path) {
  const std::string word = ShellWord(path.path);
  const char* option = path.write ? (path.optional ? "--bind-try" : "--bind")
                                  : (path.optional ? "--ro-bind-try" : "--ro-bind");
  return CommentedLine(fmt::format("{} {} {}", option, word, word), path.why);
}

/// The network namespace stays that of the user who starts it: a firewall has to hold that user.
std::string Network(const HardenPlan& plan) {
  return plan.network ? CommentedLine("--share-net", "the firewall of its user decides") : "";
}

}  // namespace

Hardened HardenWithBwrap(const HardenPlan& plan) {
  std::string launch = "args=(\n" + std::string(kBase) + Network(plan);
  for (const PlanPath& path : plan.paths) launch += Bind(path);
  launch += ")\n\n" + EnvironmentWords(plan) + " \\\n  bwrap \"${args[@]}\" -- " +
            ProgramText(plan) + '\n';
  Hardened result = WrapperResult(plan, "bubblewrap", launch, Temp::OfWrapper);
  AddNftFirewall(plan, result);
  return result;
}

}  // namespace sandlint
