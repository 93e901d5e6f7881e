#include "cli/probe_run.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

namespace sandlint {
namespace {

constexpr std::size_t kMostBytes = std::size_t{16} << 20U;

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

[[noreturn]] void Become(std::vector<std::string> argv, std::vector<std::string> environment,
                         int out, int err) {
  setpgid(0, 0);
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, 0);
  dup2(out, 1);
  dup2(err, 2);
  const std::vector<char*> words = Pointers(argv);
  const std::vector<char*> variables = Pointers(environment);
  execvpe(words[0], words.data(), variables.data());
  _exit(127);
}

/// Reads both until they are closed; false when the time is over.
bool Collect(int out, int err, int seconds, CommandOutcome& outcome) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds(seconds);
  std::array<pollfd, 2> polls{{{out, POLLIN, 0}, {err, POLLIN, 0}}};
  std::array<char, 65536> buffer{};
  while (polls[0].fd >= 0 || polls[1].fd >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) return false;
    if (poll(polls.data(), polls.size(), static_cast<int>(left.count())) < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    for (std::size_t index = 0; index < polls.size(); ++index) {
      if (polls[index].revents == 0) continue;
      std::string& text = index == 0 ? outcome.out : outcome.err;
      const ssize_t count = read(polls[index].fd, buffer.data(), buffer.size());
      if (count > 0 && text.size() < kMostBytes) {
        text.append(buffer.data(), static_cast<std::size_t>(count));
      }
      if (count <= 0) polls[index].fd = -1;
    }
  }
  return true;
}

}  // namespace

CommandOutcome RunCommand(const std::vector<std::string>& argv,
                          const std::vector<std::string>& environment, int seconds) {
  CommandOutcome outcome;
  std::array<int, 2> out{-1, -1};
  std::array<int, 2> err{-1, -1};
  if (argv.empty() || pipe2(out.data(), O_CLOEXEC) != 0) return outcome;
  if (pipe2(err.data(), O_CLOEXEC) != 0) {
    close(out[0]);
    close(out[1]);
    return outcome;
  }
  const pid_t child = fork();
  if (child == 0) Become(argv, environment, out[1], err[1]);
  close(out[1]);
  close(err[1]);
  outcome.late = child > 0 && !Collect(out[0], err[0], seconds, outcome);
  close(out[0]);
  close(err[0]);
  if (child < 0) return outcome;
  if (outcome.late) kill(-child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

}  // namespace sandlint
