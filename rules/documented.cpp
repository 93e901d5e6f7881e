#include "rules/documented.h"

#include <algorithm>
#include <charconv>

#include "model/grant.h"

namespace sandlint {
namespace {

bool IsReference(std::string_view host) {
  return host.starts_with('@') || host.starts_with("registry:");
}

}  // namespace

std::vector<std::string> NamedHosts(const Need& need) {
  std::vector<std::string> hosts;
  for (const std::string& host : need.hosts) {
    if (!IsReference(host)) hosts.push_back(host);
  }
  return hosts;
}

bool HasDocumentedHosts(const Need& need) {
  return need.network == NetworkNeed::Allowlist && !NamedHosts(need).empty();
}

bool IsDocumentedHost(const Need& need, std::string_view pattern) {
  // `*.suffix` stands for any name below it.
  const std::string name = (pattern.starts_with("*.") ? "x" : "") +
                           std::string(pattern.substr(pattern.starts_with("*.") ? 1 : 0));
  const bool registry = std::any_of(need.hosts.begin(), need.hosts.end(),
                                    [](const auto& host) { return host.starts_with("registry:"); });
  for (const std::string_view word : {"registry", "pypi", "pythonhosted"}) {
    if (registry && pattern.find(word) != std::string_view::npos) return true;
  }
  return std::any_of(need.hosts.begin(), need.hosts.end(), [&](const std::string& host) {
    return !IsReference(host) && NamesHost(PortOfHost(host).name, name);
  });
}

NamedPort PortOfHost(std::string_view host) {
  NamedPort named;
  const std::size_t colon = host.rfind(':');
  named.name = host.substr(0, colon);
  if (colon == std::string_view::npos) return named;
  const std::string_view text = host.substr(colon + 1);
  std::from_chars(text.data(), text.data() + text.size(), named.port);
  return named;
}

}  // namespace sandlint
