#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/need.h"

namespace sandlint {

/// The documented hosts of which the name is known: references to a configuration and registries
/// are not.
std::vector<std::string> NamedHosts(const Need& need);
/// Is the list of hosts complete, and are there any?
bool HasDocumentedHosts(const Need& need);
/// Does the need name this host, or everything that the pattern `*.suffix` stands for? A launcher
/// needs the registry of its packages, whichever is configured.
bool IsDocumentedHost(const Need& need, std::string_view pattern);

/// `name:port` taken apart; 443 where no port is written.
struct NamedPort {
  std::string name;
  std::uint32_t port = 443;
};
NamedPort PortOfHost(std::string_view host);

}  // namespace sandlint
