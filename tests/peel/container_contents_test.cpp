// What a container command line mounts, sets, joins and limits.

#include "catch.h"
#include "peel/container_case.h"

namespace sandlint {

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

}  // namespace sandlint
