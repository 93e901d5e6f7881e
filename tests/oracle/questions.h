#pragma once

// The same questions put to the evaluator and to a probe in the real sandbox.

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "model/server.h"
#include "oracle/stage.h"
#include "scanner/files/host.h"

namespace sandlint::oracle {

using Json = nlohmann::json;

struct Questions {
  Strings host_paths;    ///< is this host object, or anything below it, reachable?
  Strings inside_paths;  ///< what is there inside?
  Strings variables;
};

struct LaunchInput {
  Strings argv;
  Strings environment;  ///< of the client, `NAME=value`
  std::string directory;
};

/// The launch as sandlint sees it; `source` keeps its text.
Launch LaunchOf(const LaunchInput& input, const HostFacts& host, Source& source);

/// The evaluator's answers: `host`, `inside`: path -> [rights, possible rights] as bits;
/// `variables`: name -> no/unknown/yes; `starts`, `loopback`, `abstract`, `root`, `nnp`, `pidns`,
/// `capless`: no/unknown/yes; `why`: path -> [index in the argv, text] of what decides.
Json AskEvaluator(const Launch& launch, const Questions& questions);

/// The words that make the probe look at the same things.
Strings ProbeWords(const Questions& questions);

/// What the host holds: absolute path -> identity. Made before the run.
using Identity2 = std::pair<std::uint64_t, std::uint64_t>;
std::map<std::string, Identity2> HostObjects(const std::string& root = "/");

/// What a probe found, in the form of AskEvaluator. Null when `out` holds no report.
Json AnswersOf(const std::string& out, const Questions& questions,
               const std::map<std::string, Identity2>& objects);

/// `unsound`, `false_yes`: one line a difference; `asked`, `unknown`, `yes`, `no`: counts.
Json Compare(const Json& said, const Json& real, const Questions& questions);

}  // namespace sandlint::oracle
