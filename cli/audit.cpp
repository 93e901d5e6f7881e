#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "cli/command.h"
#include "cli/console.h"
#include "cli/hosts.h"
#include "cli/reporting.h"
#include "cli/review.h"
#include "cli/session.h"

namespace sandlint {
namespace {

constexpr const char* kExamples =
    "Reads the config of Claude Code in its user, local, project and managed scopes and that of "
    "other\nclients in the home and the project (docs/clients.md), looks at this\n"
    "machine's files, links, mounts and permissions, and at the names (never the values) of the\n"
    "variables in this session.\n"
    "\n"
    "Examples:\n"
    "  sandlint audit\n"
    "  sandlint audit --format markdown --output json=audit.json\n"
    "  sandlint audit --project path/to/repository";

struct Options {
  ReportWish report;
  std::string project = ".";
};

/// A place where a client keeps config: a directory, the files in it, and how a report calls it.
struct Place {
  std::string directory;
  std::vector<std::string> files;  ///< empty: the whole tree
  std::string prefix;
};

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Only files that are there: nothing is missing where a client has no config.
void KeepThoseThatExist(Place& place) {
  const auto reader = MakeDiskReader(place.directory);
  std::erase_if(place.files, [&](const std::string& file) { return !reader->Exists(file); });
}

/// Agents are Markdown files in a folder of their own.
void AddAgents(Place& place, const std::string& folder) {
  for (const DirectoryEntry& entry : MakeDiskReader(place.directory)->List(folder)) {
    if (entry.name.ends_with(".md")) place.files.push_back(folder + "/" + entry.name);
  }
}

/// User and local scope: `~/.claude.json` holds both, `~/.claude` the settings. CLAUDE_CONFIG_DIR
/// moves them (client reference, section 1.1).
std::vector<Place> PlacesOfUser(const std::string& home) {
  std::vector<Place> places;
  const std::string moved = Variable("CLAUDE_CONFIG_DIR");
  if (moved.empty()) {
    Place place{
        home, {".claude.json", ".claude/settings.json", ".claude/settings.local.json"}, "~/"};
    AddAgents(place, ".claude/agents");
    places.push_back(std::move(place));
  } else {
    Place place{
        moved, {".claude.json", "settings.json", "settings.local.json"}, "$CLAUDE_CONFIG_DIR/"};
    AddAgents(place, "agents");
    places.push_back(std::move(place));
  }
  for (Place& place : places) KeepThoseThatExist(place);
  return places;
}

/// What other clients have in the home of their user (docs/clients.md).
Place PlaceOfOthers(const std::string& home) {
  Place place{
      home,
      {".codeium/mcp_config.json", ".codeium/windsurf/mcp_config.json", ".codex/config.toml",
       ".config/Claude/claude_desktop_config.json", ".config/Code/User/mcp.json",
       ".config/opencode/opencode.json", ".config/opencode/opencode.jsonc",
       ".config/zed/settings.json", ".copilot/mcp-config.json", ".cursor/mcp.json",
       ".gemini/settings.json", ".junie/mcp/mcp.json", ".kiro/settings/mcp.json",
       "Library/Application Support/Claude/claude_desktop_config.json",
       "Library/Application Support/Code/User/mcp.json"},
      "~/"};
  KeepThoseThatExist(place);
  return place;
}

Place PlaceOfPolicy() {
  const std::string moved = Variable("CLAUDE_CODE_MANAGED_SETTINGS_PATH");
  Place place{moved.empty() ? "/etc/claude-code" : moved,
              {"managed-mcp.json", "managed-settings.json"},
              moved.empty() ? "/etc/claude-code/" : "$CLAUDE_CODE_MANAGED_SETTINGS_PATH/"};
  KeepThoseThatExist(place);
  return place;
}

std::vector<Place> PlacesOf(const Options& options, const std::string& home, std::string& problem) {
  std::vector<Place> places = PlacesOfUser(home);
  places.push_back(PlaceOfOthers(home));
  places.push_back(PlaceOfPolicy());
  std::erase_if(places, [](const Place& place) { return place.files.empty(); });

  std::error_code error;
  const auto project = std::filesystem::canonical(options.project, error);
  if (error || !std::filesystem::is_directory(project, error)) {
    problem = fmt::format("--project {}: no such directory", Visible(options.project));
  } else if (project != home) {
    places.push_back({project.string(), {}, ""});
  }
  return places;
}

int RunAudit(const Options& options) {
  std::string problem;
  HostWish wish;
  wish.kind = "live";
  // A client looks for its files where HOME says, whatever passwd says.
  if (Variable("HOME").starts_with('/')) wish.home = Variable("HOME");
  const auto host = MakeHost(wish, problem);
  if (host == nullptr) {
    Complain("this machine cannot be looked at: {}", problem);
    return kIncomplete;
  }
  const Session session = ThisSession();
  Review review;
  const std::vector<Place> places = PlacesOf(options, host->Caller().home, problem);
  if (!problem.empty()) {
    Complain("{}", problem);
    return kIncomplete;
  }
  for (const Place& place : places) {
    const auto reader = MakeDiskReader(place.directory);
    Workspace workspace = Scan(*reader, {place.files, host, &session.environment});
    workspace.root = "this workstation";
    if (&place == &places.front()) workspace.session_secrets = session.secrets;
    AddTo(review, std::move(workspace), place.prefix);
  }
  for (const std::string& line : WhatIsMissing(review.run)) Complain("{}", line);
  if (review.workspace.servers.empty() && !options.report.quiet) {
    Complain("no MCP server is declared on this workstation, nor in {}", Visible(options.project));
  }
  return Report(review.run, options.report);
}

std::function<int()> DeclareAudit(CLI::App& app, const Invocation&) {
  auto options = std::make_shared<Options>();
  AddReportOptions(app, options->report);
  app.add_option("--project", options->project,
                 "The project whose servers run in this session; default: this directory")
      ->type_name("DIR");
  return [options] { return RunAudit(*options); };
}

}  // namespace

const Command kAudit{"audit", "Audit this workstation: its clients' config and this session",
                     kExamples, DeclareAudit};

}  // namespace sandlint
