// `sandlint probe` of a container: podman with a storage of its own and an image made from nothing.

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "catch.h"
#include "cli/probe_stage.h"
#include "cli/program.h"

namespace {

namespace fs = std::filesystem;

/// A storage that goes away with its folder, and `localhost/x:1` in it.
struct Storage {
  explicit Storage(const ProbeStage& stage) {
    stage.Write("storage.conf", "[storage]\ndriver = \"vfs\"\ngraphroot = \"" + (stage / "graph") +
                                    "\"\nrunroot = \"" + (stage / "run") + "\"\n");
    stage.Write("containers.conf",
                "[engine]\ncgroup_manager = \"cgroupfs\"\nevents_logger = \"none\"\n"
                "runtime = \"runc\"\n[containers]\n"
                "default_ulimits = [\"nofile=1024:1024\", \"nproc=4096:4096\"]\n");
    // Inherited by sandlint, and by the podman that it starts.
    how.environment = {{"CONTAINERS_STORAGE_CONF", stage / "storage.conf"},
                       {"CONTAINERS_CONF", stage / "containers.conf"},
                       {"HOME", stage / "home"}};
    how.directory = stage / "project";
    how.seconds = 120;
    stage.Write("image/tmp/x", "");
    const std::string command = "CONTAINERS_STORAGE_CONF='" + (stage / "storage.conf") +
                                "' CONTAINERS_CONF='" + (stage / "containers.conf") +
                                "'; export CONTAINERS_STORAGE_CONF CONTAINERS_CONF; tar -C '" +
                                (stage / "image") +
                                "' -c . | podman import --change 'ENTRYPOINT [\"/server\"]' - "
                                "localhost/x:1 >/dev/null 2>&1";
    made = std::system(command.c_str()) == 0;
  }
  How how;
  bool made = false;
};

}  // namespace

TEST_CASE("the run line of a container is probed with an image that is here") {
  if (Missing("podman") || Missing("runc")) return;
  if (geteuid() != 0) {
    WARN("skipped: podman is run as root here");
    return;
  }
  const ProbeStage stage;
  const Storage storage(stage);
  REQUIRE(storage.made);
  const auto probe = [&](const Words& argv) {
    stage.Write("project/.mcp.json", Config("x", argv));
    return Sandlint({"probe", "x", "--home", stage / "home"}, storage.how);
  };
  const Outcome closed =
      probe({"podman", "run", "--rm", "-i", "--read-only", "--cap-drop=ALL", "--network=none",
             "--security-opt=no-new-privileges", "--user=65532:65532", "localhost/x:1"});
  INFO(closed.out << closed.err);
  CHECK(closed.code == 0);
  CHECK(Has(closed.out, "\n0 of "));
  CHECK(Has(closed.out, "\nread ~/.ssh                                      no         no\n"));
  CHECK(Has(closed.out, "\nruns as user 65532                               yes        yes\n"));
  CHECK(Has(closed.out, "\nno new privileges                                yes        yes\n"));

  const Outcome open =
      probe({"podman", "run", "--rm", "-i", "--network", "host", "-e", "GITHUB_TOKEN", "-v",
             (stage / "home/.ssh") + ":/keys", "localhost/x:1", "serve"});
  INFO(open.out << open.err);
  CHECK(open.code == 0);
  CHECK(Has(open.out, "\n0 of "));
  CHECK(Has(open.out, "\nread ~/.ssh                                      yes        yes\n"));
  CHECK(Has(open.out, "\nread ~/.aws                                      no         no\n"));
  CHECK(Has(open.out, "\nvariable GITHUB_TOKEN                            yes        yes\n"));
  CHECK(Has(open.out, "\nvariable AWS_SECRET_ACCESS_KEY                   no         no\n"));
  CHECK(Has(open.out, "\na way to other hosts                             yes        yes\n"));

  for (const Words& argv : {Words{"podman", "run", "--rm", "localhost/absent:1"},
                            Words{"podman", "run", "-d", "localhost/x:1"},
                            Words{"podman", "exec", "-i", "other", "node"}}) {
    const Outcome refused = probe(argv);
    INFO(refused.out << refused.err);
    CHECK(refused.code == 2);
    CHECK(Has(refused.err, "not probed"));
    CHECK_FALSE(Has(refused.err, "this is run now"));
  }
}
