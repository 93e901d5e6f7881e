// config.toml of Codex: the servers that it declares (0.169). Nothing in it is expanded.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/clients/dialect.h"

namespace sandlint {
namespace {

enum class CodexKey : std::uint8_t {
  Command,
  Args,
  Cwd,
  Env,
  EnvNames,
  Url,
  Headers,
  HeaderNames,
  TokenName,
  Helper,
  Approval,
  Switch,
  Tools,
  Refused,  ///< the whole config fails to load
  Nothing,
};
struct CodexRow {
  std::string_view key;
  CodexKey use;
};
constexpr auto kKeys = std::to_array<CodexRow>({
    {"args", CodexKey::Args},
    {"bearer_token", CodexKey::Refused},
    {"bearer_token_env_var", CodexKey::TokenName},
    {"command", CodexKey::Command},
    {"cwd", CodexKey::Cwd},
    {"default_tools_approval_mode", CodexKey::Approval},
    {"disabled_tools", CodexKey::Nothing},
    {"enabled", CodexKey::Switch},
    {"enabled_tools", CodexKey::Nothing},
    {"env", CodexKey::Env},
    {"env_http_headers", CodexKey::HeaderNames},
    {"env_vars", CodexKey::EnvNames},
    {"experimental_environment", CodexKey::Nothing},
    {"http_headers", CodexKey::Headers},
    {"http_headers_helper", CodexKey::Helper},
    {"oauth", CodexKey::Nothing},
    {"oauth_resource", CodexKey::Nothing},
    {"required", CodexKey::Nothing},
    {"scopes", CodexKey::Nothing},
    {"startup_timeout_ms", CodexKey::Nothing},
    {"startup_timeout_sec", CodexKey::Nothing},
    {"supports_parallel_tool_calls", CodexKey::Nothing},
    {"tool_timeout_sec", CodexKey::Nothing},
    {"tools", CodexKey::Tools},
    {"url", CodexKey::Url},
});

constexpr std::string_view kClient = "Codex";

/// A value that the client takes from its environment, by name.
Word ByName(const Word& name) {
  Word word = UnknownWord(name, name.text);
  word.holes.front().splits = false;
  return word;
}

class CodexEntryReader {
 public:
  explicit CodexEntryReader(const Member& entry) : node_(entry.value) {
    decl_.name = entry.key;
    decl_.entry = entry.key.span;
    decl_.clients = {std::string(kClient)};
    decl_.inherits = InheritanceOf(Inherits::Listed, kClient);
  }

  ServerDecl Run() {
    if (!node_.Is(NodeType::Object)) {
      Skip("its value is not a table");
      return std::move(decl_);
    }
    for (const Member& member : node_.members) {
      const auto row = std::ranges::find(kKeys, member.key.text, &CodexRow::key);
      if (row == kKeys.end()) {
        decl_.notes.push_back(
            {Support::Irrelevant, member.key, Facet::None, "no key of a server; Codex ignores it"});
      } else {
        Take(member, row->use);
      }
    }
    Check();
    return std::move(decl_);
  }

  /// Why the whole config fails to load, with its word.
  std::optional<std::pair<Word, std::string>> refused;

 private:
  void Skip(std::string why) {
    decl_.loads = false;
    decl_.malformed = true;
    decl_.why_not = std::move(why);
  }

  void Refuse(const Word& word, std::string why) {
    if (!refused) refused = {word, std::move(why)};
  }

  Word Text(const Member& member) {
    if (member.value.Is(NodeType::String)) return member.value.word;
    Refuse(member.key, fmt::format("'{}' is not a string", member.key.text));
    return member.key;
  }

