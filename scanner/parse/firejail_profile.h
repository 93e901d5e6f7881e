#pragma once

#include <memory>
#include <vector>

#include "model/layer.h"

namespace sandlint {

/// One line of a firejail profile.
struct ProfileLine {
  Word condition;  ///< `?HAS_NET` of `?HAS_NET: line`; empty for a plain line
  /// Keyword and argument as firejail sees them: runs of blanks are one.
  std::shared_ptr<const Directive> directive;
  bool no_colon = false;  ///< a condition that no colon follows
};

/// The lines of a profile; empty ones and comments are left out. Every text is a list of lines:
/// what firejail would reject is found by whoever knows the keywords.
std::vector<ProfileLine> ParseFirejailProfile(const Source& source);

}  // namespace sandlint
