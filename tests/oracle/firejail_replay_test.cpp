// What firejail 0.9.72 was seen to show, asked again of the evaluator.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "catch.h"
#include "fixture_host.h"
#include "paths.h"
#include "scanner/grant/grant.h"
#include "scanner/grant/remembered_paths.h"
#include "scanner/grant/view.h"
#include "scanner/peel/peel.h"

namespace sandlint {
namespace {

using Json = nlohmann::json;

Json ReadTable(const std::string& name) {
  std::ifstream file(std::string(kSourceDir) + "/tests/oracle/data/" + name);
  return Json::parse(file);
}

/// The machine of the recording.
std::shared_ptr<FixtureHost> MakeFixture(const Json& meta, bool extra) {
  const Json& fixture = meta["fixture"];
  const std::string home = fixture["home"];
  auto host = std::make_shared<FixtureHost>(HostUser{"sandalice", 1234, 1234, home, {}});
  host->AddOwn(home + "/");
  for (const auto& file : fixture["files"]) host->AddOwn(home + "/" + file.get<std::string>());
  for (const auto& folder : fixture["dirs"]) {
    host->AddOwn(home + "/" + folder.get<std::string>() + "/");
  }
  for (const auto& [link, target] : fixture["symlinks"].items()) {
    host->AddLink(home + "/" + link, target);
  }
  for (const char* folder : {"/.ssh/", "/.gnupg/"}) host->AddOwn(home + folder, 0700);
  host->AddOwn(home + "/project/probe", 0755);
  for (const char* path : {"/tmp/mcp-work/", "/tmp/mcp-work/t", "/srv/sb/", "/srv/sb/s",
                           "/srv/sb/sub/", "/srv/sb/sub/n"}) {
    host->AddOwn(path);
  }
  host->AddOwn("/tmp/tmpcanary", 0666);
  for (const char* path : {"/tmp/sb.sock", "/run/sb.sock"}) {
    host->AddSystem(path, NodeKind::Socket, 0777);
  }
  host->AddSystem("/opt/sbtool/o");
  for (const char* name : {"node", "npx", "python3", "uvx", "git", "curl"}) {
    host->AddSystem(std::string("/opt/sbtool/") + name, NodeKind::File, 0755);
  }
  for (const char* path : {"/usr/bin/bwrap", "/usr/bin/gcc", "/usr/bin/python3", "/usr/bin/dash",
                           "/usr/local/bin/sbprobe", "/usr/bin/sudo", "/usr/bin/firejail"}) {
    host->AddSystem(path, NodeKind::File, 0755);
  }
  host->AddLink("/usr/bin/sh", "dash");
  for (const char* path : {"/etc/ssl", "/usr/share/doc", "/proc/self", "/home/cloudsdk"}) {
    host->AddSystem(path, NodeKind::Directory);
  }
  host->AddSystem("/etc/hosts");
  host->AddSystem("/proc/self/status", NodeKind::File, 0444);
  host->AddSystem("/proc/1/cmdline", NodeKind::File, 0444);
  host->AddSystem("/proc/1/environ", NodeKind::File, 0400);
  host->mounts.push_back("/srv/sb/sub");
  if (!extra) return host;
  for (const auto& [link, target] :
       {std::pair{"/dang", "nowhere"}, std::pair{"/dangabs", "/nope/x"},
        std::pair{"/chain1", "chain2"}, std::pair{"/chain2", ".ssh"}, std::pair{"/loopa", "loopb"},
        std::pair{"/loopb", "loopa"}, std::pair{"/keyabs", "/home/sandalice/.ssh/id_rsa"},
        std::pair{"/keyrel", ".ssh/id_rsa"}, std::pair{"/project/up", ".."},
        std::pair{"/project/awsup", "../x/../.aws"}, std::pair{"/x/out", "/tmp/mcp-work"}}) {
    host->AddLink(home + link, target);
  }
  host->AddLink("/srv/sb/homelnk", home);
  for (const char* path :
       {"/sp ace/f", "/locked/f", "/x/sub/deep/h", "/.config/app/tok.json", "/.config/firejail/"}) {
    host->AddOwn(home + path);
  }
  host->AddOwn(home + "/locked/", 0);
  host->Add(home + "/locked", {NodeKind::Directory, 0, 1234, 1234, {}});
  return host;
}

struct Tally {
  int cases = 0, points = 0, unsound = 0, wrong = 0, unknown = 0, skipped = 0;
  std::string text;
  void Say(const std::string& line) {
    if (text.size() < 6000) text += line + '\n';
  }
};

Launch Evaluate(const Json& one, FixtureHost& host, Workspace& workspace) {
  const std::string id = one["id"];
  Source& argv = *workspace.sources.emplace_back(std::make_unique<Source>());
  argv.is_argv = true;
  std::vector<std::string> words{"firejail"};
  const std::string profile = "/tmp/sb/fjprof/" + id + ".profile";
  if (!one["profile"].is_null()) host.AddText(profile, one["profile"]);
  for (const auto& arg : one.value("args", Json::array())) {
    words.push_back(arg == "--profile=<this>" ? "--profile=" + profile : arg.get<std::string>());
  }
  for (const auto& word : one["command"]) words.push_back(word);
  // Stand-ins were recorded under the names of launchers, which want a package.
  if (words.back().ends_with("npx") || words.back().ends_with("uvx")) words.push_back("package");
  std::vector<Word> launch;
  for (std::size_t index = 0; index < words.size(); ++index) {
    const auto begin = static_cast<std::uint32_t>(argv.text.size());
    argv.text += words[index];
    Word word{words[index],
              {&argv, begin, static_cast<std::uint32_t>(argv.text.size())},
              {},
              static_cast<int>(index)};
    argv.text += '\0';
    launch.push_back(std::move(word));
  }
  PeelContext context;
  context.host = &host;
  context.workspace = &workspace;
  std::vector<Launch> launches = PeelLaunches(std::move(launch), context);
  ClientSide client;
  client.host = &host;
  EvaluateGrant(launches.front(), nullptr, client);
  return std::move(launches.front());
}

std::string AccessOf(const View& view, const std::string& path) {
  const auto real = view.Realpath(path, &view.Caller());
  const auto object = real ? view.Lstat(*real) : std::nullopt;
  if (!object) return "none";
  const PathAnswer answer = view.Inside(path);
  if (object->kind == NodeKind::Socket)
    return answer.Has(Right::Connect) == Answer::Yes ? "rw" : "none";
  const Rights rights = RightsOf(*object, view.Caller());
  return !rights.Has(Right::Read) ? "none" : rights.Has(Right::Write) ? "rw" : "ro";
}

Answer Recorded(const std::string& access, Right right) {
  if (right == Right::Write) return access == "rw" ? Answer::Yes : Answer::No;
  return access == "none" ? Answer::No : Answer::Yes;
}

void ComparePath(const std::string& id, const std::string& path, const std::string& access,
                 const Json& one, const View& view, const FixtureHost& host, Tally& tally) {
  const bool socket = path.ends_with(".sock");
  const auto node = host.Lstat(path);
  const bool folder = node && node->kind == NodeKind::Directory;
  const std::string own = AccessOf(view, path);
  if (own != access) tally.Say(fmt::format("{} {}: recorded {}, node {}", id, path, access, own));
  for (const Right right : {Right::Read, Right::Write}) {
    const Answer recorded = Recorded(access, right);
    const Answer answer = view.Inside(path).Has(socket ? Right::Connect : right);
    ++tally.points;
    if (answer == Answer::Unknown) ++tally.unknown;
    if (recorded == Answer::Yes && answer == Answer::No) {
      ++tally.unsound;
      tally.Say(fmt::format("UNSOUND {} {} {}", id, NameOf(right), path));
    } else if (answer != Answer::Unknown && answer != recorded && (!folder || own != access)) {
      // A folder is also asked for what is below it.
      ++tally.wrong;
      tally.Say(fmt::format("{} {} {}: recorded {}, answered {}", id, NameOf(right), path,
                            NameOf(recorded), NameOf(answer)));
    }
    // An empty tmpfs looks like the empty folder that it covers.
    const bool host_backed =
        path != "/var/tmp" && !one.value("backing", Json::object()).contains(path);
    if (recorded == Answer::Yes && host_backed && node &&
        view.OfHost(path).Has(socket ? Right::Connect : right) == Answer::No) {
      const bool copied = right == Right::Write && view.Inside(path).backing == Backing::Ephemeral;
      if (copied) continue;
      ++tally.unsound;
      tally.Say(fmt::format("UNSOUND from the host: {} {} {}", id, NameOf(right), path));
    }
  }
}

void CompareCase(const Json& one, const Json& meta, bool extra, Tally& tally) {
  const std::string id = one["id"];
  const auto host = MakeFixture(meta, extra);
  host->AddText("/tmp/sb/fjprof/fj05-bl-ssh.profile", "blacklist ${HOME}/.ssh\n");
  host->AddText("/tmp/sb/fjprof/fj04-guide.profile",
                "include default.profile\nnoblacklist ${HOME}/.gitconfig\n"
                "blacklist ${HOME}/.ssh\nblacklist ${HOME}/.aws\nblacklist ${HOME}/.config\n"
                "blacklist ${HOME}/.claude\nprivate-tmp\nnet none\n");
  const Json files = one.value("files", Json::object());
  for (const auto& [path, text] : files.items()) {
    host->AddText(path, text);
  }
  host->working_directory = one["cwd"];
  Workspace workspace;
  const Launch launch = Evaluate(one, *host, workspace);
  ++tally.cases;
  const bool starts = one["starts"];
  if ((launch.starts == Answer::No) == starts) {
    ++tally.wrong;
    tally.Say(fmt::format("{}: starts {}, answered {} ({})", id, starts, NameOf(launch.starts),
                          launch.start_problems.empty() ? "" : launch.start_problems[0].text));
  }
  if (!starts) return;
  const Egress& egress = launch.grant.egress;
  const bool cut = egress.mode == NetworkMode::None;
  const bool known = egress.mode != NetworkMode::Unknown;
  tally.unknown += known ? 0 : 1;
  if (known && cut != (one["net"] == "none")) {
    ++tally.wrong;
    tally.Say(fmt::format("{}: net {}, answered {}", id, one["net"].dump(), NameOf(egress.mode)));
  }
  if (known && egress.reaches_abstract_sockets != one["abstract_unix_reachable"].get<bool>()) {
    ++tally.wrong;
    tally.Say(fmt::format("{}: abstract sockets {}", id, egress.reaches_abstract_sockets));
  }
  const bool nnp = launch.grant.identity.no_new_privileges == Answer::Yes;
  if (nnp != (one["nnp"] == 1)) {
    ++tally.wrong;
    tally.Say(fmt::format("{}: no_new_privs {}", id, nnp));
  }
  const auto* view = ViewBehind(*launch.grant.paths);
  REQUIRE(view != nullptr);
  for (const auto& [path, access] : one["paths"].items()) {
    const bool process =
        path.starts_with("/proc/") && !path.starts_with("/proc/self") && path != "/proc/1/environ";
    if (process) continue;
    ComparePath(id, path, access, one, *view, *host, tally);
  }
  for (const char* name : {"AWS_SECRET_ACCESS_KEY", "LD_LIBRARY_PATH", "NODE_OPTIONS", "FOO"}) {
    const bool given = std::string_view(name) != "FOO";
    bool recorded = false;
    for (const auto& variable : one["env"]) {
      recorded = recorded || variable.get<std::string>().starts_with(std::string(name) + '=');
    }
    const Answer answer = launch.grant.environment.Ask(name).answer;
    const bool yes = answer == Answer::Yes;
    if (!given && !recorded) continue;  // nobody set it: the evaluator cannot know
    if (yes == recorded) continue;
    ++(recorded ? tally.unsound : tally.wrong);
    tally.Say(fmt::format("{}: {} recorded {}, answered {}", id, name, recorded, NameOf(answer)));
  }
}

Tally Replay(const std::string& name, bool extra) {
  Tally tally;
  const Json table = ReadTable(name);
  for (const Json& one : table["cases"]) {
    if (one["run_as_uid"] != 1234) {
      ++tally.skipped;
      continue;
    }
    // Another sandbox around it decides here.
    if (one["id"] == "fj98-inside-bwrap") continue;
    CompareCase(one, table["meta"], extra, tally);
  }
  WARN(fmt::format("{}: {} cases, {} questions, {} unsound, {} wrong, {} unknown, {} skipped\n{}",
                   name, tally.cases, tally.points, tally.unsound, tally.wrong, tally.unknown,
                   tally.skipped, tally.text));
  return tally;
}

bool ProfilesInstalled() {
  if (std::filesystem::exists("/etc/firejail/disable-programs.inc")) return true;
  if (std::getenv("SANDLINT_REQUIRE_ORACLES") != nullptr) FAIL("firejail-profiles is missing");
  WARN("skipped: the profiles of firejail are not installed");
  return false;
}

}  // namespace

TEST_CASE("firejail: the recorded table is reproduced") {
  if (!ProfilesInstalled()) return;
  const Tally tally = Replay("firejail.json", false);
  CHECK(tally.unsound == 0);
  CHECK(tally.wrong == 0);
  CHECK(tally.unknown * 100 <= tally.points * 3);
}

TEST_CASE("firejail: the recorded nasty table is reproduced") {
  if (!ProfilesInstalled()) return;
  const Tally tally = Replay("firejail-nasty.json", true);
  CHECK(tally.unsound == 0);
  CHECK(tally.wrong == 0);
  CHECK(tally.unknown * 100 <= tally.points * 5);
}

}  // namespace sandlint
