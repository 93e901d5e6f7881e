#include "reviewed.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "rules/rule.h"
#include "rules/secrets.h"
#include "scanner/scan.h"

namespace sandlint {

Reviewed::Reviewed(const FileReader& files) : workspace(Scan(files, {})) {
  run.workspace = &workspace;
  run.findings = RunRules(workspace);
  run.checklists = JudgeServers(workspace, run.findings);
  run.repository = JudgeRepository(workspace, run.findings, run.checklists);
  run.secrets = SecretsIn(workspace, run.findings);
  run.complete = std::ranges::none_of(workspace.files, [](const FileReport& file) {
    return file.status == FileStatus::Unreadable;
  });
  run.tool_version = "0.0.0";
}

Reviewed::Reviewed(Files files) : Reviewed(*MakeMemoryReader(std::move(files))) {}

std::string Reviewed::As(std::string_view format, const ReportOptions& options) const {
  return FindReporter(format)->write(run, options);
}

std::string InJson(const std::string& text) {
  using Json = nlohmann::json;
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

Files OpenServer(const std::string& name) {
  return {{".mcp.json", "{\"mcpServers\": {\n  " + InJson(name) +
                            ": {\"command\": \"npx\", \"args\": [\"-y\", \"mcp-x@1.0.0\"]}\n}}\n"}};
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool Has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace sandlint
