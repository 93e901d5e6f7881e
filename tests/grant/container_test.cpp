// What a container reaches on an ordinary machine whose user is 1000: the ways out that a list of
// mounts does not show. Each was tried with podman 4.3.1.

#include <algorithm>
#include <string>

#include "catch.h"
#include "grant/evaluate.h"
#include "grant/text_host.h"

namespace sandlint {
namespace {

using Strings = std::vector<std::string>;
using Tree = std::map<std::string, std::string, std::less<>>;

constexpr const char* kKey = "/home/user/.ssh/id_rsa";

std::unique_ptr<Evaluated> Docker(Strings options, const char* engine = "docker") {
  options.insert(options.begin(), {engine, "run", "-i", "--network=none"});
  options.insert(options.end(), {"img", "node", "x.js"});
  return Evaluate(options);
}

std::string Asked(const Evaluated& evaluated, const char* name) {
  return NameOf(evaluated.launch.grant.environment.Ask(name).answer);
}

}  // namespace

TEST_CASE("container: processes of the host lead to its files and environments") {
  const Strings user{"--user", "1000"};
  for (const Strings& line :
       {Strings{"-v", "/:/h:ro"}, Strings{"-v", "/proc:/p:ro"}, Strings{"--pid=host"}}) {
    Strings options = line;
    options.insert(options.end(), user.begin(), user.end());
    INFO(line[0]);
    const auto evaluated = Docker(options);
    CHECK(evaluated->Write(kKey) != "no");
    CHECK(Asked(*evaluated, "AWS_SECRET_ACCESS_KEY") == "unknown");
  }
  CHECK(Docker({"--user", "1000"})->Read(kKey) == "no");
  CHECK(Asked(*Docker({"--user", "1000"}), "AWS_SECRET_ACCESS_KEY") == "no");
  CHECK(Docker({"--pid=container:x"})->Read(kKey) == "unknown");
}

TEST_CASE("container: what podman takes from its own environment comes after what it takes away") {
  // Observed with podman 4.3.1.
  CHECK(Asked(*Docker({"--unsetenv", "TOKEN", "--env-host"}, "podman"), "TOKEN") == "yes");
  CHECK(Asked(*Docker({"--unsetenv-all", "--env-host"}, "podman"), "TOKEN") == "yes");
  CHECK(Asked(*Docker({"--unsetenv-all"}, "podman"), "TOKEN") == "no");
}

TEST_CASE("container: a device that is not harmless may be a disk") {
  for (const char* device : {"/dev/sda", "/dev/disk/by-id/x", "/dev/loop0", "/dev/zd0", "/dev"}) {
    INFO(device);
    CHECK(Docker({"--device", device})->Read(kKey) == "unknown");
  }
  for (const char* device : {"/dev/null", "/dev/dri/card0", "/dev/net/tun", "/dev/kvm"}) {
    INFO(device);
    CHECK(Docker({"--device", device})->Read(kKey) == "no");
  }
}

TEST_CASE("container: who may look into podman's own processes leaves the container") {
  const Strings ways[] = {{"--privileged"},
                          {"--cap-add", "ALL"},
                          {"--cap-add=CAP_SYS_PTRACE"},
                          {"--cap-drop", "ALL", "--cap-add", "SYS_PTRACE", "--read-only"}};
  for (const Strings& way : ways) {
    INFO(way[0]);
    CHECK(Docker(way, "podman")->Read(kKey) == "no");
    Strings seen = way;
    seen.push_back("--pid=host");
    const auto evaluated = Docker(seen, "podman");
    CHECK(evaluated->Read(kKey) == "unknown");
    CHECK(evaluated->Write(kKey) == "unknown");
    CHECK(Asked(*evaluated, "AWS_SECRET_ACCESS_KEY") == "unknown");
  }
  CHECK(Docker({"--pid=host"}, "podman")->Read(kKey) == "no");
  CHECK(Docker({"--pid=host", "--cap-drop", "ALL"}, "podman")->Read(kKey) == "no");
}

TEST_CASE("container: an image that is not known may have a program that starts as root") {
  const Strings key{"-v", "/root:/x", "--user", "65532"};
  Strings sealed = key;
  sealed.push_back("--security-opt=no-new-privileges");
  CHECK(Docker(key)->Read("/root/.ssh") == "unknown");
  CHECK(Docker(sealed)->Read("/root/.ssh") == "no");
}

TEST_CASE("container: an image that is not known may run as anybody, and as root as well") {
  const Strings drop{"-v", "/home/user:/h", "--cap-drop=ALL"};
  CHECK(Docker(drop)->Read(kKey) == "unknown");
  CHECK(Docker(drop)->Write("/home/user/.bashrc") == "unknown");
  Strings user = drop;
  user.push_back("--user=1000:1000");
  CHECK(Docker(user)->Read(kKey) == "yes");
  CHECK(Docker({"-v", "/home/user:/h", "--cap-drop=ALL", "--user=65532",
                "--security-opt=no-new-privileges"})
            ->Read(kKey) == "no");
}

TEST_CASE("container: options that show something of the host without a mount") {
  CHECK(Docker({"--ipc=host"})->Write("/dev/shm/x") == "yes");
  CHECK(Docker({"--ipc=host"}, "podman")->Read("/dev/shm/x") != "no");
  CHECK(Docker({"--ipc=private"})->Read("/dev/shm/x") == "no");
  CHECK(Docker({"--ipc=host", "--tmpfs=/dev/shm"})->Read("/dev/shm/x") == "no");
  const auto engine = Docker({"--use-api-socket"});
  CHECK(engine->Of(Right::Connect, "/var/run/docker.sock") == "yes");
  CHECK(engine->Read("/home/user/.docker/config.json") == "yes");
}

TEST_CASE("container: podman's configuration on the machine counts") {
  const auto read = [](std::map<std::string, std::string, std::less<>> texts) {
    auto host = std::make_shared<TextHost>();
    host->texts = std::move(texts);
    return Evaluate({"podman", "run", "img", "x"}, {}, host)->Read("/home/alice/.ssh");
  };
  const std::string config = "/etc/containers/containers.conf";
  CHECK(read({}) == "no");
  CHECK(read({{config, "[containers]\n# volumes=[]\nlog_size_max=1\n"}}) == "no");
  CHECK(read({{config, "[containers]\nvolumes=[\"/home/alice:/k\"]\n"}}) == "unknown");
  CHECK(read({{config, "[containers\n"}}) == "unknown");
  CHECK(read({{config + ".d/a.conf", "[containers]\nprivileged=true\n"}}) == "unknown");
  CHECK(read({{"/home/alice/.config/containers/containers.conf",
               "[containers]\ndevices=[\"/dev/sda\"]\n"}}) == "unknown");
  CHECK(read({{"/etc/containers/mounts.conf", "# none\n\n"}}) == "no");
  CHECK(read({{"/etc/containers/mounts.conf", "/home/alice:/k\n"}}) == "unknown");
}

TEST_CASE("container: a mount that changes the owner opens its source, and nothing else") {
  const Strings lines[] = {
      {"-v", "/root:/m:U"},
      {"--mount", "type=bind,src=/root,dst=/m,U=true"},
      {"--mount", "type=volume,dst=/m,volume-opt=device=/root,volume-opt=o=bind"},
  };
  for (Strings line : lines) {
    INFO(line[1]);
    line.insert(line.end(), {"--user=65532", "--security-opt=no-new-privileges"});
    const auto owned = Docker(line, "podman");
    CHECK(owned->Read("/root/.ssh") == "unknown");
    CHECK(owned->Write("/root/.ssh") == "unknown");
    CHECK(owned->Read("/home/other/.ssh") == "no");
  }
  const auto read_only = Docker({"-v", "/root:/m:U,ro", "--user=65532"}, "podman");
  CHECK(read_only->Write("/root/.ssh") == "no");
}

TEST_CASE("environment: a star in a name that is set or taken away is no glob") {
  for (const Strings& line :
       {Strings{"bwrap", "--ro-bind", "/", "/", "--unsetenv", "FO*", "x"},
        Strings{"firejail", "--noprofile", "--rmenv=FO*", "x"}, Strings{"env", "-u", "FO*", "x"}}) {
    INFO(line[0]);
    CHECK(Asked(*Evaluate(line), "FOO") == "yes");
  }
  CHECK(Asked(*Evaluate({"env", "-i", "bwrap", "--ro-bind", "/", "/", "--setenv", "AW*", "x", "y"}),
              "AWS_KEY") == "no");
}

TEST_CASE("container: volumes that are folders of the host in disguise") {
  const Strings lines[] = {
      {"--mount",
       "type=volume,dst=/x,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/home"},
      {"--mount", "type=volume,dst=/x,\"volume-opt=o=bind,rw\",volume-opt=device=/home"},
      {"--mount", "type=volume,dst=/x,volume-opt=type=ext4,volume-opt=device=/dev/sda1"},
      {"--mount",
       "type=volume,dst=/x,volume-opt=type=overlay,volume-opt=device=overlay,"
       "\"volume-opt=o=lowerdir=/home,upperdir=/u,workdir=/w\""},
  };
  for (const Strings& line : lines) {
    INFO(line[1]);
    CHECK(Docker(line)->Read(kKey) != "no");
    CHECK(Docker(line)->launch.starts != Answer::No);
  }
  const auto nfs =
      Docker({"--mount", "type=volume,dst=/x,volume-opt=type=nfs,volume-opt=device=:/e"});
  CHECK(nfs->Read(kKey) == "no");
  const auto given = Docker({"-v", "/home/user/.ssh:/x:U", "--user", "7"}, "podman");
  CHECK(given->Read(kKey) != "no");
}

TEST_CASE("container: no network is none for who can enter another one") {
  CHECK(Docker({})->Connect("tcp", "x.test", 443) == "no");
  CHECK(Docker({"--privileged"})->Connect("tcp", "x.test", 443) == "unknown");
  CHECK(Docker({"--pid=host", "--cap-add=SYS_ADMIN"})->Connect("tcp", "x.test", 443) == "unknown");
}

TEST_CASE("compose: a service grants what its file says") {
  const Tree files = {
      {"compose.yaml",
       "services:\n"
       "  s:\n    build: .\n    networks: [inner]\n    volumes: ['~/.ssh:/k:ro']\n"
       "  t:\n    image: i\n    user: '1000'\n    security_opt: ['no-new-privileges:true']\n"
       "networks:\n  inner: {internal: true}\n"},
      {"Dockerfile", "FROM node\nUSER 7\nCMD [\"node\", \"x.js\"]\n"}};
  const auto built = Evaluate({"docker", "compose", "run", "s"}, files);
  CHECK(built->launch.grant.identity.inner_uid == 7U);
  CHECK(built->launch.grant.identity.root_inside == Answer::No);
  CHECK(built->Connect("tcp", "x.test", 443) == "no");
  CHECK(built->Connect("tcp", "db", 5432) == "unknown");
  CHECK(built->Connect("tcp", "172.18.0.1", 22) == "unknown");
  CHECK(built->Read(kKey) != "no");  // whether uid 7 may read it, the image could change
  const auto plain = Evaluate({"docker", "compose", "run", "t"}, files);
  CHECK(plain->Read(kKey) == "no");
  CHECK(plain->Connect("tcp", "x.test", 443) == "yes");
  const auto exec = Evaluate({"docker", "compose", "exec", "t", "x"}, files);
  CHECK(std::ranges::any_of(exec->launch.grant.assuming, [](const std::string& text) {
    return text.find("as its file says") != std::string::npos;
  }));
}

TEST_CASE("image: whom a Dockerfile makes it run as") {
  struct Row {
    const char* text;
    Answer root;
  };
  const Row rows[] = {
      {"FROM a\n", Answer::Unknown},
      {"FROM scratch\n", Answer::Yes},
      {"FROM a\nUSER root\n", Answer::Yes},
      {"FROM a\nUSER 0:5\n", Answer::Yes},
      {"FROM a\nUSER 5\n", Answer::No},
      {"FROM a\nUSER app\n", Answer::No},
      {"FROM a\nRUN useradd -o -u 0 app\nUSER app\n", Answer::Yes},
      {"FROM a\nRUN usermod -u 0 -o app\nUSER app\n", Answer::Unknown},
      {"FROM a\nCOPY passwd /etc/passwd\nUSER app\n", Answer::Unknown},
      {"FROM a\nCOPY passwd /etc/passwd\nUSER 5\n", Answer::No},
      {"FROM a\nARG U\nUSER $U\n", Answer::Yes},  // an empty USER
      {"FROM a\nUSER $FROM_BASE\n", Answer::Unknown},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const auto made = Evaluate({"docker", "run", "-i", "img"},
                               {{"Dockerfile", row.text}, {"build.sh", "docker build -t img .\n"}});
    CHECK(made->launch.grant.identity.root_inside == row.root);
    CHECK(std::ranges::count(made->launch.grant.assuming, "image img is what Dockerfile builds") ==
          1);
  }
}

}  // namespace sandlint
