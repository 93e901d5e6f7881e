#include "scanner/parse/ip_text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace sandlint {
namespace {

constexpr std::size_t kLongestText = 45;  // an IPv6 address with an IPv4 tail

IpAddress Fill(IpAddress address, int length, bool ones) {
  for (int bit = std::clamp(length, 0, address.Bits()); bit < address.Bits(); ++bit) {
    std::uint8_t& byte = address.bytes[static_cast<std::size_t>(bit) / 8];
    const auto mask = static_cast<std::uint8_t>(0x80U >> (static_cast<unsigned>(bit) % 8U));
    byte = static_cast<std::uint8_t>(ones ? (byte | mask) : (byte & ~mask));
  }
  return address;
}

}  // namespace

std::optional<IpAddress> ParseIp(std::string_view text) {
  if (text.empty() || text.size() > kLongestText) return std::nullopt;
  const std::string copy(text);
  IpAddress address;
  address.family = copy.find(':') == std::string::npos ? 4 : 6;
  const int family = address.family == 4 ? AF_INET : AF_INET6;
  if (copy.find('\0') != std::string::npos) return std::nullopt;
  if (inet_pton(family, copy.c_str(), address.bytes.data()) != 1) return std::nullopt;
  return address;
}

std::optional<IpAddress> ParseShortIpv4(std::string_view text) {
  std::string full(text);
  const auto dots = std::count(full.begin(), full.end(), '.');
  if (full.empty() || full.size() > kLongestText) return std::nullopt;
  for (auto missing = dots; missing < 3; ++missing) full += ".0";
  return full.find(':') == std::string::npos ? ParseIp(full) : std::nullopt;
}

IpAddress Masked(IpAddress address, int length) { return Fill(address, length, false); }

IpAddress LastOf(IpAddress address, int length) { return Fill(address, length, true); }

std::string TextOf(const IpAddress& address) {
  std::array<char, 64> text{};
  const int family = address.family == 4 ? AF_INET : AF_INET6;
  if (inet_ntop(family, address.bytes.data(), text.data(), text.size()) == nullptr) return {};
  return text.data();
}

std::optional<std::uint32_t> ParseDecimal(std::string_view text) {
  std::uint32_t value = 0;
  if (text.empty() || text.size() > 10) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace sandlint
