#include "catch.h"
#include "peel/container_case.h"

namespace sandlint {

TEST_CASE("container: where the image is") {
  const std::vector<ImageCase> cases = {
      {{"docker", "run", "img"}, "img", ""},
      {{"docker", "run", "--rm", "-i", "img", "node", "x.js"}, "img", "node x.js"},
      {{"/usr/bin/docker", "container", "run", "-it", "img"}, "img", ""},
      {{"podman", "container", "create", "img", "a"}, "img", "a"},
      {{"docker", "--debug", "-c", "ctx", "-l", "warn", "run", "img"}, "img", ""},
      {{"docker", "--context=x", "--tls", "run", "img"}, "img", ""},
      {{"podman", "--runtime", "/usr/sbin/runc", "--log-level=debug", "run", "img", "x"},
       "img",
       "x"},
      {{"podman", "run", "--root", "/r", "--syslog", "img", "x"}, "img", "x"},
      {{"docker", "run", "--", "img", "x"}, "img", "x"},
      {{"docker", "run", "--rm", "--", "img", "--", "x"}, "img", ""},
      {{"docker", "run", "img", "sh", "--network=host"}, "img", "sh --network=host"},
      {{"docker", "run", "mcp/sonarqube", "-e", "X"}, "mcp/sonarqube", ""},
      {{"docker", "run", "--entrypoint", "node", "img", "-e", "1"}, "img", "node -e 1"},
      {{"docker", "run", "--entrypoint=", "img", "node"}, "img", "node"},
      {{"docker", "run", "--entrypoint", "a", "--entrypoint", "b", "img"}, "img", "b"},
      {{"docker", "run", "--read-only", "true", "img"}, "true", "img"},
      {{"docker", "run", "--read-only=true", "img"}, "img", ""},
      {{"docker", "run", "-ieFOO=1", "img"}, "img", ""},
      {{"docker", "run", "-ie", "FOO=1", "img"}, "img", ""},
      {{"docker", "run", "-v=/a:/b", "img"}, "img", ""},
      {{"docker", "run", "-h", "name", "img"}, "img", ""},
      {{"docker", "run", "-", "x"}, "-", "x"},
      {{"docker", "run", "--name", "--rm", "img"}, "img", ""},
      {{"docker", "run", "--cpus", "1", "-m", "1g", "-c", "2", "-w", "/x", "img"}, "img", ""},
      {{"docker", "run", "--gpus", "all", "--ulimit", "nofile=1", "img"}, "img", ""},
      {{"podman", "run", "--http-proxy", "--env-host", "--secret", "a", "img"}, "img", ""},
      {{"podman", "run", "--unknown=1", "--network=none", "img"}, "img", ""},
      {{"nerdctl", "-n", "k8s.io", "run", "--rm", "-i", "--umask", "077", "img", "x"}, "img", "x"},
      {{"nerdctl", "--debug", "--address=/x", "run", "img"}, "img", ""},
      {{"container", "run", "-i", "--rm", "--ssh", "--uid", "1000", "-c", "2", "img", "x"},
       "img",
       "x"},
      {{"/usr/local/bin/container", "create", "--cwd", "/x", "--no-dns", "img"}, "img", ""},
      {{"docker", "run", "img", "bwrap", "--ro-bind", "/", "/", "x"},
       "img",
       "bwrap --ro-bind / / x"},
  };
  for (const ImageCase& row : cases) {
    DYNAMIC_SECTION(Join(Words(row.argv))) {
      const Peeled peeled = Peel(row.argv);
      CHECK(peeled.layer.container->image.text == row.image);
      CHECK(Join(peeled.rest) == row.rest);
      CHECK(peeled.layer.root == RootKind::Image);
      // Every word is either the layer's or the rest's; --entrypoint's value is both.
      const bool entrypoint = peeled.layer.container->entrypoint.has_value();
      const std::size_t shared = entrypoint && !peeled.layer.container->entrypoint->text.empty();
      CHECK(peeled.layer.words.size() + peeled.rest.size() - shared == row.argv.size());
    }
  }
}

TEST_CASE("container: programs that are no container engine") {
  CHECK_FALSE(PeelContainer({}, {}).has_value());
  CHECK_FALSE(PeelContainer(Words({"node", "x.js"}), {}).has_value());
  CHECK_FALSE(PeelContainer(Words({"dockerd"}), {}).has_value());
}

TEST_CASE("container: what is only recognised is neither safe nor denied") {
  const std::vector<std::vector<std::string>> lines = {
      {"docker", "exec", "-i", "box", "node", "x.js"},
      {"docker", "exec", "-i", "--tty=false", "box", "node", "x.js"},
      {"podman", "exec", "-u", "1000", "box", "node", "x.js"},
      {"docker", "start", "-ai", "box"},
      {"docker", "compose", "run", "--rm", "-T", "service", "x"},
      {"docker", "compose", "-f", "c.yml", "exec", "-T", "service", "node", "x.js"},
      {"docker-compose", "up"},
      {"podman-compose", "run", "service"},
      {"docker", "mcp", "gateway", "run", "--profile", "dev"},
      {"docker", "run"},
      {"docker", "run", "--bogus", "img"},
      {"podman", "kube", "play", "x.yml"},
      {"docker"},
      {"docker", "--bogus", "run", "img"},
      {"docker", "compose"},
      {"docker", "exec", "-i"},
  };
  for (const auto& argv : lines) {
    DYNAMIC_SECTION(Join(Words(argv))) {
      const Peeled peeled = Peel(argv);
      CHECK(peeled.layer.root == RootKind::Unknown);
      CHECK(peeled.layer.network.mode == NetworkMode::Unknown);
      CHECK(std::any_of(peeled.layer.notes.begin(), peeled.layer.notes.end(), [](const Note& note) {
        return note.support == Support::Unknown && note.facets == Facet::All && !note.why.empty();
      }));
      const std::string rest = Join(peeled.rest);
      CHECK((rest.empty() || rest == "node x.js"));
    }
  }
  CHECK(Join(Peel({"docker", "exec", "-i", "box", "node", "x.js"}).rest) == "node x.js");
  CHECK(Join(Peel({"docker", "compose", "exec", "-T", "s", "node", "x.js"}).rest) == "node x.js");
}

TEST_CASE("container: a word that could be an option leaves everything unknown") {
  std::vector<Word> argv = Words({"docker", "run", "--rm", "${OPTS}", "img"});
  argv[3].holes = {{0, 7, "OPTS", false}};
  const auto peeled = PeelContainer(argv, {});
  REQUIRE(peeled);
  CHECK(HasNote(peeled->layer, "${OPTS}", Facet::Paths));
  CHECK(HasNote(peeled->layer, "${OPTS}", Facet::Egress));
  argv[3].holes.front().assumed = true;
  CHECK_FALSE(HasNote(PeelContainer(argv, {})->layer, "${OPTS}", Facet::Paths));
}

TEST_CASE("container: images") {
  const std::string digest = "sha256:" + std::string(64, '0');
  struct Row {
    std::string image, name, version;
    bool pinned;
  };
  const std::vector<Row> cases = {
      {"mcp/git", "mcp/git", "", false},
      {"mcp/git:1.2", "mcp/git", "1.2", false},
      {"localhost:5000/mcp", "localhost:5000/mcp", "", false},
      {"localhost:5000/mcp:latest", "localhost:5000/mcp", "latest", false},
      {"mcp/git@" + digest, "mcp/git", digest, true},
      {"mcp/git:1@" + digest, "mcp/git", digest, true},
      {"mcp/git@sha256:0000", "mcp/git", "sha256:0000", false},
      {digest, digest, digest, true},
  };
  for (const Row& row : cases) {
    const Layer layer = Peel({"docker", "run", row.image}).layer;
    REQUIRE(layer.package);
    CHECK(layer.package->ecosystem == "oci");
    CHECK(layer.package->name == row.name);
    CHECK(layer.package->version == row.version);
    CHECK(layer.package->pinned == row.pinned);
  }
}

TEST_CASE("container: what stops the tool") {
  struct Row {
    std::vector<std::string> argv;
    std::string problem;
    Answer fatal = Answer::Yes;
  };
  const std::vector<Row> cases = {
      {{"docker", "run", "--env-host", "img"}, "option of podman"},
      {{"podman", "run", "--use-api-socket", "img"}, "option of docker"},
      {{"podman", "run", "--isolation", "x", "img"}, "option of docker"},
      {{"docker", "run", "--bogus", "img"}, "unknown flag", Answer::Unknown},
      {{"podman", "run", "--shm-size-systemd", "1m", "img"}, "4.3", Answer::Unknown},
      {{"docker", "run", "-it", "img"}, "TTY"},
      {{"docker", "run", "-i", "-t", "img"}, "TTY"},
      {{"docker", "run", "--privileged=maybe", "img"}, "true or false"},
      {{"docker", "run", "--rm", "--name"}, "wants a value"},
      {{"docker", "run", "--rm"}, "no image"},
      {{"docker", "run", "--pid=me", "img"}, "mode of --pid"},
      {{"docker", "run", "--userns=keep-id", "img"}, "host"},
      {{"docker", "run", "--cap-add=NOPE", "img"}, "capability"},
      {{"docker", "run", "--security-opt=foo=bar", "img"}, "security-opt"},
      {{"docker", "run", "--pull=sometimes", "img"}, "--pull"},
      {{"docker", "run", "-e", "=1", "img"}, "no name"},
      {{"docker", "run", "--help"}, "prints its help"},
      {{"docker", "create", "img"}, "does not start"},
  };
  for (const Row& row : cases) {
    DYNAMIC_SECTION(Join(Words(row.argv))) {
      CHECK(HasProblem(Peel(row.argv).layer, row.problem, row.fatal));
    }
  }
  CHECK(Peel({"podman", "run", "-it", "img"}).layer.start_problems.empty());
  CHECK(Peel({"docker", "run", "-t", "img"}).layer.start_problems.empty());
}

TEST_CASE("container: words that are not modelled name the facets they touch") {
  CHECK(HasNote(Peel({"docker", "run", "--volumes-from", "db", "img"}).layer, "--volumes-from db",
                Facet::Paths));
  CHECK(HasNote(Peel({"docker", "-H", "tcp://x", "run", "img"}).layer, "-H tcp://x", Facet::Paths));
  CHECK(HasNote(Peel({"docker", "run", "--device-cgroup-rule=b 8:* rwm", "img"}).layer,
                "--device-cgroup-rule=b 8:* rwm", Facet::Paths));
  CHECK(HasNote(Peel({"podman", "run", "--security-opt=unmask=ALL", "img"}).layer,
                "--security-opt=unmask=ALL", Facet::Paths));
  CHECK(HasNote(Peel({"docker", "run", "img", "bwrap", "--tmpfs", "/", "x"}).layer, "bwrap",
                Facet::Paths));
  PeelContext context;
  context.variables["DOCKER_HOST"].text = "tcp://10.0.0.1:2375";
  CHECK(
      HasNote(Peel({"docker", "run", "img"}, context).layer, "tcp://10.0.0.1:2375", Facet::Paths));
  CHECK(Peel({"docker", "run", "--rm", "-i", "--network=none", "img"}).layer.notes.empty());
}

TEST_CASE("container: Apple's tool and nerdctl") {
  const Peeled apple =
      Peel({"container", "run", "-i", "-v", "/a:/b:ro", "--mount", "type=tmpfs,target=/t", "--uid",
            "1000", "--gid", "7", "--ssh", "--network", "none", "-e", "A=1", "img"});
  CHECK(Mounts(apple.layer) == "bind /a /b ro; tmpfs  /t");
  CHECK(Text(apple.layer.user) == "1000");
  CHECK(Text(apple.layer.group) == "7");
  CHECK(HasNote(apple.layer, "--ssh", Facet::Paths));
  CHECK(HasNote(apple.layer, "--network none", Facet::Egress));
  CHECK(Edits(apple.layer) == "A=1");
  CHECK(apple.layer.container->engine == "container");
  // What docker has and Apple's tool has not is not taken for known.
  CHECK(Peel({"container", "run", "--privileged", "img"}).layer.root == RootKind::Unknown);
  CHECK_FALSE(PeelContainer(Words({"./container", "run", "img"}), {}).has_value());
  const Peeled other = Peel({"nerdctl", "run", "--net=host", "--rootfs", "/r", "x"});
  CHECK(other.layer.network.mode == NetworkMode::Host);
  CHECK(other.layer.container->rootfs.has_value());
  CHECK(
      HasNote(Peel({"nerdctl", "-H", "/x.sock", "run", "img"}).layer, "-H /x.sock", Facet::Paths));
}

}  // namespace sandlint
