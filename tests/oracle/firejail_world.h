#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace sandlint {

/// What the probe said of one path.
struct Probed {
  bool read = false;
  bool write = false;
  std::string content;  ///< the host path of the file whose text was read; empty: none of ours
};

struct ProbeRun {
  bool started = false;
  std::map<std::string, Probed> paths;
  std::set<std::string> variables;
  bool abstract = false, tcp = false;
  std::set<std::string> written;  ///< host files that the probe changed
  std::string said;               ///< what firejail printed
};

/// A throw-away machine in namespaces of its own: a user, a home, files that name themselves,
/// sockets that listen. Made by a process that is root; the real machine is not changed.
class FirejailWorld {
 public:
  /// Enters the namespaces. False, with `problem` set, where that is not possible.
  bool Enter(const std::string& probe, std::string& problem);
  /// Puts the home back as it was at the start.
  void Reset(const std::map<std::string, std::string>& files);
  /// Runs `firejail words…` with the probe as the ordinary user.
  ProbeRun Run(const std::vector<std::string>& words, const std::string& directory);

  static const std::vector<std::string>& Paths();
  static const std::vector<std::string>& Environment();  ///< NAME=value
  static std::string Home() { return "/home/fjuser"; }
  static constexpr unsigned kUid = 1234;

 private:
  void Mounts();
  bool Listen();
  int port_ = 0;
};

}  // namespace sandlint
