#pragma once

// A machine made up for one run: namespaces of its own, a root file system on a tmpfs, a user who
// exists nowhere else, sockets that listen. Nothing of it is left when the process ends.

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace sandlint::oracle {

using Strings = std::vector<std::string>;

inline constexpr uid_t kStageUser = 1234;  ///< `sam`, with the home /home/sam
inline constexpr gid_t kStageGroup = 1234;
inline constexpr gid_t kStageTeam = 1500;  ///< a second group of sam
inline constexpr const char* kStageHome = "/home/sam";
inline constexpr const char* kStageProbe = "/.probe";
inline constexpr int kStageTcp = 18099;
inline constexpr int kStageUdp = 18098;
inline constexpr const char* kStageAbstract = "sandlint-stage";

/// Files by absolute path, with their bytes.
using StageFiles = std::map<std::string, std::string>;

/// Programs and every library that they load, from this machine. Empty when one is missing.
StageFiles ReadPrograms(const Strings& programs);

/// Runs `job` for each number below `count`, each in a process of its own, in `workers` lanes. A
/// lane has its own pid, network, ipc and uts namespaces and the listeners. The answers come back
/// by number; that of a job which crashed or took longer than `seconds` is empty.
/// `problem` says why nothing could be run.
Strings RunJobs(std::size_t count, unsigned workers, unsigned seconds,
                const std::function<std::string(std::size_t)>& job, std::string& problem);

/// Opens what the probe tries to reach: the loopback and an abstract socket of this network
/// namespace, whose loopback is made to work. False when it is not of one's own.
bool StartListeners(std::vector<int>& kept);

/// For a job: makes the stage and enters it as its root. False with `problem` set.
bool EnterStage(const StageFiles& files, std::string& problem);

/// Everything that the stage made, as `absolute path` of the node; kernel file systems left out.
Strings StagePaths();

struct Command {
  Strings argv;
  Strings environment;  ///< `NAME=value`
  uid_t uid = kStageUser;
  std::string directory = "/";
  std::string input = "/dev/null";  ///< opened as descriptor 0, as root
  std::string input_text;           ///< given instead where it is not empty
  std::string directory_on_3;       ///< a directory open as descriptor 3; empty: none
  unsigned seconds = 10;            ///< at most
};
struct Ending {
  int status = -1;  ///< exit code; 128 + n for signal n
  bool late = false;
  std::string out;
  std::string err;
};
/// Runs a program with no descriptor open but those of `command`.
Ending RunCommand(const Command& command);

/// Does a program lie in the usual folders?
std::string FindProgram(const std::string& name);
/// Is a missing program a failure (SANDLINT_REQUIRE_ORACLES=1)?
bool OraclesRequired();

}  // namespace sandlint::oracle
