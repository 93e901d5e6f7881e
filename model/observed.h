#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/grant.h"
#include "model/source.h"
#include "model/word.h"

namespace sandlint {

/// A path that a trace shows in use, everything that was done with it in one row.
struct ObservedPath {
  std::string path;  ///< absolute and clean; relative where the log does not say to what
  Rights rights;     ///< what went well; Connect for a socket
  Rights tried;      ///< what failed, a look at it (stat, access) included as Read
  Span where;        ///< the first line that shows it
  /// Part of running any program: its libraries, the device files, the name service.
  bool runtime = false;
  bool made = false;  ///< its name was made or removed: its directory was written to
};

/// A destination outside of the process that a trace shows.
struct ObservedFlow {
  std::string protocol;  ///< tcp, udp, icmp; empty where the log does not say
  std::string address;   ///< as printed: an IPv4 or IPv6 address, or the name given to a proxy
  std::uint32_t port = 0;
  std::string name;      ///< from a name server's answer in the same log; empty: not known
  bool reached = false;  ///< connected (or in progress), or sent to
  Span where;
};

/// What one or more trace logs show of one server.
struct Observation {
  std::vector<ObservedPath> paths;  ///< by path
  std::vector<ObservedFlow> flows;  ///< by address and port
  std::vector<std::string> names;   ///< asked of a name server, in the order of the log
  /// Why something may be missing in the log: "it has no column of process ids …".
  std::vector<std::string> gaps;
  std::size_t calls = 0;
  /// Where the traced program started and the home that it used, on the machine that recorded the
  /// log; empty where the log does not show them.
  std::string directory;
  std::string home;

  bool Empty() const { return calls == 0; }
};

/// A file and when it was last changed: by a commit, or on disk where it is not committed.
struct DatedFile {
  std::string path;
  std::optional<std::int64_t> changed;  ///< seconds since 1970; nothing: not known
};

/// The recorded run that the policy names for a server.
struct ServerTrace {
  Word named_by;  ///< in the policy
  std::vector<DatedFile> files;
  std::string problem;  ///< not empty: it cannot be used, and this is why
  Observation seen;
  std::vector<DatedFile> deciding;  ///< what it has to be newer than: config, profiles, wrappers
};

}  // namespace sandlint
