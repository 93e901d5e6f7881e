#include "firejail_world.h"

#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace sandlint {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAbstract = "firejail-probe";

std::string Slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void Write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

struct Item {
  const char* path;  ///< a trailing slash: a folder; `>`: a link to what follows
  unsigned mode = 0;
};
/// Below the home, unless absolute. Every file's text is its own path.
const std::vector<Item>& Items() {
  static const std::vector<Item> items{
      {".ssh/", 0700},
      {".ssh/id_rsa", 0600},
      {".ssh/known_hosts"},
      {".aws/credentials"},
      {".config/app/c"},
      {".config/gcloud/creds"},
      {".claude/settings.json"},
      {".gnupg/", 0700},
      {".gnupg/sec"},
      {".netrc", 0600},
      {".npmrc"},
      {".bashrc"},
      {".cache/x/f"},
      {".local/share/y/f"},
      {"project/src/a.js"},
      {"project/.env"},
      {"project/.git/config"},
      {"Downloads/d"},
      {"Documents/doc"},
      {"x/f"},
      {"x/sub/g"},
      {"x/sub/deep/h"},
      {"dotfiles/gitconfig"},
      {".docker/config.json"},
      {".kube/config"},
      {"secret.txt"},
      {"sp ace/f"},
      {".env"},
      {"locked/", 0},
      {".gitconfig>dotfiles/gitconfig"},
      {"sshlink>.ssh"},
      {"awsabs>/home/fjuser/.aws"},
      {"project/sshrel>../.ssh"},
      {"project/up>.."},
      {"keyrel>.ssh/id_rsa"},
      {"chain1>chain2"},
      {"chain2>.ssh"},
      {"dang>nowhere"},
      {"loopa>loopb"},
      {"loopb>loopa"},
      {"x/out>/tmp/work"},
      {"/tmp/work/t"},
      {"/tmp/canary", 0666},
      {"/srv/sb/s"},
      {"/srv/sb/d/e"},
      {"/srv/homelnk>/home/fjuser"},
  };
  return items;
}

void Make(const Item& item) {
  std::string path = item.path;
  const std::size_t link = path.find('>');
  const std::string target = link == path.npos ? "" : path.substr(link + 1);
  path = path.substr(0, link);
  if (path[0] != '/') path = FirejailWorld::Home() + '/' + path;
  if (path.ends_with('/')) {
    fs::create_directories(path);
    fs::permissions(path, fs::perms(item.mode));
    return;
  }
  fs::create_directories(fs::path(path).parent_path());
  if (!target.empty()) {
    fs::create_symlink(target, path);
    return;
  }
  std::string self = path;
  for (char& c : self) c = c == ' ' ? '_' : c;
  Write(path, self + '\n');
  if (item.mode != 0) fs::permissions(path, fs::perms(item.mode));
}

void Own(const std::string& root) {
  const auto own = [](const fs::path& path) {
    return lchown(path.c_str(), FirejailWorld::kUid, FirejailWorld::kUid) == 0;
  };
  own(root);
  for (const auto& entry : fs::recursive_directory_iterator(root)) own(entry.path());
}

bool Tmpfs(const char* path, const char* options) {
  return mount("none", path, "tmpfs", 0, options) == 0;
}

/// `/etc/passwd` with one more line, for this namespace alone.
bool AddLine(const std::string& file, const std::string& line) {
  const std::string copy = "/opt/" + fs::path(file).filename().string();
  Write(copy, Slurp(file) + line);
  return mount(copy.c_str(), file.c_str(), nullptr, MS_BIND, nullptr) == 0;
}

int ListenUnix(const std::string& path, bool abstract) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path + (abstract ? 1 : 0), sizeof address.sun_path - 2);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto size = static_cast<socklen_t>(sizeof(sa_family_t) + path.size() + 1);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0) return -1;
  return listen(fd, 1024);
}

}  // namespace

const std::vector<std::string>& FirejailWorld::Paths() {
  static const std::vector<std::string> paths = [] {
    std::vector<std::string> all{"/tmp",
                                 "/opt/tool/o",
                                 "/run/fj.sock",
                                 "/tmp/fj.sock",
                                 "/usr/bin/env",
                                 "/etc/hosts",
                                 "/etc/passwd",
                                 "/dev/null",
                                 "/home/other/f",
                                 "/home/fjuser",
                                 "/home/fjuser/.ssh",
                                 "/home/fjuser/x",
                                 "/home/fjuser/project",
                                 "/srv/sb",
                                 "/home/fjuser/s",
                                 "/home/fjuser/f",
                                 "/home/fjuser/src/a.js",
                                 "/home/fjuser/sub/g",
                                 "/home/fjuser/sub/deep/h",
                                 "/home/fjuser/d/e",
                                 "/root/r",
                                 "/var/tmp",
                                 "/home/fjuser/sshlink/id_rsa",
                                 "/home/fjuser/awsabs/credentials",
                                 "/home/fjuser/chain1/id_rsa",
                                 "/home/fjuser/project/up/.netrc",
                                 "/srv/homelnk/.ssh/id_rsa",
                                 "/home/fjuser/x/out/t",
                                 "/home/fjuser/keyrel",
                                 "/home/fjuser/.gitconfig",
                                 "/home/fjuser/project/sshrel/id_rsa"};
    for (const Item& item : Items()) {
      const std::string path = item.path;
      if (path.ends_with('/') || path.find('>') != path.npos) continue;
      all.push_back(path[0] == '/' ? path : Home() + '/' + path);
    }
    return all;
  }();
  return paths;
}

