#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sandlint {

/// What a system call does with one of its path operands.
enum class TraceAction : std::uint8_t {
  Probe,  ///< stat, access: it looks whether it is there
  Read,
  Write,
  Exec,
  Open,   ///< by its flags
  Enter,  ///< chdir
  Bind,   ///< address operand
  Connect,
  Send,
};

struct TraceOperand {
  std::int8_t directory;  ///< index of the directory descriptor, -1 without one
  std::int8_t path;       ///< index of the path, the address or the message
  TraceAction action;
};

/// The operands of a call that count; empty for a call that touches no path and no address.
std::span<const TraceOperand> OperandsOf(std::string_view call);

}  // namespace sandlint
