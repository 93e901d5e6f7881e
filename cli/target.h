#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/grant.h"
#include "model/host.h"

namespace sandlint {

enum class TargetKind : std::uint8_t { HostPath, InsidePath, Abstract, Network, Variable };

/// What a question is about: a right to a path, a connection, or a variable.
struct Target {
  TargetKind kind = TargetKind::HostPath;
  Right right = Right::Read;  ///< for paths
  std::string text;           ///< the path as typed, or the name of the variable or socket
  Destination destination;
};

/// Nothing with `problem` set (one clause that says what would be right) when the two do not go
/// together. Nothing of a host is looked at.
std::optional<Target> ParseTarget(std::string_view operation, std::string_view text,
                                  std::string& problem);

/// A path as typed, made absolute and clean: `~` and `~name` are homes, what is relative starts in
/// the host's working directory, `..` behind a link goes where the kernel would go. Nothing with
/// `problem` set when there is no such user.
std::optional<std::string> HostPathOf(std::string_view typed, const HostFacts& host,
                                      std::string& problem);

}  // namespace sandlint
