// Lanes of jobs: each lane is a pid 1 of its own, so that nothing survives it.

#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>

#include "oracle/stage.h"

namespace sandlint::oracle {
namespace {

using Job = std::function<std::string(std::size_t)>;

bool Listen(int family, int kind, const sockaddr* address, socklen_t size, std::vector<int>& kept) {
  const int handle = socket(family, kind | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (family == AF_INET6) setsockopt(handle, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind(handle, address, size) != 0) return false;
  if (kind == SOCK_STREAM && listen(handle, 1000) != 0) return false;
  kept.push_back(handle);
  return true;
}

/// The root of a lane holds nothing: what looks at it through /proc must not see this machine.
bool LeaveMachine() {
  return mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         mount("tmpfs", "/tmp", "tmpfs", 0, "mode=0755") == 0 && chdir("/tmp") == 0 &&
         mkdir("old", 0755) == 0 && mkdir("proc", 0755) == 0 && mkdir("tmp", 0755) == 0 &&
         mount("proc", "proc", "proc", 0, nullptr) == 0 &&
         syscall(SYS_pivot_root, ".", "old") == 0 && chdir("/") == 0 &&
         umount2("/old", MNT_DETACH) == 0 && rmdir("/old") == 0;
}

void Drain(const std::vector<int>& listeners) {
  std::array<char, 512> chunk{};
  for (const int listener : listeners) {
    while (recv(listener, chunk.data(), chunk.size(), MSG_DONTWAIT) > 0) {
    }
    for (int one = 0; (one = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) close(one);
  }
}

std::string RunOne(std::size_t number, unsigned seconds, const Job& job) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    const std::string answer = job(number);
    for (std::size_t at = 0; at < answer.size();) {
      const ssize_t size = write(ends[1], answer.data() + at, answer.size() - at);
      if (size <= 0) break;
      at += static_cast<std::size_t>(size);
    }
    _exit(0);
  }
  close(ends[1]);
  std::string answer;
  std::array<char, 65536> chunk{};
  pollfd wait{ends[0], POLLIN, 0};
  while (poll(&wait, 1, static_cast<int>(seconds) * 1000) > 0) {
    const ssize_t size = read(ends[0], chunk.data(), chunk.size());
    if (size <= 0) break;
    answer.append(chunk.data(), static_cast<std::size_t>(size));
  }
  close(ends[0]);
  kill(-1, SIGKILL);  // everything of this pid namespace but its first process
  while (waitpid(-1, nullptr, 0) > 0) {
  }
  return answer;
}

void WriteAll(int handle, const void* bytes, std::size_t size) {
  (void)!write(handle, bytes, size);
}

/// The first process of a lane.
int RunLane(int results, std::size_t first, std::size_t count, unsigned step, unsigned seconds,
            const Job& job) {
  std::vector<int> listeners;
  if (!StartListeners(listeners)) return 3;
  if (!LeaveMachine()) return 4;
  for (std::size_t number = first; number < count; number += step) {
    const std::string answer = RunOne(number, seconds, job);
    Drain(listeners);
    const std::array<std::size_t, 2> head{number, answer.size()};
    WriteAll(results, head.data(), sizeof head);
    WriteAll(results, answer.data(), answer.size());
  }
  return 0;
}

void ReadResults(int results, Strings& answers) {
  lseek(results, 0, SEEK_SET);
  std::array<std::size_t, 2> head{};
  while (read(results, head.data(), sizeof head) == static_cast<ssize_t>(sizeof head)) {
    std::string answer(head[1], '\0');
    for (std::size_t at = 0; at < answer.size();) {
      const ssize_t size = read(results, answer.data() + at, answer.size() - at);
      if (size <= 0) return;
      at += static_cast<std::size_t>(size);
    }
    if (head[0] < answers.size()) answers[head[0]] = std::move(answer);
  }
}

}  // namespace

bool StartListeners(std::vector<int>& kept) {
  const int handle = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  const bool up = ioctl(handle, SIOCSIFFLAGS, &request) == 0;
  close(handle);
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = in6addr_loopback;
  v6.sin6_port = htons(kStageTcp);
  sockaddr_un named{};
  named.sun_family = AF_UNIX;
  strcpy(named.sun_path + 1, kStageAbstract);
  const auto length =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + strlen(kStageAbstract));
  v4.sin_port = htons(kStageUdp);
  const bool udp = Listen(AF_INET, SOCK_DGRAM, reinterpret_cast<sockaddr*>(&v4), sizeof v4, kept);
  v4.sin_port = htons(kStageTcp);
  Listen(AF_INET6, SOCK_STREAM, reinterpret_cast<sockaddr*>(&v6), sizeof v6, kept);
  return up && udp &&
         Listen(AF_INET, SOCK_STREAM, reinterpret_cast<sockaddr*>(&v4), sizeof v4, kept) &&
         Listen(AF_UNIX, SOCK_STREAM, reinterpret_cast<sockaddr*>(&named), length, kept);
}

Strings RunJobs(std::size_t count, unsigned workers, unsigned seconds, const Job& job,
                std::string& problem) {
  Strings answers(count);
  std::vector<std::pair<pid_t, int>> lanes;
  for (unsigned lane = 0; lane < workers; ++lane) {
    const int results = static_cast<int>(syscall(SYS_memfd_create, "results", 1U));
    const pid_t outer = fork();
    if (outer == 0) {
      // The pid namespace holds the children: one of them is its first process.
      if (unshare(CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS) != 0) {
        _exit(2);
      }
      const pid_t init = fork();
      if (init == 0) _exit(RunLane(results, lane, count, workers, seconds, job));
      int status = 0;
      waitpid(init, &status, 0);
      _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 5);
    }
    lanes.emplace_back(outer, results);
  }
  for (const auto& [process, results] : lanes) {
    int status = 0;
    waitpid(process, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      problem = "namespaces of its own cannot be made here (step " +
                std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : -1) + ")";
    }
    ReadResults(results, answers);
    close(results);
  }
  return answers;
}

}  // namespace sandlint::oracle
