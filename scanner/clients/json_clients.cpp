// The clients whose files are JSON: where the object of servers is, what its keys are called, what
// is passed on. Facts that nobody has established are left open: an environment that is not known,
// keys that leave a note.

#include "scanner/clients/dialect.h"

namespace sandlint {
namespace {

constexpr auto kVsCode = std::to_array<EntryKeyRow>({
    {"cwd", EntryKey::Cwd},
    {"dev", EntryKey::Nothing},
    {"envFile", EntryKey::EnvFile},
    {"gallery", EntryKey::Nothing},
    {"oauth", EntryKey::Nothing},
    {"sandbox", EntryKey::Special},
    {"sandboxEnabled", EntryKey::Special},
    {"version", EntryKey::Nothing},
});
constexpr auto kCursor = std::to_array<EntryKeyRow>({
    {"auth", EntryKey::Nothing},
    {"envFile", EntryKey::EnvFile},
});
constexpr auto kCopilot = std::to_array<EntryKeyRow>({
    {"cwd", EntryKey::Cwd},
    {"tools", EntryKey::Nothing},
});
constexpr auto kWindsurf = std::to_array<EntryKeyRow>({
    {"alwaysAllow", EntryKey::Approves},
    {"disabled", EntryKey::Switch},
    {"serverUrl", EntryKey::Url},
});
constexpr auto kRoo = std::to_array<EntryKeyRow>({
    {"alwaysAllow", EntryKey::Approves},
    {"cwd", EntryKey::Cwd},
    {"disabled", EntryKey::Switch},
    {"watchPaths", EntryKey::Nothing},
});
constexpr auto kGemini = std::to_array<EntryKeyRow>({
    {"authProviderType", EntryKey::Nothing},
    {"cwd", EntryKey::Cwd},
    {"excludeTools", EntryKey::Nothing},
    {"httpUrl", EntryKey::Url},
    {"includeTools", EntryKey::Nothing},
    {"oauth", EntryKey::Nothing},
    {"trust", EntryKey::Approves},
});
constexpr auto kZed = std::to_array<EntryKeyRow>({
    {"enabled", EntryKey::Switch},
    {"settings", EntryKey::Nothing},
    {"source", EntryKey::Nothing},
});
constexpr auto kOpenCode = std::to_array<EntryKeyRow>({
    {"cwd", EntryKey::Cwd},
    {"enabled", EntryKey::Switch},
    {"environment", EntryKey::Env},
    {"oauth", EntryKey::Nothing},
});
constexpr auto kAmazonQ = std::to_array<EntryKeyRow>({
    {"disabled", EntryKey::Switch},
});
constexpr auto kKiro = std::to_array<EntryKeyRow>({
    {"autoApprove", EntryKey::Approves},
    {"disabled", EntryKey::Switch},
    {"disabledTools", EntryKey::Nothing},
});
constexpr auto kWarp = std::to_array<EntryKeyRow>({
    {"start_on_launch", EntryKey::Switch},
    {"working_directory", EntryKey::Cwd},
});

constexpr auto kClients = std::to_array<ClientDialect>({
    {FileKind::VsCodeMcp,
     "VS Code",
     ".vscode",
     {"servers"},
     Inherits::Everything,
     Variables::Braces,
     kVsCode,
     false,
     FinishVsCode},
    {FileKind::VsCodeSettings,
     "VS Code",
     ".vscode",
     {"mcp.servers"},
     Inherits::Everything,
     Variables::Braces,
     kVsCode,
     false,
     FinishVsCode},
    {FileKind::VsCodeWorkspace,
     "VS Code",
     "",
     {"settings.mcp.servers", "mcp.servers"},
     Inherits::Everything,
     Variables::Braces,
     kVsCode,
     false,
     FinishVsCode},
    {FileKind::Devcontainer,
     "VS Code",
     ".devcontainer",
     {"customizations.vscode.mcp.servers"},
     Inherits::Everything,
     Variables::Braces,
     kVsCode,
     true,
     FinishDevcontainer},
    {FileKind::VisualStudio,
     "Visual Studio",
     ".vs",
     {"servers", "mcpServers"},
     Inherits::NotKnown,
     Variables::Any,
     kVsCode},
    {FileKind::Cursor,
     "Cursor",
     ".cursor",
     {"mcpServers"},
     Inherits::NotKnown,
     Variables::Braces,
     kCursor},
    {FileKind::ClaudeDesktop,
     "Claude Desktop",
     "",
     {"mcpServers"},
     Inherits::Sdk,
     Variables::None,
     {},
     true},
    {FileKind::CopilotCli,
     "Copilot CLI",
     ".github",
     {"mcpServers"},
     Inherits::NotKnown,
     Variables::Any,
     kCopilot},
    {FileKind::Windsurf,
     "Windsurf",
     "",
     {"mcpServers"},
     Inherits::NotKnown,
     Variables::Any,
     kWindsurf,
     true},
    {FileKind::Roo, "Roo Code", ".roo", {"mcpServers"}, Inherits::NotKnown, Variables::Any, kRoo},
    {FileKind::Kilo,
     "Kilo Code",
     ".kilocode",
     {"mcpServers"},
     Inherits::NotKnown,
     Variables::Any,
     kRoo},
    {FileKind::Gemini,
     "Gemini CLI",
     ".gemini",
     {"mcpServers"},
     Inherits::Redacted,
     Variables::Dollar,
     kGemini},
    {FileKind::Zed, "Zed", ".zed", {"context_servers"}, Inherits::NotKnown, Variables::Any, kZed},
    {FileKind::OpenCode,
     "OpenCode",
     "",
     {"mcp"},
     Inherits::Everything,
     Variables::Brackets,
     kOpenCode},
    {FileKind::Junie, "Junie", ".junie/mcp", {"mcpServers"}, Inherits::NotKnown, Variables::Any},
    {FileKind::AmazonQ,
     "Amazon Q",
     ".amazonq",
     {"mcpServers"},
     Inherits::NotKnown,
     Variables::Any,
     kAmazonQ},
    {FileKind::Kiro,
     "Kiro",
     ".kiro/settings",
     {"mcpServers"},
     Inherits::NotKnown,
     Variables::Any,
     kKiro},
    {FileKind::Warp, "Warp", ".warp", {"mcpServers"}, Inherits::NotKnown, Variables::Any, kWarp},
});

}  // namespace

std::span<const ClientDialect> JsonClients() { return kClients; }

}  // namespace sandlint
