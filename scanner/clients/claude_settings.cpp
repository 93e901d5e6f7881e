// .claude/settings.json and settings.local.json: the orchestrator's own permissions and commands.

#include <fmt/format.h>

#include <array>

#include "scanner/clients/claude.h"

namespace sandlint {
namespace {

/// Keys whose string value is a command that the client runs.
constexpr auto kCommandKeys = std::to_array<std::string_view>(
    {"apiKeyHelper", "awsAuthRefresh", "awsCredentialExport", "fileSuggestion", "gcpAuthRefresh",
     "otelHeadersHelper", "policyHelper", "processWrapper", "proxyAuthHelper"});

void Collect(const Node& list, std::vector<Word>& words) {
  for (const Node& item : list.items) {
    if (item.Is(NodeType::String)) words.push_back(item.word);
  }
}

void ReadPermissions(const Node& permissions, ClientSettings& settings) {
  Collect(permissions.Get("allow"), settings.allow);
  Collect(permissions.Get("deny"), settings.deny);
  Collect(permissions.Get("ask"), settings.ask);
  Collect(permissions.Get("additionalDirectories"), settings.additional_directories);
  settings.permission_mode = permissions.Get("defaultMode").word;
}

void ReadCommands(const Node& root, ClientSettings& settings) {
  for (const std::string_view key : kCommandKeys) {
    if (const Member* member = root.Find(key); member != nullptr) {
      settings.commands.push_back({member->key, member->value.word});
    }
  }
  for (const std::string_view key : {"statusLine", "subagentStatusLine"}) {
    const Member* member = root.Find(key);
    if (member == nullptr) continue;
    settings.commands.push_back({member->key, member->value.Get("command").word});
  }
  for (const Member& event : root.Get("hooks").members) {
    for (const Node& matcher : event.value.items) {
      for (const Node& hook : matcher.Get("hooks").items) {
        if (hook.Find("command") == nullptr) continue;
        settings.commands.push_back({event.key, hook.Get("command").word});
      }
    }
  }
}

/// Every scalar below `sandbox`, with its dotted key.
void ReadSandbox(const Node& node, const std::string& prefix, ClientSettings& settings) {
  for (const Member& member : node.members) {
    const std::string key = fmt::format("{}.{}", prefix, member.key.text);
    if (member.value.Is(NodeType::Object)) {
      ReadSandbox(member.value, key, settings);
    } else if (key == "sandbox.enabled") {
      settings.sandbox_enabled = member.value.word;
    } else if (!member.value.Is(NodeType::Array)) {
      Word dotted = member.key;
      dotted.text = key;
      settings.sandbox.push_back({dotted, member.value.word});
    }
  }
}

/// Which settings these are, by the name of the file.
Scope ScopeOf(const Source& source) {
  const std::string_view name = BaseName(source.path);
  if (name == "settings.local.json") return Scope::Local;
  return name == "managed-settings.json" ? Scope::Managed : Scope::Project;
}

}  // namespace

void ReadClaudeSettings(ClientFile& file, Declared& declared) {
  const Document document = file.ReadStrictJson();
  const Node& root = document.root;
  if (!root.Is(NodeType::Object)) {
    file.Reject("the file is not a JSON object", root.span);
    return;
  }
  ClientSettings settings;
  settings.client = "Claude Code";
  settings.source = file.source();
  settings.scope = ScopeOf(*file.source());
  settings.loads = !file.rejected();
  const Word& enable_all = root.Get("enableAllProjectMcpServers").word;
  if (enable_all.text == "true") settings.enable_all_project_servers = enable_all;
  const Word& skip = root.Get("skipDangerousModePermissionPrompt").word;
  if (skip.text == "true") settings.skip_dangerous_prompt = skip;
  Collect(root.Get("enabledMcpjsonServers"), settings.enabled_servers);
  ReadPermissions(root.Get("permissions"), settings);
  for (const Member& member : root.Get("env").members) {
    settings.environment.push_back({member.key, member.value.word});
  }
  ReadCommands(root, settings);
  ReadSandbox(root.Get("sandbox"), "sandbox", settings);
  declared.settings.push_back(std::move(settings));
}

}  // namespace sandlint
