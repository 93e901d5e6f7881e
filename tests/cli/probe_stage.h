#pragma once

#include <sys/stat.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "catch.h"
#include "cli/program.h"

using Words = std::vector<std::string>;

/// True where `program` is not installed; said, and a failure where it has to be there.
inline bool Missing(const std::string& program) {
  if (std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0) return false;
  if (std::getenv("SANDLINT_REQUIRE_ORACLES") != nullptr) FAIL(program + " is missing");
  WARN("skipped: " + program + " is not installed");
  return true;
}

/// A home with secrets, a project, and a server that would leave a mark.
struct ProbeStage : Tree {
  ProbeStage()
      : Tree{{"home/.ssh/id_rsa", "key"},
             {"home/.aws/credentials", "key"},
             {"home/.config/gh/hosts.yml", "key"},
             {"project/a.txt", "text"},
             {"server.sh", "#!/bin/sh\ntouch \"$(dirname \"$0\")/started\"\n"}} {
    chmod((*this / "server.sh").c_str(), 0755);
  }
  Outcome Probe(const Words& argv, const std::string& path = {}) const {
    Write("project/.mcp.json", Config("x", argv));
    How how;
    how.directory = *this / "project";
    how.environment = {{"HOME", *this / "home"}, {"MY_TOKEN", "seven-secret-words"}};
    if (!path.empty()) how.environment["PATH"] = path;
    return Sandlint({"probe", "x", "--home", *this / "home"}, how);
  }
};
