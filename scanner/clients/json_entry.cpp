// One entry of a JSON client. What its client makes of a value of the wrong type is not known, so
// such a value is an unknown word and not a reason to skip the entry.

#include <fmt/format.h>

#include <algorithm>

#include "scanner/clients/dialect.h"
#include "scanner/clients/env_file.h"

namespace sandlint {
namespace {

constexpr auto kCommon = std::to_array<EntryKeyRow>({
    {"args", EntryKey::Args},
    {"command", EntryKey::Command},
    {"description", EntryKey::Nothing},
    {"env", EntryKey::Env},
    {"headers", EntryKey::Headers},
    {"name", EntryKey::Nothing},
    {"timeout", EntryKey::Nothing},
    {"type", EntryKey::Type},
    {"url", EntryKey::Url},
});

struct TypeRow {
  std::string_view name;
  Transport transport;
};
constexpr auto kTypes = std::to_array<TypeRow>({
    {"stdio", Transport::Stdio},
    {"local", Transport::Stdio},
    {"http", Transport::Http},
    {"streamable-http", Transport::Http},
    {"streamableHttp", Transport::Http},
    {"streamable_http", Transport::Http},
    {"remote", Transport::Http},
    {"sse", Transport::Sse},
    {"ws", Transport::WebSocket},
});

bool IsPlain(const Node& node) {
  return node.Is(NodeType::String) || node.Is(NodeType::Number) || node.Is(NodeType::Bool);
}

class JsonEntryReader {
 public:
  JsonEntryReader(const ClientDialect& client, const Member& entry, ClientFile& file)
      : client_(client), node_(entry.value), file_(file) {
    decl_.name = entry.key;
    decl_.entry = entry.key.span;
    decl_.clients = {std::string(client.client)};
    decl_.inherits = InheritanceOf(client.inherits, client.client);
  }

  ServerDecl Run() {
    if (!node_.Is(NodeType::Object)) {
      Skip("its value is not an object");
      return std::move(decl_);
    }
    for (const Member& member : node_.members) {
      // Of equal keys the last counts.
      if (node_.Find(member.key.text) == &member) Take(member, UseOf(member.key.text));
    }
    SetTransport();
    return std::move(decl_);
  }

 private:
  void Skip(std::string why) {
    decl_.loads = false;
    decl_.malformed = true;
    decl_.why_not = std::move(why);
  }

  std::optional<EntryKey> UseOf(std::string_view key) const {
    const auto in = [&](std::span<const EntryKeyRow> rows) -> std::optional<EntryKey> {
      const auto row = std::ranges::find(rows, key, &EntryKeyRow::key);
      return row == rows.end() ? std::nullopt : std::optional(row->use);
    };
    const auto own = in(client_.keys);
    return own ? own : in(kCommon);
  }

  Word Value(const Node& node, const Word& key) const {
    if (node.Is(NodeType::String)) return WithVariables(node.word, client_.variables);
    if (IsPlain(node)) return node.word;
    return UnknownWord(key, fmt::format("a value of the wrong type ({})", key.text));
  }

  void Take(const Member& member, std::optional<EntryKey> use) {
    if (!use) return TakeUnknown(member);
    switch (*use) {
      case EntryKey::Type:
        decl_.type = member.value.word;
        return;
      case EntryKey::Command:
        return TakeCommand(member);
      case EntryKey::Args:
        return TakeArgs(member);
      case EntryKey::Env:
        return TakeEnvironment(member);
      case EntryKey::EnvFile:
        return TakeEnvFile(member);
      case EntryKey::Cwd:
        decl_.working_directory = Value(member.value, member.key);
        return;
      case EntryKey::Url:
        decl_.url = Value(member.value, member.key);
        url_decides_ = url_decides_ || client_.kind == FileKind::Gemini;
        return;
      case EntryKey::Headers:
        for (const Member& header : member.value.members) {
          decl_.headers.push_back({header.key, Value(header.value, header.key)});
        }
        return;
      case EntryKey::Approves:
        return TakeApproval(member);
      case EntryKey::Switch:
        decl_.notes.push_back({Support::Irrelevant, member.key, Facet::None,
                               "it is looked at as if it were started"});
        return;
      case EntryKey::Special:
      case EntryKey::Nothing:
        return;
    }
  }

  /// A directory to start in would move every relative name.
  void TakeUnknown(const Member& member) {
    const std::string& key = member.key.text;
    const bool moves = key == "cwd" || key == "workingDirectory" || key == "working_directory";
    if (moves) decl_.lost_directory = true;
    decl_.notes.push_back({Support::Unknown, member.key, Facet::None,
                           fmt::format("what {} makes of it is not known", client_.client)});
  }

