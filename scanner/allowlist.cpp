#include "scanner/allowlist.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/need/providers.h"

namespace sandlint {
namespace {

/// A documented host of which the name is known.
struct NamedHost {
  std::string name;
  std::string port;                    ///< empty: any
  const Provider* provider = nullptr;  ///< whose addresses are its own; null: not known
};

struct Documented {
  std::vector<NamedHost> hosts;
  bool complete = true;  ///< false: some are known by no name or by no address
  bool any = false;      ///< every host is documented
};

const Provider* ProviderOf(std::string_view host) {
  for (const Provider& provider : Providers()) {
    if (!provider.outgoing && provider.Serves(host)) return &provider;
  }
  return nullptr;
}

Documented DocumentedHosts(const Need& need) {
  Documented documented;
  documented.complete = need.network == NetworkNeed::Allowlist;
  documented.any = need.network == NetworkNeed::Any || need.network == NetworkNeed::Unknown;
  for (const std::string& host : need.hosts) {
    const std::size_t colon = host.rfind(':');
    NamedHost named{host.substr(0, colon), colon == std::string::npos ? "" : host.substr(colon + 1),
                    nullptr};
    if (named.name == "*") documented.any = true;
    if (host.starts_with('@') || host.starts_with("registry:")) {
      documented.complete = false;
      continue;
    }
    named.provider = ProviderOf(named.name);
    if (named.provider == nullptr || named.provider->shared) documented.complete = false;
    documented.hosts.push_back(std::move(named));
  }
  return documented;
}

const Provider* OwnerOf(const PublishedRange& range) {
  for (const Provider& provider : Providers()) {
    if (provider.Owns(range)) return &provider;
  }
  return nullptr;
}

/// Every port of the block belongs to a documented host of the provider.
bool IsOnItsPort(const AllowedBlock& block, const Provider& provider,
                 const Documented& documented) {
  return std::ranges::any_of(documented.hosts, [&](const NamedHost& host) {
    return host.provider == &provider &&
           (host.port.empty() || (block.protocols == "tcp" && block.ports == host.port));
  });
}

void Judge(AllowedBlock& block, const Documented& documented) {
  const auto range = PublishedRange::Of(block.prefix);
  if (!range) return;
  const Provider* owner = OwnerOf(*range);
  if (owner == nullptr) {
    if (!documented.complete) return;
    block.documented = Answer::No;
    block.objection = "no documented host publishes these addresses";
    return;
  }
  block.owner = owner->name;
  block.shared = owner->shared;
  block.documented = Answer::No;
  const bool wanted = std::ranges::any_of(
      documented.hosts, [&](const NamedHost& host) { return host.provider == owner; });
  if (owner->outgoing) {
    block.objection = fmt::format("{} connects from there, nothing listens there", owner->name);
  } else if (!wanted) {
    block.objection = fmt::format("they belong to {}, where no documented host is", owner->name);
  } else if (!IsOnItsPort(block, *owner, documented)) {
    block.objection = fmt::format("the documented hosts of {} listen on other ports", owner->name);
  } else if (owner->shared) {
    block.objection =
        fmt::format("every customer of {} is there: it counts as any HTTPS", owner->name);
  } else {
    block.documented = Answer::Yes;
  }
}

std::optional<std::uint32_t> PortOf(const std::string& text) {
  std::uint32_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

void FindMissing(const Documented& documented, HostFirewall& firewall) {
  std::vector<std::pair<const Provider*, std::string>> asked;
  for (const NamedHost& host : documented.hosts) {
    const auto port = PortOf(host.port);
    if (host.provider == nullptr || host.provider->shared || !port) continue;
    const std::pair key{host.provider, host.port};
    if (std::ranges::find(asked, key) != asked.end()) continue;
    asked.push_back(key);
    MissingPrefixes missing{host.name, host.provider->name, host.provider->date, 0,
                            host.provider->ranges.size()};
    for (const PublishedRange& range : host.provider->ranges) {
      const Destination first{"tcp", TextOf(range.first), *port};
      if (firewall.filter->Ask(first).answer == Answer::No) ++missing.lost;
    }
    if (missing.lost > 0) firewall.allowlist.missing.push_back(std::move(missing));
  }
}

}  // namespace

void CompareAllowlists(Server& server) {
  const Documented documented = DocumentedHosts(server.need);
  if (documented.any) return;
  for (Launch& launch : server.launches) {
    HostFirewall& firewall = launch.grant.egress.firewall;
    if (!firewall.governs || firewall.filter == nullptr) continue;
    for (AllowedBlock& block : firewall.allowlist.blocks) Judge(block, documented);
    FindMissing(documented, firewall);
  }
}

}  // namespace sandlint
