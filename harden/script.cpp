#include "harden/script.h"

#include <fmt/format.h>

#include "harden/words.h"

namespace sandlint {

std::string WrapperScript(const HardenPlan& plan, std::string_view tool, std::string_view launch,
                          bool temp) {
  std::string text = "#!/usr/bin/env bash\n";
  text += fmt::format("# The MCP server {} in {}: what it gets is {}.\n", CommentText(plan.server),
                      tool, CommentText(plan.why));
  for (const std::string& sentence : plan.unmet) text += "# Open: " + CommentText(sentence) + ".\n";
  text += "set -euo pipefail\n\n";
  if (temp) {
    text += fmt::format(
        "tmp=$(mktemp -d /tmp/mcp-{}.XXXXXXXX)\n"
        "chmod 700 \"$tmp\"\n"
        "trap 'rm -rf -- \"$tmp\"' EXIT\n\n",
        plan.name);
  }
  text += launch;
  return text;
}

std::string EnvironmentWords(const HardenPlan& plan) {
  std::string path = "/usr/local/bin:/usr/bin:/bin";
  std::string words = "env -i";
  if (!plan.package.empty()) {
    // The programs of the installed package; npx looks for them by name.
    words += " PATH=" + ShellWord(Below(Below(plan.arguments[2], "/node_modules/.bin:"), path));
    words += " npm_config_update_notifier=false";
  } else {
    words += " PATH=" + path;
  }
  words += " HOME=\"$HOME\" TMPDIR=/tmp LANG=C.UTF-8";
  for (const std::string& name : plan.variables) {
    words += fmt::format(" {0}=\"${{{0}-}}\"", name);
  }
  return words;
}

std::string CommentedLine(std::string_view words, std::string_view why) {
  return fmt::format("  {}{}{}\n", words, why.empty() ? "" : "  # ", CommentText(why));
}

std::string WrapperPath(const HardenPlan& plan) {
  return fmt::format("{}/{}.sh", kHardenFolder, plan.name);
}

std::vector<std::string> WrapperLaunch(const HardenPlan& plan) {
  return {"bash", WrapperPath(plan)};
}

}  // namespace sandlint
