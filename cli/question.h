#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/hosts.h"
#include "model/grant.h"
#include "model/workspace.h"

namespace sandlint {

/// One question to `sandlint can`, as it was put.
struct Question {
  std::string operation;
  std::string target;
  std::string server;  ///< empty: the only one
  std::string config;  ///< file or directory; empty: the working directory
  std::optional<std::vector<std::string>> argv;  ///< a launch given by hand
  std::vector<std::string> firewalls;
  HostWish host;
  /// The client's environment, where it is given.
  std::optional<std::map<std::string, std::string>> environment;
};

struct Reply {
  std::string problem;  ///< not empty: there is no answer
  Answer answer = Answer::Unknown;
  std::optional<Rights> rights;  ///< for paths
  std::optional<Backing> backing;
  std::string alias;  ///< the name inside
  std::optional<Answer> starts;
  std::string via;  ///< environment, proc, alias or socket
  Confidence confidence = Confidence::High;
  std::vector<std::string> assuming;
  Because because;
  std::shared_ptr<const Workspace> workspace;  ///< the words of `because` live there
  std::shared_ptr<const Workspace> rules;      ///< or there: the files of a firewall
};

/// Hosts and configs that earlier questions of a batch already needed.
struct Knowledge {
  std::map<HostWish, std::shared_ptr<const HostFacts>> hosts;
  std::map<std::pair<HostWish, std::string>, std::shared_ptr<const Workspace>> configs;
};

Reply Ask(const Question& question, Knowledge& knowledge);

}  // namespace sandlint
