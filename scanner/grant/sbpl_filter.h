#pragma once

#include <re2/re2.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/host.h"
#include "model/support.h"

namespace sandlint {

enum class SbplFilterKind : std::uint8_t {
  Always,
  Literal,
  Subpath,
  Prefix,
  Regex,
  VnodeType,
  All,  ///< require-all
  Any,
  Not,
  Network,     ///< `(remote tcp "*:443")`
  UnixSocket,  ///< `(remote unix-socket …)`: its parts are path filters
  Name,        ///< of a mach service, a sysctl: no path and no peer
  Unknown,     ///< not evaluated: it may match
};

struct SbplFilter {
  SbplFilterKind kind = SbplFilterKind::Unknown;
  std::string text;  ///< a path; for a vnode type its name
  std::shared_ptr<const re2::RE2> pattern;
  std::vector<SbplFilter> parts;
  std::string protocol;  ///< ip, tcp or udp
  std::string host;      ///< `*` or `localhost`
  std::uint32_t port = 0;
  bool local = false;   ///< `(local …)`: the near end
  bool prefix = false;  ///< a name is only its beginning
  Word word;
  std::string why;  ///< for Unknown: a clause
};

/// What is asked about.
struct SbplSubject {
  enum class Kind : std::uint8_t {
    Path,     ///< one path
    Below,    ///< any path strictly below `path`: an answer holds for all that no rule names
    Network,  ///< a peer
    Other,    ///< a service or the like, named by `path`; empty: one that no rule names
  };
  Kind kind = Kind::Path;
  std::string path;
  std::optional<NodeKind> node;  ///< nothing: not known
  std::string protocol;
  Answer loopback = Answer::No;
  std::uint32_t port = 0;
};

Answer MatchSbpl(const SbplFilter& filter, const SbplSubject& subject);

}  // namespace sandlint
