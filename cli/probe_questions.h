#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/host.h"
#include "model/server.h"

namespace sandlint {

/// One thing that is predicted and then looked at.
struct ProbeQuestion {
  std::string text;  ///< `read ~/.ssh`
  Answer predicted = Answer::Unknown;
  Because because;
  std::string fact;  ///< what the host has there: kind, mode, owner; for a bug report
  // How the probe's answer is read:
  enum class Kind : std::uint8_t { Path, Variable, Route, User, NoNewPrivileges } kind = Kind::Path;
  Right right = Right::Read;
  std::vector<std::string> inside;  ///< paths to look at, or one name of a variable
  std::vector<std::pair<std::uint64_t, std::uint64_t>> objects;  ///< device, inode: any counts
  std::uint32_t number = 0;                                      ///< the user id that is expected
  std::optional<bool> real;                                      ///< filled by ReadProbe
};

/// What is asked of a launch: every secret place of the home that is there, sockets, variables
/// (by names with made-up values), the way out, the host's temp directory, what the server needs.
std::vector<ProbeQuestion> QuestionsOf(const Server& server, const Launch& launch,
                                       const HostFacts& host, const std::string& canary,
                                       const std::vector<std::string>& variables);

/// The words that make the probe look at all of them.
std::vector<std::string> ProbeWords(const std::vector<ProbeQuestion>& questions);

/// Fills `real` from the probe's line; false when it is none.
bool ReadProbe(const std::string& line, std::vector<ProbeQuestion>& questions);

/// A prediction that reality contradicts.
bool Differs(const ProbeQuestion& question);

}  // namespace sandlint
