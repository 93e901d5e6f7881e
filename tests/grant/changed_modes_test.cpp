// Permissions that a wrapper changes before it becomes another user.

#include <string>

#include "catch.h"
#include "grant/evaluate.h"

namespace sandlint {
namespace {

constexpr const char* kKey = "/home/user/.ssh/id_rsa";
const std::string kOther = "exec setpriv --reuid=4712 --regid=4712 --clear-groups node s.js";

std::string Sh(const std::string& before, const char* path = kKey,
               const std::string& start = kOther) {
  return Evaluate({"bash", "-c", before + "; " + start})->Read(path);
}

}  // namespace

TEST_CASE("who opens a file to others need not keep it from them") {
  CHECK(Sh(":") == "no");
  for (const char* opens :
       {"chmod 755 ~ ~/.ssh; chmod 644 ~/.ssh/id_rsa", "chmod -R o+rX ~", "chmod -R a+r ~/.ssh",
        "chmod --reference=/etc/passwd ~/.ssh ~/.ssh/id_rsa", "chmod -R $MODE ~",
        "chown -R daemon: ~", "chgrp -R daemon ~/.ssh", "sudo chown -R daemon ~", "chmod -R o+r /",
        "cd ~; chmod -R go=rX .", "chmod 755 \"$D\"", "(chmod -R o+rX ~)",
        "[ -n \"$A\" ] && chmod -R 755 ~"}) {
    INFO(opens);
    CHECK(Sh(opens) != "no");
  }
  const auto answer = Evaluate({"bash", "-c", "chmod -R o+rX ~; " + kOther});
  CHECK(answer->launch.grant.paths->OfHost(kKey).because.front().text == "chmod");
}

TEST_CASE("what opens nothing to others changes nothing") {
  for (const char* harmless :
       {"chmod 700 ~/.ssh; chmod 600 ~/.ssh/id_rsa", "chmod -R go-rwx ~", "chmod u+x run.sh",
        "chmod 755 ~/project/bin", "chmod -R go= ~", "chown -R daemon: ~/project"}) {
    INFO(harmless);
    CHECK(Sh(harmless) == "no");
  }
  CHECK(Sh("sudo chmod 644 /etc/shadow", "/etc/shadow") == "unknown");
  CHECK(Sh("sudo chmod 666 /run/docker.sock; :", "/run/docker.sock") != "no");
  // A mask stays one, and so does what the user himself may do.
  const std::string masked = "exec bwrap --ro-bind / / --tmpfs /home/user node s.js";
  CHECK(Sh("chmod -R 755 ~", kKey, masked) == "no");
  CHECK(Sh("chmod -R 755 ~", kKey, "exec node s.js") == "yes");
}

}  // namespace sandlint
