// The schema of a server entry, as Claude Code 2.1.330 reads it (observed and read in its code).

#include "scanner/clients/claude_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

namespace sandlint {
namespace {

enum class KeyUse : std::uint8_t { Read, Ignored };

/// Keys of an entry. What is not in the table is unknown to the client and ignored by it.
struct KeyRow {
  std::string_view key;
  KeyUse use;
  std::string_view why;
};
constexpr auto kKeys = std::to_array<KeyRow>({
    {"alwaysAllow", KeyUse::Ignored, "Claude Code ignores it"},
    {"alwaysLoad", KeyUse::Read, {}},
    {"args", KeyUse::Read, {}},
    {"autoApprove", KeyUse::Ignored, "Claude Code ignores it"},
    {"command", KeyUse::Read, {}},
    {"cwd", KeyUse::Ignored, "Claude Code ignores it: a server starts where the session does"},
    {"description", KeyUse::Ignored, "a comment"},
    {"disabled", KeyUse::Ignored, "Claude Code ignores it: the server loads all the same"},
    {"displayName", KeyUse::Read, {}},
    {"env", KeyUse::Read, {}},
    {"headers", KeyUse::Read, {}},
    {"headersHelper", KeyUse::Read, {}},
    {"oauth", KeyUse::Read, {}},
    {"timeout", KeyUse::Read, {}},
    {"toolPermissions", KeyUse::Read, {}},
    {"tools", KeyUse::Read, {}},
    {"type", KeyUse::Read, {}},
    {"url", KeyUse::Read, {}},
});

struct TypeRow {
  std::string_view name;
  Transport transport;
};
constexpr auto kTypes = std::to_array<TypeRow>({
    {"stdio", Transport::Stdio},
    {"http", Transport::Http},
    {"streamable-http", Transport::Http},
    {"sse", Transport::Sse},
    {"ws", Transport::WebSocket},
    // Written by the client itself.
    {"sse-ide", Transport::Sse},
    {"ws-ide", Transport::WebSocket},
    {"claudeai-proxy", Transport::Http},
});

class EntryReader {
 public:
  EntryReader(const Member& entry, const EntryContext& context)
      : node_(entry.value), context_(context) {
    decl_.name = entry.key;
    decl_.entry = entry.key.span;
    decl_.scope = context.scope;
    decl_.clients = {"Claude Code"};
  }

  ServerDecl Run() {
    if (!node_.Is(NodeType::Object)) {
      Skip("its value is not an object");
      return std::move(decl_);
    }
    ReadType();
    decl_.command = Text("command");
    decl_.url = Text("url");
    decl_.headers_helper = Text("headersHelper");
    ReadArgs();
    ReadSettings("env", decl_.environment);
    ReadSettings("headers", decl_.headers);
    DropUrl();
    Check();
    NoteKeys();
    return std::move(decl_);
  }

 private:
  /// `malformed`: of the wrong type, which no client reads in another way.
  void Skip(std::string why, bool malformed = true) {
    if (!decl_.loads) return;
    decl_.loads = false;
    decl_.malformed = malformed;
    decl_.why_not = std::move(why);
  }

  Word Expand(const Word& word) const {
    // Names known here win; the others stay holes.
    const Word known = context_.known.empty() ? word : ExpandKnown(word);
    Word expanded = ExpandClaude(known, nullptr, {});
    if (context_.scope == Scope::Plugin) AddUserConfig(expanded);
    return expanded;
  }

  /// `${user_config.KEY}` of a plugin: what the user has entered, which no file of the tree says.
  static void AddUserConfig(Word& word) {
    constexpr std::string_view kOpening = "${user_config.";
    for (std::size_t at = word.text.find(kOpening); at != std::string::npos;
         at = word.text.find(kOpening, at + 1)) {
      const std::size_t end = word.text.find('}', at);
      if (end == std::string::npos) return;
      const auto begin = static_cast<std::uint32_t>(at);
      word.holes.push_back({begin, static_cast<std::uint32_t>(end + 1),
                            word.text.substr(at + 2, end - at - 2), false});
    }
    std::ranges::sort(word.holes, {}, &Hole::begin);
  }

