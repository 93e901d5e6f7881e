// The schema of srt's settings, from the checks that its own loader makes.

#include "scanner/peel/srt_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace sandlint {
namespace {

enum class Shape : std::uint8_t { Any, Bool, Text, Texts, Number, Object, Objects };

using Take = void (*)(SrtSettings& settings, const Member& member);

void TakeTexts(std::vector<Word>& into, const Member& member) {
  for (const Node& item : member.value.items) into.push_back(item.word);
}
template <std::vector<Word> SrtSettings::*field>
void Texts(SrtSettings& settings, const Member& member) {
  TakeTexts(settings.*field, member);
}
template <Word SrtSettings::*field>
void Switch(SrtSettings& settings, const Member& member) {
  if (member.value.word.text == "true") settings.*field = member.key;
}
template <Word SrtSettings::*field>
void Present(SrtSettings& settings, const Member& member) {
  settings.*field = member.key;
}
void Disabled(SrtSettings& settings, const Member& member) {
  settings.filesystem_disabled = member.value.word.text == "true";
}
void GitConfig(SrtSettings& settings, const Member& member) {
  settings.allow_git_config = member.value.word.text == "true";
}
void Depth(SrtSettings& settings, const Member& member) {
  const std::string& text = member.value.word.text;
  std::from_chars(text.data(), text.data() + text.size(), settings.search_depth);
}
void Allowed(SrtSettings& settings, const Member& member) {
  settings.domains = member.key;
  for (const Node& item : member.value.items) {
    settings.network.push_back(SrtRule(item.word, Answer::Yes));
    settings.lets_out = true;
  }
}
void Denied(SrtSettings& settings, const Member& member) {
  std::vector<NetworkRule> denied;
  for (const Node& item : member.value.items) denied.push_back(SrtRule(item.word, Answer::No));
  settings.network.insert(settings.network.begin(), denied.begin(), denied.end());
}
void Variables(SrtSettings& settings, const Member& member) {
  for (const Node& entry : member.value.items) {
    const Node& name = entry.Get("name");
    // With `extract` or `decode` the rest of the value passes, and all of it where nothing matches.
    const bool partly = entry.Find("extract") != nullptr || entry.Find("decode") != nullptr;
    const bool deny = entry.Get("mode").word.text == "deny";
    if (deny) settings.unset_variables.push_back(name.word);
    if (!deny && !partly) settings.masked_variables.push_back(name.word);
  }
}
void Files(SrtSettings& settings, const Member& member) {
  for (const Node& entry : member.value.items) {
    const bool partly = entry.Find("extract") != nullptr || entry.Find("decode") != nullptr;
    if (entry.Get("mode").word.text == "deny" || !partly) {
      settings.deny_read.push_back(entry.Get("path").word);
    }
  }
}

struct KeyRow {
  std::string_view path;
  Shape shape;
  bool required = false;
  Take take = nullptr;  ///< null: it changes nothing that counts, or it is not modelled
  Support support = Support::Modelled;
  Facet facets = Facet::None;
};
constexpr auto kIrrelevant = Support::Irrelevant;
const auto kKeys = std::to_array<KeyRow>({
    {"allowAppleEvents", Shape::Bool, false, Switch<&SrtSettings::apple_events>},
    {"allowPty", Shape::Bool, false, nullptr, kIrrelevant},
    {"bwrapPath", Shape::Text, false, nullptr, Support::Unmodelled, Facet::All},
    {"credentials", Shape::Object},
    {"credentials.allowPlaintextInject", Shape::Bool, false, nullptr, kIrrelevant},
    {"credentials.awsPairs", Shape::Objects, false, nullptr, kIrrelevant},
    {"credentials.envVars", Shape::Objects, false, Variables},
    {"credentials.files", Shape::Objects, false, Files},
    {"credentials.sigv4", Shape::Object, false, nullptr, kIrrelevant},
    {"enableWeakerNestedSandbox", Shape::Bool, false, Switch<&SrtSettings::weaker_nested>},
    {"enableWeakerNetworkIsolation", Shape::Bool, false, Switch<&SrtSettings::weaker_network>},
    {"filesystem", Shape::Object, true},
    {"filesystem.allowGitConfig", Shape::Bool, false, GitConfig},
    {"filesystem.allowRead", Shape::Texts, false, Texts<&SrtSettings::allow_read>},
    {"filesystem.allowWrite", Shape::Texts, true, Texts<&SrtSettings::allow_write>},
    {"filesystem.denyRead", Shape::Texts, true, Texts<&SrtSettings::deny_read>},
    {"filesystem.denyWrite", Shape::Texts, true, Texts<&SrtSettings::deny_write>},
    {"filesystem.disabled", Shape::Bool, false, Disabled},
    {"git", Shape::Object, false, nullptr, kIrrelevant},
    {"ignoreViolations", Shape::Object, false, nullptr, kIrrelevant},
    {"javaAgentJarPath", Shape::Text, false, nullptr, kIrrelevant},
    {"mandatoryDenySearchDepth", Shape::Number, false, Depth},
    {"network", Shape::Object, true},
    {"network.allowAllUnixSockets", Shape::Bool, false, Switch<&SrtSettings::all_unix_sockets>},
    {"network.allowLocalBinding", Shape::Bool, false, Switch<&SrtSettings::local_binding>},
    {"network.allowMachLookup", Shape::Texts, false, Texts<&SrtSettings::mach_services>},
    {"network.allowUnixSockets", Shape::Texts, false, Texts<&SrtSettings::unix_sockets>},
    {"network.allowedDomains", Shape::Texts, true, Allowed},
    {"network.deniedDomainReasons", Shape::Object, false, nullptr, kIrrelevant},
    {"network.deniedDomains", Shape::Texts, true, Denied},
    {"network.deniedResolvedAddresses", Shape::Texts, false, nullptr, kIrrelevant},
    {"network.httpProxyPort", Shape::Number, false, Present<&SrtSettings::outer_proxy>},
    {"network.mitmProxy", Shape::Object, false, nullptr, kIrrelevant},
    {"network.parentProxy", Shape::Object, false, nullptr, kIrrelevant},
    {"network.socksProxyPort", Shape::Number, false, Present<&SrtSettings::outer_proxy>},
    {"network.strictAllowlist", Shape::Bool, false, nullptr, kIrrelevant},
    {"network.tlsTerminate", Shape::Object, false, nullptr, kIrrelevant},
    {"ripgrep", Shape::Object, false, nullptr, Support::Unmodelled, Facet::None},
    {"seccomp", Shape::Object, false, nullptr, Support::Unmodelled, Facet::All},
    {"socatPath", Shape::Text, false, nullptr, kIrrelevant},
    {"windows", Shape::Object, false, nullptr, kIrrelevant},
});

bool Fits(const Node& value, Shape shape) {
  const auto all = [&](NodeType type) {
    return value.Is(NodeType::Array) &&
           std::ranges::all_of(value.items, [&](const Node& item) { return item.Is(type); });
  };
  switch (shape) {
    case Shape::Any:
      return true;
    case Shape::Bool:
      return value.Is(NodeType::Bool);
    case Shape::Text:
      return value.Is(NodeType::String);
    case Shape::Texts:
      return all(NodeType::String);
    case Shape::Number:
      return value.Is(NodeType::Number);
    case Shape::Object:
      return value.Is(NodeType::Object);
    case Shape::Objects:
      return all(NodeType::Object);
  }
  return false;
}

class SettingsReader {
 public:
  explicit SettingsReader(const Word& named_by) : named_by_(named_by) {}

