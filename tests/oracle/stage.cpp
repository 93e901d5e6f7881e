#include "oracle/stage.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "oracle/stage_nodes.h"

namespace sandlint::oracle {
namespace {

namespace fs = std::filesystem;

std::string Slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string OutputOf(const std::string& command) {
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");  // NOLINT: a fixed command of the test
  if (pipe == nullptr) return text;
  std::array<char, 4096> chunk{};
  while (const std::size_t size = fread(chunk.data(), 1, chunk.size(), pipe)) {
    text.append(chunk.data(), size);
  }
  pclose(pipe);
  return text;
}

bool WriteFiles(const StageFiles& files) {
  for (const auto& [path, bytes] : files) {
    fs::create_directories(fs::path(path).parent_path());
    if (!WriteStageFile(path, bytes) || chmod(path.c_str(), 0755) != 0) return false;
  }
  return WriteStageFile("/etc/passwd",
                        "root:x:0:0:root:/root:/bin/sh\n"
                        "sam:x:1234:1234::/home/sam:/bin/sh\n"
                        "other:x:1300:1300::/home/other:/bin/sh\n") &&
         WriteStageFile("/etc/group", "root:x:0:\nsam:x:1234:\nother:x:1300:\nteam:x:1500:sam\n");
}

/// Where a program may be named in a start: `/bin/x` is `/usr/bin/x` on the stage.
std::string OnStage(const std::string& path) {
  for (const char* folder : {"/bin/", "/lib/", "/lib64/", "/sbin/"}) {
    if (path.starts_with(folder)) return "/usr" + path;
  }
  return path;
}

void Become(const Command& command, int in, int out, int err) {
  const int directory = command.directory_on_3.empty() ? -1
                                                       : open(command.directory_on_3.c_str(),
                                                              O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  dup2(in, 0);
  dup2(out, 1);
  dup2(err, 2);
  if (directory >= 0 && directory != 3) dup2(directory, 3);
  if (directory == 3) fcntl(3, F_SETFD, 0);
  syscall(SYS_close_range, directory >= 0 ? 4U : 3U, ~0U, 0U);
  if (command.uid != 0) {
    const gid_t team = kStageTeam;
    if (setgroups(1, &team) != 0 || setresgid(kStageGroup, kStageGroup, kStageGroup) != 0 ||
        setresuid(command.uid, command.uid, command.uid) != 0) {
      _exit(125);
    }
  } else {
    setgroups(0, nullptr);
  }
  if (chdir(command.directory.c_str()) != 0) _exit(126);
  std::vector<char*> words;
  std::vector<char*> variables;
  for (const std::string& word : command.argv) words.push_back(const_cast<char*>(word.c_str()));
  for (const std::string& one : command.environment) {
    variables.push_back(const_cast<char*>(one.c_str()));
  }
  words.push_back(nullptr);
  variables.push_back(nullptr);
  execve(words[0], words.data(), variables.data());
  _exit(127);
}

int OpenInput(const Command& command) {
  if (command.input_text.empty()) return open(command.input.c_str(), O_RDONLY | O_CLOEXEC);
  const int handle = static_cast<int>(syscall(SYS_memfd_create, "input", 1U));
  (void)!write(handle, command.input_text.data(), command.input_text.size());
  lseek(handle, 0, SEEK_SET);
  return handle;
}

/// Reads both ends until they close or the time is over.
bool ReadBoth(int out, int err, unsigned seconds, Ending& ending) {
  std::array<pollfd, 2> ends{pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  std::array<char, 65536> chunk{};
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    if (std::chrono::steady_clock::now() > limit) return false;
    if (poll(ends.data(), ends.size(), 200) <= 0) continue;
    for (std::size_t index = 0; index < ends.size(); ++index) {
      if (ends[index].fd < 0 || ends[index].revents == 0) continue;
      const ssize_t size = read(ends[index].fd, chunk.data(), chunk.size());
      if (size <= 0) {
        ends[index].fd = -1;
      } else {
        (index == 0 ? ending.out : ending.err).append(chunk.data(), static_cast<std::size_t>(size));
      }
    }
  }
  return true;
}

}  // namespace

StageFiles ReadPrograms(const Strings& programs) {
  StageFiles files;
  for (const std::string& program : programs) {
    if (program.empty()) return {};
    files[OnStage(program)] = Slurp(program);
    std::istringstream words(OutputOf("ldd " + program + " 2>/dev/null"));
    for (std::string word; words >> word;) {
      if (word.starts_with('/')) files[OnStage(word)] = Slurp(word);
    }
  }
  return files;
}

bool EnterStage(const StageFiles& files, std::string& problem) {
  const auto failed = [&](const std::string& what) {
    problem = what + ": " + strerror(errno);
    return false;
  };
  if (unshare(CLONE_NEWNS) != 0) return failed("a mount namespace");
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return failed("private");
  if (mount("tmpfs", "/tmp", "tmpfs", 0, "mode=0755") != 0) return failed("a tmpfs");
  if (chdir("/tmp") != 0 || mkdir("old", 0755) != 0) return failed("the root");
  if (syscall(SYS_pivot_root, ".", "old") != 0 || chdir("/") != 0) return failed("pivot_root");
  umask(022);
  // A new procfs has to be mounted while one is in sight.
  if (const std::string path = MakeStageNodes(); !path.empty()) return failed(path);
  if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0) {
    return failed("a procfs");
  }
  if (umount2("/old", MNT_DETACH) != 0 || rmdir("/old") != 0) return failed("the old root");
  return WriteFiles(files) || failed("the programs");
}

Ending RunCommand(const Command& command) {
  Ending ending;
  std::array<int, 2> out{}, err{};
  if (pipe2(out.data(), O_CLOEXEC) != 0 || pipe2(err.data(), O_CLOEXEC) != 0) return ending;
  const int in = OpenInput(command);
  const pid_t child = fork();
  if (child == 0) Become(command, in, out[1], err[1]);
  for (const int handle : {in, out[1], err[1]}) close(handle);
  ending.late = !ReadBoth(out[0], err[0], command.seconds, ending);
  if (ending.late) kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  ending.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  close(out[0]);
  close(err[0]);
  return ending;
}

std::string FindProgram(const std::string& name) {
  for (const char* folder : {"/usr/local/bin/", "/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/"}) {
    if (access((folder + name).c_str(), X_OK) == 0) return folder + name;
  }
  return {};
}

bool OraclesRequired() {
  const char* required = std::getenv("SANDLINT_REQUIRE_ORACLES");
  return required != nullptr && std::string(required) == "1";
}

}  // namespace sandlint::oracle
