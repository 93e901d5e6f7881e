#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "model/firewall.h"
#include "model/source.h"

namespace sandlint {

/// What a squid lets its clients reach: its access lists, asked with the name and the port of a
/// destination. Lists that depend on more than those are not decided.
class SquidAccess : public FlowFilter {
 public:
  /// The port of its first `http_port`; 3128 where none is written.
  virtual std::uint32_t Port() const = 0;
};

bool IsSquidConfig(std::string_view path, std::string_view text);
std::shared_ptr<const SquidAccess> ReadSquid(const Source& source);

}  // namespace sandlint
