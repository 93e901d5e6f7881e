// A Dockerfile for the server alone, and a run line that gives it nothing by default.

#include <fmt/format.h>

#include "harden/script.h"
#include "harden/words.h"

namespace sandlint {
namespace {

constexpr std::string_view kUser = "65532:65532";

std::string Image(const HardenPlan& plan) { return "localhost/mcp-" + plan.name + ":1"; }

bool IsSystemFile(const PlanPath& path) {
  return path.optional && PlainWord(path.path).starts_with("/etc/");
}

/// The image holds the package; what the server works on is mounted where it is on the host.
std::string Dockerfile(const HardenPlan& plan) {
  std::string text = fmt::format("# The MCP server {}: what it gets is {}.\n",
                                 CommentText(plan.server), CommentText(plan.why));
  text += "# Name both by digest once they are built: a tag can be moved.\n";
  if (!plan.package.empty()) {
    text += fmt::format(
        "FROM node:22-slim\nWORKDIR /opt/mcp\nRUN npm install --omit=dev {}\n"
        "ENV PATH=/opt/mcp/node_modules/.bin:/usr/local/bin:/usr/bin:/bin\n",
        ShellQuote(plan.package));
  } else {
    text += "FROM node:22-slim\n";
  }
  return text + fmt::format("USER {}\n", kUser);
}

std::string Mount(const PlanPath& path) {
  const std::string word = ConfigWord(path.path);
  return fmt::format("type=bind,source={0},target={0}{1}", word, path.write ? "" : ",readonly");
}

Hardened Harden(const HardenPlan& plan, std::string_view engine) {
  Hardened result;
  const std::string path = fmt::format("{}/{}.Dockerfile", kHardenFolder, plan.name);
  result.files.push_back({path, Dockerfile(plan), false});
  std::vector<std::string>& launch = result.launch;
  launch = {std::string(engine),
            "run",
            "--rm",
            "-i",
            "--read-only",
            "--cap-drop=ALL",
            "--security-opt=no-new-privileges",
            fmt::format("--user={}", kUser),
            "--tmpfs=/tmp",
            "--pids-limit=256"};
  launch.push_back(plan.network ? "--network=bridge" : "--network=none");
  if (engine == "podman") launch.push_back("--http-proxy=false");
  for (const std::string& name : plan.variables) launch.push_back("--env=" + name);
  const std::string package = plan.package.empty() ? "" : PlainWord(plan.arguments[2]);
  for (const PlanPath& one : plan.paths) {
    if (IsSystemFile(one) || PlainWord(one.path) == package) continue;
    launch.push_back("--mount=" + Mount(one));
  }
  launch.push_back(Image(plan));
  launch.push_back(ConfigWord(plan.program));
  for (std::size_t index = 0; index < plan.arguments.size(); ++index) {
    const bool prefix = !package.empty() && index == 2;
    launch.push_back(prefix ? "/opt/mcp" : ConfigWord(plan.arguments[index]));
  }
  result.steps = {fmt::format("{} build -f {} -t {} {}", engine, path, Image(plan), kHardenFolder)};
  result.unmet = plan.unmet;
  if (plan.network) {
    result.unmet.push_back(fmt::format(
        "the network of the container leads to every host: allow only {} on its way out "
        "(DOCKER-USER, "
        "or a proxy)",
        plan.hosts.empty() ? "what it needs" : fmt::format("{}", fmt::join(plan.hosts, ", "))));
  }
  return result;
}

}  // namespace

Hardened HardenWithDocker(const HardenPlan& plan) { return Harden(plan, "docker"); }
Hardened HardenWithPodman(const HardenPlan& plan) { return Harden(plan, "podman"); }

}  // namespace sandlint