  SrtSettings Run(const Source& source) {
    const Document document = ParseJson(source);
    if (!document.Ok() || !document.extensions.empty()) {
      const Span place =
          !document.Ok() ? document.problems.front().where : document.extensions.front().where;
      Refuse({"", place, {}, -1}, "the settings are no strict JSON");
    } else if (!document.root.Is(NodeType::Object)) {
      Refuse(named_by_, "the settings are no object");
    } else {
      Object(document.root, "");
      Required(document.root);
      CheckLists(document.root);
      CheckCredentials(document.root);
    }
    return std::move(settings_);
  }

 private:
  void Refuse(const Word& word, std::string why) {
    settings_.valid = false;
    settings_.problems.push_back(
        {word, fmt::format("srt refuses its settings: {}", why), Answer::Yes});
  }

  void Object(const Node& object, const std::string& prefix) {
    for (const Member& member : object.members) {
      // Of equal keys the last counts.
      if (object.Find(member.key.text) != &member) continue;
      const std::string path = prefix + member.key.text;
      const auto row = std::ranges::find(kKeys, path, &KeyRow::path);
      if (row == kKeys.end()) {
        Unknown(member, prefix);
        continue;
      }
      if (!Fits(member.value, row->shape)) {
        Refuse(member.key, fmt::format("{} has the wrong type", path));
        continue;
      }
      if (row->support == Support::Unmodelled) {
        settings_.notes.push_back({row->support, member.key, row->facets, "it is not modelled"});
      }
      if (row->take != nullptr) row->take(settings_, member);
      const bool group = path == "network" || path == "filesystem" || path == "credentials";
      if (group) Object(member.value, path + ".");
    }
  }

