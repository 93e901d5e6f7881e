// Permission profiles of Codex (observed with 0.169 on Linux): configs are merged key by key, the
// most specific path wins, what is denied cannot be read, and `enabled = true` leaves the network
// of the host whatever domains are listed, as long as no proxy is switched on.

#include "scanner/peel/codex_profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/parse/node.h"
#include "scanner/peel/options.h"
#include "scanner/peel/profile_file.h"

namespace sandlint {
namespace {

constexpr int kMaxExtends = 8;
constexpr auto kEndings = std::to_array<std::string_view>({".toml"});
constexpr auto kBuiltIn = std::to_array<std::string_view>({":read-only", ":workspace"});

bool IsGlob(std::string_view path) { return path.find_first_of("*?[") != std::string_view::npos; }

class ProfileReader {
 public:
  ProfileReader(const CodexConfigs& configs, std::string directory, std::string home)
      : directory_(std::move(directory)), home_(std::move(home)) {
    for (const Source* source : configs.sources) documents_.push_back(ParseToml(*source));
  }

  CodexProfile Run(const Word& name) {
    for (const Document& document : documents_) {
      if (document.Ok()) continue;
      const Word word = MadeUp({}, {"config.toml", document.problems.front().where, {}, -1});
      Problem(word, "Codex cannot read its config", Answer::Unknown);
      Doubt(word, Facet::All, "Codex's config is no TOML");
    }
    Named(name, 0);
    ReadProxy();
    return std::move(profile_);
  }

 private:
  void Doubt(const Word& word, Facet facets, std::string why) {
    profile_.notes.push_back({Support::Unknown, word, facets, std::move(why)});
  }

  /// What it extends comes first: a path that is named again gets the later access.
  void Named(const Word& name, int depth) {
    if (name.text.starts_with(':')) return Base(name);
    std::vector<const Node*> tables;
    for (const Document& document : documents_) {
      const Node& table = document.root.Get("permissions").Get(name.text);
      if (table.Is(NodeType::Object)) tables.push_back(&table);
    }
    if (tables.empty()) {
      if (depth > 0) Problem(name, "it extends a profile that no config has", Answer::Unknown);
      return;
    }
    profile_.found = true;
    Word extends;
    for (const Node* table : tables) {
      if (table->Find("extends") != nullptr) extends = table->Get("extends").word;
    }
    if (extends.text == name.text || depth >= kMaxExtends) {
      Problem(extends, "profiles extend each other", Answer::Unknown);
      Doubt(extends, Facet::All, "profiles extend each other");
    } else if (extends) {
      Named(extends, depth + 1);
    }
    for (const Node* table : tables) {
      ReadPaths(table->Get("filesystem"));
      ReadNetwork(table->Get("network"));
    }
  }

  void Base(const Word& name) {
    if (std::ranges::find(kBuiltIn, name.text) == kBuiltIn.end()) {
      Problem(name, "Codex refuses to extend this built-in profile", Answer::Yes);
    }
    profile_.base = name.text;
  }

  void Problem(const Word& word, std::string text, Answer fatal) {
    profile_.problems.push_back({word, std::move(text), fatal});
  }

  void ReadPaths(const Node& paths) {
    for (const Member& path : paths.members) {
      if (path.value.Is(NodeType::Object)) {
        ReadBelow(path);
      } else {
        Add(path.key, path.value.word);
      }
    }
  }

  /// `[permissions.x.filesystem.":workspace_roots"]`: names below the root of the workspace.
  void ReadBelow(const Member& root) {
    const bool here = root.key.text == ":workspace_roots" && !directory_.empty();
    for (const Member& path : root.value.members) {
      Word name = path.key;
      if (!here || IsGlob(name.text) || name.text.starts_with('/') ||
          name.text.find("..") != std::string::npos) {
        Unfollowed(path.key, path.value.word);
        continue;
      }
      name.text = name.text == "." ? directory_ : directory_ + "/" + name.text;
      Add(name, path.value.word);
    }
  }

