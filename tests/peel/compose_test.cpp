#include "scanner/peel/compose.h"

#include <algorithm>
#include <map>
#include <string>

#include "catch.h"
#include "scanner/peel/compose_service.h"
#include "scanner/peel/container.h"

namespace sandlint {
namespace {

using Tree = std::map<std::string, std::string, std::less<>>;

/// What a launch becomes in a tree.
struct Made {
  std::unique_ptr<FileReader> files;
  Workspace workspace;
  Peeled peeled;
};

void Peel(Made& made, Tree tree, const std::vector<std::string>& argv,
          std::map<std::string, Word, std::less<>> variables = {}) {
  made.files = MakeMemoryReader(std::move(tree));
  std::vector<Word> words;
  for (const std::string& text : argv) {
    words.push_back({text, {}, {}, static_cast<int>(words.size())});
  }
  PeelContext context;
  context.files = made.files.get();
  context.workspace = &made.workspace;
  context.variables = std::move(variables);
  auto peeled = PeelContainer(words, context);
  REQUIRE(peeled);
  made.peeled = std::move(*peeled);
}

std::string Join(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

/// One clause for each thing that the service was given.
std::string Shape(const Layer& layer) {
  std::string text;
  const auto add = [&](const std::string& clause) { text += (text.empty() ? "" : "; ") + clause; };
  for (const Mount& mount : layer.mounts) {
    add(std::string(NameOf(mount.kind)) + " " + mount.source.text + ":" + mount.target.text +
        (mount.read_only ? ":ro" : ""));
  }
  if (layer.user) add("user " + layer.user->text);
  if (layer.network.mode != NetworkMode::Private) add(NameOf(layer.network.mode));
  if (layer.network.filter) add("internal");
  const ContainerRun& run = *layer.container;
  if (run.privileged) add("privileged");
  if (run.read_only) add("read-only");
  if (run.pid_host) add("pid");
  if (run.ipc_host) add("ipc");
  for (const Word& word : run.cap_add) add("+" + word.text);
  for (const Word& word : run.cap_drop) add("-" + word.text);
  for (const Word& word : run.security) add(word.text);
  for (const Word& word : run.devices) add("device " + word.text);
  for (const Word& word : run.groups) add("group " + word.text);
  return text;
}

std::string Edits(const Layer& layer) {
  std::string text;
  for (const EnvEdit& edit : layer.environment) {
    if (!edit.option || edit.option.text == layer.program.text) continue;
    if (!text.empty()) text += "; ";
    if (edit.kind == EnvKind::Set) text += edit.name.text + "=" + edit.value.text;
    if (edit.kind == EnvKind::Copy) text += "copy " + edit.name.text;
    if (edit.kind == EnvKind::FromFile) text += "file " + edit.value.text;
  }
  return text;
}

std::string Service(const std::string& keys) { return "services:\n  s:\n    image: i\n" + keys; }

struct Row {
  const char* keys;  ///< of the service, four blanks before each
  const char* shape;
};

}  // namespace

TEST_CASE("compose: keys of a service become what docker run would be given") {
  const Row rows[] = {
      {"", ""},
      {"    volumes: [./a:/b]\n", "bind ./a:/b"},
      {"    volumes: [./a:/b:ro]\n", "bind ./a:/b:ro"},
      {"    volumes: [.:/b]\n", "bind ./:/b"},
      {"    volumes: [../x:/b]\n", "bind ./../x:/b"},
      {"    volumes: [~/.ssh:/b]\n", "bind /home/user/.ssh:/b"},
      {"    volumes: ['/var/run/docker.sock:/s']\n", "bind /var/run/docker.sock:/s"},
      {"    volumes: [data:/b]\n", "volume data:/b"},
      {"    volumes: [/b]\n", "volume :/b"},
      {"    volumes: [./a:/b, ./c:/b]\n", "bind ./c:/b"},
      {"    volumes:\n      - type: bind\n        source: ./a\n        target: /b\n",
       "bind ./a:/b"},
      {"    volumes:\n      - type: bind\n        source: a\n        target: /b\n        "
       "read_only: true\n",
       "bind ./a:/b:ro"},
      {"    volumes:\n      - {type: tmpfs, target: /b}\n", "tmpfs :/b"},
      {"    volumes:\n      - {type: volume, source: v, target: /b}\n", "volume v:/b"},
      {"    tmpfs: /t\n", "tmpfs :/t"},
      {"    tmpfs: [/t, '/u:ro']\n", "tmpfs :/t; tmpfs :/u:ro"},
      {"    user: '1000:1000'\n", "user 1000"},
      {"    user: 0\n", "user 0"},
      {"    network_mode: none\n", "none"},
      {"    network_mode: host\n", "host"},
      {"    network_mode: service:x\n", "shared"},
      {"    networks: [inner]\nnetworks:\n  inner:\n    internal: true\n", "internal"},
      {"    networks: {inner: {}}\nnetworks:\n  inner:\n    internal: true\n", "internal"},
      {"    networks: [inner, out]\nnetworks:\n  out:\n  inner:\n    internal: true\n", ""},
      {"    networks: [inner]\nnetworks:\n  inner:\n    internal: false\n", ""},
      {"networks:\n  default:\n    internal: true\n", "internal"},
      {"networks:\n  default:\n  inner:\n    internal: true\n", ""},
      {"    network_mode: bridge\nnetworks:\n  default:\n    internal: true\n", ""},
      {"    privileged: true\n", "privileged"},
      {"    privileged: false\n", ""},
      {"    read_only: true\n", "read-only"},
      {"    pid: host\n    ipc: host\n", "bind /dev/shm:/dev/shm; pid; ipc"},
      {"    cap_add: [SYS_ADMIN]\n    cap_drop: [ALL]\n", "+SYS_ADMIN; -ALL"},
      {"    security_opt: ['no-new-privileges:true']\n", "no-new-privileges:true"},
      {"    devices: ['/dev/sda:/dev/x']\n", "device /dev/sda:/dev/x"},
      {"    group_add: ['999']\n", "group 999"},
      {"    gpus: all\n", "device all"},
      {"    secrets: [t]\nsecrets:\n  t:\n    file: ./t.txt\n", "bind ./t.txt:/run/secrets/t:ro"},
      {"    secrets: [t]\nsecrets:\n  t:\n    environment: T\n", "data :/run/secrets/t"},
      {"    configs: [{source: t, target: /c}]\nconfigs:\n  t:\n    file: t.txt\n",
       "bind ./t.txt:/c:ro"},
      {"    volumes: [v:/b]\nvolumes:\n  v:\n    driver_opts: {type: none, o: bind, device: /d}\n",
       "bind /d:/b"},
      {"    <<: *a\nx-a: &a\n  user: 5\n", ""},
      {"    container_name: x\n    restart: always\n    x-y: 1\n", ""},
  };
  for (const Row& row : rows) {
    Made made;
    Peel(made, {{"compose.yaml", Service(row.keys)}}, {"docker", "compose", "run", "--rm", "s"});
    INFO(row.keys);
    if (std::string_view(row.keys).find("*a") != std::string_view::npos) {
      CHECK_FALSE(made.peeled.layer.start_problems.empty());  // an alias before its anchor
      continue;
    }
    CHECK(Shape(made.peeled.layer) == row.shape);
    CHECK(made.peeled.layer.root == RootKind::Image);
    CHECK(made.peeled.layer.container->image.text == "i");
    CHECK(made.peeled.layer.notes.empty());
    CHECK(made.peeled.layer.start_problems.empty());
  }
}

TEST_CASE("compose: anchors, extends, overrides and includes") {
  struct Case {
    Tree tree;
    std::vector<std::string> before;  ///< words between `compose` and `run`
    const char* shape;
  };
  const std::string base = "services:\n  s:\n    image: i\n    user: a\n    cap_drop: [ALL]\n";
  const Case cases[] = {
      {{{"compose.yaml", "x-a: &a\n  user: five\nservices:\n  s:\n    <<: *a\n    image: i\n"}},
       {},
       "user five"},
      {{{"compose.yaml",
         "services:\n  b:\n    user: five\n    volumes: [./x:/x]\n  s:\n    extends: b\n"
         "    image: i\n    volumes: [./y:/y]\n"}},
       {},
       "bind ./x:/x; bind ./y:/y; user five"},
      {{{"compose.yaml",
         "services:\n  s:\n    extends: {file: sub/base.yml, service: b}\n    image: i\n"},
        {"sub/base.yml", "services:\n  b:\n    volumes: [./x:/x]\n    privileged: true\n"}},
       {},
       "bind ./sub/./x:/x; privileged"},
      {{{"compose.yaml", base}, {"compose.override.yaml", "services:\n  s:\n    user: b\n"}},
       {},
       "user b; -ALL"},
      {{{"docker-compose.yml", base},
        {"docker-compose.override.yml", "services:\n  s:\n    privileged: true\n"}},
       {},
       "user a; privileged; -ALL"},
      {{{"compose.yaml", base}, {"compose.override.yaml", "services:\n  s:\n    user: b\n"}},
       {"-f", "compose.yaml"},
       "user a; -ALL"},
      {{{"compose.yaml", base}, {"x/b.yml", "services:\n  s:\n    volumes: [./v:/v]\n"}},
       {"-f", "compose.yaml", "--file=x/b.yml"},
       "bind ./v:/v; user a; -ALL"},
      {{{"x/compose.yml", "services:\n  s:\n    image: i\n    volumes: [./v:/v]\n"}},
       {"-f", "x/compose.yml"},
       "bind ./x/v:/v"},
      {{{"x/compose.yml", "services:\n  s:\n    image: i\n    volumes: [./v:/v]\n"}},
       {"--project-directory", "x"},
       "bind ./x/v:/v"},
      {{{"compose.yaml", base},
        {".env", "COMPOSE_FILE=x.yml\n"},
        {"x.yml", "services:\n  s:\n    image: i\n    privileged: true\n"}},
       {},
       "privileged"},
      {{{"compose.yaml", "include: [x/more.yml]\nservices:\n  t:\n    image: j\n"},
        {"x/more.yml", "services:\n  s:\n    image: i\n    volumes: [./v:/v]\n"}},
       {},
       "bind ./x/v:/v"},
  };
  for (const Case& row : cases) {
    std::vector<std::string> argv{"docker", "compose"};
    argv.insert(argv.end(), row.before.begin(), row.before.end());
    argv.insert(argv.end(), {"run", "s"});
    Made made;
    Peel(made, row.tree, argv);
    INFO(row.tree.begin()->second);
    const std::string shape = Shape(made.peeled.layer);
    std::string expected = row.shape;
    if (const auto at = expected.find("/./"); at != std::string::npos) expected.erase(at, 2);
    CHECK(shape == expected);
    CHECK(made.peeled.layer.root == RootKind::Image);
  }
}

TEST_CASE("compose: variables are put in, and what is not known stays so") {
  const Row rows[] = {
      {"    user: $U\n", "user ${U}?"},         {"    user: ${U:-app}\n", "user app"},
      {"    user: ${E}\n", "user env"},         {"    user: ${F}\n", "user file"},
      {"    user: ${F:-x}\n", "user file"},     {"    user: $$U\n", "user $U"},
      {"    user: ${U:?must}\n", "user ${U}?"}, {"    user: ${E:+x}\n", "user x"},
      {"    user: ${U:-${E}}\n", "user env"},
  };
  for (const Row& row : rows) {
    Made made;
    Word value{"env", {}, {}, -1};
    Peel(made, {{"compose.yaml", Service(row.keys)}, {".env", "# c\nexport F='file'\nE=other\n"}},
         {"docker-compose", "run", "s"}, {{"E", value}});
    INFO(row.keys);
    REQUIRE(made.peeled.layer.user);
    const Word& user = *made.peeled.layer.user;
    CHECK("user " + user.text + (user.Known() ? "" : "?") == row.shape);
  }
}

TEST_CASE("compose: the environment") {
  const Row rows[] = {
      {"    environment: [A=1, B]\n", "A=1; copy B"},
      {"    environment:\n      A: 1\n      B:\n      C: ''\n", "A=1; copy B; C="},
      {"    environment:\n      A: ${T}\n", "A=${T}"},
      {"    environment:\n      A: ${T:-x}y\n", "A=xy"},
      {"    env_file: e.env\n    environment: [A=2]\n", "A=1; Q=a b; N=; A=2"},
      {"    env_file: [{path: e.env}]\n", "A=1; Q=a b; N="},
      {"    env_file: gone.env\n", "file gone.env"},
      {"    environment: [A=b=c]\n", "A=b=c"},
  };
  for (const Row& row : rows) {
    Made made;
    Peel(made, {{"compose.yaml", Service(row.keys)}, {"e.env", "A=1 # c\n# x\nQ=\"a b\"\nN=\n"}},
         {"docker", "compose", "run", "s"});
    INFO(row.keys);
    CHECK(Edits(made.peeled.layer) == row.shape);
  }
}

TEST_CASE("compose: what the container executes") {
  struct Case {
    const char* keys;
    std::vector<std::string> words;
    const char* rest;
  };
  const Case cases[] = {
      {"    command: node \"a b\" c\n", {"s"}, "node|a b|c"},
      {"    command: [node, x]\n", {"s"}, "node|x"},
      {"    command: [node, x]\n", {"s", "sh", "-c", "y"}, "sh|-c|y"},
      {"    entrypoint: [node]\n    command: [x]\n", {"s"}, "node|x"},
      {"    entrypoint: node a\n    command: [x]\n", {"s", "y"}, "node|a|y"},
      {"    entrypoint: [node]\n", {"--entrypoint", "sh", "s", "y"}, "sh|y"},
      {"    command: [node, $$x]\n", {"s"}, "node|$x"},
      {"", {"s"}, ""},
      {"    command:\n", {"s"}, ""},
  };
  for (const Case& row : cases) {
    std::vector<std::string> argv{"docker", "compose", "run"};
    argv.insert(argv.end(), row.words.begin(), row.words.end());
    Made made;
    Peel(made, {{"compose.yaml", Service(row.keys)}}, argv);
    std::string rest;
    for (const Word& word : made.peeled.rest) rest += (rest.empty() ? "" : "|") + word.text;
    INFO(row.keys << Join(made.peeled.layer.words));
    CHECK(rest == row.rest);
  }
}

TEST_CASE("compose: options of run go before the file") {
  Made made;
  Peel(made, {{"compose.yaml", Service("    user: a\n    environment: [A=1]\n")}},
       {"docker", "compose", "run", "--rm", "-T", "-u", "b", "-e", "A=2", "-v", "/x:/y",
        "--cap-drop", "ALL", "s"});
  CHECK(Shape(made.peeled.layer) == "bind /x:/y; user b; -ALL");
  CHECK(Edits(made.peeled.layer) == "A=1; A=2");
  Made exec;
  Peel(exec, {{"compose.yaml", Service("    privileged: true\n")}},
       {"podman-compose", "exec", "s", "node", "x.js"});
  CHECK(Shape(exec.peeled.layer) == "privileged");
  CHECK(Join(exec.peeled.rest) == "node x.js");
  CHECK(exec.peeled.layer.container->running);
}

TEST_CASE("compose: each thing knows its line") {
  const std::string text = Service("    volumes:\n      - ./a:/b\n    user: x\n");
  Made made;
  Peel(made, {{"compose.yaml", text}}, {"docker", "compose", "run", "s"});
  CHECK(made.peeled.layer.mounts.at(0).source.span.Text() == "./a");
  CHECK(made.peeled.layer.user->span.Text() == "x");
  CHECK(made.peeled.layer.user->argv_index == 3);
}

TEST_CASE("compose: a service that is built") {
  Made made;
  Peel(made,
       {{"compose.yaml",
         "services:\n  s:\n    build:\n      context: app\n      target: t\n"
         "      args: {U: me}\n"},
        {"app/Dockerfile", "FROM x AS t\nARG U\nUSER $U\nCMD [\"node\", \"y\"]\nFROM z\n"}},
       {"docker", "compose", "run", "s"});
  REQUIRE(made.peeled.layer.container->build != nullptr);
  CHECK(made.peeled.layer.container->build->certain);
  CHECK(made.peeled.layer.container->build->user->text == "me");
  CHECK(Join(made.peeled.rest) == "node y");
}

TEST_CASE("compose: what cannot be read is not known") {
  struct Case {
    Tree tree;
    std::vector<std::string> argv;
  };
  const std::string good = Service("");
  const Case cases[] = {
      {{}, {"docker", "compose", "run", "s"}},
      {{{"compose.yaml", good}}, {"docker", "compose", "run", "other"}},
      {{{"compose.yaml", good}}, {"docker", "compose", "up"}},
      {{{"compose.yaml", good}}, {"docker", "compose", "-f", "gone.yml", "run", "s"}},
      {{{"compose.yaml", good}}, {"docker", "compose", "-f", "/abs/c.yml", "run", "s"}},
      {{{"compose.yaml", good}}, {"docker", "compose", "--frob", "run", "s"}},
  };
  for (const Case& row : cases) {
    Made made;
    Peel(made, row.tree, row.argv);
    INFO(Join(made.peeled.layer.words));
    CHECK(made.peeled.layer.root == RootKind::Unknown);
  }
  const char* doubts[] = {
      "    frob: 1\n",
      "    extends: gone\n",
      "    extends: {file: gone.yml, service: x}\n",
      "    privileged: ${P}\n",
      "    volumes: !reset []\n",
      "    provider: {type: x}\n",
      "    volumes_from: [x]\n",
  };
  for (const char* keys : doubts) {
    Made made;
    Peel(made, {{"compose.yaml", Service(keys)}}, {"docker", "compose", "run", "s"});
    INFO(keys);
    CHECK_FALSE(made.peeled.layer.notes.empty());
  }
  for (const char* text :
       {"services: [", "services:\n  s: 1\n", "a",
        "services:\n  s:\n    volumes: 1\n    environment: 5\n    build: [1]\n"}) {
    Made made;
    Peel(made, {{"compose.yaml", text}}, {"docker", "compose", "run", "s"});
  }
}

TEST_CASE("compose: every key of the table is told apart") {
  const auto rows = ComposeKeys();
  for (const ComposeRow& row : rows) {
    INFO(row.key);
    CHECK(std::ranges::count(rows, row.key, &ComposeRow::key) == 1);
    CHECK((row.support != Support::Unmodelled || !row.why.empty()));
  }
}

}  // namespace sandlint
