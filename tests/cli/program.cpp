#include "cli/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <tuple>

#include "paths.h"

namespace {

namespace fs = std::filesystem;

struct Pipe {
  std::array<int, 2> ends{-1, -1};
  Pipe() {
    if (pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  }
  void Close(std::size_t end) {
    if (ends[end] >= 0) close(ends[end]);
    ends[end] = -1;
  }
  ~Pipe() {
    Close(0);
    Close(1);
  }
};

[[noreturn]] void Become(const std::vector<std::string>& words, const How& how, Pipe& in, Pipe& out,
                         Pipe& err) {
  if (!how.directory.empty() && chdir(how.directory.c_str()) != 0) _exit(126);
  dup2(in.ends[0], 0);
  if (how.out_file.empty()) {
    dup2(out.ends[1], 1);
  } else if (how.out_file == "closed") {
    close(1);
  } else {
    dup2(open(how.out_file.c_str(), O_WRONLY), 1);
  }
  dup2(err.ends[1], 2);

  std::map<std::string, std::string> variables{
      {"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"HOME", "/nonexistent"}, {"LC_ALL", "C.UTF-8"}};
  for (const auto& [name, value] : how.environment) variables[name] = value;
  std::vector<std::string> lines;
  for (const auto& [name, value] : variables) lines.push_back(name + "=" + value);
  std::vector<char*> environment;
  for (std::string& line : lines) environment.push_back(line.data());
  environment.push_back(nullptr);

  std::vector<std::string> all{kBinary};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> argv;
  for (std::string& word : all) argv.push_back(word.data());
  argv.push_back(nullptr);
  execve(kBinary, argv.data(), environment.data());
  _exit(127);
}

/// Feeds stdin and collects both outputs until the program closes them or the time is over.
void Converse(const How& how, Pipe& in, Pipe& out, Pipe& err, Outcome& outcome) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds(how.seconds);
  std::size_t sent = 0;
  if (how.input.empty()) in.Close(1);
  while (out.ends[0] >= 0 || err.ends[0] >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) {
      outcome.late = true;
      return;
    }
    std::array<pollfd, 3> polls{
        {{in.ends[1], POLLOUT, 0}, {out.ends[0], POLLIN, 0}, {err.ends[0], POLLIN, 0}}};
    if (poll(polls.data(), polls.size(), static_cast<int>(left.count())) < 0) return;
    if (polls[0].revents != 0) {
      const ssize_t count = write(in.ends[1], how.input.data() + sent, how.input.size() - sent);
      if (count > 0) sent += static_cast<std::size_t>(count);
      if ((count < 0 && errno != EAGAIN) || sent == how.input.size()) in.Close(1);
    }
    std::array<char, 65536> buffer{};
    for (const auto& [poll_index, pipe, text] :
         {std::tuple(1U, &out, &outcome.out), std::tuple(2U, &err, &outcome.err)}) {
      if (polls[poll_index].revents == 0) continue;
      const ssize_t count = read(pipe->ends[0], buffer.data(), buffer.size());
      if (count <= 0) {
        pipe->Close(0);
      } else {
        text->append(buffer.data(), static_cast<std::size_t>(count));
      }
    }
  }
}

}  // namespace

Outcome Sandlint(const std::vector<std::string>& words, const How& how) {
  signal(SIGPIPE, SIG_IGN);
  Pipe in, out, err;
  Outcome outcome;
  const pid_t child = fork();
  if (child == 0) Become(words, how, in, out, err);
  in.Close(0);
  out.Close(1);
  err.Close(1);
  fcntl(in.ends[1], F_SETFL, O_NONBLOCK);
  Converse(how, in, out, err, outcome);
  if (outcome.late) kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

Tree::Tree(std::initializer_list<File> files) {
  std::string name = (fs::temp_directory_path() / "sandlint-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) std::abort();
  root = name;
  for (const File& file : files) Write(file.path, file.text);
}

Tree::~Tree() {
  std::error_code error;
  fs::remove_all(root, error);
}

void Tree::Write(const std::string& path, const std::string& text) const {
  const fs::path file = fs::path(root) / path;
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

std::string Tree::Read(const std::string& path) const {
  std::ifstream file(fs::path(root) / path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string Config(const std::string& name, const std::vector<std::string>& argv) {
  nlohmann::ordered_json server{{"command", argv.front()}};
  server["args"] = std::vector<std::string>(argv.begin() + 1, argv.end());
  nlohmann::ordered_json config;
  config["mcpServers"][name] = server;
  return config.dump(2) + "\n";
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
