#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sandlint {

/// A socket address as strace prints it: `{sa_family=AF_INET, sin_port=htons(443), …}`.
struct TraceAddress {
  enum class Family : std::uint8_t { Other, Unix, Inet };
  Family family = Family::Other;
  std::string text;  ///< an IP address, the path of a unix socket, `@name` of an abstract one
  std::uint32_t port = 0;
};
/// The first address in `printed`, also inside of a message header; nothing where there is none.
std::optional<TraceAddress> ReadTraceAddress(std::string_view printed);

/// The protocol of `5<TCPv6:[…]>` (-yy): tcp, udp, icmp; empty otherwise.
std::string_view ProtocolOfDescriptor(std::string_view printed);
/// The other end in `5<TCP:[a:1->b:2]>`; nothing without one.
std::optional<TraceAddress> PeerOfDescriptor(std::string_view printed);

/// What a DNS message says, as far as the log shows it.
struct DnsMessage {
  std::string question;  ///< empty when the message is cut before its end
  std::vector<std::string> addresses;
};
DnsMessage ReadDns(std::string_view bytes);

/// `CONNECT host:port HTTP/1.1` -> host and port; nothing for other payloads.
std::optional<std::pair<std::string, std::uint32_t>> ReadProxyConnect(std::string_view bytes);

}  // namespace sandlint
