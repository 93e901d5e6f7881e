#include "harden/made.h"

#include <map>
#include <nlohmann/json.hpp>

#include "scanner/files/reader.h"
#include "scanner/scan.h"

namespace sandlint {

std::string Made::File(std::string_view ending) const {
  for (const WrittenFile& file : result.files) {
    if (file.path.ends_with(ending)) return file.text;
  }
  return {};
}

std::string Made::All() const {
  std::string all;
  for (const WrittenFile& file : result.files) all += file.text + '\n';
  for (const auto* list : {&result.launch, &result.steps, &result.unmet}) {
    for (const std::string& text : *list) all += text + '\n';
  }
  return all;
}

bool Made::Says(std::string_view part) const {
  for (const std::string& sentence : result.unmet) {
    if (sentence.find(part) != sentence.npos) return true;
  }
  return false;
}

Made Make(std::string_view tool, const std::string& entry, const std::string& policy,
          const std::string& name) {
  const std::string key = nlohmann::json(name).dump();
  std::map<std::string, std::string, std::less<>> files{
      {".mcp.json", "{\"mcpServers\": {" + key + ": " + entry + "}}"}};
  if (!policy.empty()) files[".sandlint.toml"] = policy;
  const auto reader = MakeMemoryReader(std::move(files));
  Made made{Scan(*reader, {}), {}, {}};
  if (made.workspace.servers.empty()) return made;
  const HostFacts& host = *made.workspace.host;
  made.plan = PlanFor(made.workspace.servers.front(),
                      {&host, host.WorkingDirectory(), {".mcp.json", "mcp-sandbox"}});
  if (made.plan.refused.empty()) {
    made.result = FindHardener(tool)->write(made.plan);
  } else {
    made.result.refused = made.plan.refused;
  }
  return made;
}

}  // namespace sandlint
