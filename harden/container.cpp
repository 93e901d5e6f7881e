// A Dockerfile for the server alone, and a run line that gives it nothing by default.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harden/script.h"
#include "harden/words.h"

namespace sandlint {
namespace {

constexpr std::string_view kUser = "65532:65532";
constexpr std::string_view kPrefix = "/opt/mcp";

std::string ImageName(const HardenPlan& plan) { return "localhost/mcp-" + plan.name + ":1"; }

/// An image that has the interpreter of a server.
struct Base {
  std::string_view program;
  std::string_view image;
};
constexpr auto kBases = std::to_array<Base>({
    {"node", "node:22-slim"},
    {"npx", "node:22-slim"},
    {"python", "python:3.13-slim"},
    {"python3", "python:3.13-slim"},
    {"bash", "debian:stable-slim"},
    {"sh", "debian:stable-slim"},
});

/// The row of the program inside, or null: then no image is known that has it.
const Base* BaseOf(const HardenPlan& plan) {
  const std::string text = PlainWord(plan.program);
  const std::string_view name =
      plan.package.ecosystem == "pypi" ? "python3" : BaseName(std::string_view(text));
  const auto* found = std::ranges::find(kBases, name, &Base::program);
  return found == kBases.end() ? nullptr : &*found;
}

/// The image holds the package; what the server works on is mounted where it is on the host.
std::string Dockerfile(const HardenPlan& plan) {
  const Base* base = BaseOf(plan);
  std::string text = Headline(plan, "#");
  text += "# Name both by digest once they are built: a tag can be moved.\n";
  text += fmt::format("FROM {}\n", base == nullptr ? "debian:stable-slim" : base->image);
  if (plan.package.ecosystem == "npm") {
    text += fmt::format(
        "WORKDIR {0}\nRUN npm install --omit=dev {1}\n"
        "ENV PATH={0}/node_modules/.bin:/usr/local/bin:/usr/bin:/bin\n"
        "ENV npm_config_update_notifier=false\n",
        kPrefix, ShellQuote(plan.package.spec));
  } else if (plan.package.ecosystem == "pypi") {
    text += fmt::format("RUN pip install --no-cache-dir {}\n", ShellQuote(plan.package.spec));
  }
  return text + fmt::format("ENV HOME=/tmp\nUSER {}\n", kUser);
}

/// The words of a mount are separated by commas and read as CSV.
bool IsMountable(const PlanWord& word) {
  return std::ranges::none_of(word, [](const PlanPiece& piece) {
    return piece.text.find_first_of(",\"") != piece.text.npos;
  });
}

void AddMounts(const HardenPlan& plan, Hardened& result) {
  for (const PlanPath& path : plan.paths) {
    if (path.system || PlainWord(path.path) == PlainWord(plan.package.folder)) continue;
    if (!IsMountable(path.path)) {
      result.unmet.push_back(
          fmt::format("{} cannot be mounted: its name would end the option", PlainWord(path.path)));
      continue;
    }
    if (path.optional) {
      result.unmet.push_back(fmt::format(
          "{} has to be there: a container is not started without it", PlainWord(path.path)));
    }
    result.launch.push_back(fmt::format("--mount=type=bind,source={0},target={0}{1}",
                                        ConfigWord(path.path), path.write ? "" : ",readonly"));
  }
}

/// The program inside: the image has its own paths for packages and interpreters.
void AddProgram(const HardenPlan& plan, std::vector<std::string>& launch) {
  const Base* base = BaseOf(plan);
  if (plan.package.ecosystem == "pypi") {
    launch.push_back(plan.package.program);
  } else {
    launch.push_back(base == nullptr ? ConfigWord(plan.program) : std::string(base->program));
  }
  const std::string folder = ConfigWord(plan.package.folder);
  for (const PlanWord& word : plan.arguments) {
    const std::string text = ConfigWord(word);
    launch.push_back(!folder.empty() && text == folder ? std::string(kPrefix) : text);
  }
}

void SayWhatIsOpen(const HardenPlan& plan, Hardened& result) {
  if (BaseOf(plan) == nullptr) {
    result.unmet.push_back(fmt::format("no image is known that has {}: add it to the Dockerfile",
                                       PlainWord(plan.program)));
  }
  if (std::ranges::any_of(result.launch,
                          [](const std::string& word) { return word.starts_with("--mount="); })) {
    result.unmet.push_back(
        fmt::format("the user {} of the container must be able to read what is mounted", kUser));
  }
  if (!plan.network) return;
  result.unmet.push_back(fmt::format(
      "the network of the container leads to every host: allow only {} on its way out "
      "(DOCKER-USER, or a proxy), or take bwrap or firejail, whose user a firewall holds",
      plan.hosts.empty() ? "what it needs" : fmt::format("{}", fmt::join(plan.hosts, ", "))));
}

/// The client expands `${…}` in a config and knows no escape for it.
bool ReadsAsVariable(const HardenPlan& plan) {
  const auto reads = [](const PlanWord& word) {
    return std::ranges::any_of(word, [](const PlanPiece& piece) {
      return piece.kind == PlanPiece::Kind::Text && piece.text.find("${") != piece.text.npos;
    });
  };
  const auto reads_setting = [&](const PlanSetting& setting) { return reads(setting.value); };
  return reads(plan.program) || std::ranges::any_of(plan.settings, reads_setting) ||
         std::ranges::any_of(plan.arguments, reads) ||
         std::ranges::any_of(plan.paths, [&](const PlanPath& path) { return reads(path.path); });
}

Hardened Harden(const HardenPlan& plan, std::string_view engine) {
  Hardened result;
  if (ReadsAsVariable(plan)) {
    result.refused = "a word of its launch holds '${', which the client would expand";
    return result;
  }
  const std::string path = fmt::format("{}/{}.Dockerfile", kHardenFolder, plan.name);
  result.files.push_back({path, Dockerfile(plan), false});
  result.launch = {std::string(engine),
                   "run",
                   "--rm",
                   "-i",
                   "--read-only",
                   "--cap-drop=ALL",
                   "--security-opt=no-new-privileges",
                   fmt::format("--user={}", kUser),
                   "--tmpfs=/tmp",
                   "--pids-limit=256"};
  result.launch.push_back(plan.network ? "--network=bridge" : "--network=none");
  if (engine == "podman") result.launch.push_back("--http-proxy=false");
  for (const std::string& name : plan.variables) result.launch.push_back("--env=" + name);
  for (const PlanSetting& setting : plan.settings) {
    result.launch.push_back(fmt::format("--env={}={}", setting.name, ConfigWord(setting.value)));
  }
  result.unmet = plan.unmet;
  AddMounts(plan, result);
  result.launch.push_back(ImageName(plan));
  AddProgram(plan, result.launch);
  result.steps = {
      fmt::format("{} build -f {} -t {} {}", engine, path, ImageName(plan), kHardenFolder)};
  SayWhatIsOpen(plan, result);
  return result;
}

}  // namespace

Hardened HardenWithDocker(const HardenPlan& plan) { return Harden(plan, "docker"); }
Hardened HardenWithPodman(const HardenPlan& plan) { return Harden(plan, "podman"); }

}  // namespace sandlint
