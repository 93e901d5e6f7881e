#include "replay.h"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

#include "paths.h"
#include "scanner/files/host.h"

namespace sandlint::oracle {
namespace {

/// What a Debian 12 machine has beside the home of the table.
constexpr const char* kMachine = R"({
  "users": [{"name": "root", "uid": 0, "home": "/root"}],
  "directories": ["/tmp", "/var/tmp", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/lib64",
    "/usr/lib/x86_64-linux-gnu", "/usr/lib/firmware", "/etc/ssl/certs", "/proc/self/fd",
    "/proc/sys/kernel", "/sys/kernel", "/run/lock", "/var/log", "/dev/pts", "/dev/shm",
    "/dev/mqueue", "/root", "/srv/sb/sub", "/opt/sbtool", "/tmp/mcp-work", "/tmp/sb/up",
    "/tmp/sb/wk", "/proc/20550/fd", "/mnt", "/media"],
  "files": ["/etc/passwd", "/etc/group", "/etc/hosts", "/etc/resolv.conf", "/etc/shadow",
    "/etc/ssl/openssl.cnf", "/usr/bin/dash", "/usr/bin/gcc", "/usr/bin/bwrap", "/usr/lib/os-release",
    "/usr/local/bin/sbprobe", "/proc/self/status", "/proc/self/environ", "/proc/1/cmdline",
    "/proc/1/environ", "/proc/20550/cmdline", "/proc/sys/kernel/hostname", "/srv/sb/s", "/srv/sb/sub/n", "/opt/sbtool/o",
    "/opt/sbtool/node", "/tmp/mcp-work/t", "/tmp/tmpcanary", "/root/.bashrc"],
  "links": {"/bin": "usr/bin", "/lib": "usr/lib", "/lib64": "usr/lib64", "/sbin": "usr/sbin",
    "/usr/bin/sh": "dash", "/var/run": "/run", "/var/lock": "/run/lock",
    "/dev/fd": "/proc/self/fd", "/dev/ptmx": "pts/ptmx", "/proc/mounts": "self/mounts"},
  "sockets": ["/tmp/sb.sock", "/run/sb.sock"],
  "devices": ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty",
    "/dev/kvm", "/dev/pts/ptmx"],
  "others": ["/dev/vda"],
  "modes": {"/tmp": "1777", "/var/tmp": "1777", "/dev/shm": "1777", "/dev/mqueue": "1777",
    "/etc/shadow": "0640", "/root": "0700", "/proc/1/environ": "0400", "/tmp/tmpcanary": "0666",
    "/dev/kvm": "0660", "/dev/vda": "0660", "/proc/1/cmdline": "0444",
    "/proc/self/status": "0444", "/usr/local/bin/sbprobe": "0755", "/usr/bin/dash": "0755"},
  "owners": {"/etc/shadow": "0:42", "/tmp/mcp-work": "1234:1234", "/tmp/mcp-work/t": "1234:1234",
    "/srv/sb": "1234:1234", "/srv/sb/s": "1234:1234", "/srv/sb/sub": "1234:1234",
    "/srv/sb/sub/n": "1234:1234", "/tmp/tmpcanary": "1234:1234"},
  "mounts": ["/proc", "/sys", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/srv/sb/sub"],
  "complete": true
})";

/// The further links and files of the adversarial table, below the home but for one.
constexpr const char* kNasty = R"({
  "links": {"~/dang": "nowhere", "~/dangabs": "/nope/x", "~/chain1": "chain2", "~/chain2": ".ssh",
    "~/loopa": "loopb", "~/loopb": "loopa", "~/keyabs": "/home/sandalice/.ssh/id_rsa",
    "~/keyrel": ".ssh/id_rsa", "~/project/up": "..", "~/project/awsup": "../x/../.aws",
    "/srv/sb/homelnk": "/home/sandalice", "~/x/out": "/tmp/mcp-work"},
  "directories": ["~/locked", "~/.config/firejail"],
  "files": ["~/sp ace/f", "~/locked/f", "~/x/sub/deep/h", "~/.config/app/tok.json"],
  "modes": {"~/locked": "0000"}
})";

void Extend(Json& host, const Json& more) {
  for (const auto& [key, value] : more.items()) {
    if (!value.is_array()) {
      host[key].update(value);
      continue;
    }
    for (const Json& item : value) host[key].push_back(item);
  }
}

}  // namespace

Json Table(const std::string& name) {
  std::ifstream file(std::string(kSourceDir) + "/tests/oracle/data/" + name);
  Json table = Json::parse(file, nullptr, false);
  if (table.is_discarded()) throw std::runtime_error(name + " is no JSON");
  return table;
}

Json RecordedHost(const Json& meta, bool nasty) {
  Json host = Json::parse(kMachine);
  const Json& fixture = meta["fixture"];
  host["users"].push_back(
      {{"name", fixture["user"]}, {"uid", fixture["uid"]}, {"home", fixture["home"]}});
  host["caller"] = fixture["user"];
  const std::string home = fixture["home"].get<std::string>() + "/";
  for (const Json& file : fixture["files"]) {
    host["files"].push_back(home + file.get<std::string>());
  }
  for (const Json& folder : fixture["dirs"]) {
    host["directories"].push_back(home + folder.get<std::string>());
  }
  for (const auto& [path, target] : fixture["symlinks"].items())
    host["links"][home + path] = target;
  host["files"].push_back(home + "project/probe");
  host["modes"].update(
      Json{{home + ".ssh", "0700"}, {home + ".gnupg", "0700"}, {home + "project/probe", "0755"}});
  if (nasty) Extend(host, Json::parse(kNasty));
  return host;
}

Workspace Replay(const std::vector<std::string>& argv, const Json& host, const Json& environment,
                 const std::string& directory) {
  std::string problem;
  Json placed = host;
  placed["working_directory"] = directory;
  placed["links"]["/proc/self/cwd"] = directory;
  const auto facts = MakeDescribedHost(placed.dump(), problem);
  if (facts == nullptr) throw std::runtime_error(problem);
  std::vector<Setting> variables;
  for (const auto& [name, value] : environment.items()) {
    Setting setting;
    setting.key.text = name;
    setting.value.text = value;
    variables.push_back(std::move(setting));
  }
  return ScanArgv(argv, {{}, facts, &variables}, directory);
}

void Tally::Add(const std::string& question, Answer answer, bool seen) {
  if (answer == Answer::Unknown) {
    ++unknown;
    unknowns.push_back(question + (seen ? " (seen: yes)" : " (seen: no)"));
  } else if ((answer == Answer::Yes) == seen) {
    ++equal;
  } else {
    (seen ? false_no : false_yes).push_back(question);
  }
}

int Tally::Questions() const {
  return equal + unknown + static_cast<int>(false_no.size() + false_yes.size());
}

std::string Tally::Figures() const {
  return fmt::format("{}: {} questions, {} equal, {} unknown, {} false no, {} false yes", name,
                     Questions(), equal, unknown, false_no.size(), false_yes.size());
}

}  // namespace sandlint::oracle
