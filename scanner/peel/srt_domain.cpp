// Names in the lists of domains: an exact host, `*.suffix`, an address, each with an optional port.

#include <algorithm>
#include <charconv>

#include "scanner/peel/srt_settings.h"

namespace sandlint {
namespace {

struct HostPort {
  std::string host;
  std::uint32_t port = 0;
};

/// 1 to 65535 without leading zeros; 0 for anything else.
std::uint32_t PortOf(std::string_view text) {
  std::uint32_t port = 0;
  if (text.empty() || text.size() > 5 || text[0] == '0') return 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && port <= 65535 ? port : 0;
}

HostPort Split(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return {std::string(text), 0};
    const std::string host(text.substr(1, close - 1));
    if (close + 1 == text.size()) return {host, 0};
    const std::uint32_t port =
        text[close + 1] == ':' ? PortOf(text.substr(close + 2)) : std::uint32_t{0};
    return port == 0 ? HostPort{std::string(text), 0} : HostPort{host, port};
  }
  const std::size_t colon = text.find_last_of(':');
  if (colon == std::string_view::npos || text.find(':') != colon) return {std::string(text), 0};
  const std::uint32_t port = PortOf(text.substr(colon + 1));
  return port == 0 ? HostPort{std::string(text), 0}
                   : HostPort{std::string(text.substr(0, colon)), port};
}

bool IsAddress6(std::string_view host) {
  return std::count(host.begin(), host.end(), ':') >= 2 &&
         host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
}

bool IsHost(std::string_view host) {
  if (IsAddress6(host)) return true;
  if (host.find_first_of("/:") != std::string_view::npos) return false;
  if (host == "localhost") return true;
  std::string_view name = host;
  if (name.starts_with("*.")) name.remove_prefix(2);
  if (name.find('*') != std::string_view::npos || name.find('.') == std::string_view::npos) {
    return false;
  }
  const bool wild = name.size() != host.size();
  if (wild && name.find("..") != std::string_view::npos) return false;
  return !name.starts_with('.') && !name.ends_with('.');
}

}  // namespace

bool IsSrtDomain(std::string_view text, bool denied) {
  const bool several = std::count(text.begin(), text.end(), ':') >= 2;
  if (several && !text.starts_with('[')) return false;
  const HostPort parts = Split(text);
  return (denied && parts.host == "*") || IsHost(parts.host);
}

NetworkRule SrtRule(const Word& domain, Answer verdict) {
  const HostPort parts = Split(domain.text);
  return {verdict, verdict == Answer::No ? "" : "tcp", parts.host, parts.port, domain};
}

}  // namespace sandlint
