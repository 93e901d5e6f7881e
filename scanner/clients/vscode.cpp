// What is special to VS Code: the sandbox that it puts around a server itself (its documentation
// and mcpSandboxService.ts), and the values that its inputs offer.

#include <fmt/format.h>

#include <array>

#include "scanner/clients/dialect.h"

namespace sandlint {
namespace {

/// The lists that reach the sandbox; every other key is dropped.
struct ListRow {
  std::string_view group;
  std::string_view key;
  bool takes_away;  ///< what it names is denied
  Facet facet;
};
constexpr auto kLists = std::to_array<ListRow>({
    {"filesystem", "allowWrite", false, Facet::Paths},
    {"filesystem", "denyRead", true, Facet::Paths},
    {"filesystem", "denyWrite", true, Facet::Paths},
    {"network", "allowedDomains", false, Facet::Egress},
    {"network", "deniedDomains", true, Facet::Egress},
});

Word Named(std::string text, const Word& at) {
  Word word;
  word.text = std::move(text);
  word.span = at.span;
  return word;
}

class SandboxReader {
 public:
  SandboxReader(const Node& entry, const Node& root, const Word& enabled)
      : own_(entry.Find("sandbox")), shared_(root.Find("sandbox")) {
    sandbox_.enabled = enabled;
  }

  ClientSandbox Run() {
    Defaults();
    const bool has_own = own_ != nullptr && !own_->value.Is(NodeType::Null);
    if (has_own) {
      ReadGroup(*own_);
    } else if (shared_ != nullptr) {
      ReadGroup(*shared_);
    }
    if (shared_ != nullptr) DoubtShared(has_own);
    return std::move(sandbox_);
  }

 private:
  /// What VS Code adds: the registry of npm, npm's cache, and the directory of the server.
  void Defaults() {
    const Word& at = sandbox_.enabled;
    sandbox_.settings.push_back({Named("npm-registry", at), Named("the registry of npm", at)});
    sandbox_.settings.push_back({Named("filesystem.allowWrite", at), Named("~/.npm", at)});
    sandbox_.settings.push_back({Named("filesystem.allowWrite", at), Named(".", at)});
  }

  void AddNote(Support support, const Word& word, Facet facets, std::string why) {
    sandbox_.notes.push_back({support, word, facets, std::move(why)});
  }

  void ReadGroup(const Member& sandbox) {
    if (!sandbox.value.Is(NodeType::Object)) {
      AddNote(Support::Unknown, sandbox.key, Facet::Paths | Facet::Egress, "it is no object");
      return;
    }
    for (const Member& group : sandbox.value.members) {
      if (sandbox.value.Find(group.key.text) == &group) ReadKeys(group);
    }
  }

  void ReadKeys(const Member& group) {
    const std::string& name = group.key.text;
    if (name != "filesystem" && name != "network") {
      AddNote(Support::Irrelevant, group.key, Facet::None, "VS Code does not hand it on");
    } else if (!group.value.Is(NodeType::Object)) {
      AddNote(Support::Unknown, group.key, Facet::Paths | Facet::Egress, "it is no object");
    } else {
      for (const Member& list : group.value.members) {
        if (group.value.Find(list.key.text) == &list) ReadList(name, list);
      }
    }
  }

  void ReadList(const std::string& group, const Member& list) {
    for (const ListRow& row : kLists) {
      if (row.group != group || row.key != list.key.text) continue;
      if (!list.value.Is(NodeType::Array)) {
        AddNote(Support::Unknown, list.key, row.facet, "it is no list");
        return;
      }
      for (const Node& item : list.value.items) ReadItem(row, list, item);
      return;
    }
    AddNote(Support::Irrelevant, list.key, Facet::None, "VS Code does not hand it on");
  }

  void ReadItem(const ListRow& row, const Member& list, const Node& item) {
    if (!item.Is(NodeType::String)) {
      AddNote(Support::Unknown, list.key, row.facet, "one of its items is no string");
      return;
    }
    Word value = WithVariables(item.word, Variables::Braces);
    if (!value.Certain() && row.takes_away) {
      AddNote(Support::Unknown, value, row.facet,
              "whether VS Code puts values for variables here is not known");
    }
    Word key = list.key;
    key.text = fmt::format("{}.{}", row.group, row.key);
    sandbox_.settings.push_back({std::move(key), std::move(value)});
  }

  /// Whether the sandbox of the whole file is read, or read beside that of the entry, is not known.
  void DoubtShared(bool has_own) {
    for (const ListRow& row : kLists) {
      const Member* list = shared_->value.Get(row.group).Find(row.key);
      if (list == nullptr || list->value.items.empty()) continue;
      // With one of its own the worst is that both count, without that none does.
      if (row.takes_away != has_own) {
        AddNote(Support::Unknown, list->key, row.facet,
                "whether VS Code reads the sandbox of the whole file is not known");
      }
    }
  }

  const Member* own_;
  const Member* shared_;
  ClientSandbox sandbox_;
};

void AddInputs(const Node& inputs, ServerDecl& decl) {
  for (const Node& input : inputs.items) {
    const Node& value = input.Get("default");
    if (value.Is(NodeType::String)) decl.offered.push_back({input.Get("id").word, value.word});
  }
}

/// The object that holds `servers` and `inputs`, where the root is not it.
const Node& HolderOf(const Node& root) {
  for (const Node* node : {&root, &root.Get("mcp"), &root.Get("settings").Get("mcp"),
                           &root.Get("customizations").Get("vscode").Get("mcp")}) {
    if (node->Find("servers") != nullptr) return *node;
  }
  return root;
}

}  // namespace

void FinishVsCode(const Node& entry, const Node& root, ServerDecl& decl) {
  const Node& holder = HolderOf(root);
  AddInputs(holder.Get("inputs"), decl);
  const Member* enabled = entry.Find("sandboxEnabled");
  if (enabled == nullptr || decl.transport != Transport::Stdio) return;
  if (!enabled->value.Is(NodeType::Bool)) {
    decl.notes.push_back({Support::Unknown, enabled->key, Facet::None,
                          "it is neither true nor false: no sandbox is taken for granted"});
  }
  if (!enabled->value.Is(NodeType::Bool) || enabled->value.word.text != "true") return;
  decl.sandbox = SandboxReader(entry, holder, enabled->key).Run();
  decl.auto_approves.push_back(enabled->key);
}

void FinishDevcontainer(const Node& entry, const Node& root, ServerDecl& decl) {
  FinishVsCode(entry, root, decl);
  decl.notes.push_back({Support::Unmodelled, decl.name, Facet::All,
                        "it is started in the container, whose mounts are not followed"});
}

}  // namespace sandlint
