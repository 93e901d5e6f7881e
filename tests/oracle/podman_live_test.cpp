// Generated `podman run` lines, run for real as root with a probe as the whole image, and compared
// with the evaluator. SANDLINT_PODMAN_LINES and SANDLINT_PODMAN_SEED set how many and which.

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "catch.h"
#include "oracle/podman_lines.h"
#include "oracle/questions.h"
#include "paths.h"

namespace sandlint::oracle {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLanes = 2;
constexpr const char* kImage = "localhost/probe:1";

Strings Environment() {
  return {"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME=/root",
          "AWS_SECRET_ACCESS_KEY=k", "GITHUB_TOKEN=t", "http_proxy=http://p:1"};
}
Strings Variables() {
  return {"PATH",         "HOME",       "AWS_SECRET_ACCESS_KEY",
          "GITHUB_TOKEN", "http_proxy", "TOKEN",
          "NOTSET",       "FOO",        "HTTPS_PROXY"};
}

/// This machine, which knows the image.
class ImageHost final : public HostFacts {
 public:
  ImageHost(std::shared_ptr<const HostFacts> live, ImageFacts image)
      : live_(std::move(live)), image_(std::move(image)) {}
  std::optional<HostNode> Lstat(std::string_view path) const override { return live_->Lstat(path); }
  bool MayExist(std::string_view path) const override { return live_->MayExist(path); }
  std::vector<std::string> List(std::string_view path) const override { return live_->List(path); }
  std::vector<std::string> MountPoints() const override { return live_->MountPoints(); }
  std::optional<HostUser> UserByName(std::string_view name) const override {
    return live_->UserByName(name);
  }
  std::optional<HostUser> UserById(std::uint32_t uid) const override {
    return live_->UserById(uid);
  }
  HostUser Caller() const override { return live_->Caller(); }
  std::string WorkingDirectory() const override { return live_->WorkingDirectory(); }
  std::vector<std::string> Homes() const override { return live_->Homes(); }
  std::optional<std::string> ToolVersion(std::string_view) const override { return "4.3.1"; }
  std::optional<ImageFacts> Image(std::string_view name) const override {
    return name == kImage ? std::optional(image_) : std::nullopt;
  }
  std::vector<std::string> Assumptions() const override { return {}; }
  bool Symbolic() const override { return false; }

 private:
  std::shared_ptr<const HostFacts> live_;
  ImageFacts image_;
};

/// A folder of the test with the image, the storage of podman and what may be mounted.
class Shed {
 public:
  Shed() {
    std::string name = fs::temp_directory_path() / "sandlint-podman-XXXXXX";
    if (mkdtemp(name.data()) != nullptr) root = name;
    chmod(root.c_str(), 0755);
    folder = root + "/host";
    MakeImage();
    MakeFolder();
  }
  ~Shed() {
    std::error_code error;
    fs::remove_all(root, error);
  }
  Shed(const Shed&) = delete;
  Shed& operator=(const Shed&) = delete;

  /// podman with a storage of its own for this lane.
  Strings Podman(std::size_t lane) const {
    const std::string own = root + "/lane" + std::to_string(lane);
    Strings words{FindProgram("podman"),
                  "--root",
                  own + "/store",
                  "--runroot",
                  own + "/run",
                  "--tmpdir",
                  own + "/tmp",
                  "--storage-driver",
                  "vfs",
                  "--events-backend",
                  "none",
                  "--cgroup-manager",
                  "cgroupfs"};
    const std::string runc = FindProgram("runc");
    if (!runc.empty()) words.insert(words.end(), {"--runtime", runc});
    return words;
  }

  ImageFacts Facts() const {
    ImageFacts facts;
    facts.users = {{"root", 0, 0, "/root", {}}, {"app", 1000, 1000, "/home/app", {}}};
    facts.groups = {{"root", 0}, {"app", 1000}};
    const std::string image = root + "/image";
    for (const auto& entry : fs::recursive_directory_iterator(image)) {
      struct stat node {};
      lstat(entry.path().c_str(), &node);
      HostNode fact;
      fact.kind = S_ISDIR(node.st_mode) ? NodeKind::Directory : NodeKind::File;
      fact.mode = node.st_mode & 07777U;
      fact.uid = node.st_uid;
      fact.gid = node.st_gid;
      facts.nodes[entry.path().string().substr(image.size())] = fact;
    }
    return facts;
  }

