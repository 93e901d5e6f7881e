// A sandbox is one only if the program that runs is the tool of that name: a tree can carry a
// `bwrap` that confines nothing, and a search path can lead to it.

#include <string>

#include "catch.h"
#include "grant/evaluate.h"

namespace sandlint {
namespace {

constexpr const char* kKey = "/home/user/.ssh/id_rsa";
constexpr const char* kStub =
    "#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done; shift; exec \"$@\"\n";

using Files = std::map<std::string, std::string, std::less<>>;
using Strings = std::vector<std::string>;

Strings Line(Strings first) {
  for (const char* word : {"--ro-bind", "/usr", "/usr", "--", "node", "s.js"}) {
    first.emplace_back(word);
  }
  return first;
}

std::string Ask(Strings first, Files files = {}) {
  return Evaluate(Line(std::move(first)), std::move(files))->Read(kKey);
}

std::string Sh(const std::string& before, Files files = {}) {
  return Evaluate({"sh", "-c", before + " bwrap --ro-bind /usr /usr -- node s.js"},
                  std::move(files))
      ->Read(kKey);
}

}  // namespace

TEST_CASE("only a folder of the system makes a name the tool") {
  for (const char* tool :
       {"bwrap", "/usr/bin/bwrap", "/usr/local/bin//bwrap", "/bin/./bwrap",
        "/nix/store/abc-bubblewrap-0.8/bin/bwrap", "/run/current-system/sw/bin/bwrap"}) {
    INFO(tool);
    CHECK(Ask({tool}) == "no");
  }
  for (const char* tool : {"./bwrap", "bin/bwrap", "/home/user/project/bin/bwrap", "/opt/x/bwrap",
                           "/usr/bin/../../home/user/bwrap", "~/bin/bwrap", "/nix/store/bwrap",
                           "/nix/store/../x/bin/bwrap", "/tmp/bwrap", "//usr/bin/../x/bwrap"}) {
    INFO(tool);
    CHECK(Ask({tool}) == "unknown");
  }
}

TEST_CASE("a script of the tree that is called like a tool is read as a script") {
  CHECK(Ask({"./bin/bwrap"}, {{"bin/bwrap", kStub}}) == "yes");
  CHECK(Ask({"/home/user/project/bin/bwrap"}, {{"bin/bwrap", kStub}}) == "yes");
  CHECK(Ask({"./bin/bwrap"}, {{"bin/bwrap", "#!/bin/sh\nexec /usr/bin/bwrap \"$@\"\n"}}) == "no");
  CHECK(Ask({"./bin/bwrap"}, {{"bin/bwrap", "#!/usr/bin/env python3\n"}}) == "yes");
  CHECK(Ask({"./bin/bwrap"}, {{"bin/bwrap",
                               "\x7f"
                               "ELF"}}) == "unknown");
  // A program that an interpreter runs is no sandbox, whatever its name.
  CHECK(Evaluate({"python3", "bwrap", "--ro-bind", "/usr", "/usr"})->Read(kKey) == "yes");
}

TEST_CASE("a wrapper that is not the tool of its name need not start the sandbox") {
  CHECK(Ask({"timeout", "9", "bwrap"}) == "no");
  CHECK(Ask({"./timeout", "9", "bwrap"}) == "unknown");
  CHECK(Ask({"./env", "bwrap"}) == "unknown");
  CHECK(Ask({"./sudo", "-u", "nobody", "bwrap"}) == "unknown");
  CHECK(Evaluate({"./sh", "-c", "exec bwrap --ro-bind /usr /usr node s.js"})->Read(kKey) ==
        "unknown");
  CHECK(Evaluate({"./docker", "run", "image"})->Read(kKey) == "unknown");
  CHECK(Evaluate({"./firejail", "--private", "node", "s.js"})->Read(kKey) == "unknown");
}

TEST_CASE("where nothing is taken away a name makes no difference") {
  for (const Strings& line :
       {Strings{"./node_modules/.bin/tsx", "s.ts"}, Strings{".venv/bin/python", "s.py"},
        Strings{"/home/user/.nvm/versions/node/v20.1.0/bin/npx", "-y", "x"},
        Strings{"./timeout", "9", "node", "s.js"}}) {
    const auto answer = Evaluate(line);
    CHECK(answer->Read(kKey) == "yes");
    CHECK(!answer->HasNote("not known"));
  }
}

TEST_CASE("a search path that begins elsewhere leaves a doubt") {
  CHECK(Ask({"env", "PATH=/usr/local/bin:/usr/bin:/bin", "bwrap"}) == "no");
  CHECK(Ask({"env", "PATH=/usr/bin:./bin", "bwrap"}) == "no");
  for (const char* path :
       {"PATH=./bin:/usr/bin", "PATH=/home/user/project/bin:/usr/bin", "PATH=:/usr/bin",
        "PATH=/home/user/bin:/usr/bin", "PATH=/usr/local/bin:bin:/usr/bin"}) {
    INFO(path);
    CHECK(Ask({"env", path, "bwrap"}) == "unknown");
    CHECK(Ask({"env", path, "timeout", "9", "bwrap"}) == "unknown");
    CHECK(Ask({"env", path, "/usr/bin/bwrap"}) == "no");
  }
  CHECK(Ask({"env", "PATH=./bin:/usr/bin", "bwrap"}, {{"bin/bwrap", kStub}}) == "yes");
  CHECK(Sh("export PATH=./bin:/usr/bin; exec") == "unknown");
  CHECK(Sh("PATH=./bin:$PATH; exec") == "unknown");
  CHECK(Sh("PATH=/usr/bin:$PATH; exec") == "no");
  CHECK(Sh("PATH=./bin:$PATH; nice") == "unknown");
  CHECK(Sh("PATH=./bin:$PATH") == "unknown");
  CHECK(Sh("PATH=./bin:/usr/bin exec", {{"bin/bwrap", kStub}}) == "yes");
}

TEST_CASE("the scripts of a package find the programs of its dependencies first") {
  const std::string package = R"({"scripts":{"a":"bwrap --ro-bind /usr /usr -- node s.js"}})";
  CHECK(Evaluate({"npm", "run", "a"}, {{"package.json", package}})->Read(kKey) == "unknown");
  CHECK(
      Evaluate({"npm", "run", "a"}, {{"package.json", package}, {"node_modules/.bin/bwrap", kStub}})
          ->Read(kKey) == "yes");
}

TEST_CASE("a package can bring a program under any name, but some names are packages") {
  CHECK(Evaluate({"./node_modules/.bin/bwrap", "--ro-bind", "/usr", "/usr", "x"})->Read(kKey) ==
        "unknown");
  const std::string srt = R"({"scripts":{"a":"srt -s s.json 'node s.js'"}})";
  const std::string settings = R"({"network":{"allowedDomains":[],"deniedDomains":[]},
    "filesystem":{"denyRead":["~/.ssh"],"allowWrite":[],"denyWrite":[]}})";
  const Files files{{"package.json", srt}, {"s.json", settings}};
  CHECK(Evaluate({"npm", "run", "a"}, files)->Read(kKey) == "no");
  CHECK(Evaluate({"node_modules/.bin/srt", "-s", "s.json", "node s.js"}, files)->Read(kKey) ==
        "no");
}

TEST_CASE("a name behind a sandbox is no better known") {
  CHECK(Evaluate({"bwrap", "--ro-bind", "/", "/", "sh", "-c",
                  "PATH=./bin:$PATH exec bwrap --ro-bind /usr /usr node s.js"})
            ->Read(kKey) == "unknown");
}

TEST_CASE("a relative name begins where the script stands") {
  const Files files{{"bwrap", "#!/bin/sh\nexec /usr/bin/bwrap \"$@\"\n"}, {"sub/bwrap", kStub}};
  CHECK(Evaluate({"sh", "-c", "./bwrap --ro-bind /usr /usr -- node s.js"}, files)->Read(kKey) ==
        "no");
  CHECK(Evaluate({"sh", "-c", "cd sub && ./bwrap --ro-bind /usr /usr -- node s.js"}, files)
            ->Read(kKey) == "yes");
  CHECK(Ask({"env", "-C", "sub", "./bwrap"}, files) == "yes");
  CHECK(Evaluate({"sh", "-c", "cd \"$X\"; ./bwrap --ro-bind /usr /usr -- node s.js"}, files)
            ->Read(kKey) == "unknown");
}

}  // namespace sandlint
