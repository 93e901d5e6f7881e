// The docker client reads a command line without an engine: a socket that answers its first calls
// gets the container that it would create. What the peeler read must be the same.
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "catch.h"
#include "scanner/peel/container.h"

namespace sandlint {
namespace {

using Json = nlohmann::json;
using Strings = std::vector<std::string>;

/// Answers /_ping, keeps the body of POST …/containers/create and refuses it.
class Engine {
 public:
  explicit Engine(const std::string& path) {
    listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    ready_ = bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
             listen(listener_, 16) == 0;
    if (ready_) thread_ = std::thread([this] { Serve(); });
  }
  ~Engine() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    close(listener_);
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  bool Ready() const { return ready_; }
  /// The last container asked for, and forgets it.
  std::optional<Json> Take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::exchange(created_, std::nullopt);
  }

 private:
  void Serve() {
    while (!stop_) {
      pollfd wait{listener_, POLLIN, 0};
      if (poll(&wait, 1, 50) <= 0) continue;
      const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) continue;
      Answer(client);
      close(client);
    }
  }

  /// One connection; the client reuses it for several requests.
  void Answer(int client) {
    std::string buffer;
    while (!stop_) {
      const std::size_t head = buffer.find("\r\n\r\n");
      const std::size_t length = head == std::string::npos ? 0 : LengthOf(buffer.substr(0, head));
      if (head == std::string::npos || buffer.size() < head + 4 + length) {
        pollfd wait{client, POLLIN, 0};
        if (poll(&wait, 1, 50) <= 0) continue;
        char chunk[65536];
        const ssize_t count = read(client, chunk, sizeof chunk);
        if (count <= 0) return;
        buffer.append(chunk, static_cast<std::size_t>(count));
        continue;
      }
      Reply(client, buffer.substr(0, buffer.find("\r\n")), buffer.substr(head + 4, length));
      buffer.erase(0, head + 4 + length);
    }
  }

  static std::size_t LengthOf(const std::string& head) {
    const std::size_t at = head.find("Content-Length: ");
    return at == std::string::npos ? 0 : std::strtoul(head.c_str() + at + 16, nullptr, 10);
  }

  void Reply(int client, const std::string& request, const std::string& body) {
    const bool create = request.find("/containers/create") != std::string::npos;
    if (create) {
      const std::lock_guard<std::mutex> lock(mutex_);
      created_ = Json::parse(body, nullptr, false);
    }
    const std::string text = create ? R"({"message":"refused"})" : "";
    std::string reply = create ? "HTTP/1.1 500 No\r\n" : "HTTP/1.1 200 OK\r\n";
    reply += "Api-Version: 1.50\r\nOstype: linux\r\nContent-Type: application/json\r\n";
    reply += "Content-Length: " + std::to_string(text.size()) + "\r\n\r\n";
    if (request.rfind("HEAD", 0) != 0) reply += text;
    (void)!write(client, reply.data(), reply.size());
  }

  int listener_ = -1;
  bool ready_ = false;
  std::atomic<bool> stop_{false};
  std::thread thread_;
  std::mutex mutex_;
  std::optional<Json> created_;
};

const std::map<std::string, std::string> kClient = {{"KNOWN", "k"}, {"TOKEN", "t"}};

