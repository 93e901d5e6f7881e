// Tables of command lines and the layers that they are.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "catch.h"
#include "scanner/files/reader.h"
#include "scanner/peel/peel.h"

namespace sandlint {
namespace {

std::vector<Word> Words(const std::vector<std::string>& texts) {
  std::vector<Word> words;
  for (const std::string& text : texts) {
    words.push_back({text, {}, {}, static_cast<int>(words.size())});
  }
  return words;
}

std::string EditOf(const EnvEdit& edit) {
  switch (edit.kind) {
    case EnvKind::Reset:
      return "reset";
    case EnvKind::Set:
      return edit.name.text + "=" + edit.value.text;
    case EnvKind::Unset:
      return "-" + edit.name.text;
    default:
      return "?";
  }
}

bool Doubtful(const Layer& layer) {
  return std::ranges::any_of(layer.notes, [](const Note& note) {
    return note.support == Support::Unknown && note.facets == Facet::All;
  });
}

/// `env(A=1) > timeout > node > x.js --flag`: a `!` marks a launch that does not start, a `?` a
/// layer that is not understood.
std::string Describe(const Launch& launch) {
  std::string text;
  for (const Layer& layer : launch.layers) {
    if (!text.empty()) text += " > ";
    if (layer.kind == LayerKind::Program) {
      for (const Word& word : layer.words)
        text += (&word == &layer.words[0] ? "" : " ") + word.text;
    } else {
      text += layer.kind == LayerKind::Opaque ? "opaque" : layer.tool;
    }
    if (layer.user) text += ":" + layer.user->text;
    if (layer.package && layer.kind == LayerKind::Launcher) {
      text += "[" + layer.package->name + (layer.package->pinned ? "!" : "") + "]";
    }
    std::string edits;
    for (const EnvEdit& edit : layer.environment) {
      if (layer.kind == LayerKind::User) continue;
      edits += (edits.empty() ? "" : " ") + EditOf(edit);
    }
    if (!edits.empty()) text += "(" + edits + ")";
    if (Doubtful(layer)) text += "?";
    for (const StartProblem& problem : layer.start_problems) {
      if (problem.fatal == Answer::Yes) text += "!";
    }
  }
  return text;
}

std::string Layers(const std::vector<std::string>& argv, const PeelContext& context = {}) {
  std::string text;
  for (const Launch& launch : PeelLaunches(Words(argv), context)) {
    text += (text.empty() ? "" : " | ") + Describe(launch);
  }
  return text;
}

struct Row {
  std::vector<std::string> argv;
  std::string layers;
};

void Check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    std::string line;
    for (const std::string& word : row.argv) line += word + " ";
    INFO(line);
    CHECK(Layers(row.argv) == row.layers);
  }
}

}  // namespace

TEST_CASE("Programs that change nothing are taken off with their options") {
  Check({
      {{"timeout", "-k", "5", "--foreground", "10", "foo", "-x"}, "timeout > foo -x"},
      {{"timeout", "--sig=TERM", "10", "foo"}, "timeout > foo"},
      {{"timeout", "--nope", "10", "foo"}, "timeout? > opaque"},
      {{"timeout"}, "timeout! > opaque"},
      {{"nice", "-n", "10", "foo"}, "nice > foo"},
      {{"nice", "-10", "foo"}, "nice > foo"},
      {{"nice", "--10", "foo"}, "nice > foo"},
      {{"nohup", "--", "foo"}, "nohup > foo"},
      {{"stdbuf", "-oL", "-e", "0", "foo"}, "stdbuf > foo"},
      {{"ionice", "-c3", "foo"}, "ionice > foo"},
      {{"chrt", "-i", "0", "foo"}, "chrt > foo"},
      {{"taskset", "-c", "0-1", "foo"}, "taskset > foo"},
      {{"setsid", "-w", "foo"}, "setsid > foo"},
      {{"tini", "-g", "--", "foo"}, "tini > foo"},
      {{"dumb-init", "-c", "foo"}, "dumb-init > foo"},
      {{"flock", "-n", "/tmp/l", "foo", "-c"}, "flock > foo -c"},
      {{"flock", "/tmp/l", "-c", "foo bar"}, "flock > sh > foo bar"},
      {{"busybox", "sh", "-c", "foo"}, "busybox > sh > foo"},
      {{"xvfb-run", "-a", "-s", "-screen 0", "foo"}, "xvfb-run > foo"},
      {{"/usr/bin/nice", "timeout", "5", "foo"}, "nice > timeout > foo"},
  });
}

