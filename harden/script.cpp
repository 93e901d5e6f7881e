#include "harden/script.h"

#include <fmt/format.h>

#include "harden/words.h"

namespace sandlint {
namespace {

constexpr std::string_view kPath = "/usr/local/bin:/usr/bin:/bin";

std::string WrapperScript(const HardenPlan& plan, std::string_view tool, std::string_view launch,
                          Temp temp) {
  std::string text = "#!/usr/bin/env bash\n";
  text += fmt::format("# The MCP server {} in {}: what it gets is {}.\n", CommentText(plan.server),
                      tool, CommentText(plan.why));
  text += "set -euo pipefail\n\n";
  if (temp == Temp::OfWrapper) {
    text += fmt::format(
        "tmp=$(mktemp -d /tmp/mcp-{}.XXXXXXXX)\n"
        "chmod 700 \"$tmp\"\n"
        "trap 'rm -rf -- \"$tmp\"' EXIT\n\n",
        plan.name);
  }
  text += launch;
  return text;
}

}  // namespace

void RecordOpen(Hardened& result) {
  std::string lines;
  for (const std::string& sentence : result.unmet) {
    lines += "# Open: " + CommentText(sentence) + ".\n";
  }
  for (WrittenFile& file : result.files) {
    const bool script = file.path.ends_with(".sh") && !file.path.ends_with("-hosts.sh");
    if (!script && !file.path.ends_with(".Dockerfile")) continue;
    std::size_t at = file.text.find('\n') + 1;
    if (script) at = file.text.find('\n', at) + 1;  // behind `#!` and what it is
    file.text.insert(at, lines);
  }
}

std::string Headline(const HardenPlan& plan, std::string_view comment) {
  return fmt::format("{} The MCP server {}: what it gets is {}.\n", comment,
                     CommentText(plan.server), CommentText(plan.why));
}

std::string ProgramText(const HardenPlan& plan) {
  std::string text;
  if (plan.package.ecosystem == "npm") {
    // The programs of the installed package; npx looks for them by name. Inside only: a package
    // could bring a program with the name of the sandbox.
    text = fmt::format("env PATH={} ",
                       ShellWord(Below(Below(plan.package.folder, "/node_modules/.bin:"), kPath)));
  }
  text += ShellWord(plan.program);
  for (const PlanWord& word : plan.arguments) text += ' ' + ShellWord(word);
  return text;
}

Hardened WrapperResult(const HardenPlan& plan, std::string_view tool, std::string_view launch,
                       Temp temp) {
  const std::string path = fmt::format("{}/{}.sh", kHardenFolder, plan.name);
  Hardened result;
  result.files.push_back({path, WrapperScript(plan, tool, launch, temp), true});
  result.launch = {"bash", path};
  result.steps = plan.steps;
  result.unmet = plan.unmet;
  if (plan.server_class == ServerClass::Shell) {
    result.unmet.emplace_back(
        "it runs commands for the model: it wants a container or a virtual machine of its own "
        "(--with podman), and this is neither");
  }
  return result;
}

std::string EnvironmentWords(const HardenPlan& plan) {
  std::string words = fmt::format("env -i PATH={}", kPath);
  if (plan.package.ecosystem == "npm") words += " npm_config_update_notifier=false";
  words += " HOME=\"$HOME\" TMPDIR=/tmp LANG=C.UTF-8";
  for (const std::string& name : plan.variables) {
    words += fmt::format(" {0}=\"${{{0}-}}\"", name);
  }
  for (const PlanSetting& setting : plan.settings) {
    words += fmt::format(" {}={}", setting.name, ShellWord(setting.value));
  }
  return words;
}

std::string CommentedLine(std::string_view words, std::string_view why) {
  return fmt::format("  {}{}{}\n", words, why.empty() ? "" : "  # ", CommentText(why));
}

}  // namespace sandlint
