#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/host.h"
#include "model/server.h"

namespace sandlint {

/// A piece of a word whose spelling differs from tool to tool.
struct PlanPiece {
  enum class Kind : std::uint8_t {
    Text,
    Home,      ///< the home of the user
    Project,   ///< the directory in which the client starts the server
    Variable,  ///< of the client's environment, by name
    Unknown,   ///< what no shell can say again: `$(date)`; a plan that holds one is refused
  };
  Kind kind = Kind::Text;
  std::string text;
};
using PlanWord = std::vector<PlanPiece>;

struct PlanPath {
  PlanWord path;
  bool write = false;
  bool optional = false;  ///< left out where it is missing
  bool system = false;    ///< a file below /etc that every program reads
  std::string why;        ///< a clause for a comment: "its argument", "catalogue entry github"
};

/// A variable that a launch sets itself.
struct PlanSetting {
  std::string name;
  PlanWord value;
};

/// A package that is installed once instead of being fetched at each start.
struct PlanPackage {
  std::string ecosystem;  ///< npm or pypi; empty: there is none
  std::string spec;       ///< `name@version`, `name==version`
  PlanWord folder;        ///< where it is installed
  std::string program;    ///< its own program, by name
};

/// What a server is to be given, whatever the tool. Made from its launch and its need.
struct HardenPlan {
  std::string server;                  ///< as the config names it
  std::string name;                    ///< of files and users: letters, digits and `-` only
  std::string why;                     ///< where the need is known from
  PlanWord program;                    ///< the first word of what runs inside
  std::vector<PlanWord> arguments;     ///< the others
  std::vector<PlanPath> paths;         ///< in order, parents first
  std::vector<std::string> variables;  ///< names that are passed on
  std::vector<PlanSetting> settings;   ///< and names with their values
  bool network = false;
  std::vector<std::string> hosts;  ///< `name:port`, `*:443`; empty without a network
  PlanPackage package;
  std::vector<std::string> steps;  ///< what a person does before the first start, a command each
  std::vector<std::string> unmet;  ///< what the result cannot promise, a sentence each
  std::string refused;             ///< not empty: no profile can be written, and this is why
  ServerClass server_class = ServerClass::Unknown;
};

/// What a plan is made with beside the server.
struct HardenFacts {
  const HostFacts* host = nullptr;
  std::string project;  ///< where the client starts the server, as the launch names it
  /// Files below the project that say what the sandbox is: the config, the policy, what is written.
  std::vector<std::string> deciding = {};
  /// Told apart by it where another config declares a server of the same name; else empty.
  std::string config;
};
HardenPlan PlanFor(const Server& server, const HardenFacts& facts);

struct WrittenFile {
  std::string path;  ///< relative to the directory of the config
  std::string text;
  bool executable = false;
};

/// What one tool makes of a plan.
struct Hardened {
  std::vector<WrittenFile> files;
  std::vector<std::string> launch;  ///< the new command and its arguments, for the config
  std::vector<std::string> steps;
  std::vector<std::string> unmet;
  std::string refused;  ///< not empty: this tool can hold no such server, and this is why
};

/// Writes what is open into the script or the Dockerfile, for whoever reads it later.
void RecordOpen(Hardened& result);

/// One target of `harden --with`.
struct Hardener {
  std::string_view name;
  std::string_view title;
  Hardened (*write)(const HardenPlan& plan);
};
std::span<const Hardener> AllHardeners();
const Hardener* FindHardener(std::string_view name);

Hardened HardenWithBwrap(const HardenPlan& plan);
Hardened HardenWithFirejail(const HardenPlan& plan);
Hardened HardenWithSandboxExec(const HardenPlan& plan);
Hardened HardenWithDocker(const HardenPlan& plan);
Hardened HardenWithPodman(const HardenPlan& plan);
Hardened HardenWithSrt(const HardenPlan& plan);

/// The folder of everything that is written, relative to the config.
inline constexpr std::string_view kHardenFolder = "mcp-sandbox";

}  // namespace sandlint
