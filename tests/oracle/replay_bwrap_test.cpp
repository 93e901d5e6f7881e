// The recorded cases of bwrap 0.8.0 and 0.11.1, asked of the evaluator.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "catch.h"
#include "replay.h"

namespace sandlint::oracle {
namespace {

bool IsSocket(const std::string& path) { return path.ends_with(".sock"); }

/// Were these rights seen at `path` or at one of the other paths below it? A question about a
/// directory is about everything in it; what a socket allows is a question of its own.
bool SeenBelow(const Json& paths, const std::string& path, std::string_view wanted) {
  const std::string below = path == "/" ? path : path + "/";
  for (const auto& [name, access] : paths.items()) {
    if ((name != path && !name.starts_with(below)) || IsSocket(name)) continue;
    const std::string seen = access;
    if (seen == "rw" || (wanted == "read" && seen == "ro") || (wanted == "write" && seen == "wo")) {
      return true;
    }
  }
  return false;
}

/// Is this the name of a file of the recorded machine? Its directories have other names.
bool IsFile(const Json& host, const std::string& path) {
  const std::string_view name = BaseName(path);
  return std::ranges::any_of(host["files"], [&](const Json& file) {
    return BaseName(file.get_ref<const std::string&>()) == name;
  });
}

struct Case {
  const Json& json;
  std::string id;
  const Launch& launch;
  const Json& host;
};

void AskPaths(const Case& one, const HostFacts& host, Tally& paths, Tally& sockets,
              Tally& backing) {
  const Json& seen = one.json["paths"];
  for (const auto& [path, access] : seen.items()) {
    const PathAnswer answer = one.launch.grant.paths->Inside(path);
    const std::string where = one.id + " " + path;
    if (IsSocket(path)) {
      sockets.Add(where, answer.Has(Right::Connect), access == "rw");
      continue;
    }
    paths.Add(where + " read", answer.Has(Right::Read), SeenBelow(seen, path, "read"));
    // Whether anything below a directory can be written is not what was seen, unless nothing is.
    const bool write = SeenBelow(seen, path, "write");
    const bool below = access == "ro" && !write && !IsFile(one.host, path);
    if (!below) paths.Add(where + " write", answer.Has(Right::Write), write);
    // Of directories the table compares the listing only, which changes and repeats by chance.
    const bool file = host.Lstat(path) && host.Lstat(path)->kind == NodeKind::File;
    if (!file || path.starts_with("/proc/") || one.json["backing"].contains(path)) continue;
    if (answer.Has(Right::Read) != Answer::Yes) continue;
    backing.Add(where + " is the host's",
                answer.backing == Backing::Host ? Answer::Yes : Answer::No, true);
  }
}

/// The host file whose content a path inside has, under whatever name.
void AskHost(const Case& one, Tally& host) {
  if (!one.json.contains("shows")) return;
  for (const auto& [path, file] : one.json["shows"].items()) {
    const PathAnswer answer = one.launch.grant.paths->OfHost(file.get<std::string>());
    host.Add(fmt::format("{} host {} (as {})", one.id, file.get<std::string>(), path),
             answer.Has(Right::Read), true);
  }
}

void AskEnvironment(const Case& one, const Json& given, Tally& environment) {
  std::set<std::string> present;
  for (const Json& line : one.json["env"]) {
    const std::string text = line;
    present.insert(text.substr(0, text.find('=')));
  }
  std::set<std::string> names = present;
  for (const auto& [name, value] : given.items()) names.insert(name);
  names.insert("NEVER_SET");
  for (const std::string& name : names) {
    const Presence presence = one.launch.grant.environment.own.Find(name).presence;
    const Answer answer = presence == Presence::Absent    ? Answer::No
                          : presence == Presence::Unknown ? Answer::Unknown
                                                          : Answer::Yes;
    environment.Add(one.id + " $" + name, answer, present.contains(name));
  }
}

Answer Of(bool yes) { return yes ? Answer::Yes : Answer::No; }

void AskNetwork(const Case& one, Tally& network) {
  const Egress& egress = one.launch.grant.egress;
  const Answer host =
      egress.mode == NetworkMode::Unknown ? Answer::Unknown : Of(egress.mode == NetworkMode::Host);
  network.Add(one.id + " host network", host, one.json["net"] == "host");
  const auto unless_unknown = [&](bool yes) {
    return egress.mode == NetworkMode::Unknown ? Answer::Unknown : Of(yes);
  };
  network.Add(one.id + " abstract sockets", unless_unknown(egress.reaches_abstract_sockets),
              one.json["abstract_unix_reachable"]);
  network.Add(one.id + " loopback", unless_unknown(egress.reaches_host_loopback),
              one.json["tcp_loopback_host"]);
}

void AskIdentity(const Case& one, Tally& identity) {
  const Identity& who = one.launch.grant.identity;
  identity.Add(one.id + " pid namespace", Of(who.own_pid_namespace), one.json["own_pid_ns"]);
  identity.Add(one.id + " no new privileges", who.no_new_privileges, one.json["nnp"] == 1);
  if (!who.inner_uid) return;
  identity.Add(fmt::format("{} uid {} inside", one.id, *who.inner_uid), Answer::Yes,
               one.json["uid"] == *who.inner_uid);
}

std::vector<std::string> ArgvOf(const Json& one) {
  std::vector<std::string> argv{"bwrap"};
  for (const Json& word : one["args"]) argv.push_back(word);
  const std::string probe = one["probe"];
  if (probe.starts_with('/')) {
    argv.push_back(probe);
  } else {
    argv.insert(argv.end(), {"--ro-bind", "/usr/local/bin/sbprobe", "/.probe", "/.probe"});
  }
  return argv;
}

/// Launches that stop for reasons which the evaluator does not look for.
const std::set<std::string> kOpen{"bn-envns-29 starts", "bn-link-42 starts", "bn-parse-36 starts",
                                  "bn-parse-62 starts", "bn-parse-63 starts"};

void Compare(const std::string& name, bool nasty, double most_unknown) {
  const Json table = Table(name);
  const Json& meta = table["meta"];
  const Json machine = RecordedHost(meta, nasty);
  std::vector<Tally> tallies;
  for (const char* facet : {"starts", "paths", "sockets", "backing", "host files", "environment",
                            "network", "identity"}) {
    tallies.push_back({name + " " + facet, 0, 0, {}, {}, {}});
  }
  for (const Json& one : table["cases"]) {
    Json host = machine;
    host["tools"]["bwrap"] = one["version"];
    if (one["run_as_uid"] == 0) host["caller"] = "root";
    const Workspace workspace = Replay(ArgvOf(one), host, meta["env_given"], one["cwd"]);
    const Launch& launch = workspace.servers.at(0).launches.at(0);
    const std::string id = one["id"];
    const bool starts = one["starts"];
    tallies[0].Add(id + " starts", launch.starts, starts);
    if (!starts) continue;
    const Case asked{one, id, launch, host};
    AskPaths(asked, *workspace.host, tallies[1], tallies[2], tallies[3]);
    AskHost(asked, tallies[4]);
    AskEnvironment(asked, meta["env_given"], tallies[5]);
    AskNetwork(asked, tallies[6]);
    AskIdentity(asked, tallies[7]);
  }
  int questions = 0;
  int unknown = 0;
  for (const Tally& tally : tallies) {
    WARN(tally.Figures());
    questions += tally.Questions();
    unknown += tally.unknown;
    for (const std::string& question : tally.unknowns) UNSCOPED_INFO("unknown: " << question);
    for (const std::string& question : tally.false_no) FAIL_CHECK("false no: " << question);
    for (const std::string& question : tally.false_yes) {
      if (!kOpen.contains(question)) FAIL_CHECK("false yes: " << question);
    }
  }
  WARN(fmt::format("{}: {} questions, {} unknown ({:.1f} %)", name, questions, unknown,
                   100.0 * unknown / questions));
  CHECK(unknown <= most_unknown * questions);
}

TEST_CASE("Recorded bwrap") { Compare("bwrap.json", false, 0.02); }
TEST_CASE("Recorded bwrap, adversarial") { Compare("bwrap-nasty.json", true, 0.05); }

}  // namespace
}  // namespace sandlint::oracle