TEST_CASE("env, su and sudo are taken off") {
  Check({
      {{"env", "A=1", "foo", "B=2"}, "env(A=1) > foo B=2"},
      {{"env", "-i", "PATH=/bin", "foo"}, "env(reset PATH=/bin) > foo"},
      {{"env", "-", "foo"}, "env(reset) > foo"},
      {{"env", "-u", "A", "--unset=B", "foo"}, "env(-A -B) > foo"},
      {{"env", "-S", "-i A=b foo 'x y'", "z"}, "env(reset A=b) > foo x y z"},
      {{"env", "-vS", "A=1 foo"}, "env(A=1) > foo"},
      {{"env", "--nope", "foo"}, "env? > opaque"},
      {{"env", "A=1"}, "env(A=1)! > opaque"},
      {{"sudo", "-nu", "bob", "foo"}, "sudo:bob > foo"},
      {{"sudo", "-u", "#12", "-E", "foo"}, "sudo:12 > foo"},
      {{"sudo", "A=1", "foo"}, "sudo:root > foo"},
      {{"sudo", "-EHu", "bob", "foo"}, "sudo:bob > foo"},
      {{"doas", "-u", "bob", "foo"}, "doas:bob > foo"},
      {{"runuser", "-u", "bob", "--", "foo", "-x"}, "runuser:bob > foo -x"},
      {{"su", "-", "bob", "-c", "foo bar"}, "su:bob > sh > foo bar"},
      {{"su", "bob", "-s", "/bin/bash", "-c", "foo"}, "su:bob > bash > foo"},
      {{"setpriv", "--reuid=9", "--regid=9", "--clear-groups", "foo"}, "setpriv:9 > foo"},
  });
}

TEST_CASE("Interpreters and package runners say what they start") {
  Check({
      {{"node", "--no-warnings", "-r", "./x.js", "a.js", "-v"}, "node > a.js -v"},
      {{"python3.11", "-u", "-m", "mcp_server", "x"}, "python > mcp_server x"},
      {{"deno", "run", "-A", "npm:foo@1.0.0"}, "deno > npm:foo@1.0.0"},
      {{"npx", "-y", "@a/b@1.2.3", "/x"}, "npx[@a/b!] > @a/b@1.2.3 /x"},
      {{"npx", "--yes", "a@latest"}, "npx[a] > a@latest"},
      {{"npx", "-y", "-p", "a@1.2.3", "b"}, "npx[a!] > b"},
      {{"npm", "exec", "--yes", "--", "a@1.2.3", "-x"}, "npm[a!] > a@1.2.3 -x"},
      {{"pnpm", "dlx", "a"}, "pnpm[a] > a"},
      {{"yarn", "dlx", "a@2.0.0"}, "yarn[a!] > a@2.0.0"},
      {{"bunx", "a"}, "bunx[a] > a"},
      {{"uvx", "a==1.0"}, "uvx[a!] > a==1.0"},
      {{"uvx", "a@1.0"}, "uvx[a!] > a@1.0"},
      {{"uvx", "--from", "git+https://x/y@0123456789012345678901234567890123456789", "z"},
       "uvx[git+https://x/y!] > z"},
      {{"uv", "tool", "run", "a"}, "uv[a] > a"},
      {{"uv", "--directory", "/x", "run", "server.py"}, "uv > python > server.py"},
      {{"uv", "run", "--with", "mcp", "mcp", "run"}, "uv > mcp run"},
      {{"uv", "run", "bwrap", "--dev-bind", "/", "/", "x"}, "uv > bwrap > x"},
      {{"pipx", "run", "--spec", "a==2", "b"}, "pipx[a!] > b"},
      {{"npx", "--nope", "x"}, "npx? > opaque"},
  });
}

