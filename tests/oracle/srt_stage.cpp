#include "oracle/srt_stage.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "paths.h"

namespace sandlint::oracle {
namespace {

namespace fs = std::filesystem;

struct StageNode {
  const char* path;
  unsigned mode = 0644;
  const char* link = nullptr;
};
// A trailing slash makes a directory; others are files, or links.
constexpr StageNode kNodes[] = {
    {".ssh/", 0700},
    {".ssh/id_rsa", 0600},
    {".ssh/config"},
    {".aws/credentials", 0600},
    {".config/gh/hosts.yml"},
    {".claude/settings.json"},
    {".claude/debug/log"},
    {".npm/_logs/log"},
    {".bashrc"},
    {".gitconfig"},
    {".netrc", 0600},
    {"project/a.txt"},
    {"project/.env"},
    {"project/.mcp.json"},
    {"project/src/x.c"},
    {"project/src/.env"},
    {"project/.git/config"},
    {"project/.git/hooks/pre-commit", 0755},
    {"project/.vscode/settings.json"},
    {"project/1/.gitconfig"},
    {"project/1/2/.bashrc"},
    {"project/1/2/3/.bashrc"},
    {"project/node_modules/p/.npmrc"},
    {"work/f"},
    {"work/secret/k"},
    {"work/secret/deep/k"},
    {"locked/", 0},
    {"locked/k"},
    {"to-ssh", 0, ".ssh"},
    {"project/to-aws", 0, "../.aws"},
    {"work/to-netrc", 0, "../.netrc"},
    {"dangling", 0, "nowhere"},
};

std::string Package() { return std::string(kSourceDir) + "/tests/oracle/srt/node_modules"; }

void Write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

void MakeHome() {
  const fs::path home = kSrtHome;
  fs::create_directories(home);
  for (const StageNode& node : kNodes) {
    const std::string path = (home / node.path).string();
    fs::create_directories(fs::path(path).parent_path());
    if (node.link != nullptr) {
      fs::create_symlink(node.link, path);
    } else if (!path.ends_with('/')) {
      Write(path, "text\n");
    }
  }
  for (const auto& entry : fs::recursive_directory_iterator(home)) {
    if (lchown(entry.path().c_str(), kSrtUser, kSrtUser) != 0) return;
  }
  if (chown(home.c_str(), kSrtUser, kSrtUser) != 0) return;
  for (const StageNode& node : kNodes) {
    std::string path = (home / node.path).string();
    if (node.link == nullptr) chmod(path.c_str(), path.ends_with('/') ? node.mode : node.mode);
  }
  Write(home / "not-mine", "text\n");
  chmod((home / "not-mine").c_str(), 0600);
}

void Listen() {
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (std::string(kSrtHome) + "/agent.sock").copy(address.sun_path, sizeof address.sun_path - 1);
  bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
  chmod(address.sun_path, 0777);
  listen(fd, 64);
  const int tcp = socket(AF_INET, SOCK_STREAM, 0);
  ifreq interface {};
  std::string("lo").copy(interface.ifr_name, 2);
  interface.ifr_flags = IFF_UP;
  ioctl(tcp, SIOCSIFFLAGS, &interface);
  for (const std::uint16_t port : {std::uint16_t{18099}, std::uint16_t{18098}}) {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_port = htons(port);
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener, reinterpret_cast<sockaddr*>(&here), sizeof here);
    listen(listener, 64);
  }
}

bool EnterHome() {
  const bool mounted = mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                       mount("proc", "/proc", "proc", 0, nullptr) == 0 &&
                       mount("tmpfs", "/home", "tmpfs", 0, "mode=755") == 0 &&
                       mount("tmpfs", "/media", "tmpfs", 0, "mode=755") == 0;
  if (!mounted) return false;
  umask(022);
  fs::create_directories("/media/node_modules");
  if (mount(Package().c_str(), "/media/node_modules", nullptr, MS_BIND, nullptr) != 0) return false;
  std::error_code error;
  fs::copy_file(std::string(kBuildDir) + "/srt_probe", "/media/probe", error);
  chmod("/media/probe", 0755);
  if (error || mount("tmpfs", "/tmp", "tmpfs", 0, "mode=1777") != 0) return false;
  fs::create_directory("/tmp/claude");
  chmod("/tmp/claude", 0777);
  Write("/home/.passwd", "root:x:0:0::/root:/bin/sh\nsam:x:1234:1234::/home/sam:/bin/sh\n");
  MakeHome();
  Listen();
  return true;
}

std::string ReadAll(int fd) {
  std::string text;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(fd, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  close(fd);
  return text;
}

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::string SrtIsMissing() {
  if (geteuid() != 0) return "it needs root to make namespaces";
  if (!fs::exists(Package() + "/@anthropic-ai/sandbox-runtime/dist/cli.js")) {
    return "run `npm ci --ignore-scripts` in tests/oracle/srt";
  }
  for (const char* program : {"node", "bwrap", "socat", "rg"}) {
    if (!fs::exists(std::string("/usr/bin/") + program))
      return std::string(program) + " is missing";
  }
  const std::string build = std::string("cc -O1 -static -o '") + kBuildDir + "/srt_probe' '" +
                            kSourceDir + "/tests/oracle/srt_probe.c'";
  return system(build.c_str()) == 0 ? "" : "the probe cannot be built";
}

std::string InSrtHome(const std::function<std::string()>& job) {
  int pipes[2];
  if (pipe(pipes) != 0) return {};
  const pid_t child = fork();
  if (child == 0) {
    close(pipes[0]);
    if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC) != 0) _exit(1);
    const pid_t first = fork();  // the first process of the new pid namespace
    if (first == 0) {
      alarm(60);
      const std::string text = EnterHome() ? job() : "problem: the home cannot be made\n";
      if (write(pipes[1], text.data(), text.size()) < 0) _exit(1);
      _exit(0);
    }
    close(pipes[1]);
    waitpid(first, nullptr, 0);
    _exit(0);
  }
  close(pipes[1]);
  std::string text = ReadAll(pipes[0]);
  waitpid(child, nullptr, 0);
  return text;
}

