#pragma once

// A home made up for one run of srt, in namespaces of its own: nothing of it is left afterwards.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sandlint::oracle {

inline constexpr unsigned kSrtUser = 1234;
inline constexpr const char* kSrtHome = "/home/sam";

struct SrtRun {
  std::string settings;  ///< text of the settings file
  std::string directory;
  std::vector<std::string> environment;
  std::vector<std::string> targets;  ///< HOST:PORT to connect to
  bool dashes = true;                ///< `--` before the command
};

/// device, inode
using NodeId = std::pair<std::uint64_t, std::uint64_t>;

struct SrtReport {
  bool started = false;
  std::map<std::string, int> rights;  ///< by path on the host
  std::vector<std::string> own, proc, connected;
  std::string errors;
};

/// Why nothing can be run here; empty when it can.
std::string SrtIsMissing();

/// In a child process, in a home of its own: calls `job`, whose text comes back.
std::string InSrtHome(const std::function<std::string()>& job);

/// Every node of the home but links, with its identity.
std::map<std::string, NodeId> SrtNodes();
/// Runs the real program over the probe.
SrtReport RunSrt(const SrtRun& run, const std::map<std::string, NodeId>& nodes);

}  // namespace sandlint::oracle
