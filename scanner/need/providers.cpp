#include "scanner/need/providers.h"

#include <algorithm>
#include <optional>

#include "model/grant.h"
#include "scanner/parse/node.h"

namespace sandlint {

extern const std::string_view kProviderRangesToml;  // cmake/embed.cmake

namespace {

std::vector<Provider> ReadProviders() {
  static const Source source{"provider ranges", std::string(kProviderRangesToml), false};
  std::vector<Provider> providers;
  const Document document = ParseToml(source);
  for (const Node& table : document.root.Get("provider").items) {
    Provider provider;
    provider.name = table.Get("name").word.text;
    provider.source = table.Get("source").word.text;
    provider.date = table.Get("date").word.text;
    provider.shared = table.Get("shared").word.text == "true";
    provider.outgoing = table.Get("outgoing").word.text == "true";
    for (const Node& host : table.Get("hosts").items) provider.hosts.push_back(host.word.text);
    for (const Node& range : table.Get("ranges").items) {
      if (const auto read = PublishedRange::Of(range.word.text)) provider.ranges.push_back(*read);
    }
    providers.push_back(std::move(provider));
  }
  return providers;
}

}  // namespace

std::optional<PublishedRange> PublishedRange::Of(std::string_view prefix) {
  const std::size_t slash = prefix.find('/');
  const auto address = ParseIp(prefix.substr(0, slash));
  if (!address) return std::nullopt;
  const auto length = slash == std::string_view::npos
                          ? std::optional(static_cast<std::uint32_t>(address->Bits()))
                          : ParseDecimal(prefix.substr(slash + 1));
  if (!length || *length > static_cast<std::uint32_t>(address->Bits())) return std::nullopt;
  const int bits = static_cast<int>(*length);
  return PublishedRange{Masked(*address, bits), LastOf(*address, bits)};
}

bool PublishedRange::Holds(const PublishedRange& other) const {
  return first.family == other.first.family && first <= other.first && other.last <= last;
}

bool Provider::Serves(std::string_view host) const {
  // `*.github.com` of a need is served by whoever serves a name below it.
  if (host.starts_with("*.")) host.remove_prefix(1);
  const std::string wanted = (host.starts_with('.') ? "x" : "") + std::string(host);
  return std::ranges::any_of(
      hosts, [&](const std::string& pattern) { return NamesHost(pattern, wanted); });
}

bool Provider::Owns(const PublishedRange& range) const {
  return std::ranges::any_of(ranges, [&](const PublishedRange& own) { return own.Holds(range); });
}

const std::vector<Provider>& Providers() {
  static const std::vector<Provider> providers = ReadProviders();
  return providers;
}

}  // namespace sandlint
