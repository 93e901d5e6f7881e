#pragma once

#include <string>
#include <vector>

#include "model/server.h"
#include "rules/token_formats.h"

namespace sandlint {

/// Where a literal secret was written.
enum class SecretPlace { Environment, Header, Argument, Url };

struct HandedSecret {
  SecretPlace place = SecretPlace::Environment;
  std::string name;  ///< of the variable, header or option; empty where there is none
  LiteralSecret secret;
};

/// Every literal secret of a declaration, in the order of the file. The same word is told once.
std::vector<HandedSecret> HandedSecrets(const Server& server);

/// `a classic GitHub token in GITHUB_TOKEN`; never the value.
std::string Describe(const HandedSecret& handed);

}  // namespace sandlint
