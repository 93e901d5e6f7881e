// Wrappers given to the real programs: which variables reach the program behind them, compared with
// what the evaluator says of each. Made for root in a container of its own; skipped elsewhere.

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catch.h"
#include "scanner/files/host.h"
#include "scanner/grant/grant.h"
#include "scanner/peel/peel.h"

namespace sandlint {
namespace {

const std::map<std::string, std::string> kClient = {{"AWS_SECRET_ACCESS_KEY", "aws"},
                                                    {"GITHUB_TOKEN", "gh"},
                                                    {"HOME", "/root"},
                                                    {"LANG", "C.UTF-8"},
                                                    {"LC_ALL", "C"},
                                                    {"PATH", "/usr/sbin:/usr/bin:/bin"},
                                                    {"SSH_AUTH_SOCK", "/tmp/agent"},
                                                    {"TERM", "dumb"},
                                                    {"TZ", "UTC"},
                                                    {"USER", "root"},
                                                    {"XDG_CONFIG_HOME", "/x"}};

std::string Quote(const std::string& word) {
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

/// `printenv` under a name that no wrapper knows, in a folder that every user may enter.
std::string Probe() {
  static const std::string path = [] {
    std::string folder = "/tmp/sandlint-peel-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) return std::string();
    chmod(folder.c_str(), 0755);
    const std::string link = folder + "/show";
    return symlink("/usr/bin/printenv", link.c_str()) == 0 ? link : std::string();
  }();
  return path;
}

/// A line of the table with the probe in the place of `printenv`.
std::vector<std::string> WithProbe(std::vector<std::string> argv) {
  for (std::string& word : argv) {
    const std::size_t at = word.find("printenv");
    if (at != std::string::npos) word.replace(at, 8, Probe());
  }
  return argv;
}

/// What it prints behind the wrappers; nothing when it does not start.
std::optional<std::map<std::string, std::string>> RunReal(const std::vector<std::string>& argv) {
  std::string line = "env -i";
  for (const auto& [name, value] : kClient) line += " " + Quote(name + "=" + value);
  for (const std::string& word : argv) line += " " + Quote(word);
  line += " 2>/dev/null </dev/null";
  std::map<std::string, std::string> variables;
  FILE* pipe = popen(line.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string text;
  std::array<char, 4096> buffer{};
  for (std::size_t got = 0; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    text.append(buffer.data(), got);
  }
  if (pclose(pipe) != 0) return std::nullopt;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\0', at), text.size());
    const std::string one = text.substr(at, end - at);
    const std::size_t equals = one.find('=');
    if (equals != std::string::npos) variables[one.substr(0, equals)] = one.substr(equals + 1);
    at = end + 1;
  }
  return variables;
}

Launch Predict(const std::vector<std::string>& argv, const HostFacts& host) {
  std::vector<Word> words;
  for (const std::string& text : argv) {
    words.push_back({text, {}, {}, static_cast<int>(words.size())});
  }
  Workspace workspace;
  PeelContext context;
  context.host = &host;
  context.workspace = &workspace;
  std::vector<Setting> environment;
  for (const auto& [name, value] : kClient) {
    Word key;
    key.text = name;
    Word text;
    text.text = value;
    environment.push_back({key, text});
    context.variables[name] = text;
  }
  std::vector<Launch> launches = PeelLaunches(words, context);
  REQUIRE(launches.size() == 1);
  EvaluateGrant(launches.front(), nullptr, {&host, &environment, {}});
  return std::move(launches.front());
}

bool Installed(const std::string& program) {
  return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
}

bool Skip(const std::string& why) {
  if (std::getenv("SANDLINT_REQUIRE_ORACLES") != nullptr) FAIL(why);
  WARN("skipped: " + why);
  return true;
}

const std::vector<std::vector<std::string>> kLines = {
    {"env", "A=1", "printenv", "-0"},
    {"env", "-i", "A=1", "B=", "printenv", "-0"},
    {"env", "-", "printenv", "-0"},
    {"env", "-u", "GITHUB_TOKEN", "--unset=LANG", "printenv", "-0"},
    {"env", "-iu", "A", "printenv", "-0"},
    {"env", "-S", "-u GITHUB_TOKEN A='b c' printenv -0"},
    {"env", "-vS", "X=${HOME}/y printenv -0"},
    {"env", "--ignore-env", "A=1", "printenv", "-0"},
    {"env", "GITHUB_TOKEN=", "printenv", "-0"},
    {"env", "-u", "A", "A=2", "printenv", "-0"},
    {"timeout", "-k", "1", "5", "printenv", "-0"},
    {"timeout", "--signal=TERM", "5s", "env", "-i", "A=1", "printenv", "-0"},
    {"nice", "-n", "5", "printenv", "-0"},
    {"nice", "-5", "printenv", "-0"},
    {"nohup", "printenv", "-0"},
    {"stdbuf", "-oL", "printenv", "-0"},
    {"setsid", "-w", "printenv", "-0"},
    {"flock", "/tmp", "printenv", "-0"},
    {"flock", "/tmp", "-c", "exec printenv -0"},
    {"sudo", "printenv", "-0"},
    {"sudo", "-n", "-u", "nobody", "printenv", "-0"},
    {"sudo", "-nu", "nobody", "A=1", "printenv", "-0"},
    {"sudo", "-E", "printenv", "-0"},
    {"sudo", "-EHu", "nobody", "printenv", "-0"},
    {"sudo", "--preserve-env=GITHUB_TOKEN,TZ", "printenv", "-0"},
    {"sudo", "-u", "#65534", "--", "printenv", "-0"},
    {"sudo", "-g", "nogroup", "printenv", "-0"},
    {"su", "-s", "/bin/sh", "nobody", "-c", "printenv -0"},
    {"su", "-s", "/bin/sh", "-", "nobody", "-c", "printenv -0"},
    {"su", "-m", "-s", "/bin/sh", "nobody", "-c", "printenv -0"},
    {"su", "-w", "GITHUB_TOKEN", "-l", "-s", "/bin/sh", "nobody", "-c", "printenv -0"},
    {"runuser", "-u", "nobody", "--", "printenv", "-0"},
    {"runuser", "-s", "/bin/sh", "nobody", "-c", "printenv -0"},
    {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "printenv", "-0"},
    {"setpriv", "--reset-env", "--reuid=65534", "--clear-groups", "printenv", "-0"},
    {"setpriv", "--nnp", "env", "A=1", "printenv", "-0"},
    {"sh", "-c", "export A=1; unset GITHUB_TOKEN; B=2; exec printenv -0"},
    {"bash", "-c", "A=1 B=2 printenv -0"},
    {"bash", "-c", "set -a; A=1; printenv -0"},
    {"bash", "-c", "exec -c printenv -0"},
    {"bash", "-c", "declare -x A=1; export -n GITHUB_TOKEN; printenv -0"},
    {"dash", "-c", "A=$HOME/x; export A; printenv -0"},
    {"bash", "-c", "f() { local -x A=3; printenv -0; }; f"},
    {"bash", "-c", "f() { printenv -0; }; A=5 f"},
    {"bash", "-c", "env -u \"$1\" printenv -0", "_", "GITHUB_TOKEN"},
};

}  // namespace

TEST_CASE("Wrappers hand on the variables that the real ones hand on") {
  if (geteuid() != 0) {
    Skip("it needs root");
    return;
  }
  const auto host = MakeLiveHost({});
  int compared = 0;
  for (const auto& row : kLines) {
    const std::vector<std::string> argv = WithProbe(row);
    std::string line;
    for (const std::string& word : argv) line += word + " ";
    INFO(line);
    if (!Installed(argv.front())) {
      Skip(argv.front() + " is missing");
      continue;
    }
    const auto result = RunReal(argv);
    if (!result) {
      Skip(line + "does not start here");
      continue;
    }
    const auto& real = *result;
    const Launch launch = Predict(argv, *host);
    CHECK(launch.starts != Answer::No);
    std::map<std::string, std::string> names = kClient;
    names.insert(real.begin(), real.end());
    for (const char* name : {"A", "B", "X"}) names.try_emplace(name);
    for (const auto& [name, value] : names) {
      // What shells, sudo and stdbuf make up for themselves.
      if (name == "_" || name == "SHLVL" || name == "OLDPWD" || name == "PWD" ||
          name.starts_with("SUDO_") || name == "MAIL" || name == "LOGNAME" || name == "SHELL" ||
          name == "LD_PRELOAD" || name.starts_with("_STDBUF")) {
        continue;
      }
      const Variable mine = launch.grant.environment.own.Find(name);
      INFO(name << " is " << NameOf(mine.presence));
      const auto found = real.find(name);
      if (mine.presence == Presence::Absent) CHECK(found == real.end());
      if (mine.presence == Presence::Passed) {
        CHECK((found != real.end() && found->second == value));
      }
      if (mine.presence == Presence::Set && mine.value.Known()) {
        CHECK((found != real.end() && found->second == mine.value.text));
      }
      ++compared;
    }
  }
  CHECK(compared > 300);
  std::system(("rm -r " + Probe().substr(0, Probe().rfind('/'))).c_str());
}

}  // namespace sandlint
