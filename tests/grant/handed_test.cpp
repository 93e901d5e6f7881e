// What goes past a sandbox although no mount shows it: open descriptors, data that was read before,
// values under another name, processes that wait.

#include <string>

#include "catch.h"
#include "grant/evaluate.h"

namespace sandlint {
namespace {

constexpr const char* kKey = "/home/user/.ssh/id_rsa";
const std::string kBwrap = "bwrap --ro-bind /usr /usr --proc /proc node s.js";
const std::string kFirejail = "firejail --quiet --noprofile --blacklist=/home/user/.ssh node s.js";

std::string Sh(const std::string& text, const char* path = kKey) {
  return Evaluate({"bash", "-c", text})->Read(path);
}

std::string Getenv(const std::vector<std::string>& argv, const char* name = "TOKEN") {
  return NameOf(Evaluate(argv)->launch.grant.environment.Ask(name).answer);
}

}  // namespace

TEST_CASE("a descriptor stays open in a sandbox") {
  CHECK(Sh(kBwrap) == "no");
  CHECK(Sh(kBwrap + " <~/.ssh/id_rsa") == "yes");
  CHECK(Sh(kBwrap + " 3<" + kKey) == "yes");
  CHECK(Sh("exec 3</home/user; exec " + kBwrap) == "yes");
  CHECK(Sh("exec 3<~/.ssh; exec " + kBwrap) == "yes");
  CHECK(Sh("exec 5<" + std::string(kKey) + "; exec 3<&5 5<&-; exec " + kBwrap) == "yes");
  CHECK(Sh(kBwrap + " 9<>" + kKey) == "yes");
  CHECK(Sh(kBwrap + " 9<>~/.ssh/id_rsa") == "yes");
  CHECK(Sh(kBwrap + " 9<>\"$HOME/.ssh/id_rsa\" --x") == "yes");
  CHECK(Sh("cat ~/.aws/config | " + kBwrap) == "no");
  CHECK(Sh("exec 3<\"$F\"; exec " + kBwrap) == "unknown");
  CHECK(Sh("exec " + kBwrap + " 5< ~/.ss*") == "unknown");
  CHECK(Sh("F=\"$HOME/.ss*\"; exec " + kBwrap + " 5< $F") == "unknown");
  CHECK(Sh("exec 3</home/user; sh -c 'exec " + kBwrap + "'") == "yes");
  CHECK(Evaluate({"flock", "/home/user/.ssh", "bwrap", "--ro-bind", "/usr", "/usr", "x"})
            ->Read(kKey) == "yes");
  CHECK(Evaluate({"flock", "-o", "/home/user/.ssh", "bwrap", "--ro-bind", "/usr", "/usr", "x"})
            ->Read(kKey) == "no");
}

TEST_CASE("exec keeps what it opens in every spelling, a function opens at each call") {
  for (const char* opens :
       {"command exec 5<~/.ssh/id_rsa", "command command exec 5<~/.ssh/id_rsa",
        "'exec' 5<~/.ssh/id_rsa", "E=exec; $E 5<~/.ssh/id_rsa", "\\exec 5<~/.ssh/id_rsa",
        "f() { exec 5<~/.ssh/id_rsa; }; f", "{ exec 5<~/.ssh/id_rsa; } 6</dev/null"}) {
    INFO(opens);
    CHECK(Sh(std::string(opens) + "; exec " + kBwrap) == "yes");
  }
  CHECK(Sh("f() { exec " + kBwrap + "; } 5<~/.ssh/id_rsa; f") == "yes");
  CHECK(Sh("f() { exec " + kBwrap + "; } 5<\"$1\"; f ~/.ssh/id_rsa") == "yes");
  CHECK(Sh("f() { " + kBwrap + "; } <~/.ssh/id_rsa; f") == "yes");
  CHECK(Sh("f() { :; } 5<~/.ssh/id_rsa; f; exec " + kBwrap) == "no");
  CHECK(Sh("f() { :; } 5<~/.ssh/id_rsa; exec " + kBwrap) == "no");
  CHECK(Sh("f() { exec 5<~/.ssh/id_rsa; }; f 5</dev/null; exec " + kBwrap) == "no");
  CHECK(Sh("{ exec; } 5<~/.ssh/id_rsa; exec " + kBwrap) == "no");
}

TEST_CASE("from an open directory the way leads up") {
  const std::string line = "exec 3</home/user/project; exec " + kBwrap;
  CHECK(Sh(line) == "yes");
  CHECK(Sh(line, "/etc/shadow") == "no");
}

TEST_CASE("a file that is open for writing is written") {
  const auto log = Evaluate({"bash", "-c", "exec " + kBwrap + " 2>>/home/user/.bashrc"});
  CHECK(log->Write("/home/user/.bashrc") == "yes");
  CHECK(log->Read(kKey) == "no");
  CHECK(log->Write("/home/user/.profile") == "no");
}

TEST_CASE("closed descriptors give nothing") {
  CHECK(Sh("exec 3<~/.ssh; exec 3<&-; exec " + kBwrap) == "no");
  CHECK(Sh("exec 3<~/.ssh/id_rsa; exec " + kFirejail) == "no");
  CHECK(Sh("exec " + kFirejail + " <~/.ssh/id_rsa") == "yes");
  CHECK(Sh("exec 3<~/.ssh/id_rsa; exec firejail --noprofile --private --keep-fd=3 x") == "yes");
  CHECK(Sh("exec sudo -u user " + kBwrap + " 3<~/.ssh/id_rsa") == "no");
  CHECK(Sh("docker run --rm img <~/.ssh/id_rsa") == "no");
  CHECK(Sh("docker run --rm -i img <~/.ssh/id_rsa") == "yes");
  CHECK(Sh("docker run --rm -i img <~/.ssh/id_rsa", "/home/user/.aws") == "no");
}

TEST_CASE("what a script reads before it enters a sandbox may reach it") {
  CHECK(Sh("cat ~/.ssh/id_rsa | " + kFirejail) == "yes");
  CHECK(Sh("cat ~/.ssh/id_rsa | base64 | " + kFirejail) != "no");
  CHECK(Sh("X=$(cat ~/.ssh/id_rsa) exec " + kBwrap) != "no");
  CHECK(Sh("X=$(<~/.ssh/id_rsa); export X; exec " + kBwrap) != "no");
  CHECK(Sh("exec bwrap --ro-bind / / --tmpfs /home --setenv K \"$(cat ~/.ssh/id_rsa)\" x") != "no");
  CHECK(Sh("read -r X < ~/.ssh/id_rsa; exec " + kBwrap) != "no");
  CHECK(Sh("cd ~/.ssh; X=$(head -5 id_rsa); exec " + kBwrap) != "no");
  for (const char* copy :
       {"cp -r ~/.ssh /tmp/x", "mv ~/.ssh ~/.s", "tar cf /tmp/x ~/.ssh", "rsync -a ~/.ssh /tmp/x",
        "install -m 600 ~/.ssh/id_rsa /tmp/x", "cat ~/.ssh/id_rsa > /tmp/x",
        "curl -so /tmp/x file:///home/user/.ssh/id_rsa", "sudo cp ~/.ssh/id_rsa /tmp/x"}) {
    INFO(copy);
    CHECK(Sh(std::string(copy) + "; exec bwrap --ro-bind / / --tmpfs /home node s.js") != "no");
  }
  for (const char* copy :
       {"tr a a < ~/.ssh/id_rsa > n", "X=$(tr a a < ~/.ssh/id_rsa); echo \"$X\" > n",
        "tee n < ~/.ssh/id_rsa", "tee -a n < ~/.ssh/id_rsa >/dev/null", "cat - < ~/.ssh/id_rsa > n",
        "sort -o n ~/.ssh/id_rsa", "sort --output=n ~/.ssh/id_rsa", "uniq ~/.ssh/id_rsa n",
        "git diff --no-index /dev/null ~/.ssh/id_rsa > n",
        "echo ~/.ssh/id_rsa | sort --files0-from=- > n", "cmp -l /dev/null ~/.ssh/id_rsa > n",
        "cat ~/.ssh/id_rsa | tee n > /dev/null", "openssl base64 -in ~/.ssh/id_rsa -out n",
        "exec 4<~/.ssh/id_rsa; tr a a <&4 > n; exec 4<&-"}) {
    INFO(copy);
    CHECK(Sh(std::string(copy) + "; exec bwrap --ro-bind / / --tmpfs /home node s.js") != "no");
  }
  for (const char* harmless :
       {"sha256sum ~/.ssh/id_rsa > n", "stat ~/.ssh/id_rsa > n", "R=$(git rev-parse HEAD)",
        "tee n < ~/.aws/config", "echo x | tee n", "ls -l ~/.ssh > n"}) {
    INFO(harmless);
    CHECK(Sh(std::string(harmless) + "; exec " + kBwrap) == "no");
  }
  CHECK(Sh("cp ~/.aws/config /tmp/x; exec " + kBwrap) == "no");
  CHECK(Sh("grep -q x ~/.ssh/config; exec " + kBwrap, "/home/user/.ssh/id_rsa") == "no");
}

TEST_CASE("a value under another name is the value") {
  CHECK(Getenv({"bash", "-c", "X=$TOKEN exec bwrap --ro-bind / / --unsetenv TOKEN x"}) == "yes");
  CHECK(Getenv({"bash", "-c", "exec bwrap --ro-bind / / --unsetenv TOKEN x \"$TOKEN\""}) == "yes");
  CHECK(Getenv({"bash", "-c", "exec bwrap --ro-bind / / --clearenv --setenv A b$TOKEN x"}) ==
        "yes");
  CHECK(Getenv({"bash", "-c", "bwrap --ro-bind / / --clearenv cat <<< $TOKEN"}) == "yes");
  CHECK(Getenv({"bash", "-c", "echo $TOKEN | bwrap --ro-bind / / --clearenv cat"}) == "yes");
  CHECK(Getenv({"bash", "-c", "echo $TOKEN > /tmp/t; exec bwrap --ro-bind / / --clearenv x"}) ==
        "unknown");
  CHECK(Getenv({"bash", "-c", "X=$(printenv TOKEN) exec bwrap --ro-bind / / --unsetenv TOKEN x"}) ==
        "yes");
  CHECK(Getenv({"bash", "-c", "env > /tmp/e; exec bwrap --ro-bind / / --clearenv x"}) == "unknown");
  CHECK(Getenv({"bash", "-c", "bwrap --ro-bind / / --clearenv cat < <(printenv)"}) == "unknown");
  CHECK(Getenv({"bash", "-c", "X=$OTHER exec bwrap --ro-bind / / --unsetenv TOKEN x"}) == "no");
}

TEST_CASE("a process that waits behind the sandbox keeps its environment") {
  CHECK(Getenv({"bwrap", "--ro-bind", "/", "/", "env", "-u", "TOKEN", "x"}) == "no");
  CHECK(Getenv({"bwrap", "--ro-bind", "/", "/", "timeout", "9", "env", "-u", "TOKEN", "x"}) ==
        "yes");
  CHECK(Getenv({"bwrap", "--ro-bind", "/usr", "/usr", "timeout", "9", "env", "-u", "TOKEN", "x"}) ==
        "no");
  CHECK(Getenv({"bwrap", "--ro-bind", "/", "/", "--unsetenv", "TOKEN", "timeout", "9", "x"}) ==
        "no");
  CHECK(Getenv({"bwrap", "--ro-bind", "/", "/", "sh", "-c", "unset TOKEN; x; :"}) == "yes");
  CHECK(Getenv({"bwrap", "--ro-bind", "/", "/", "sh", "-c", "unset TOKEN; exec x"}) == "no");
  CHECK(Getenv({"bwrap", "--ro-bind", "/", "/", "flock", "/l", "env", "-u", "TOKEN", "x"}) ==
        "yes");
  CHECK(Getenv({"firejail", "--noprofile", "timeout", "9", "env", "-u", "TOKEN", "x"}) == "yes");
  CHECK(Getenv({"setpriv", "--reuid", "1234", "timeout", "9", "env", "-u", "TOKEN", "x"}) == "yes");
  CHECK(Getenv({"setpriv", "--reuid", "1234", "env", "-u", "TOKEN", "x"}) == "no");
  CHECK(Getenv({"timeout", "9", "bwrap", "--ro-bind", "/", "/", "--unsetenv", "TOKEN", "x"}) ==
        "no");
  CHECK(Getenv({"env", "-u", "TOKEN", "timeout", "9", "x"}) == "yes");
  CHECK(Getenv({"sudo", "x"}) == "yes");  // root looks into the client
}

}  // namespace sandlint
