#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/parse/ip_text.h"

namespace sandlint {

/// Addresses from `first` to `last`, of one family.
struct PublishedRange {
  IpAddress first, last;
  /// Nothing where the text is no prefix.
  static std::optional<PublishedRange> Of(std::string_view prefix);
  bool Holds(const PublishedRange& other) const;
};

/// A provider that publishes its addresses (provider_ranges.toml).
struct Provider {
  std::string name, source, date;
  bool shared = false;    ///< a CDN: anybody can have a host there
  bool outgoing = false;  ///< where it connects from: no client reaches anything there
  std::vector<std::string> hosts;
  std::vector<PublishedRange> ranges;

  bool Serves(std::string_view host) const;
  bool Owns(const PublishedRange& range) const;
};

/// Of the data that is compiled in.
const std::vector<Provider>& Providers();

}  // namespace sandlint
