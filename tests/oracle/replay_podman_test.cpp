// The recorded cases of podman 4.3.1 as root, asked of the evaluator. What lies in the image is
// left aside but for its users.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "catch.h"
#include "replay.h"

namespace sandlint::oracle {
namespace {

constexpr const char* kMachine = R"({
  "users": [{"name": "root", "uid": 0, "home": "/root"},
            {"name": "sandalice", "uid": 1234, "home": "/home/sandalice"}],
  "caller": "root",
  "directories": ["/root", "/tmp/sb/vol", "/var/lib/containers"],
  "files": ["/tmp/sb/vol/f", "/etc/passwd", "/etc/shadow", "/etc/hosts", "/etc/resolv.conf",
            "/home/sandalice/.ssh/id_rsa", "/usr/bin/podman"],
  "sockets": ["/run/sb.sock", "/tmp/sb.sock"],
  "modes": {"/etc/shadow": "0640", "/root": "0700", "/home/sandalice/.ssh": "0700", "/tmp": "1777"},
  "mounts": ["/proc", "/sys", "/dev"],
  "tools": {"podman": "4.3.1"},
  "images": {"localhost/probe:1": {
    "users": [{"name": "root", "uid": 0, "home": "/root"},
              {"name": "app", "uid": 1000, "home": "/home/app"}],
    "files": ["/probe", "/bin/probe", "/etc/passwd"]}},
  "complete": true
})";

/// Launches that stop for what no host file says: subordinate ids, where short names are pulled
/// from, and who is in the passwd of an image.
const std::set<std::string> kOpen{"pd27-user-unknown-name starts", "pd46-userns-auto starts",
                                  "pd53-bool-sep starts"};

Answer Of(bool yes) { return yes ? Answer::Yes : Answer::No; }

std::vector<std::string> ArgvOf(const Json& one) {
  std::vector<std::string> argv{"podman",           "run",      "--rm",           "--ulimit",
                                "nofile=1024:1024", "--ulimit", "nproc=1024:1024"};
  for (const Json& word : one["args"]) argv.push_back(word);
  if (!one.contains("cmd")) {
    argv.insert(argv.end(), {"localhost/probe:1", "/probe"});
    return argv;
  }
  for (const Json& word : one["cmd"]) argv.push_back(word);
  return argv;
}

void AskEnvironment(const std::string& id, const Json& one, const Json& given, const Launch& launch,
                    Tally& tally) {
  std::set<std::string> present;
  for (const Json& line : one["env"]) {
    const std::string text = line;
    present.insert(text.substr(0, text.find('=')));
  }
  std::set<std::string> names = present;
  for (const auto& [name, value] : given.items()) names.insert(name);
  names.insert("NOTSET");
  for (const std::string& name : names) {
    const Presence presence = launch.grant.environment.own.Find(name).presence;
    tally.Add(id + " $" + name,
              presence == Presence::Unknown ? Answer::Unknown : Of(presence != Presence::Absent),
              present.contains(name));
  }
}

void AskPaths(const std::string& id, const Json& one, const Launch& launch, Tally& tally) {
  for (const auto& [path, access] : one["probe_paths"].items()) {
    const bool mounted = path == "/data/f" || path.starts_with("/host") || path == "/run/sb.sock";
    if (!mounted) continue;
    const PathAnswer answer = launch.grant.paths->Inside(path);
    tally.Add(fmt::format("{} {} read", id, path), answer.Has(Right::Read), access != "none");
    if (path != "/host") {
      tally.Add(fmt::format("{} {} write", id, path), answer.Has(Right::Write), access == "rw");
    }
  }
  // A privileged container reaches the disks of the host; the probe has not tried.
  if (id.find("privileged") != std::string::npos) return;
  const Json& paths = one["probe_paths"];
  const bool key = paths.contains("/host/home/sandalice/.ssh/id_rsa");
  tally.Add(id + " host key",
            launch.grant.paths->OfHost("/home/sandalice/.ssh/id_rsa").Has(Right::Read), key);
  const bool volume = paths.contains("/data/f");
  const PathAnswer answer = launch.grant.paths->OfHost("/tmp/sb/vol/f");
  tally.Add(id + " host volume", answer.Has(Right::Read), volume || paths.contains("/host"));
  const bool overlay = id == "pd56-v-overlay";  // writes stay in the layer
  tally.Add(id + " host volume write", answer.Has(Right::Write),
            volume && paths["/data/f"] == "rw" && !overlay);
}

void AskNetwork(const std::string& id, const Json& one, const Launch& launch, Tally& tally) {
  const Egress& egress = launch.grant.egress;
  const bool host = one["tcp4_lo"] == "ok";
  tally.Add(id + " loopback of the host", Of(egress.reaches_host_loopback), host);
  tally.Add(id + " abstract sockets", Of(egress.reaches_abstract_sockets), one["abstract"] == "ok");
  const Answer out = egress.mode == NetworkMode::Unknown || egress.mode == NetworkMode::Shared
                         ? Answer::Unknown
                         : Of(egress.mode != NetworkMode::None);
  tally.Add(id + " a way out", out, one["route_out"] == "ok");
}

void AskIdentity(const std::string& id, const Json& one, const Launch& launch, Tally& tally) {
  const Identity& who = launch.grant.identity;
  const bool known = who.inner_uid.has_value();
  tally.Add(id + " uid inside", known ? Of(*who.inner_uid == one["uid"]) : Answer::Unknown, true);
  tally.Add(id + " root inside", who.root_inside, one["uid"] == 0);
  tally.Add(id + " no new privileges", who.no_new_privileges, one["nnp"] == 1);
}

TEST_CASE("Recorded podman") {
  const Json table = Table("podman.json");
  const Json& given = table["meta"]["env_given"];
  Tally starts{"podman starts", 0, 0, {}, {}, {}};
  Tally paths{"podman paths", 0, 0, {}, {}, {}};
  Tally environment{"podman environment", 0, 0, {}, {}, {}};
  Tally network{"podman network", 0, 0, {}, {}, {}};
  Tally identity{"podman identity", 0, 0, {}, {}, {}};
  for (const Json& one : table["cases"]) {
    const std::string id = one["id"];
    const Workspace workspace = Replay(ArgvOf(one), Json::parse(kMachine), given, "/root");
    const Launch& launch = workspace.servers.at(0).launches.at(0);
    const bool started = !one.contains("error");
    starts.Add(id + " starts", launch.starts, started);
    if (!started) continue;
    AskPaths(id, one, launch, paths);
    AskEnvironment(id, one, given, launch, environment);
    AskNetwork(id, one, launch, network);
    AskIdentity(id, one, launch, identity);
  }
  int questions = 0;
  int unknown = 0;
  for (const Tally* tally : {&starts, &paths, &environment, &network, &identity}) {
    WARN(tally->Figures());
    questions += tally->Questions();
    unknown += tally->unknown;
    for (const std::string& question : tally->unknowns) UNSCOPED_INFO("unknown: " << question);
    for (const std::string& question : tally->false_no) FAIL_CHECK("false no: " << question);
    for (const std::string& question : tally->false_yes) {
      if (!kOpen.contains(question)) FAIL_CHECK("false yes: " << question);
    }
  }
  CHECK(unknown <= 0.05 * questions);
}

}  // namespace
}  // namespace sandlint::oracle
