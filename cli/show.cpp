#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/config_root.h"
#include "cli/console.h"
#include "cli/describe.h"
#include "cli/review.h"
#include "reporters/reporter.h"

namespace sandlint {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  sandlint show\n"
    "  sandlint show github --config .mcp.json\n"
    "  sandlint show --format json";

struct Options {
  std::string server;
  std::string config = ".";
  std::string host = "symbolic";
  std::string format = "text";
};

/// The servers of the JSON report: one shape for both, described by one schema.
std::string ServersAsJson(const Run& run, const std::string& server) {
  using Json = nlohmann::ordered_json;
  const Json report = Json::parse(FindReporter("json")->write(run, {}), nullptr, false);
  if (report.is_discarded()) return {};
  Json shown;
  for (const char* key : {"schema_version", "tool", "complete"}) shown[key] = report[key];
  shown["servers"] = Json::array();
  for (const Json& entry : report["servers"]) {
    if (server.empty() || entry["name"] == server) shown["servers"].push_back(entry);
  }
  return shown.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string ServersAsText(const Run& run, const std::string& server) {
  const Masker masker(run);
  std::string text;
  for (std::size_t index = 0; index < run.workspace->servers.size(); ++index) {
    const Server& one = run.workspace->servers[index];
    if (!server.empty() && one.Name() != server) continue;
    if (!text.empty()) text += '\n';
    text += Describe(one, static_cast<int>(index), *run.workspace, masker);
  }
  return text;
}

bool IsThere(const Workspace& workspace, const Options& options) {
  if (workspace.servers.empty()) {
    Complain("no MCP server is declared in {}", Visible(options.config));
    return false;
  }
  if (options.server.empty()) return true;
  std::string names;
  for (const Server& server : workspace.servers) {
    if (server.Name() == options.server) return true;
    names += (names.empty() ? "" : ", ") + Visible(server.Name());
  }
  Complain("there is no server '{}' in {}; there is {}", Visible(options.server),
           Visible(options.config), names);
  return false;
}

int RunShow(const Options& options) {
  const auto target = OpenConfig(options.config, options.host);
  if (!target) return kIncomplete;
  Review review;
  Workspace workspace = Scan(*MakeDiskReader(target->root.directory), target->scan);
  workspace.root = target->root.shown;
  AddTo(review, std::move(workspace));
  for (const std::string& line : WhatIsMissing(review.run)) Complain("{}", line);
  if (!IsThere(review.workspace, options)) {
    return options.server.empty() && review.run.complete ? kDone : kIncomplete;
  }
  const bool written =
      WriteOut(options.format == "json" ? ServersAsJson(review.run, options.server)
                                        : ServersAsText(review.run, options.server));
  return written && review.run.complete ? kDone : kIncomplete;
}

std::function<int()> DeclareShow(CLI::App& app, const Invocation&) {
  auto options = std::make_shared<Options>();
  app.add_option("SERVER", options->server, "The name of a server; default: all");
  app.add_option("--config", options->config, "A config file or a tree; default: this directory")
      ->type_name("FILE");
  app.add_option("--host", options->host, "symbolic (default), live, or a FILE that describes one")
      ->type_name("KIND");
  app.add_option("--format", options->format, "text (default) or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("NAME");
  return [options] { return RunShow(*options); };
}

}  // namespace

const Command kShow{"show", "Print the layers, the grant and the need of servers", kExamples,
                    DeclareShow};

}  // namespace sandlint
