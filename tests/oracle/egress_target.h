#pragma once

#include <cstdint>
#include <string>

#include "egress_lab.h"
#include "scanner/egress/text.h"

namespace sandlint {

/// Where a live test sends its probes.
struct EgressTarget {
  const char* protocol;
  const char* host;
  std::uint16_t port;
};

/// A letter for each user and target: did the packet leave?
template <typename Uids, typename Targets>
std::string ProbeAll(EgressLab& lab, const Uids& uids, const Targets& targets) {
  std::string seen;
  for (const std::uint32_t uid : uids) {
    for (const EgressTarget& target : targets) {
      const LabProbe probe{uid, uid + 1000, target.protocol, target.host, target.port};
      seen += lab.Leaves(probe) ? 'y' : 'n';
    }
  }
  return seen;
}

/// The first packet of a probe in the lab, as the evaluator sees it.
inline Flow FlowOf(const EgressTarget& target, Program& program) {
  const auto address = ParseAddress(target.host);
  Flow flow;
  flow.family = address->family;
  flow.address = address->value;
  const bool v6 = flow.family == Family::V6;
  const std::string protocol = target.protocol;
  flow.protocol = protocol == "tcp" ? kTcp : protocol == "udp" ? kUdp : v6 ? kIcmpV6 : kIcmp;
  flow.port = protocol != "icmp" ? target.port : v6 ? kEchoRequestV6 : kEchoRequestV4;
  flow.interface = IsLoopback(*address) ? std::uint8_t{0} : *program.interfaces.Find("d0");
  return flow;
}

}  // namespace sandlint