  /// What only takes away could be left out; what gives could be anything.
  void Unfollowed(const Word& path, const Word& access) {
    const bool gives = access.text == "write" || access.text == "read";
    Doubt(path, Facet::Paths, gives ? "where this leads is not followed" : "this is not followed");
  }

  void Add(Word path, const Word& access) {
    if (path.text.starts_with("~/")) path.text.replace(0, 1, home_);
    if (path.text == ":root") path.text = "/";
    if (path.text.starts_with(':') || IsGlob(path.text)) return Unfollowed(path, access);
    if (!path.text.starts_with('/')) {
      return Problem(path, "Codex refuses a path that is neither absolute nor below ~",
                     Answer::Yes);
    }
    const bool deny = access.text == "deny" || access.text == "none";
    if (!deny && access.text != "read" && access.text != "write") {
      return Doubt(access, Facet::Paths, "an access that is not known");
    }
    while (path.text.size() > 1 && path.text.ends_with('/')) path.text.pop_back();
    std::erase_if(profile_.paths,
                  [&](const CodexAccess& one) { return one.path.text == path.text; });
    profile_.paths.push_back({std::move(path), access});
  }

  void ReadNetwork(const Node& network) {
    const Node& enabled = network.Get("enabled");
    if (enabled.word.text == "true") profile_.network = enabled.word;
    if (enabled.word.text == "false") profile_.network = {};
    for (const Member& member : network.members) {
      if (member.key.text != "enabled" && member.key.text != "domains") {
        Doubt(member.key, Facet::Egress, "it is not followed");
      }
    }
  }

  void ReadProxy() {
    for (const Document& document : documents_) {
      const Node& proxy = document.root.Get("features").Get("network_proxy");
      if (!proxy.Is(NodeType::Missing) && proxy.word.text != "false") profile_.proxy = proxy.word;
    }
  }

  std::vector<Document> documents_;
  std::string directory_, home_;
  CodexProfile profile_;
};

/// The value of a key at the root, the last config that has it.
Word RootKey(const CodexConfigs& configs, std::string_view key) {
  Word word;
  for (const Source* source : configs.sources) {
    const Document document = ParseToml(*source);
    if (document.root.Find(key) != nullptr) word = document.root.Get(key).word;
  }
  return word;
}

}  // namespace

CodexConfigs FindCodexConfigs(const PeelContext& context) {
  CodexConfigs configs;
  const auto read = [&](const std::string& path) {
    const Word name = MadeUp(path, {});
    if (auto text = ReadNamedFile(name, context, kEndings); text && text->span.source != nullptr) {
      configs.sources.push_back(text->span.source);
      return true;
    }
    return false;
  };
  if (context.host == nullptr) return configs;
  const auto moved = context.variables.find("CODEX_HOME");
  const bool elsewhere = moved != context.variables.end();
  const std::string home = elsewhere ? moved->second.text : context.host->Caller().home + "/.codex";
  const std::string path = home + "/config.toml";
  const bool known = !elsewhere || moved->second.Known();
  if (!known || (!read(path) && !NamedFileIsMissing(MadeUp(path, {}), context))) {
    configs.complete = false;
    configs.missing = elsewhere ? "$CODEX_HOME/config.toml" : "~/.codex/config.toml";
  }
  read(".codex/config.toml");
  return configs;
}

CodexProfile ReadCodexProfile(const CodexConfigs& configs, const Word& name,
                              const std::string& directory, const std::string& home) {
  return ProfileReader(configs, directory, home).Run(name);
}

Word DefaultCodexProfile(const CodexConfigs& configs) {
  return RootKey(configs, "default_permissions");
}

Word OtherCodexMode(const CodexConfigs& configs) {
  Word mode = RootKey(configs, "sandbox_mode");
  return mode ? mode : RootKey(configs, "permissions");
}

}  // namespace sandlint
