#include "scanner/grant/proxies.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "scanner/parse/ip_text.h"

namespace sandlint {
namespace {

constexpr auto kVariables = std::to_array<std::string_view>(
    {"ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "all_proxy", "https_proxy", "http_proxy"});

/// What a URL without a port means; curl takes 1080, most programs the port of the scheme.
std::uint32_t DefaultPort(std::string_view scheme) {
  if (scheme == "https") return 443;
  return scheme.starts_with("socks") ? 1080 : 80;
}

/// `http://user:word@host:3128/`: host and port.
std::optional<Destination> AtOf(std::string_view url) {
  std::string_view scheme = "http";
  if (const std::size_t at = url.find("://"); at != url.npos) {
    scheme = url.substr(0, at);
    url.remove_prefix(at + 3);
  }
  url = url.substr(0, url.find_first_of("/?#"));
  if (const std::size_t at = url.rfind('@'); at != url.npos) url.remove_prefix(at + 1);
  std::string_view port;
  if (url.starts_with('[')) {
    const std::size_t end = url.find(']');
    if (end == url.npos) return std::nullopt;
    if (url.substr(end).starts_with("]:")) port = url.substr(end + 2);
    url = url.substr(1, end - 1);
  } else if (const std::size_t colon = url.rfind(':'); colon != url.npos) {
    port = url.substr(colon + 1);
    url = url.substr(0, colon);
  }
  const auto number = port.empty() ? std::optional(DefaultPort(scheme)) : ParseDecimal(port);
  if (url.empty() || !number || *number > 65535) return std::nullopt;
  return Destination{"tcp", std::string(url), *number};
}

}  // namespace

std::vector<Proxy> ProxiesOf(const Environment& environment, const HostFirewalls* firewalls) {
  std::vector<Proxy> proxies;
  for (const std::string_view name : kVariables) {
    const Variable variable = environment.own.Find(name);
    if (variable.presence != Presence::Set || !variable.value.Known()) continue;
    const auto at = AtOf(variable.value.text);
    if (!at) continue;
    const auto same = [&](const Proxy& known) {
      return known.at.host == at->host && known.at.port == at->port;
    };
    if (std::ranges::any_of(proxies, same)) continue;
    Proxy proxy;
    proxy.at = *at;
    proxy.variable = {variable.value.span, variable.value.argv_index, std::string(name),
                      "names a proxy"};
    if (firewalls != nullptr) proxy.access = firewalls->SquidAt(at->port);
    proxies.push_back(std::move(proxy));
  }
  return proxies;
}

}  // namespace sandlint