  void Take(const Member& member, CodexKey use) {
    switch (use) {
      case CodexKey::Command:
        decl_.command = Text(member);
        return;
      case CodexKey::Cwd:
        decl_.working_directory = Text(member);
        return;
      case CodexKey::Url:
        decl_.url = Text(member);
        return;
      case CodexKey::Helper:
        decl_.headers_helper = Text(member);
        return;
      case CodexKey::Args:
        for (const Node& item : member.value.items) decl_.args.push_back(item.word);
        if (!member.value.Is(NodeType::Array)) Refuse(member.key, "'args' is not a list");
        return;
      case CodexKey::Env:
      case CodexKey::Headers:
        return TakeSettings(member, use == CodexKey::Env ? decl_.environment : decl_.headers);
      case CodexKey::HeaderNames:
        for (const Member& header : member.value.members) {
          decl_.headers.push_back({header.key, ByName(header.value.word)});
        }
        return;
      case CodexKey::TokenName:
        decl_.headers.push_back({member.key, ByName(Text(member))});
        return;
      case CodexKey::EnvNames:
        return TakeNames(member);
      case CodexKey::Approval:
        if (member.value.word.text == "approve") decl_.auto_approves.push_back(member.key);
        return;
      case CodexKey::Tools:
        for (const Member& tool : member.value.members) {
          const Node& mode = tool.value.Get("approval_mode");
          if (mode.word.text == "approve") decl_.auto_approves.push_back(mode.word);
        }
        return;
      case CodexKey::Switch:
        decl_.notes.push_back({Support::Irrelevant, member.key, Facet::None,
                               "it is looked at as if it were started"});
        return;
      case CodexKey::Refused:
        return Refuse(member.key, "a literal bearer_token is refused");
      case CodexKey::Nothing:
        return;
    }
  }

  void TakeSettings(const Member& member, std::vector<Setting>& settings) {
    for (const Member& one : member.value.members) {
      if (!one.value.Is(NodeType::String)) {
        Refuse(one.key, fmt::format("'{}.{}' is not a string", member.key.text, one.key.text));
      }
      settings.push_back({one.key, one.value.word});
    }
  }

  /// Names, or tables of a name and a source. What another source gives is not known.
  void TakeNames(const Member& member) {
    for (const Node& item : member.value.items) {
      const Word& name = item.Is(NodeType::Object) ? item.Get("name").word : item.word;
      if (name.text.empty()) continue;
      decl_.inherits.names.push_back(name.text);
      if (item.Is(NodeType::Object) && item.Find("source") != nullptr) {
        EnvEdit edit;
        edit.option = edit.name = name;
        edit.value = UnknownWord(name, "from another source");
        decl_.inherits.edits.push_back(std::move(edit));
      }
    }
  }

  void Check() {
    if (decl_.command && decl_.url) Refuse(decl_.url, "a server has both a command and a url");
    if (!decl_.command && !decl_.url) Refuse(decl_.name, "a server has neither command nor url");
    decl_.transport = decl_.command ? Transport::Stdio : Transport::Http;
  }

  const Node& node_;
  ServerDecl decl_;
};

/// `<repo>/.codex/config.toml` belongs to the folder above.
std::string FolderOf(const std::string& directory) {
  const std::size_t slash = directory.rfind('/');
  if (directory == ".codex" || directory.empty()) return {};
  const bool own = directory.substr(slash + 1) == ".codex";
  return own ? directory.substr(0, slash) : directory;
}

}  // namespace

void ReadCodexConfig(ClientFile& file, Declared& declared) {
  // requirements.toml and profiles lie beside it, and mostly say nothing of servers.
  if (file.source()->text.find("mcp_servers") == std::string::npos) return file.Ignore();
  const Document document = file.ReadToml();
  if (BaseName(file.source()->path) == "requirements.toml") return;
  const std::size_t before = declared.servers.size();
  for (const Member& entry : document.root.Get("mcp_servers").members) {
    CodexEntryReader reader(entry);
    ServerDecl decl = reader.Run();
    decl.folder = FolderOf(file.directory());
    declared.servers.push_back(std::move(decl));
    declared.directories.push_back(declared.servers.back().folder);
    if (reader.refused) {
      file.Reject(fmt::format("Codex refuses the whole config: {}", reader.refused->second),
                  reader.refused->first.span);
    }
  }
  if (!file.rejected()) return;
  for (std::size_t index = before; index < declared.servers.size(); ++index) {
    declared.servers[index].loads = false;
    declared.servers[index].why_not =
        fmt::format("the client rejects the whole file: {}", file.problem());
  }
}

}  // namespace sandlint
