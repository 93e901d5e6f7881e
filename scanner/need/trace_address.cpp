#include "scanner/need/trace_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "scanner/parse/strace.h"

namespace sandlint {
namespace {

/// What stands between `open` and `close` behind the first `open` of `text`.
std::string_view Between(std::string_view text, std::string_view open, std::string_view close) {
  const std::size_t begin = text.find(open);
  if (begin == std::string_view::npos) return {};
  const std::size_t from = begin + open.size();
  const std::size_t end = text.find(close, from);
  return end == std::string_view::npos ? std::string_view{} : text.substr(from, end - from);
}

std::uint32_t Number(std::string_view text) {
  std::uint32_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

TraceAddress UnixAddress(std::string_view printed) {
  TraceAddress address{TraceAddress::Family::Unix, {}, 0};
  const std::size_t at = printed.find("sun_path=");
  if (at == std::string_view::npos) return address;
  const std::string_view path = printed.substr(at + 9);
  if (path.starts_with('@')) address.text = '@';
  address.text += DecodeTraceString(path).bytes;
  return address;
}

/// `6.7.8.9:443` or `[::1]:443`.
std::optional<TraceAddress> HostAndPort(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return TraceAddress{TraceAddress::Family::Inet, std::string(host),
                      Number(text.substr(colon + 1))};
}

std::uint32_t Big16(std::string_view bytes, std::size_t at) {
  return (static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at])) << 8U) |
         static_cast<unsigned char>(bytes[at + 1]);
}

constexpr std::size_t kDnsHeader = 12;
constexpr std::uint32_t kOpcode = 0x7800;  // 0 is a query

/// Reads a name from `at` on; false where the message ends inside of it.
bool ReadName(std::string_view bytes, std::size_t& at, std::string* name) {
  while (at < bytes.size()) {
    const auto length = static_cast<unsigned char>(bytes[at]);
    if ((length & 0xC0U) != 0) {  // a pointer back: the name is not needed again
      at += 2;
      return at <= bytes.size();
    }
    if (length == 0) {
      ++at;
      return true;
    }
    if (at + 1 + length > bytes.size()) return false;
    if (name != nullptr) {
      if (!name->empty()) *name += '.';
      name->append(bytes.substr(at + 1, length));
    }
    at += 1U + length;
  }
  return false;
}

std::string FormatAddress(std::string_view data) {
  std::string text;
  if (data.size() == 4) {
    for (const char c : data) {
      text += fmt::format("{}{}", text.empty() ? "" : ".", static_cast<unsigned char>(c));
    }
    return text;
  }
  for (std::size_t at = 0; at + 1 < data.size(); at += 2) {
    text += fmt::format("{}{:x}", text.empty() ? "" : ":", Big16(data, at));
  }
  return text;
}

void ReadAnswers(std::string_view bytes, std::size_t at, std::uint32_t count, DnsMessage& message) {
  for (; count > 0; --count) {
    if (!ReadName(bytes, at, nullptr) || at + 10 > bytes.size()) return;
    const std::uint32_t type = Big16(bytes, at);
    const std::uint32_t length = Big16(bytes, at + 8);
    at += 10;
    if (at + length > bytes.size()) return;
    const bool address = (type == 1 && length == 4) || (type == 28 && length == 16);
    if (address) message.addresses.push_back(FormatAddress(bytes.substr(at, length)));
    at += length;
  }
}

}  // namespace

std::optional<TraceAddress> ReadTraceAddress(std::string_view printed) {
  const std::size_t at = printed.find("sa_family=");
  if (at == std::string_view::npos) return std::nullopt;
  printed = printed.substr(at);
  const std::string_view family = Between(printed, "sa_family=", ",");
  if (family == "AF_UNIX" || family == "AF_LOCAL") return UnixAddress(printed);
  TraceAddress address;
  if (family != "AF_INET" && family != "AF_INET6") return address;
  address.family = TraceAddress::Family::Inet;
  address.port = Number(Between(printed, "_port=htons(", ")"));
  const std::string_view text = family == "AF_INET" ? Between(printed, "inet_addr(", ")")
                                                    : Between(printed, "inet_pton(AF_INET6, ", ",");
  address.text = DecodeTraceString(text).bytes;
  constexpr std::string_view kMapped = "::ffff:";
  if (address.text.starts_with(kMapped) && address.text.find('.') != std::string::npos) {
    address.text.erase(0, kMapped.size());  // an IPv4 connection of an IPv6 socket
  }
  return address;
}

std::string_view ProtocolOfDescriptor(std::string_view printed) {
  const std::string_view socket = DescriptorPath(printed);
  if (socket.starts_with("TCP")) return "tcp";
  if (socket.starts_with("UDP")) return "udp";
  return socket.starts_with("PING") || socket.starts_with("ICMP") ? "icmp" : "";
}

std::optional<TraceAddress> PeerOfDescriptor(std::string_view printed) {
  if (ProtocolOfDescriptor(printed).empty()) return std::nullopt;
  std::string_view peer = Between(printed, "->", ">");
  if (!peer.ends_with(']')) return std::nullopt;
  peer.remove_suffix(1);
  return HostAndPort(peer);
}

DnsMessage ReadDns(std::string_view bytes) {
  DnsMessage message;
  if (bytes.size() <= kDnsHeader) return message;
  const std::uint32_t questions = Big16(bytes, 4);
  const std::uint32_t flags = Big16(bytes, 2);
  if (questions != 1 || (flags & kOpcode) != 0) return message;
  std::size_t at = kDnsHeader;
  std::string question;
  if (!ReadName(bytes, at, &question)) return message;
  message.question = std::move(question);
  at += 4;
  ReadAnswers(bytes, at, Big16(bytes, 6), message);
  return message;
}

std::optional<std::pair<std::string, std::uint32_t>> ReadProxyConnect(std::string_view bytes) {
  if (!bytes.starts_with("CONNECT ")) return std::nullopt;
  const std::string_view target = Between(bytes, " ", " ");
  const auto address = HostAndPort(target);
  if (!address || address->text.empty()) return std::nullopt;
  return std::pair(address->text, address->port);
}

}  // namespace sandlint
