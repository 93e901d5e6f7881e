#pragma once

#include <string>
#include <vector>

#include "model/server.h"

namespace sandlint {

/// This session's variables, secrets replaced, and a few that look like secrets.
struct ProbeSession {
  std::vector<Setting> settings;         ///< for the prediction
  std::vector<std::string> session;      ///< NAME=value, of the client
  std::vector<std::string> own;          ///< what the config sets beside, for `probe run`
  std::vector<std::string> environment;  ///< NAME=value, of the wrapper: both
  std::vector<std::string> asked;        ///< names that are asked for
};

/// `decl` adds what the config sets; null: nothing.
ProbeSession MakeProbeSession(const ServerDecl* decl);

/// Is `program` where execvp would look for it?
bool IsHere(const std::string& program, const std::vector<std::string>& environment);

}  // namespace sandlint