std::map<std::string, NodeId> SrtNodes() {
  std::map<std::string, NodeId> nodes;
  std::vector<std::string> paths{kSrtHome, "/etc/passwd", "/tmp/claude", "/usr/bin/env"};
  for (const auto& entry : fs::recursive_directory_iterator(kSrtHome))
    paths.push_back(entry.path());
  for (const std::string& path : paths) {
    struct stat node {};
    if (lstat(path.c_str(), &node) != 0 || S_ISLNK(node.st_mode)) continue;
    nodes[path] = {node.st_dev, node.st_ino};
  }
  return nodes;
}

SrtReport RunSrt(const SrtRun& run, const std::map<std::string, NodeId>& nodes) {
  Write("/home/sam/settings.json", run.settings);
  std::vector<std::string> argv{"/usr/bin/node",
                                "/media/node_modules/@anthropic-ai/sandbox-runtime/dist/cli.js",
                                "-s", "/home/sam/settings.json"};
  if (run.dashes) argv.emplace_back("--");
  argv.emplace_back("/media/probe");
  for (const auto& [path, id] : nodes) argv.push_back(path);
  for (const StageNode& node : kNodes) {
    if (node.link != nullptr) argv.push_back(std::string(kSrtHome) + "/" + node.path);
  }
  for (const std::string& target : run.targets) argv.push_back("tcp=" + target);
  std::vector<std::string> environment = run.environment;
  int out[2], errors[2];
  if (pipe(out) != 0 || pipe(errors) != 0) return {};
  const pid_t child = fork();
  if (child == 0) {
    dup2(open("/dev/null", O_RDONLY), 0);
    dup2(out[1], 1);
    dup2(errors[1], 2);
    for (int fd = 3; fd < 64; ++fd) close(fd);
    if (setgid(kSrtUser) != 0 || setuid(kSrtUser) != 0) _exit(1);
    if (chdir(run.directory.c_str()) != 0) _exit(1);
    execve(argv[0].c_str(), Pointers(argv).data(), Pointers(environment).data());
    _exit(1);
  }
  close(out[1]);
  close(errors[1]);
  SrtReport report;
  std::istringstream lines(ReadAll(out[0]));
  report.errors = ReadAll(errors[0]);
  waitpid(child, nullptr, 0);
  std::map<NodeId, std::string> by_id;
  for (const auto& [path, id] : nodes) by_id[id] = path;
  for (std::string line; std::getline(lines, line);) {
    if (line == "done") report.started = true;
    if (line.starts_with("env ")) report.own.push_back(line.substr(4));
    if (line.starts_with("proc ")) report.proc.push_back(line.substr(5));
    if (line.starts_with("tcp ")) report.connected.push_back(line.substr(4));
    std::istringstream fields(line.substr(std::min(line.find('\t'), line.size())));
    NodeId id;
    int rights = 0;
    if (!(fields >> id.first >> id.second >> rights)) continue;
    // What is there under this name may be another object of the host, or none.
    if (const auto known = by_id.find(id); known != by_id.end()) {
      report.rights[known->second] |= rights;
    }
  }
  return report;
}

}  // namespace sandlint::oracle
