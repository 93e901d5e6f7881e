#include "egress_lab.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace sandlint {
namespace {

/// The port (or ICMP id) from which an IP packet was sent; 0 for what has none.
std::uint16_t SourcePortOf(const unsigned char* packet, std::size_t size) {
  const auto word = [&](std::size_t at) {
    return at + 1 < size ? static_cast<std::uint16_t>(packet[at] << 8 | packet[at + 1])
                         : std::uint16_t{0};
  };
  if (size < 20) return 0;
  const bool v6 = packet[0] >> 4 == 6;
  const std::size_t header = v6 ? 40 : static_cast<std::size_t>(packet[0] & 15) * 4;
  const int protocol = v6 ? packet[6] : packet[9];
  if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP) return word(header);
  const bool request = header < size && (packet[header] == 8 || packet[header] == 128);
  const bool icmp = protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6;
  return icmp && request ? word(header + 4) : std::uint16_t{0};
}

/// In a child with the user of the probe: opens the socket and sends one packet.
void Send(const LabProbe& probe, std::uint16_t source_port) {
  const bool v6 = probe.host.find(':') != std::string::npos;
  const int family = v6 ? AF_INET6 : AF_INET;
  if (setgroups(0, nullptr) != 0 || setresgid(probe.gid, probe.gid, probe.gid) != 0 ||
      setresuid(probe.uid, probe.uid, probe.uid) != 0) {
    return;
  }
  const bool icmp = probe.protocol == "icmp";
  const int type = probe.protocol == "tcp" ? SOCK_STREAM : SOCK_DGRAM;
  const int fd = socket(family, type | SOCK_NONBLOCK,
                        icmp ? (v6 ? static_cast<int>(IPPROTO_ICMPV6) : IPPROTO_ICMP) : 0);
  if (fd < 0) return;
  sockaddr_in6 to6{};
  sockaddr_in to4{};
  to6.sin6_family = AF_INET6;
  to4.sin_family = AF_INET;
  to6.sin6_port = to4.sin_port = htons(source_port);
  const auto* address = v6 ? reinterpret_cast<sockaddr*>(&to6) : reinterpret_cast<sockaddr*>(&to4);
  const socklen_t size = v6 ? sizeof to6 : sizeof to4;
  if (bind(fd, address, size) != 0) return;
  to6.sin6_port = to4.sin_port = icmp ? 0 : htons(probe.port);
  inet_pton(family, probe.host.c_str(),
            v6 ? static_cast<void*>(&to6.sin6_addr) : static_cast<void*>(&to4.sin_addr));
  const std::array<unsigned char, 8> echo = {static_cast<unsigned char>(v6 ? 128 : 8)};
  if (probe.protocol == "tcp") {
    if (connect(fd, address, size) != 0) return;
  } else {
    (void)!sendto(fd, echo.data(), echo.size(), 0, address, size);
  }
}

}  // namespace

bool EgressLab::Available() {
  if (geteuid() != 0) return false;
  return Run([](EgressLab&) { return std::string("yes"); }) == "yes";
}

std::string EgressLab::Run(const std::function<std::string(EgressLab&)>& work) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return {};
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    std::string answer;
    if (unshare(CLONE_NEWNET) == 0) {
      EgressLab lab;
      answer = work(lab);
    }
    for (std::size_t at = 0; at < answer.size();) {
      const ssize_t written = write(ends[1], answer.data() + at, answer.size() - at);
      if (written <= 0) break;
      at += static_cast<std::size_t>(written);
    }
    _exit(0);
  }
  close(ends[1]);
  std::string answer;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = read(ends[0], buffer.data(), buffer.size())) > 0;) {
    answer.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return answer;
}

EgressLab::EgressLab() {
  Command(
      "ip link set lo up; ip link add d0 type veth peer name d1;"
      "ip addr add 192.0.2.2/24 dev d0; ip -6 addr add 2001:db8:1::2/64 dev d0 nodad;"
      "ip link set d0 up; ip link set d1 up;"
      "ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev d0;"
      "ip -6 neigh add 2001:db8:1::1 lladdr 02:00:00:00:00:01 dev d0;"
      "ip route add default via 192.0.2.1; ip -6 route add default via 2001:db8:1::1;"
      "echo 0 2147483647 > /proc/sys/net/ipv4/ping_group_range;"
      "echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet");
  sniffer_ = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL));
}

int EgressLab::Command(const std::string& command, const std::string& input) const {
  FILE* program = popen(("( " + command + " ) >/dev/null 2>&1").c_str(), "w");
  if (program == nullptr) return -1;
  (void)!fwrite(input.data(), 1, input.size(), program);
  return pclose(program);
}

bool EgressLab::Seen(std::uint16_t source_port) const {
  std::array<unsigned char, 256> packet{};
  bool seen = false;
  for (;;) {
    sockaddr_ll from{};
    socklen_t size = sizeof from;
    const ssize_t got = recvfrom(sniffer_, packet.data(), packet.size(), 0,
                                 reinterpret_cast<sockaddr*>(&from), &size);
    if (got <= 0) return seen;
    const bool out = from.sll_pkttype == PACKET_OUTGOING;
    if (out && SourcePortOf(packet.data(), static_cast<std::size_t>(got)) == source_port) {
      seen = true;
    }
  }
}

bool EgressLab::Leaves(const LabProbe& probe) {
  const std::uint16_t port = next_port_++;
  if (next_port_ > 60000) next_port_ = 20000;
  const pid_t child = fork();
  if (child == 0) {
    Send(probe, port);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return Seen(port);
}

}  // namespace sandlint
