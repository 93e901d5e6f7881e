#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace sandlint {

/// One packet that a process tries to send: TCP SYN, UDP datagram or ICMP echo request.
struct LabProbe {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::string protocol;  ///< tcp, udp, icmp
  std::string host;
  std::uint16_t port = 0;
};

/// A network namespace of its own with a device `d0` that routes everywhere, in a process of its
/// own. Nothing of it outlives the call.
class EgressLab {
 public:
  /// Is the caller root, and can it make network namespaces?
  static bool Available();
  /// Runs `work` in a child in a fresh namespace; what it returns comes back. Empty when it died.
  static std::string Run(const std::function<std::string(EgressLab&)>& work);

  /// Gives `input` to a command of the machine; its exit status.
  int Command(const std::string& command, const std::string& input = {}) const;
  /// Did its first packet come out of the output path of this machine?
  bool Leaves(const LabProbe& probe);

 private:
  EgressLab();
  bool Seen(std::uint16_t source_port) const;
  int sniffer_ = -1;
  std::uint16_t next_port_ = 20000;
};

}  // namespace sandlint