  std::string root, folder;

 private:
  void Write(const std::string& path, mode_t mode, uid_t owner) const {
    std::ofstream(path) << "text\n";
    chmod(path.c_str(), mode);
    (void)!chown(path.c_str(), owner, owner);
  }
  void MakeImage() const {
    const std::string image = root + "/image";
    for (const char* path : {"etc/app", "tmp", "home/app", "var/tmp", "run", "root", "w"}) {
      fs::create_directories(fs::path(image) / path);
    }
    fs::copy_file(kProbe, image + "/probe");
    chmod((image + "/tmp").c_str(), 01777);
    chmod((image + "/var/tmp").c_str(), 01777);
    std::ofstream(image + "/etc/passwd") << "root:x:0:0:root:/root:/probe\n"
                                            "app:x:1000:1000::/home/app:/probe\n";
    std::ofstream(image + "/etc/group") << "root:x:0:\napp:x:1000:\n";
    (void)!chown((image + "/home/app").c_str(), 1000, 1000);
  }
  void MakeFolder() const {
    fs::create_directories(folder + "/sub");
    fs::create_directories(folder + "/locked");
    Write(folder + "/a", 0644, 0);
    Write(folder + "/secret", 0600, 0);
    Write(folder + "/mine", 0600, 1000);
    Write(folder + "/sub/f", 0664, 1500);
    Write(folder + "/locked/k", 0644, 1000);
    (void)!chown((folder + "/sub").c_str(), 1000, 1000);
    (void)!chown((folder + "/locked").c_str(), 1000, 1000);
    chmod((folder + "/locked").c_str(), 0700);
    // What a line may change lies beside, so that no line sees what another one did.
    for (const char* spare : {"given", "upper", "work"}) {
      fs::create_directories(root + "/spare/" + spare);
    }
    std::ofstream(folder + "/env") << "# c\nFOO=from-file\nTOKEN\nHTTPS_PROXY=a=b\n";
    fs::create_symlink("secret", folder + "/link");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (folder + "/s.sock").copy(address.sun_path, sizeof address.sun_path - 1);
    const int handle = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)bind(handle, reinterpret_cast<sockaddr*>(&address), sizeof address);
    (void)listen(handle, 4000);  // until this process ends
    chmod((folder + "/s.sock").c_str(), 0666);
  }
};

Ending RunPodman(const Shed& shed, std::size_t lane, const Strings& words) {
  Command command;
  command.argv = shed.Podman(lane);
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  command.environment = Environment();
  command.uid = 0;
  command.directory = shed.folder;
  command.seconds = 60;
  return RunCommand(command);
}

std::string ImportImage(const Shed& shed, std::size_t lane) {
  const std::string tar = shed.root + "/image.tar";
  Command pack;
  pack.argv = {FindProgram("tar"), "-C", shed.root + "/image", "--numeric-owner", "-cf", tar, "."};
  pack.uid = 0;
  pack.environment = Environment();
  if (!fs::exists(tar)) (void)RunCommand(pack);
  const Ending ending = RunPodman(shed, lane, {"import", "-q", tar, kImage});
  return ending.status == 0 ? "" : "podman cannot import an image: " + ending.err.substr(0, 300);
}

Questions QuestionsOf(const Shed& shed) {
  Questions questions;
  for (const char* name : {"", "/a", "/secret", "/mine", "/sub", "/sub/f", "/locked", "/locked/k",
                           "/link", "/s.sock"}) {
    questions.host_paths.push_back(shed.folder + name);
  }
  questions.inside_paths = PodmanTargets();
  questions.variables = Variables();
  return questions;
}

/// Does the line show processes of the host?
bool ShowsProcesses(const Strings& line) {
  return std::ranges::any_of(
      line, [](const std::string& word) { return word == "--pid=host" || word == "/:/h:ro"; });
}

