// What lies on the stage: an ordinary home with its secrets, and everything that makes path
// questions hard: links of every kind, folders that are closed, mounts, sockets, other users.

#include "oracle/stage_nodes.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

namespace sandlint::oracle {
namespace {

constexpr uid_t kOther = 1300;

// d folder, f file, l link, s socket, m a tmpfs of its own, c a device. `~` is the home of sam.
struct StageNode {
  char kind;
  const char* path;
  mode_t mode;
  uid_t uid;
  const char* text = "";  ///< of a file, or where a link leads
  gid_t gid = 0;          ///< 0: that of the user
};

constexpr uid_t kSam = kStageUser;

constexpr StageNode kNodes[] = {
    {'d', "/usr", 0755, 0},
    {'d', "/usr/bin", 0755, 0},
    {'d', "/usr/lib", 0755, 0},
    {'d', "/usr/lib64", 0755, 0},
    {'d', "/usr/share", 0755, 0},
    {'f', "/usr/share/doc.txt", 0644, 0, "doc"},
    {'l', "/bin", 0777, 0, "usr/bin"},
    {'l', "/lib", 0777, 0, "usr/lib"},
    {'l', "/lib64", 0777, 0, "usr/lib64"},
    {'d', "/etc", 0755, 0},
    {'f', "/etc/hosts", 0644, 0, "127.0.0.1 localhost\n"},
    {'f', "/etc/shadow", 0640, 0, "secret", 42},
    {'d', "/etc/ssl", 0755, 0},
    {'f', "/etc/ssl/ca.pem", 0644, 0, "ca"},
    {'d', "/etc/app.d", 0755, 0},
    {'f', "/etc/app.d/token", 0644, 0, "t"},
    {'l', "/etc/localtime", 0777, 0, "../usr/share/doc.txt"},
    {'d', "/dev", 0755, 0},
    {'d', "/proc", 0555, 0},
    {'d', "/sys", 0555, 0},
    {'d', "/root", 0700, 0},
    {'f', "/root/x", 0600, 0, "root"},
    {'d', "/root/.ssh", 0700, 0},
    {'f', "/root/.ssh/id_rsa", 0600, 0, "root"},
    {'d', "/tmp", 01777, 0},
    {'f', "/tmp/canary", 0666, kSam, "c"},
    {'d', "/tmp/work", 0755, kSam},
    {'f', "/tmp/work/t", 0644, kSam, "t"},
    {'d', "/tmp/.X11-unix", 01777, 0},
    {'s', "/tmp/.X11-unix/X0", 0777, 0},
    {'s', "/tmp/agent.sock", 0600, kSam},
    {'d', "/run", 0755, 0},
    {'s', "/run/docker.sock", 0660, 0, "", kStageTeam},
    {'s', "/run/open.sock", 0666, 0},
    {'s', "/run/closed.sock", 0600, 0},
    {'d', "/run/dbus", 0755, 0},
    {'s', "/run/dbus/system_bus_socket", 0666, 0},
    {'d', "/run/user", 0755, 0},
    {'m', "/run/user/1234", 0700, kSam},
    {'s', "/run/user/1234/bus", 0666, kSam},
    {'d', "/var", 0755, 0},
    {'l', "/var/run", 0777, 0, "/run"},
    {'d', "/var/tmp", 01777, 0},
    {'d', "/var/lib", 0755, 0},
    {'d', "/var/lib/dpkg", 0755, 0},
    {'d', "/opt", 0755, 0},
    {'d', "/opt/tool", 0755, 0},
    {'f', "/opt/tool/o", 0755, 0, "o"},
    {'l', "/opt/home", 0777, 0, "/home/sam"},
    {'d', "/srv", 0755, 0},
    {'d', "/srv/sb", 0755, kSam},
    {'f', "/srv/sb/s", 0644, kSam, "s"},
    {'m', "/srv/sb/sub", 0755, kSam},
    {'f', "/srv/sb/sub/n", 0644, kSam, "n"},
    {'d', "/srv/sb/sub/in", 0755, kSam},
    {'m', "/srv/sb/sub/in/deep", 0755, kSam},
    {'f', "/srv/sb/sub/in/deep/z", 0644, kSam, "z"},
    {'l', "/srv/sb/homelnk", 0777, kSam, "/home/sam"},
    {'d', "/srv/team", 0770, 0, "", kStageTeam},
    {'f', "/srv/team/plan", 0640, 0, "p", kStageTeam},
    {'d', "/home", 0755, 0},
    {'d', "/home/other", 0755, kOther},
    {'f', "/home/other/notes", 0644, kOther, "n"},
    {'d', "/home/other/.ssh", 0700, kOther},
    {'f', "/home/other/.ssh/id_rsa", 0600, kOther, "k"},
    {'d', "~", 0755, kSam},
    {'d', "~/.ssh", 0700, kSam},
    {'f', "~/.ssh/id_rsa", 0600, kSam, "key"},
    {'f', "~/.ssh/known_hosts", 0644, kSam, "kh"},
    {'d', "~/.aws", 0755, kSam},
    {'f', "~/.aws/credentials", 0600, kSam, "aws"},
    {'d', "~/.gnupg", 0700, kSam},
    {'f', "~/.gnupg/sec", 0600, kSam, "sec"},
    {'s', "~/.gnupg/S.gpg-agent", 0700, kSam},
    {'f', "~/.netrc", 0600, kSam, "netrc"},
    {'f', "~/.npmrc", 0644, kSam, "npmrc"},
    {'f', "~/.bashrc", 0644, kSam, "rc"},
    {'f', "~/secret.txt", 0644, kSam, "s"},
    {'d', "~/.config", 0755, kSam},
    {'d', "~/.config/gcloud", 0755, kSam},
    {'f', "~/.config/gcloud/creds", 0600, kSam, "g"},
    {'d', "~/.cache", 0755, kSam},
    {'m', "~/.cache/fast", 0755, kSam},
    {'f', "~/.cache/fast/f", 0644, kSam, "f"},
    {'d', "~/project", 0755, kSam},
    {'d', "~/project/src", 0755, kSam},
    {'f', "~/project/src/a.js", 0644, kSam, "a"},
    {'f', "~/project/.env", 0644, kSam, "e"},
    {'f', "~/project/run.sh", 0755, kSam, "#!/bin/sh\n"},
    {'d', "~/project/.git", 0755, kSam},
    {'f', "~/project/.git/config", 0644, kSam, "c"},
    {'l', "~/project/sshrel", 0777, kSam, "../.ssh"},
    {'l', "~/project/up", 0777, kSam, ".."},
    {'l', "~/project/awsup", 0777, kSam, "up/.aws"},
    {'d', "~/x", 0755, kSam},
    {'f', "~/x/f", 0644, kSam, "f"},
    {'d', "~/x/sub", 0755, kSam},
    {'f', "~/x/sub/g", 0644, kSam, "g"},
    {'l', "~/x/out", 0777, kSam, "../../../srv"},
    {'d', "~/dotfiles", 0755, kSam},
    {'f', "~/dotfiles/gitconfig", 0644, kSam, "g"},
    {'l', "~/.gitconfig", 0777, kSam, "dotfiles/gitconfig"},
    {'l', "~/sshlink", 0777, kSam, ".ssh"},
    {'l', "~/awsabs", 0777, kSam, "/home/sam/.aws"},
    {'l', "~/keyrel", 0777, kSam, ".ssh/id_rsa"},
    {'l', "~/keyabs", 0777, kSam, "/home/sam/.ssh/id_rsa"},
    {'l', "~/chain1", 0777, kSam, "chain2"},
    {'l', "~/chain2", 0777, kSam, "project/up/x"},
    {'l', "~/dang", 0777, kSam, "not-there"},
    {'l', "~/loop", 0777, kSam, "loop"},
    {'d', "~/locked", 0700, kSam},
    {'f', "~/locked/f", 0644, kSam, "f"},
    {'d', "~/locked/in", 0755, kSam},
    {'f', "~/locked/in/g", 0644, kSam, "g"},
    {'d', "~/blind", 0711, kSam},
    {'f', "~/blind/b", 0644, kSam, "b"},
    {'f', "~/sealed", 0000, kSam, "s"},
    {'d', "~/frozen", 0555, kSam},
    {'f', "~/frozen/w", 0644, kSam, "w"},
    {'d', "~/empty", 0755, kSam},
};
/// Closed once everything is in them.
constexpr struct {
  const char* path;
  mode_t mode;
} kClosed[] = {{"/home/sam/locked", 0000}, {"/home/sam/blind", 0311}, {"/home/sam/frozen", 0555}};

constexpr struct {
  const char* name;
  unsigned number;
} kDevices[] = {{"null", 3}, {"zero", 5}, {"full", 7}, {"random", 8}, {"urandom", 9}};

std::string Real(const char* path) {
  return path[0] == '~' ? kStageHome + std::string(path + 1) : path;
}

bool MakeSocket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int handle = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  return bind(handle, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
         listen(handle, 4000) == 0;  // it stays open as long as this process
}

bool MakeTmpfs(const std::string& path) {
  return (mkdir(path.c_str(), 0755) == 0 || errno == EEXIST) &&
         mount("tmpfs", path.c_str(), "tmpfs", MS_NOSUID, "mode=0755") == 0;
}

bool MakeNode(const StageNode& node, const std::string& path) {
  switch (node.kind) {
    case 'd':
      return mkdir(path.c_str(), 0755) == 0;
    case 'f':
      return WriteStageFile(path, node.text);
    case 'l':
      return symlink(node.text, path.c_str()) == 0;
    case 's':
      return MakeSocket(path);
    case 'm':
      return MakeTmpfs(path);
    default:
      return false;
  }
}

bool MakeDevices() {
  if (!MakeTmpfs("/dev")) return false;
  for (const auto& device : kDevices) {
    const std::string path = std::string("/dev/") + device.name;
    if (mknod(path.c_str(), S_IFCHR | 0666, makedev(1, device.number)) != 0) return false;
    chmod(path.c_str(), 0666);
  }
  mknod("/dev/tty", S_IFCHR | 0666, makedev(5, 0));
  chmod("/dev/tty", 0666);
  mkdir("/dev/pts", 0755);
  mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666");
  (void)!symlink("pts/ptmx", "/dev/ptmx");
  (void)!symlink("/proc/self/fd", "/dev/fd");
  (void)!symlink("/proc/self/fd/0", "/dev/stdin");
  if (!MakeTmpfs("/dev/shm")) return false;
  chmod("/dev/shm", 01777);
  return WriteStageFile("/dev/shm/note", "n") && chown("/dev/shm/note", kSam, kSam) == 0;
}

}  // namespace

bool WriteStageFile(const std::string& path, std::string_view text) {
  const int handle = open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
  if (handle < 0) return false;
  const bool done = write(handle, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(handle);
  return done;
}

std::string MakeStageNodes() {
  for (const StageNode& node : kNodes) {
    const std::string path = Real(node.path);
    if (!MakeNode(node, path)) return path;
    const gid_t group = node.gid != 0 ? node.gid : node.uid;
    if (lchown(path.c_str(), node.uid, group) != 0) return path;
    if (node.kind != 'l' && chmod(path.c_str(), node.mode) != 0) return path;
  }
  for (const auto& closed : kClosed) chmod(closed.path, closed.mode);
  return MakeDevices() ? "" : "/dev";
}

Strings StagePaths() {
  Strings paths{"/"};
  for (const StageNode& node : kNodes) paths.push_back(Real(node.path));
  paths.emplace_back("/dev/null");
  paths.emplace_back("/dev/shm");
  paths.emplace_back("/dev/shm/note");
  return paths;
}

}  // namespace sandlint::oracle
