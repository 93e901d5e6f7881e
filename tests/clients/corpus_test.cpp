// Every file of Claude Code among files that strangers have written is read; what cannot be parsed
// is told with its line.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "catch.h"
#include "paths.h"
#include "scanner/clients/clients.h"
#include "scanner/discover/discover.h"

namespace sandlint {
namespace {

namespace fs = std::filesystem;

/// `owner__repository__path__.mcp.json` under the name that discovery looks for.
std::string PathOf(const std::string& name) {
  constexpr std::pair<const char*, const char*> kNames[] = {
      {"settings.local.json", ".claude/settings.local.json"},
      {"settings.json", ".claude/settings.json"},
      {"plugin.json", ".claude-plugin/plugin.json"},
      {"marketplace.json", ".claude-plugin/marketplace.json"},
  };
  for (const auto& [ending, path] : kNames) {
    if (name.ends_with(ending)) return name + "/" + path;
  }
  return name + "/.mcp.json";
}

TEST_CASE("The corpus is read") {
  const fs::path corpus = fs::path(kSourceDir) / "../shared/corpus";
  std::error_code error;
  std::map<std::string, std::string, std::less<>> files;
  for (const char* kind : {"mcp.json", "claude-settings"}) {
    for (const auto& entry : fs::directory_iterator(corpus / kind, error)) {
      std::ostringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      const bool settings = std::string_view(kind) == "claude-settings";
      const std::string name = entry.path().filename().string();
      files[settings ? name + "/.claude/settings.json" : PathOf(name)] = text.str();
    }
  }
  if (files.empty()) {
    WARN("skipped: there is no corpus beside the source tree");
    return;
  }
  const std::size_t count = files.size();
  const auto reader = MakeMemoryReader(std::move(files));
  Workspace workspace;
  const auto found = Discover(*reader, {}, workspace);
  REQUIRE(found.size() == count);
  const Declared declared = ReadClients(found, *reader, workspace);
  REQUIRE(workspace.files.size() >= count);
  std::size_t unreadable = 0;
  for (const FileReport& file : workspace.files) {
    INFO(file.path << ": " << file.problem);
    if (file.status == FileStatus::Read) continue;
    unreadable += file.status == FileStatus::Unreadable ? 1 : 0;
    CHECK_FALSE(file.problem.empty());
    REQUIRE(file.where);
    CHECK(PositionOf(*file.where.source, file.where.begin).line >= 1);
  }
  WARN(count << " files, " << unreadable << " that cannot be parsed, " << declared.servers.size()
             << " servers, " << std::ranges::count(declared.servers, true, &ServerDecl::loads)
             << " load");
  CHECK(unreadable <= 3);
  CHECK(declared.servers.size() > 60);
}

}  // namespace
}  // namespace sandlint