  Word ExpandKnown(const Word& word) const {
    Word expanded = word;
    for (const Setting& setting : context_.known) {
      const std::string pattern = fmt::format("${{{}}}", setting.key.text);
      for (std::size_t at = expanded.text.find(pattern); at != std::string::npos;
           at = expanded.text.find(pattern, at + setting.value.text.size())) {
        expanded.text.replace(at, pattern.size(), setting.value.text);
      }
    }
    return expanded;
  }

  Word Text(std::string_view key) {
    const Node& value = node_.Get(key);
    if (value.Is(NodeType::Missing)) return {};
    if (!value.Is(NodeType::String)) {
      Skip(fmt::format("'{}' is not a string", key));
      return {};
    }
    return Expand(value.word);
  }

  void ReadType() {
    const Node& type = node_.Get("type");
    const bool has_command = node_.Find("command") != nullptr;
    const bool has_url = node_.Find("url") != nullptr;
    if (type.Is(NodeType::Missing)) {
      decl_.transport = has_command || !has_url ? Transport::Stdio : Transport::Unknown;
      if (!has_command && has_url) {
        Skip("it has a url and no type: Claude Code skips such an entry", false);
      }
      return;
    }
    decl_.type = type.word;
    const auto row = std::ranges::find(kTypes, type.word.text, &TypeRow::name);
    if (!type.Is(NodeType::String) || row == kTypes.end()) {
      decl_.transport = Transport::Unknown;
      Skip("its type is none that Claude Code knows (stdio, http, sse, ws)", false);
      return;
    }
    decl_.transport = row->transport;
  }

  void ReadArgs() {
    const Node& args = node_.Get("args");
    if (args.Is(NodeType::Missing)) return;
    if (!args.Is(NodeType::Array)) {
      Skip("'args' is not a list");
      return;
    }
    for (const Node& arg : args.items) {
      if (!arg.Is(NodeType::String)) Skip("an argument is not a string");
      decl_.args.push_back(Expand(arg.word));
    }
  }

  void ReadSettings(std::string_view key, std::vector<Setting>& settings) {
    const Node& object = node_.Get(key);
    if (object.Is(NodeType::Missing)) return;
    if (!object.Is(NodeType::Object)) {
      Skip(fmt::format("'{}' is not an object", key));
      return;
    }
    for (const Member& member : object.members) {
      if (!member.value.Is(NodeType::String)) {
        Skip(fmt::format("'{}.{}' is not a string", key, member.key.text));
      }
      settings.push_back({member.key, Expand(member.value.word)});
    }
  }

  /// An entry with a command is started, whatever url stands beside it.
  void DropUrl() {
    if (decl_.transport != Transport::Stdio || !decl_.url) return;
    decl_.notes.push_back({Support::Irrelevant, decl_.url, Facet::None,
                           "Claude Code drops the url of an entry that it starts by its command"});
    decl_.url = {};
  }

  void Check() {
    if (decl_.transport == Transport::Stdio && decl_.command.text.empty()) {
      Skip("it has no command");
    }
    const bool remote = decl_.transport != Transport::Stdio;
    if (remote && decl_.url.text.empty()) Skip("it has no url");
  }

  void NoteKeys() {
    for (const Member& member : node_.members) {
      const auto row = std::ranges::find(kKeys, member.key.text, &KeyRow::key);
      if (row == kKeys.end()) {
        decl_.notes.push_back({Support::Irrelevant, member.key, Facet::None,
                               "no key of a server entry; Claude Code ignores it"});
      } else if (row->use == KeyUse::Ignored) {
        decl_.notes.push_back(
            {Support::Irrelevant, member.key, Facet::None, std::string(row->why)});
      }
    }
  }

  const Node& node_;
  const EntryContext& context_;
  ServerDecl decl_;
};

}  // namespace

ServerDecl ReadClaudeEntry(const Member& entry, const EntryContext& context) {
  return EntryReader(entry, context).Run();
}

void ReadClaudeEntries(const Node& servers, const EntryContext& context,
                       const std::string& directory, Declared& declared) {
  std::unordered_map<std::string_view, const Member*> last;  // of equal names the last one wins
  for (const Member& entry : servers.members) last[entry.key.text] = &entry;
  for (const Member& entry : servers.members) {
    if (last[entry.key.text] != &entry) continue;
    declared.servers.push_back(ReadClaudeEntry(entry, context));
    declared.directories.push_back(directory);
  }
}

}  // namespace sandlint
