#include "scanner/peel/container.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.h"

namespace sandlint {
namespace {

std::vector<Word> Words(const std::vector<std::string>& texts) {
  std::vector<Word> words;
  for (const std::string& text : texts) {
    words.push_back({text, {}, {}, static_cast<int>(words.size())});
  }
  return words;
}

Peeled Peel(const std::vector<std::string>& argv, const PeelContext& context = {}) {
  const std::vector<Word> words = Words(argv);
  std::optional<Peeled> peeled = PeelContainer(words, context);
  REQUIRE(peeled.has_value());
  CHECK(peeled->layer.kind == LayerKind::Container);
  return std::move(*peeled);
}

std::string Join(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

std::string Text(const Boxed<Word>& word) { return word ? word->text : "-"; }

bool HasProblem(const Layer& layer, std::string_view part, Answer fatal = Answer::Yes) {
  return std::any_of(
      layer.start_problems.begin(), layer.start_problems.end(), [&](const StartProblem& problem) {
        return problem.fatal == fatal && problem.text.find(part) != std::string::npos;
      });
}

bool HasNote(const Layer& layer, std::string_view word, Facet facet) {
  return std::any_of(layer.notes.begin(), layer.notes.end(), [&](const Note& note) {
    return note.word.text == word && Touches(note.facets, facet);
  });
}

/// `bind /a /b ro`, one mount a line.
std::string Mounts(const Layer& layer) {
  std::string text;
  for (const Mount& mount : layer.mounts) {
    if (!text.empty()) text += "; ";
    text += NameOf(mount.kind);
    text += " " + mount.source.text + " " + mount.target.text;
    for (const Word& below : mount.overlay_sources) text += " over " + below.text;
    if (mount.read_only) text += " ro";
  }
  return text;
}

/// The edits that the words ask for: `+A=1`, `copy A`, `-A`, `reset`, `copy all`, `file f`.
std::string Edits(const Layer& layer) {
  std::string text;
  for (const EnvEdit& edit : layer.environment) {
    if (!edit.option || edit.option.text == layer.program.text) continue;
    if (!text.empty()) text += "; ";
    switch (edit.kind) {
      case EnvKind::Set:
        text += edit.name.text + "=" + edit.value.text;
        break;
      case EnvKind::Copy:
        text += "copy " + edit.name.text;
        break;
      case EnvKind::Unset:
        text += "unset " + edit.name.text;
        break;
      case EnvKind::Reset:
        text += "reset";
        break;
      case EnvKind::CopyAll:
        text += "copy all";
        break;
      case EnvKind::FromFile:
        text += "file " + edit.value.text;
        break;
    }
  }
  return text;
}

class TreeReader : public FileReader {
 public:
  explicit TreeReader(std::map<std::string, std::string, std::less<>> files)
      : files_(std::move(files)) {}
  ReadResult Read(std::string_view path) const override {
    const auto found = files_.find(path);
    if (found == files_.end()) return {ReadStatus::Missing, {}, "not there"};
    return {ReadStatus::Ok, found->second, {}};
  }
  bool Exists(std::string_view path) const override { return files_.contains(path); }
  std::vector<DirectoryEntry> List(std::string_view) const override { return {}; }

 private:
  std::map<std::string, std::string, std::less<>> files_;
};

struct ImageCase {
  std::vector<std::string> argv;
  std::string image;
  std::string rest;
};

}  // namespace

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

TEST_CASE("container: mounts") {
  struct Row {
    std::vector<std::string> words;
    std::string mounts;
  };
  const std::vector<Row> cases = {
      {{"-v", "/a:/b"}, "bind /a /b"},
      {{"-v=/a:/b:ro"}, "bind /a /b ro"},
      {{"-v/a:/b:ro,Z"}, "bind /a /b ro"},
      {{"--volume", "/a:/b:rw"}, "bind /a /b"},
      {{"-v", "./a:/b"}, "bind ./a /b"},
      {{"-v", "../a:/b"}, "bind ../a /b"},
      {{"-v", ".:/b"}, "bind . /b"},
      {{"-v", "project:/data"}, "volume project /data"},
      {{"-v", "/data"}, "volume  /data"},
      {{"-v", "C:\\Users\\me:/x:ro"}, "bind C:\\Users\\me /x ro"},
      {{"--mount", "type=bind,src=/a,dst=/b"}, "bind /a /b"},
      {{"--mount", "type=bind,source=/a,target=/b,readonly"}, "bind /a /b ro"},
      {{"--mount", "type=bind,source=/a,destination=/b,ro=true"}, "bind /a /b ro"},
      {{"--mount", "type=bind,source=/a,target=/b,readonly=false"}, "bind /a /b"},
      {{"--mount", "source=vol,target=/b"}, "volume vol /b"},
      {{"--mount", "type=tmpfs,target=/b"}, "tmpfs  /b"},
      {{"--mount",
        "type=volume,src=v,dst=/b,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/home"},
       "bind /home /b"},
      {{"--tmpfs", "/tmp:rw,size=1m"}, "tmpfs  /tmp"},
      {{"--tmpfs", "/t:ro"}, "tmpfs  /t ro"},
      {{"-v", "/a:/b", "-v", "/c:/d:ro"}, "bind /a /b; bind /c /d ro"},
  };
  for (const Row& row : cases) {
    for (const char* engine : {"docker", "podman"}) {
      DYNAMIC_SECTION(engine << " " << Join(Words(row.words))) {
        std::vector<std::string> argv = {engine, "run"};
        argv.insert(argv.end(), row.words.begin(), row.words.end());
        argv.push_back("img");
        const Peeled peeled = Peel(argv);
        CHECK(Mounts(peeled.layer) == row.mounts);
        CHECK(peeled.layer.container->image.text == "img");
        CHECK(peeled.layer.start_problems.empty());
        for (const Mount& mount : peeled.layer.mounts)
          CHECK(mount.option.argv_index == 2 + 2 * (&mount - peeled.layer.mounts.data()));
      }
    }
  }
  CHECK(Mounts(Peel({"podman", "run", "-v", "/a:/b:O", "img"}).layer) == "overlay  /b over /a");
  CHECK(Mounts(Peel({"podman", "run", "-v", "/a:/b:O,upperdir=/u,workdir=/w", "img"}).layer) ==
        "overlay /u /b over /a");
}

TEST_CASE("container: mounts that stop the start") {
  struct Row {
    std::vector<std::string> words;
    std::string problem;
  };
  const std::vector<Row> cases = {
      {{"docker", "-v", "~/p:/p"}, "no shell expands"},
      {{"podman", "-v", "~/p:/p"}, "no shell expands"},
      {{"docker", "-v", "src/app:/p"}, "write ./"},
      {{"docker", "-v", "/a:/b:nope"}, "no mode"},
      {{"docker", "-v", "/a:/b:O"}, "no mode"},
      {{"docker", "-v", "/a:b"}, "absolute"},
      {{"docker", "-v", "/a:/b:ro:x"}, "three fields"},
      {{"docker", "--mount", "type=bind,src=/a"}, "target="},
      {{"docker", "--mount", "type=bind,src=a,dst=/b"}, "absolute"},
      {{"docker", "--mount", "type=bind,src=/a,dst=/b,frob=1"}, "frob"},
      {{"docker", "--mount", "type=bind,dst=/b"}, "source="},
      {{"podman", "--mount", "type=cluster,dst=/b"}, "type"},
  };
  for (const Row& row : cases) {
    DYNAMIC_SECTION(Join(Words(row.words))) {
      std::vector<std::string> argv = row.words;
      argv.insert(argv.begin() + 1, "run");
      argv.push_back("img");
      CHECK(HasProblem(Peel(argv).layer, row.problem));
    }
  }
}

TEST_CASE("container: variables") {
  struct Row {
    std::vector<std::string> words;
    std::string edits;
  };
  const std::vector<Row> cases = {
      {{"docker", "-e", "A=1"}, "A=1"},
      {{"docker", "-e", "A"}, "copy A"},
      {{"docker", "-e", "A="}, "A="},
      {{"docker", "--env=A=b=c"}, "A=b=c"},
      {{"docker", "-e", "TOKEN=$TOKEN"}, "TOKEN=$TOKEN"},
      {{"docker", "-ieA=1"}, "A=1"},
      {{"docker", "-e", "AWS_*"}, ""},
      {{"podman", "-e", "AWS_*"}, "copy AWS_*"},
      {{"podman", "--env-host"}, "copy all; TMPDIR=/var/tmp"},
      {{"podman", "--env-host=false"}, ""},
      {{"podman", "--unsetenv", "A", "-e", "B=1"}, "unset A; B=1"},
      {{"podman", "--unsetenv-all"}, "reset"},
      {{"podman", "--secret", "s,type=env,target=T"}, "T=s"},
      {{"docker", "--env-file", "e.env", "-e", "A=1"}, "file e.env; A=1"},
      {{"docker", "-e", "A=1", "--env-file", "e.env"}, "file e.env; A=1"},
  };
  for (const Row& row : cases) {
    DYNAMIC_SECTION(Join(Words(row.words))) {
      std::vector<std::string> argv = row.words;
      argv.insert(argv.begin() + 1, "run");
      argv.push_back("img");
      const Layer layer = Peel(argv).layer;
      CHECK(Edits(layer) == row.edits);
      REQUIRE_FALSE(layer.environment.empty());
      CHECK(layer.environment.front().kind == EnvKind::Reset);
    }
  }
  SECTION("podman copies the proxy variables, docker does not") {
    const auto copies = [](const Layer& layer) {
      return std::count_if(layer.environment.begin(), layer.environment.end(),
                           [](const EnvEdit& edit) { return edit.kind == EnvKind::Copy; });
    };
    CHECK(copies(Peel({"podman", "run", "img"}).layer) == 8);
    CHECK(copies(Peel({"podman", "run", "--http-proxy=false", "img"}).layer) == 0);
    CHECK(copies(Peel({"docker", "run", "img"}).layer) == 0);
  }
}

TEST_CASE("container: an env-file in the tree is read, with the place of every line") {
  const TreeReader files({{"sub/e.env", "# c\nA=1\nB=\"q\"\nGITHUB_TOKEN\n\n C=sp \r\nAWS_*\n"},
                          {"bad.env", "A B=secretvalue\n"}});
  Workspace workspace;
  const PeelContext context{nullptr, &files, &workspace, "sub", {}};
  const Layer docker =
      Peel({"docker", "run", "--env-file", "./e.env", "-e", "A=2", "img"}, context).layer;
  CHECK(Edits(docker) == "A=1; B=\"q\"; copy GITHUB_TOKEN; C=sp ; A=2");
  const Layer podman = Peel({"podman", "run", "--env-file=e.env", "img"}, context).layer;
  CHECK(Edits(podman) == "A=1; B=\"q\"; copy GITHUB_TOKEN; C=sp ; copy AWS_*");
  for (const EnvEdit& edit : podman.environment) {
    if (edit.name.text != "B") continue;
    REQUIRE(edit.value.span);
    CHECK(edit.value.span.source->path == "sub/e.env");
    CHECK(edit.value.span.Text() == "\"q\"");
    CHECK(PositionOf(*edit.value.span.source, edit.value.span.begin).line == 3);
  }
  const Layer bad = Peel({"docker", "run", "--env-file", "bad.env", "img"}, context).layer;
  CHECK(HasProblem(bad, "holds a blank"));
  for (const StartProblem& problem : bad.start_problems) {
    CHECK(problem.word.text.find("secret") == std::string::npos);
    CHECK(problem.text.find("secret") == std::string::npos);
  }
}

TEST_CASE("container: no value of a variable reaches a note, a problem or an option") {
  for (const auto& words : std::vector<std::vector<std::string>>{{"--env=TOKEN=s3cret"},
                                                                 {"-ieTOKEN=s3cret"},
                                                                 {"-eTOKEN=s3cret"},
                                                                 {"-e", "=s3cret"},
                                                                 {"--token=s3cret"},
                                                                 {"-e=TOKEN=s3cret"},
                                                                 {"--privileged=s3cret"}}) {
    std::vector<std::string> argv = {"docker", "run"};
    argv.insert(argv.end(), words.begin(), words.end());
    argv.push_back("img");
    const Layer layer = Peel(argv).layer;
    for (const EnvEdit& edit : layer.environment) {
      CHECK(edit.option.text.find("s3cret") == std::string::npos);
    }
    for (const Note& note : layer.notes) {
      CHECK((note.word.text + note.why).find("s3cret") == std::string::npos);
    }
    for (const StartProblem& problem : layer.start_problems) {
      CHECK(problem.text.find("s3cret") == std::string::npos);
    }
  }
}

TEST_CASE("container: networks") {
  struct Row {
    std::vector<std::string> words;
    NetworkMode mode;
    std::string word;
  };
  const std::vector<Row> cases = {
      {{"docker"}, NetworkMode::Private, ""},
      {{"docker", "--network=none"}, NetworkMode::None, "--network=none"},
      {{"docker", "--network", "host"}, NetworkMode::Host, "--network host"},
      {{"docker", "--net", "host"}, NetworkMode::Host, "--net host"},
      {{"docker", "--network", "mynet"}, NetworkMode::Private, "--network mynet"},
      {{"docker", "--network", "name=host,alias=x"},
       NetworkMode::Host,
       "--network name=host,alias=x"},
      {{"docker", "--network", "container:db"}, NetworkMode::Shared, "--network container:db"},
      {{"podman", "--network", "slirp4netns"}, NetworkMode::Private, "--network slirp4netns"},
      {{"podman", "--network", "ns:/run/x"}, NetworkMode::Unknown, "--network ns:/run/x"},
      {{"podman", "--pod", "p"}, NetworkMode::Shared, "--pod p"},
      {{"docker", "--network", "none", "--network", "host"}, NetworkMode::Host, "--network host"},
      {{"docker", "--network", "host", "--network", "none"}, NetworkMode::Host, "--network host"},
  };
  for (const Row& row : cases) {
    DYNAMIC_SECTION(Join(Words(row.words))) {
      std::vector<std::string> argv = row.words;
      argv.insert(argv.begin() + 1, "run");
      argv.push_back("img");
      const Layer layer = Peel(argv).layer;
      CHECK(layer.network.mode == row.mode);
      CHECK(layer.network.word.text == row.word);
      CHECK_FALSE(layer.network.reaches_host_loopback);
    }
  }
  CHECK(Peel({"podman", "run", "--network", "slirp4netns:allow_host_loopback=true", "img"})
            .layer.network.reaches_host_loopback);
  CHECK(Peel({"docker", "run", "--add-host", "h:host-gateway", "img"})
            .layer.network.reaches_host_loopback);
}

TEST_CASE("container: scalars, the last one wins; lists add up") {
  const Layer layer = Peel({"docker",
                            "run",
                            "--rm",
                            "-i",
                            "--user",
                            "1",
                            "--user=65532:65533",
                            "--privileged",
                            "--privileged=false",
                            "--pid=host",
                            "--cap-drop=ALL",
                            "--cap-add",
                            "NET_RAW",
                            "--cap-add",
                            "cap_kill",
                            "--security-opt=no-new-privileges",
                            "--security-opt",
                            "seccomp=unconfined",
                            "--read-only",
                            "-p",
                            "8080:80",
                            "-P",
                            "--device",
                            "/dev/fuse",
                            "--ipc=host",
                            "--uts=host",
                            "--cgroupns=host",
                            "--init",
                            "--pull=always",
                            "--group-add",
                            "docker",
                            "--use-api-socket",
                            "-d",
                            "img:1.2@sha256:" + std::string(64, 'a')})
                          .layer;
  const ContainerRun& run = *layer.container;
  CHECK(Text(layer.user) == "65532");
  CHECK(Text(layer.group) == "65533");
  CHECK(Text(run.privileged) == "-");
  CHECK(Text(run.pid_host) == "--pid=host");
  CHECK(Text(run.ipc_host) == "--ipc=host");
  CHECK(Text(run.uts_host) == "--uts=host");
  CHECK(Text(run.cgroup_host) == "--cgroupns=host");
  CHECK(layer.shares_host_pids);
  CHECK(Join(run.cap_add) == "NET_RAW cap_kill");
  CHECK(Join(layer.cap_drop) == "ALL");
  CHECK(Text(layer.no_new_privileges) == "--security-opt=no-new-privileges");
  CHECK(Join(run.security) == "no-new-privileges seccomp=unconfined");
  CHECK(Text(run.read_only) == "--read-only");
  CHECK_FALSE(run.read_only_tmpfs);
  CHECK(Text(run.rm) == "--rm");
  CHECK(Text(run.interactive) == "-i");
  CHECK(Join(run.published) == "8080:80");
  CHECK(Text(run.publish_all) == "-P");
  CHECK(Join(run.devices) == "/dev/fuse");
  CHECK(Join(run.groups) == "docker");
  CHECK(Text(run.api_socket) == "--use-api-socket");
  CHECK(Text(run.pull_always) == "--pull=always");
  CHECK(Text(run.detach) == "-d");
  CHECK(layer.start_problems.empty());
  REQUIRE(layer.package);
  CHECK(layer.package->name == "img");
  CHECK(layer.package->pinned);
  const Layer podman = Peel({"podman", "run", "--read-only", "--cap-add", "NET_RAW,SYS_ADMIN",
                             "--security-opt=no-new-privileges:false", "img"})
                           .layer;
  CHECK(podman.container->read_only_tmpfs);
  CHECK(Join(podman.cap_add) == "NET_RAW SYS_ADMIN");
  CHECK(Text(podman.no_new_privileges) == "-");
  CHECK_FALSE(Peel({"podman", "run", "--read-only", "--read-only-tmpfs=false", "img"})
                  .layer.container->read_only_tmpfs);
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
  CHECK(HasNote(Peel({"nerdctl", "-H", "/x.sock", "run", "img"}).layer, "-H /x.sock",
                Facet::Paths));
}

}  // namespace sandlint
