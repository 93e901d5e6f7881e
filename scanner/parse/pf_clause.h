#pragma once

#include <cstdint>
#include <string_view>

#include "model/support.h"

namespace sandlint {

/// What follows the name of a clause.
enum class PfShape : std::uint8_t {
  Bare,       ///< nothing follows
  One,        ///< one word
  OneOrMany,  ///< one word, or words in brackets
  Users,
  Groups,
  Flags,  ///< S/SA or any
  Icmp,
  Icmp6,
  State,   ///< `keep state (…)`
  Target,  ///< an address or a list of them, `port`, pool words
  Route,
  Number2,  ///< a/b
  Portset,  ///< a/b/c
  Set,      ///< `set prio 1` or `set (…)`
  Divert,   ///< host port n
  Hash,     ///< an optional key
  Af,       ///< `inet from addr [to addr]`
  NoState,
  Fragment,
  Reassemble,
  Percent,
};

struct PfClause {
  std::string_view name;
  PfShape shape = PfShape::Bare;
  Support support = Support::Unknown;
};

/// The clause of pf.conf(5) with this name, or null.
const PfClause* FindPfClause(std::string_view name);

}  // namespace sandlint