  void TakeCommand(const Member& member) {
    const Node& value = member.value;
    if (value.Is(NodeType::Array) && !value.items.empty()) {
      decl_.command = Value(value.items.front(), member.key);
      for (std::size_t index = 1; index < value.items.size(); ++index) {
        decl_.args.push_back(Value(value.items[index], member.key));
      }
    } else if (value.Is(NodeType::Object)) {
      // Zed, older settings.
      decl_.command = Value(value.Get("path"), member.key);
      if (const Member* args = value.Find("args"); args != nullptr) TakeArgs(*args);
      if (const Member* env = value.Find("env"); env != nullptr) TakeEnvironment(*env);
    } else {
      decl_.command = Value(value, member.key);
    }
  }

  void TakeArgs(const Member& member) {
    if (!member.value.Is(NodeType::Array)) {
      if (member.value.Is(NodeType::Null)) return;
      decl_.args.push_back(UnknownWord(member.key, "arguments that are no list"));
      return;
    }
    for (const Node& item : member.value.items) decl_.args.push_back(Value(item, member.key));
  }

  void TakeEnvironment(const Member& member) {
    if (!member.value.Is(NodeType::Object)) {
      if (member.value.Is(NodeType::Null)) return;
      Doubt(member.key);
      return;
    }
    for (const Member& variable : member.value.members) {
      if (member.value.Find(variable.key.text) != &variable) continue;
      if (variable.value.Is(NodeType::Null)) {
        TakeAway(variable.key);
      } else {
        AddVariable(variable);
      }
    }
  }

  void AddVariable(const Member& variable) {
    Word value = Value(variable.value, variable.key);
    const bool appends = client_.client == "VS Code" && variable.key.text == "PATH";
    if (appends) {
      // VS Code puts it behind the PATH that it has itself.
      const std::string own = "${PATH}";
      value.text.insert(0, own + ":");
      for (Hole& hole : value.holes) {
        hole.begin += static_cast<std::uint32_t>(own.size() + 1);
        hole.end += static_cast<std::uint32_t>(own.size() + 1);
      }
      value.holes.insert(value.holes.begin(), {0, static_cast<std::uint32_t>(own.size()), own});
    }
    decl_.environment.push_back({variable.key, std::move(value)});
  }

  /// `null` takes a variable away (VS Code); other clients are not known to.
  void TakeAway(const Word& name) {
    EnvEdit edit;
    edit.kind = client_.client == "VS Code" ? EnvKind::Unset : EnvKind::FromFile;
    edit.option = edit.name = name;
    decl_.inherits.edits.push_back(std::move(edit));
  }

  void Doubt(const Word& word) {
    EnvEdit edit;
    edit.kind = EnvKind::FromFile;
    edit.option = word;
    decl_.inherits.edits.push_back(std::move(edit));
  }

  /// The file may be another on the machine where it counts: what is read here is only added.
  void TakeEnvFile(const Member& member) {
    Doubt(member.key);
    decl_.inherits.edits.back().value = Value(member.value, member.key);
    AddEnvFile(file_, WorkspaceFile(member.value.word.text), decl_.inherits.edits);
  }

  /// A path of the tree, where it is one for certain; else empty.
  std::string WorkspaceFile(std::string_view text) const {
    constexpr std::string_view kFolder = "${workspaceFolder}/";
    if (!text.starts_with(kFolder)) return {};
    text.remove_prefix(kFolder.size());
    if (text.find("..") != text.npos || text.find('$') != text.npos) return {};
    const std::string& directory = file_.directory();
    const std::size_t slash = directory.rfind('/');
    const std::string above = slash == std::string::npos ? "" : directory.substr(0, slash + 1);
    return above + std::string(text);
  }

  void TakeApproval(const Member& member) {
    const Node& value = member.value;
    const bool approves = value.Is(NodeType::Array) ? !value.items.empty()
                                                    : value.word.text != "false" && IsPlain(value);
    if (approves) decl_.auto_approves.push_back(member.key);
  }

  void SetTransport() {
    const auto row = std::ranges::find(kTypes, decl_.type.text, &TypeRow::name);
    const bool remote_type = row != kTypes.end() && row->transport != Transport::Stdio;
    const bool remote = decl_.url && (remote_type || !decl_.command || url_decides_);
    if (!decl_.command && !decl_.url) return Skip("it has neither a command nor a url");
    if (!remote) {
      decl_.transport = decl_.command ? Transport::Stdio : Transport::Http;
      return;
    }
    decl_.transport = remote_type ? row->transport : Transport::Http;
  }

  const ClientDialect& client_;
  const Node& node_;
  ClientFile& file_;
  ServerDecl decl_;
  bool url_decides_ = false;  ///< a url wins over a command
};

}  // namespace

ServerDecl ReadJsonEntry(const ClientDialect& client, const Member& entry, ClientFile& file) {
  return JsonEntryReader(client, entry, file).Run();
}

}  // namespace sandlint