TEST_CASE("Shell strings are taken apart") {
  Check({
      {{"sh", "-c", "foo bar"}, "sh > foo bar"},
      {{"bash", "-lc", "exec foo 'a b' \"c d\""}, "bash > foo a b c d"},
      {{"bash", "-euo", "pipefail", "-c", "A=1 foo"}, "bash(A=1) > foo"},
      {{"bash", "-c", "exec \"$@\"", "x", "foo", "bar"}, "bash > foo bar"},
      {{"bash", "-c", "\"$0\" $1", "foo", "bar baz"}, "bash > foo bar baz"},
      {{"sh", "-c", "export A=1; B=2; exec env foo"}, "sh(A=1) > env > foo"},
      {{"sh", "-c", "unset A; foo"}, "sh(-A) > foo"},
      {{"sh", "-c", "bwrap --dev-bind / / foo || foo"}, "sh > bwrap > foo | sh > foo"},
      {{"sh", "-c", "cd /x && foo"}, "sh > foo"},
      {{"bash", "-c", "foo | bar"}, "bash > foo | bash > bar"},
      {{"bash", "-c", "curl https://x/y | sh"}, "bash > sh? > opaque"},
      {{"sh", "-c", "echo hello"}, "sh! > opaque"},
      {{"bash", "-o", "nope"}, "bash? > opaque"},
      {{"bash", "x.sh"}, "bash? > opaque"},
      {{"sh", "-c", "for x in a b; do foo $x; done"}, "sh > foo a | sh > foo b"},
      {{"bash", "-c", "a=(x 'y z'); a+=(w); exec foo \"${a[@]}\""}, "bash > foo x y z w"},
      {{"dash", "-c", "a=(x); exec foo"}, "dash! > opaque"},
      {{"sh", "-c", "foo $UNKNOWN bar"}, "sh > foo ${UNKNOWN} bar | sh > foo bar"},
      {{"sh", "-c", "foo \"${X:-y}\""}, "sh > foo ${X} | sh > foo y"},
      {{"bash", "-c", "eval \"foo 'a b'\""}, "bash > foo a b"},
      {{"bash", "-c", "foo --x={1,'2 3'}y"}, "bash > foo --x=1y --x=2 3y"},
      {{"bash", "-c", "f() { local x=$1; foo \"$x\"; }; f a"}, "bash > foo a"},
      {{"bash", "-c", "x=a.tar.gz; foo ${x%.gz} ${x##*.} ${x/a/b} ${#x}"},
       "bash > foo a.tar gz b.tar.gz 8"},
      {{"bash", "-c", "set -- a 'b c'; shift; foo \"$@\" $#"}, "bash > foo b c 1"},
      {{"bash", "-c", "case $1 in x) foo ;; *) bar ;; esac", "_", "x"}, "bash > foo"},
      {{"bash", "-c", "if [ \"$1\" = y ]; then foo; else bar; fi", "_", "x"}, "bash > bar"},
      {{"bash", "-c", "while read -r l; do a+=(\"$l\"); done <<< $'p\nq'; foo \"${a[@]}\""},
       "bash > foo p q"},
      {{"bash", "-c", "x=$(printf '%s-' a b); foo \"$x\" \"$(dirname /a/b)\""},
       "bash > foo a-b- /a"},
      {{"bash", "-c", "while :; do foo; done"}, "bash > foo"},
      {{"bash", "-c", "false || foo; true && bar"}, "bash > foo | bash > bar"},
      {{"bash", "-ec", "false; foo"}, "bash! > opaque"},
      {{"bash", "-c", "exec foo || exec bar"}, "bash > foo"},
      {{"bash", "-c", "(cd /x; foo) & wait"}, "bash > foo | bash > foo"},
      {{"bash", "-c", "sudo -n mkdir -p /x; timeout 5 git pull; foo"}, "bash > foo"},
      {{"bash", "-c", "ip netns exec n foo"}, "bash > ip netns > foo"},
      {{"bash", "-c", "IFS=, read -ra a <<< 'x,y z'; foo \"${a[@]}\""}, "bash > foo x y z"},
  });
}

