#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/grant.h"
#include "scanner/scan.h"

namespace sandlint::oracle {

using Json = nlohmann::json;

/// A recorded table of tests/oracle/data: what the real program did with each argv.
Json Table(const std::string& name);

/// The machine on which the tables of bwrap and podman were recorded, as a host file: its home
/// (`fixture` of the table) and what lies outside of it. `nasty`: with the further links.
Json RecordedHost(const Json& meta, bool nasty);

/// One launch, evaluated on that machine.
Workspace Replay(const std::vector<std::string>& argv, const Json& host, const Json& environment,
                 const std::string& directory);

/// How the evaluator's answers compare with what was seen.
struct Tally {
  std::string name;
  int equal = 0;
  int unknown = 0;
  std::vector<std::string> false_no;   ///< "no" for what is possible in reality: never
  std::vector<std::string> false_yes;  ///< "yes" for what is not
  std::vector<std::string> unknowns;

  void Add(const std::string& question, Answer answer, bool seen);
  int Questions() const;
  /// One line of figures.
  std::string Figures() const;
};

}  // namespace sandlint::oracle