Strings ProbeOf(const Questions& questions, const Strings& line, const std::string& shed) {
  Strings words = ProbeWords(questions);
  // Not the whole root: that would be the kernel's folders too, and all of the host.
  std::erase_if(words, [](const std::string& word) { return word == "walk=/" || word == "procs"; });
  if (ShowsProcesses(line)) words.push_back("procs=" + shed);
  for (const char* folder :
       {"/data", "/m", "/w", "/home", "/etc", "/tmp", "/run", "/var", "/dev"}) {
    words.push_back(std::string("walk=") + folder);
  }
  return words;
}

Json RunLine(const Shed& shed, std::size_t lane, const Strings& line, const HostFacts& host) {
  const Questions questions = QuestionsOf(shed);
  const auto objects = HostObjects(shed.folder);
  Strings argv{"podman", "run"};
  argv.insert(argv.end(), line.begin(), line.end());
  const bool entry = std::ranges::find(line, "--entrypoint") != line.end();
  argv.emplace_back(kImage);
  if (!entry) argv.emplace_back("/probe");
  Source source;
  const Launch launch = LaunchOf({argv, Environment(), shed.folder}, host, source);
  if (!launch.grant.paths) return {{"error", "sandlint gave no answer"}};
  const Json said = AskEvaluator(launch, questions);
  Strings words(argv.begin() + 1, argv.end());
  words.insert(words.begin() + 1, {"--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096"});
  const Strings probe = ProbeOf(questions, line, shed.folder);
  words.insert(words.end(), probe.begin(), probe.end());
  const Ending ending = RunPodman(shed, lane, words);
  const Json real = AnswersOf(ending.out, questions, objects);
  Json result = Json::object();
  if (!real.is_null()) result = Compare(said, real, questions);
  result["start"] = {{"said", said["starts"]},
                     {"real", real.is_null() ? "no" : "yes"},
                     {"why", said["problems"]},
                     {"err", ending.err.substr(0, 300)}};
  return result;
}

/// A process of the host with the uid of the image's user, and a secret in its environment.
pid_t StartBystander() {
  const pid_t bystander = fork();
  if (bystander != 0) return bystander;
  std::string secret = "AWS_SECRET_ACCESS_KEY=bystander";
  std::string program = "sleep", seconds = "3000";
  std::array<char*, 3> argv = {program.data(), seconds.data(), nullptr};
  std::array<char*, 2> environment = {secret.data(), nullptr};
  if (setgid(1000) == 0 && setuid(1000) == 0) {
    execve("/bin/sleep", argv.data(), environment.data());
  }
  _exit(1);
}

/// One lane, in namespaces of its own: every `kLanes`th line, one result a line of text.
void RunLane(const Shed& shed, std::size_t lane, const std::vector<Strings>& lines, int out) {
  const auto say = [&](const Json& json) {
    const std::string text = json.dump() + '\n';
    (void)!write(out, text.data(), text.size());
  };
  std::vector<int> listeners;
  if (unshare(CLONE_NEWNS | CLONE_NEWNET) != 0 ||
      mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      // podman keeps 2048 locks of all containers that were ever made there
      mount("tmpfs", "/dev/shm", "tmpfs", 0, "mode=1777") != 0 || !StartListeners(listeners)) {
    return say({{"problem", "namespaces of its own cannot be made here"}});
  }
  if (const std::string problem = ImportImage(shed, lane); !problem.empty()) {
    return say({{"problem", problem}});
  }
  LiveOptions options;
  options.user = "0";
  options.working_directory = shed.folder;
  const ImageHost host(MakeLiveHost(std::move(options)), shed.Facts());
  const pid_t bystander = StartBystander();
  for (std::size_t at = lane; at < lines.size(); at += kLanes) {
    Json result = RunLine(shed, lane, lines[at], host);
    result["line"] = at;
    say(result);
  }
  if (bystander > 0) kill(bystander, SIGKILL);
  if (bystander > 0) waitpid(bystander, nullptr, 0);
}