  void Unknown(const Member& member, const std::string& prefix) {
    if (prefix == "credentials.") {
      Refuse(member.key, fmt::format("{} is no key of credentials", member.key.text));
      return;
    }
    settings_.notes.push_back(
        {Support::Unknown, member.key, Facet::None, "srt knows no such key and ignores it"});
  }

  void Required(const Node& root) {
    for (const KeyRow& row : kKeys) {
      if (!row.required) continue;
      const std::size_t dot = row.path.find('.');
      const Node& group = root.Get(row.path.substr(0, dot));
      const bool there = dot == std::string_view::npos
                             ? !group.Is(NodeType::Missing)
                             : group.Find(row.path.substr(dot + 1)) != nullptr;
      if (!there) Refuse(named_by_, fmt::format("{} is missing", row.path));
    }
  }

  void CheckLists(const Node& root) {
    for (const char* list : {"allowedDomains", "deniedDomains"}) {
      for (const Node& item : root.Get("network").Get(list).items) {
        if (!IsSrtDomain(item.word.text, list[0] == 'd')) {
          Refuse(item.word, fmt::format("{} cannot be in {}", item.word.text, list));
        }
      }
    }
    for (const char* list : {"denyRead", "allowRead", "allowWrite", "denyWrite"}) {
      for (const Node& item : root.Get("filesystem").Get(list).items) {
        const std::string& path = item.word.text;
        const bool glob = path.find_first_of("*?[]") != std::string::npos;
        const bool rooted = path.starts_with('/') || path.starts_with('~');
        if (path.empty()) Refuse(item.word, "a path is empty");
        if (list[0] == 'd' && glob && rooted && path.ends_with('/')) {
          Refuse(item.word, fmt::format("{} ends in a slash and matches nothing", path));
        }
      }
    }
    const int depth = settings_.search_depth;
    if (depth < 1 || depth > 10) Refuse(named_by_, "mandatoryDenySearchDepth is from 1 to 10");
  }

  /// Entries need a name and a mode; a masked one needs a proxy that can put the value back.
  void CheckCredentials(const Node& root) {
    const Node& credentials = root.Get("credentials");
    bool masks = false;
    for (const auto& [list, name] : {std::pair{"envVars", "name"}, std::pair{"files", "path"}}) {
      for (const Node& entry : credentials.Get(list).items) {
        const std::string& mode = entry.Get("mode").word.text;
        if (!entry.Get(name).Is(NodeType::String) || (mode != "deny" && mode != "mask")) {
          Refuse(named_by_, fmt::format("an entry of credentials.{} is not complete", list));
        }
        masks = masks || mode == "mask";
      }
    }
    const bool plain = credentials.Get("allowPlaintextInject").word.text == "true";
    if (masks && !plain && root.Get("network").Find("tlsTerminate") == nullptr) {
      Refuse(named_by_, "masked credentials need network.tlsTerminate");
    }
  }

  const Word& named_by_;
  SrtSettings settings_;
};

}  // namespace

SrtSettings ReadSrtSettings(const Source& source, const Word& named_by) {
  return SettingsReader(named_by).Run(source);
}

}  // namespace sandlint