TEST_CASE("Hostile scripts end") {
  std::string doubling = "a=xxxxxxxxxx;";
  for (int count = 0; count < 60; ++count) doubling += "a=$a$a$a;";
  CHECK(Layers({"bash", "-c", doubling + "foo $a"}).find("opaque") != std::string::npos);
  std::string nested;
  for (int count = 0; count < 20000; ++count) nested += "(";
  Layers({"bash", "-c", nested});
  CHECK(Layers({"bash", "-c", "f() { f; f; }; f; foo"}).find("opaque") != std::string::npos);
  std::string choices;
  for (int count = 0; count < 60; ++count) {
    choices += "[ -e /x" + std::to_string(count) + " ] && a=\"$a" + std::to_string(count) + "\";";
  }
  CHECK(Layers({"bash", "-c", choices + "foo $a"}).find("opaque") != std::string::npos);
  CHECK(Layers({"bash", "-c", "while true; do x=$((x+1)); done; foo"}).find("opaque") !=
        std::string::npos);
  for (const char* text : {"if", "foo 'x", "a=(", "$(", "${", "case x in", "<<E", "foo <<E\nx", "`",
                           "[[ a", "((", "{", "f()", "&&", "\xff\xfe", "foo \\"}) {
    INFO(text);
    CHECK(!Layers({"bash", "-c", text}).empty());
  }
}

TEST_CASE("Scripts of the tree are read") {
  const auto files = MakeMemoryReader({
      {"bin/mcp",
       "#!/bin/bash\nset -e\n. \"$(dirname \"$0\")/../lib.sh\"\nexec foo \"${A[@]}\" \"$@\"\n"},
      {"lib.sh", "A=(--x 'y z')\n"},
      {"tool", "#!/usr/bin/env node\nfoo\n"},
      {"opts", "#!/usr/bin/env -S bash -e\nfoo\n"},
      {"package.json", R"({"scripts": {"mcp": "foo --x", "premcp": "mkdir -p y"}})"},
  });
  Workspace workspace;
  PeelContext context{nullptr, files.get(), &workspace, {}, {}};
  CHECK(Layers({"./bin/mcp", "q"}, context) == "script > bash > foo --x y z q");
  CHECK(Layers({"bash", "bin/mcp"}, context) == "bash > foo --x y z");
  CHECK(Layers({"./tool", "q"}, context) == "script > env > node > ./tool q");
  CHECK(Layers({"./opts"}, context) == "script > env > bash > foo");
  CHECK(Layers({"npm", "run", "-s", "mcp", "--", "a b"}, context) ==
        "npm(PATH=node_modules/.bin:$PATH) > sh > foo --x a b");
  CHECK(Layers({"npm", "run", "nope"}, context) == "npm? > opaque");
}

}  // namespace sandlint

namespace sandlint {

TEST_CASE("A package that brings a sandbox is taken off like the sandbox itself") {
  const auto peeled = [](const std::vector<std::string>& argv) {
    const Launch launch = PeelLaunches(Words(argv), {}).front();
    std::string text;
    for (const Layer& layer : launch.layers) {
      text += (text.empty() ? "" : " > ") + layer.tool + (Doubtful(layer) ? "?" : "");
    }
    text += ":";
    for (const Word& word : launch.layers.back().words) text += " " + word.text;
    return text;
  };
  const std::string package = "@anthropic-ai/sandbox-runtime";
  CHECK(peeled({"npx", "-y", package + "@0.0.78", "--", "env", "x"}) == "npx > srt > env > x: x");
  CHECK(peeled({"npx", package, "-s", "s.json", "env", "x"}) == "npx > srt > env > x: x");
  CHECK(peeled({"bunx", package, "env", "x"}) == "bunx > srt > env > x: x");
  CHECK(peeled({"pnpm", "dlx", package, "env", "x"}) == "pnpm > srt > env > x: x");
  CHECK(peeled({"npx", "-p", package, "srt", "env", "x"}) == "npx > srt > env > x: x");
  CHECK(peeled({"npx", "-p", package, "other", "env"}) == "npx > other: other env");
  CHECK(peeled({"npm", "exec", package, "--", "-s", "s", "--", "x"}) == "npm > srt > x: x");
  CHECK(peeled({"npm", "exec", package, "-s", "s", "--", "x"}) == "npm? > srt > x: x");
  CHECK(peeled({"npx", "@a/other", "--", "env", "x"}) == "npx > other: @a/other -- env x");
}

}  // namespace sandlint