std::vector<Json> RunLines(const Shed& shed, const std::vector<Strings>& lines) {
  std::array<std::array<int, 2>, kLanes> pipes{};
  std::array<pid_t, kLanes> lanes{};
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    if (pipe2(pipes[lane].data(), O_CLOEXEC) != 0) return {};
    lanes[lane] = fork();
    if (lanes[lane] == 0) {
      RunLane(shed, lane, lines, pipes[lane][1]);
      _exit(0);
    }
    close(pipes[lane][1]);
  }
  std::vector<Json> results;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    std::string text;
    std::array<char, 65536> chunk{};
    for (ssize_t size = 0; (size = read(pipes[lane][0], chunk.data(), chunk.size())) > 0;) {
      text.append(chunk.data(), static_cast<std::size_t>(size));
    }
    close(pipes[lane][0]);
    waitpid(lanes[lane], nullptr, 0);
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
      results.push_back(Json::parse(text.substr(at, text.find('\n', at) - at), nullptr, false));
    }
  }
  return results;
}

std::string Text(const Strings& words) {
  std::string text = "podman run";
  for (const std::string& word : words) text += ' ' + word;
  return text;
}

/// Root of the machine gets further than the probe tries; through an overlay an object of the host
/// has another identity.
bool BeyondProbe(const Strings& line) {
  return std::ranges::any_of(line, [](const std::string& word) {
    return word == "--privileged" || word.ends_with(":O") ||
           word.find(":O,upperdir=") != word.npos || word == "SYS_ADMIN" || word == "/:/h:ro";
  });
}

std::size_t FalseYes(const Strings& line, Json& result) {
  Json& all = result["false_yes"];
  for (std::size_t at = all.size(); at-- > 0;) {
    const bool of_host = all[at].get<std::string>().starts_with("host ");
    if (of_host && BeyondProbe(line)) all.erase(at);
  }
  return all.size();
}

bool Skip(const std::string& why) {
  if (OraclesRequired()) FAIL(why);
  WARN("skipped: " << why);
  return true;
}

}  // namespace

TEST_CASE("generated podman lines grant what the evaluator says") {
  if (FindProgram("podman").empty()) {
    Skip("podman is not installed");
    return;
  }
  const char* wanted = std::getenv("SANDLINT_PODMAN_LINES");
  const char* seed = std::getenv("SANDLINT_PODMAN_SEED");
  const Shed shed;
  std::vector<Strings> lines;
  for (std::size_t at = 0; at < (wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 100);
       ++at) {
    lines.push_back(
        MakePodmanLine(seed != nullptr ? std::strtoull(seed, nullptr, 10) : 1, at, shed.folder));
  }
  std::size_t started = 0, asked = 0, yes = 0, unknown = 0, false_yes = 0, missed = 0;
  std::vector<Json> results = RunLines(shed, lines);
  for (Json& result : results) {
    if (result.contains("problem")) {
      Skip(result["problem"]);
      return;
    }
    REQUIRE_FALSE(result.contains("error"));
    INFO(Text(lines[result["line"].get<std::size_t>()]));
    const Json& start = result["start"];
    const bool real = start["real"] == "yes";
    started += real ? 1U : 0U;
    INFO(start.dump());
    CHECK_FALSE((start["said"] == "no" && real));
    missed += start["said"] == "yes" && !real ? 1U : 0U;
    if (start["said"] == "yes" && !real) {
      WARN("does not start: " << start["err"] << Text(lines[result["line"].get<std::size_t>()]));
    }
    if (!result.contains("asked")) continue;
    CHECK(result["unsound"] == Json::array());
    false_yes += FalseYes(lines[result["line"].get<std::size_t>()], result);
    if (std::getenv("SANDLINT_FEARED") != nullptr) CHECK(result["false_yes"] == Json::array());
    asked += result["asked"].get<std::size_t>();
    if (std::getenv("SANDLINT_UNKNOWN") != nullptr) {
      WARN("unknown " << result["unknown"] << ": "
                      << Text(lines[result["line"].get<std::size_t>()]));
    }
    yes += result["yes"].get<std::size_t>();
    unknown += result["unknown"].get<std::size_t>();
  }
  WARN("lines " << lines.size() << ", started " << started << ", answers " << asked << ": yes "
                << yes << ", unknown " << unknown << "; false yes " << false_yes
                << ", starts wrongly expected " << missed);
  CHECK(started * 2 > lines.size());
  CHECK(false_yes * 100 < yes * 3);
  CHECK(missed * 100 <= lines.size() * 3);
}

}  // namespace sandlint::oracle