/// Runs the client with no standard input and an environment of its own.
void RunClient(const Strings& argv, const std::string& directory, const std::string& socket) {
  const pid_t child = fork();
  if (child == 0) {
    if (chdir(directory.c_str()) != 0) _exit(126);
    clearenv();
    setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1);
    setenv("HOME", directory.c_str(), 1);
    setenv("DOCKER_HOST", ("unix://" + socket).c_str(), 1);
    for (const auto& [name, value] : kClient) setenv(name.c_str(), value.c_str(), 1);
    (void)!freopen("/dev/null", "r", stdin);
    (void)!freopen("/dev/null", "w", stdout);
    (void)!freopen("said", "w", stderr);
    std::vector<char*> words;
    for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    execvp(words[0], words.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
}

/// The first line that the client said.
std::string Said(const std::string& directory) {
  std::ifstream file(directory + "/said");
  std::string line;
  std::getline(file, line);
  return line;
}

Peeled Peel(const Strings& argv) {
  std::vector<Word> words;
  for (const std::string& text : argv) {
    words.push_back({text, {}, {}, static_cast<int>(words.size())});
  }
  auto peeled = PeelContainer(words, {});
  REQUIRE(peeled);
  return std::move(*peeled);
}

std::string Joined(const Strings& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// The member, or null: the client leaves out what is empty.
const Json& At(const Json& object, const char* key) {
  static const Json kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

std::string TextAt(const Json& object, const char* key) {
  const Json& value = At(object, key);
  return value.is_string() ? value.get<std::string>() : "";
}
bool FlagAt(const Json& object, const char* key) { return At(object, key) == Json(true); }

Strings List(const Json& json) { return json.is_array() ? json.get<Strings>() : Strings{}; }

Strings Texts(const std::vector<Word>& words) {
  Strings texts;
  for (const Word& word : words) texts.push_back(word.text);
  return texts;
}

/// NET_RAW, cap_net_raw -> CAP_NET_RAW.
std::set<std::string> Capabilities(const Strings& names) {
  std::set<std::string> known;
  for (std::string name : names) {
    for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    known.insert(name == "ALL" || name.rfind("CAP_", 0) == 0 ? name : "CAP_" + name);
  }
  return known;
}

std::string Absolute(const std::string& source, const std::string& directory) {
  if (source.empty() || source[0] != '.') return source;
  return (std::filesystem::path(directory) / source).lexically_normal().string();
}

std::string Trimmed(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

/// `source>target:ro`, sorted, of what the engine was asked for.
std::set<std::string> MountsOf(const Json& body) {
  std::set<std::string> mounts;
  const Json& host = At(body, "HostConfig");
  const auto add = [&](const std::string& source, const std::string& target, bool read_only) {
    mounts.insert(Trimmed(source) + ">" + target + (read_only ? ":ro" : ""));
  };
  for (const std::string& bind : List(At(host, "Binds"))) {
    const std::size_t first = bind.find(':');
    const std::size_t second = bind.find(':', first + 1);
    const std::string mode = second == std::string::npos ? "" : "," + bind.substr(second + 1) + ",";
    add(bind.substr(0, first), bind.substr(first + 1, second - first - 1),
        mode.find(",ro,") != std::string::npos);
  }
  if (At(host, "Mounts").is_array()) {
    for (const Json& mount : At(host, "Mounts")) {
      const Json options = mount.value("VolumeOptions", Json::object());
      const Json driver = options.value("DriverConfig", Json::object());
      const Json values = driver.value("Options", Json::object());
      const std::string o = values.value("o", "");
      const std::string source =
          o == "bind" ? values.value("device", "") : mount.value("Source", "");
      add(source, mount.value("Target", ""), mount.value("ReadOnly", false));
    }
  }
  if (At(host, "Tmpfs").is_object()) {
    for (const auto& [target, mode] : At(host, "Tmpfs").items()) {
      add("", target, ("," + mode.get<std::string>() + ",").find(",ro,") != std::string::npos);
    }
  }
  if (At(body, "Volumes").is_object()) {
    for (const auto& [target, unused] : At(body, "Volumes").items()) add("", target, false);
  }
  return mounts;
}

std::set<std::string> MountsOf(const Layer& layer, const std::string& directory) {
  std::set<std::string> mounts;
  for (const Mount& mount : layer.mounts) {
    if (mount.option.text.starts_with("--ipc")) continue;  // that mount is the engine's
    mounts.insert(Trimmed(Absolute(mount.source.text, directory)) + ">" + mount.target.text +
                  (mount.read_only ? ":ro" : ""));
  }
  return mounts;
}

/// What -e and --env-file leave, the last of equal names.
std::map<std::string, std::string> VariablesOf(const Layer& layer) {
  std::map<std::string, std::string> variables;
  for (const EnvEdit& edit : layer.environment) {
    if (!edit.option || edit.option.text == layer.program.text) continue;
    const auto known = kClient.find(edit.name.text);
    if (edit.kind == EnvKind::Set) variables[edit.name.text] = edit.value.text;
    if (edit.kind == EnvKind::Copy && known != kClient.end())
      variables[known->first] = known->second;
  }
  return variables;
}

std::map<std::string, std::string> VariablesOf(const Json& body) {
  std::map<std::string, std::string> variables;
  for (const std::string& entry : List(At(body, "Env"))) {
    const std::size_t equals = entry.find('=');
    if (equals != std::string::npos) variables[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  return variables;
}

NetworkMode ModeOf(const std::string& text) {
  if (text == "none") return NetworkMode::None;
  if (text == "host") return NetworkMode::Host;
  return text.rfind("container:", 0) == 0 ? NetworkMode::Shared : NetworkMode::Private;
}

void Compare(const Peeled& peeled, const Json& body, const std::string& directory) {
  const Layer& layer = peeled.layer;
  const ContainerRun& run = *layer.container;
  const Json& host = At(body, "HostConfig");
  CHECK(run.image.text == TextAt(body, "Image"));
  Strings command = List(At(body, "Entrypoint"));
  if (command == Strings{""}) command.clear();
  const Strings words = List(At(body, "Cmd"));
  command.insert(command.end(), words.begin(), words.end());
  const bool entrypoint = run.entrypoint && !run.entrypoint->text.empty();
  const bool arguments = words.empty() || words[0].empty() || words[0][0] == '-';
  CHECK(Texts(peeled.rest) == (entrypoint || !arguments ? command : Strings{}));
  std::string user = layer.user ? layer.user->text : "";
  if (layer.group) user += ":" + layer.group->text;
  CHECK(user == TextAt(body, "User"));
  CHECK(run.privileged.has_value() == FlagAt(host, "Privileged"));
  CHECK(run.read_only.has_value() == FlagAt(host, "ReadonlyRootfs"));
  CHECK(run.rm.has_value() == FlagAt(host, "AutoRemove"));
  CHECK(run.interactive.has_value() == FlagAt(body, "OpenStdin"));
  CHECK(run.tty.has_value() == FlagAt(body, "Tty"));
  CHECK(run.publish_all.has_value() == FlagAt(host, "PublishAllPorts"));
  CHECK(run.pid_host.has_value() == (TextAt(host, "PidMode") == "host"));
  CHECK(layer.shares_host_pids == (TextAt(host, "PidMode") == "host"));
  CHECK(run.ipc_host.has_value() == (TextAt(host, "IpcMode") == "host"));
  CHECK(run.uts_host.has_value() == (TextAt(host, "UTSMode") == "host"));
  CHECK(run.cgroup_host.has_value() == (TextAt(host, "CgroupnsMode") == "host"));
  // Of several networks the engine refuses all but bridges; the widest counts here.
  const Json& ends = At(At(body, "NetworkingConfig"), "EndpointsConfig");
  if (ends.size() < 2) CHECK(layer.network.mode == ModeOf(TextAt(host, "NetworkMode")));
  CHECK(Capabilities(Texts(run.cap_add)) == Capabilities(List(At(host, "CapAdd"))));
  CHECK(Capabilities(Texts(run.cap_drop)) == Capabilities(List(At(host, "CapDrop"))));
  CHECK(Texts(run.security) == List(At(host, "SecurityOpt")));
  CHECK(Texts(run.groups) == List(At(host, "GroupAdd")));
  CHECK(Texts(run.volumes_from) == List(At(host, "VolumesFrom")));
  CHECK(run.devices.size() == At(host, "Devices").size() + At(host, "DeviceRequests").size());
  CHECK(MountsOf(layer, directory) == MountsOf(body));
  CHECK(VariablesOf(layer) == VariablesOf(body));
}

/// Pieces of a command line: some are spelled in ways that only pflag takes, some are refused.
const std::vector<Strings> kPieces = {
    {"--rm"},
    {"-i"},
    {"-t"},
    {"-it"},
    {"--rm=false"},
    {"-i=false"},
    {"-i=true"},
    {"-d"},
    {"-dit=false"},
    {"--interactive"},
    {"--privileged"},
    {"--privileged=false"},
    {"--privileged=1"},
    {"--privileged=maybe"},
    {"--read-only"},
    {"--read-only=F"},
    {"--init"},
    {"--init=0"},
    {"--network", "none"},
    {"--network=host"},
    {"--net=none"},
    {"--network", "mynet"},
    {"--network=name=host"},
    {"--network", "container:db"},
    {"--network=name=n2,alias=x"},
    {"-v", "/a:/b"},
    {"-v=/c:/d:ro"},
    {"-v/e:/f:ro,Z"},
    {"--volume", "./g:/h"},
    {"-v", "..:/i"},
    {"-v", ".:/j/"},
    {"-v", "vol:/k:ro"},
    {"-v", "/anon"},
    {"-iv", "/l:/m"},
    {"-v", ".hid:/n"},
    {"--mount", "type=bind,src=/o,dst=/p"},
    {"--mount", "type=bind,source=./q,target=/r,readonly"},
    {"--mount=type=bind,src=/s,destination=/t,ro=true"},
    {"--mount", "src=v2,dst=/u,ro=false"},
    {"--mount", "Type=tmpfs,DST=/v"},
    {"--mount", "type=bind,src=/w"},
    {"--mount", "type=bind,src=/x,dst=/y,ro=maybe"},
    {"--mount", "type=bind,src=/x,dst=/y,nope=1"},
    {"--mount",
     "src=v3,dst=/z,volume-driver=local,volume-opt=type=none,volume-opt=o=bind,"
     "volume-opt=device=/home"},
    {"--tmpfs", "/t1"},
    {"--tmpfs=/t2:ro,size=1m"},
    {"--tmpfs", "/t3:rw,noexec"},
    {"-e", "A=1"},
    {"-e", "KNOWN"},
    {"-eB=2"},
    {"--env=C=a=b"},
    {"--env", "ABSENT"},
    {"-e", "D="},
    {"-ieE=3"},
    {"-e", "KNOWN=own"},
    {"-e", "=x"},
    {"--env-file", "vars.env"},
    {"--env-file=missing.env"},
    {"-e", "TOKEN=$TOKEN"},
    {"-e", "AWS_*"},
    {"-u", "1000"},
    {"--user=65532:65532"},
    {"-u0:5"},
    {"--user", "app:staff"},
    {"--user="},
    {"--cap-add", "NET_RAW"},
    {"--cap-add=cap_sys_admin"},
    {"--cap-drop", "ALL"},
    {"--cap-drop=all"},
    {"--security-opt", "no-new-privileges"},
    {"--security-opt=seccomp=unconfined"},
    {"--security-opt", "no-new-privileges:true"},
    {"--security-opt", "frob"},
    {"--security-opt", "label:disable"},
    {"--pid=host"},
    {"--pid", "container:x"},
    {"--pid=me"},
    {"--ipc", "host"},
    {"--ipc=private"},
    {"--uts=host"},
    {"--uts", "x"},
    {"--cgroupns=host"},
    {"--cgroupns", "x"},
    {"--userns=host"},
    {"--userns", "keep-id"},
    {"--group-add", "docker"},
    {"--device", "/dev/fuse"},
    {"--device=/dev/null:/dev/x:r"},
    {"--gpus", "all"},
    {"--volumes-from", "db:ro"},
    {"-p", "8080:80"},
    {"-p=127.0.0.1:81:81"},
    {"-P"},
    {"--publish-all=false"},
    {"--pull=always"},
    {"--pull", "often"},
    {"--name", "--rm"},
    {"-l", "a=b"},
    {"--label=-x"},
    {"-h", "box"},
    {"-w", "/work"},
    {"-m", "1g"},
    {"-c", "2"},
    {"--cpus=1.5"},
    {"--ulimit", "nofile=9"},
    {"--add-host", "h:1.2.3.4"},
    {"--dns", "9.9.9.9"},
    {"--entrypoint", "node"},
    {"--entrypoint="},
    {"--entrypoint=sh"},
    {"--platform", "linux/amd64"},
    {"--stop-timeout", "3"},
    {"-a", "stdin"},
    {"--restart", "no"},
    {"--shm-size=1m"},
    {"--quiet"},
    {"-q"},
    {"--no-healthcheck"},
    {"--health-cmd", "--rm"},
    {"--log-driver=none"},
    {"--expose", "9"},
    {"--env-host"},
    {"--bogus"},
    {"--bogus=1"},
    {"-X"},
    {"--"},
    {"-e"},
    {"--name"},
};
const std::vector<Strings> kTails = {
    {"img"},
    {"img", "node", "x.js"},
    {"img", "-e", "X"},
    {"img", "--", "x"},
    {"--", "img", "x"},
    {"img:1", "sh", "-c", "a b"},
    {"r.example:5000/a/b", "--network=host"},
    {"img", ""},
    {},
};

Strings RandomLine(std::mt19937& random) {
  Strings argv = {"docker"};
  if (random() % 4 == 0) argv.insert(argv.end(), {"--log-level", "error"});
  if (random() % 6 == 0) argv.emplace_back("container");
  argv.emplace_back("run");
  const std::size_t count = 1 + random() % 7;
  for (std::size_t at = 0; at < count; ++at) {
    const Strings& piece = kPieces[random() % kPieces.size()];
    argv.insert(argv.end(), piece.begin(), piece.end());
  }
  const Strings& tail = kTails[random() % kTails.size()];
  argv.insert(argv.end(), tail.begin(), tail.end());
  return argv;
}

bool Installed() { return std::system("docker --version >/dev/null 2>&1") == 0; }

bool Required() {
  const char* required = std::getenv("SANDLINT_REQUIRE_ORACLES");
  return required != nullptr && std::string(required) == "1";
}

}  // namespace

TEST_CASE("oracle: the docker client reads a line as the peeler does") {
  if (!Installed()) {
    if (Required()) FAIL("docker is required and is not installed");
    WARN("skipped: docker is not installed");
    return;
  }
  char name[] = "/tmp/sandlint-client-XXXXXX";
  REQUIRE(mkdtemp(name) != nullptr);
  const std::string directory = name;
  {
    FILE* file = fopen((directory + "/vars.env").c_str(), "w");
    REQUIRE(file != nullptr);
    fputs("# c\nF1=1\n F2=\"q\"\nKNOWN\nABSENT\n", file);
    fclose(file);
  }
  const std::string socket = directory + "/engine";
  {
    Engine engine(socket);
    REQUIRE(engine.Ready());
    std::mt19937 random(20);
    int created = 0;
    int refused = 0;
    const char* wanted = std::getenv("SANDLINT_CLIENT_LINES");
    const int lines = wanted == nullptr ? 150 : std::atoi(wanted);
    for (int line = 0; line < lines; ++line) {
      const Strings argv = RandomLine(random);
      INFO("line " << line << ": " << Joined(argv));
      RunClient(argv, directory, socket);
      const std::optional<Json> body = engine.Take();
      Peeled peeled = Peel(argv);
      if (!body) {
        ++refused;
        INFO(Said(directory));
        // Whether a file is there is the evaluator's business.
        const bool file = Said(directory).find("no such file") != std::string::npos;
        CHECK((file || !peeled.layer.start_problems.empty()));
        continue;
      }
      ++created;
      // The file is on disk and not in the tree that is checked: take its lines as read.
      auto& edits = peeled.layer.environment;
      for (std::size_t at = 0; at < edits.size(); ++at) {
        if (edits[at].kind != EnvKind::FromFile) continue;
        const EnvEdit file = edits[at];
        EnvEdit first{EnvKind::Set, file.option, {"F1", {}, {}, -1}, {"1", {}, {}, -1}, {}};
        EnvEdit second{EnvKind::Set, file.option, {"F2", {}, {}, -1}, {"\"q\"", {}, {}, -1}, {}};
        EnvEdit third{EnvKind::Copy, file.option, {"KNOWN", {}, {}, -1}, {}, {}};
        edits[at] = first;
        edits.insert(edits.begin() + static_cast<std::ptrdiff_t>(at) + 1, {second, third});
      }
      Compare(peeled, *body, directory);
    }
    CHECK(created * 10 > lines * 3);
    CHECK(refused * 10 > lines);
  }
  std::filesystem::remove_all(directory);
}

}  // namespace sandlint