const std::vector<std::string>& FirejailWorld::Environment() {
  static const std::vector<std::string> environment{
      "HOME=/home/fjuser", "PATH=/usr/local/bin:/usr/bin:/bin",
      "USER=fjuser",       "AWS_SECRET_ACCESS_KEY=k",
      "GITHUB_TOKEN=g",    "LD_LIBRARY_PATH=/x",
      "TMPDIR=/x",         "LANG=C"};
  return environment;
}

bool FirejailWorld::Listen() {
  if (ListenUnix("/run/fj.sock", false) != 0 || ListenUnix(kAbstract, true) != 0) return false;
  fs::permissions("/run/fj.sock", fs::perms(0777));
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::string("lo").copy(request.ifr_name, sizeof request.ifr_name - 1);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (ioctl(fd, SIOCSIFFLAGS, &request) != 0) return false;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(fd, 1024) != 0) {
    return false;
  }
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return false;
  port_ = ntohs(address.sin_port);
  return true;
}

bool FirejailWorld::Enter(const std::string& probe, std::string& problem) {
  const std::string program = Slurp(probe);
  problem = "namespaces cannot be made here";
  if (program.empty() || geteuid() != 0 ||
      unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC) != 0) {
    return false;
  }
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  for (const char* path : {"/home", "/srv", "/opt", "/root", "/run", "/usr/local/bin"}) {
    if (!Tmpfs(path, "mode=755")) return false;
  }
  if (!Tmpfs("/tmp", "mode=1777")) return false;
  for (const char* path : {"/run/lock", "/run/user/1234", "/opt/tool", "/home/other"}) {
    fs::create_directories(path);
  }
  if (chown("/run/user/1234", kUid, kUid) != 0) return false;
  fs::permissions("/run/user/1234", fs::perms(0700));
  Write("/usr/local/bin/fjprobe", program);
  fs::permissions("/usr/local/bin/fjprobe", fs::perms(0755));
  Write("/opt/tool/o", "/opt/tool/o\n");
  Write("/home/other/f", "/home/other/f\n");
  Write("/root/r", "/root/r\n");
  if (!AddLine("/etc/passwd", "fjuser:x:1234:1234::/home/fjuser:/bin/bash\n")) return false;
  if (!AddLine("/etc/group", "fjuser:x:1234:\n")) return false;
  problem = "no socket listens";
  return Listen();
}

void FirejailWorld::Reset(const std::map<std::string, std::string>& files) {
  for (const char* root : {"/home/fjuser", "/srv", "/tmp"}) {
    if (!fs::exists(root)) continue;
    for (const auto& entry : fs::directory_iterator(root)) fs::remove_all(entry.path());
  }
  fs::create_directories(Home());
  for (const Item& item : Items()) Make(item);
  for (const auto& [path, text] : files) {
    fs::create_directories(fs::path(path).parent_path());
    Write(path, text);
  }
  if (ListenUnix("/tmp/fj.sock", false) == 0) fs::permissions("/tmp/fj.sock", fs::perms(0777));
  for (const char* root : {"/home/fjuser", "/srv/sb", "/tmp/work"}) Own(root);
  if (lchown("/tmp/canary", kUid, kUid) != 0) return;
}

ProbeRun FirejailWorld::Run(const std::vector<std::string>& words, const std::string& directory) {
  std::vector<std::string> argv{"/usr/bin/firejail"};
  argv.insert(argv.end(), words.begin(), words.end());
  argv.insert(argv.end(), {"/usr/local/bin/fjprobe", std::to_string(port_), kAbstract});
  argv.insert(argv.end(), Paths().begin(), Paths().end());
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return {};
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 1);
    dup2(ends[1], 2);
    const int null = open("/dev/null", O_RDONLY);
    dup2(null, 0);
    if (setgroups(0, nullptr) != 0 || setgid(kUid) != 0 || setuid(kUid) != 0) _exit(125);
    if (chdir(directory.c_str()) != 0) _exit(126);
    std::vector<char*> pointers;
    for (const std::string& word : argv) pointers.push_back(const_cast<char*>(word.c_str()));
    pointers.push_back(nullptr);
    std::vector<char*> environment;
    for (const std::string& one : Environment()) {
      environment.push_back(const_cast<char*>(one.c_str()));
    }
    environment.push_back(nullptr);
    execve(pointers[0], pointers.data(), environment.data());
    _exit(127);
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  close(ends[0]);
  waitpid(child, nullptr, 0);
  ProbeRun run;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string kind, first, second, third;
    fields >> kind >> first >> second >> third;
    if (kind == "P") {
      std::string path;
      std::getline(fields >> std::ws, path);
      if (third.starts_with('/') && third.find("/sp_ace") != third.npos)
        third.replace(third.find("sp_"), 3, "sp ");
      run.paths[path] = {first == "ok", second == "ok", third.starts_with('/') ? third : ""};
    } else if (kind == "S") {
      run.started = true;
      run.abstract = second == "ok";
      run.tcp = third == "ok";
    } else if (kind == "E") {
      run.variables.insert(first);
    } else {
      run.said += line + '\n';
    }
  }
  for (const std::string& path : Paths()) {
    if (fs::is_regular_file(fs::symlink_status(path)) && Slurp(path).ends_with(" W")) {
      run.written.insert(path);
    }
  }
  return run;
}

}  // namespace sandlint
