// volumes, secrets, configs and networks of a compose service.

#include <algorithm>
#include <array>
#include <utility>

#include "scanner/peel/compose_service.h"
#include "scanner/peel/container_flags.h"

namespace sandlint {
namespace {

Word Literal(const char* text) { return {text, {}, {}, -1}; }

void Keep(ComposeReader& reader, std::string_view option, Word value, const Word& target) {
  std::erase_if(reader.volumes, [&](const ComposeReader::Volume& known) {
    return known.target == target.text && target.Known();
  });
  reader.volumes.push_back({target.text, std::string(option), std::move(value)});
}

/// A volume of the project that is a bind of a host directory in disguise: its device.
Word DeviceOf(const ComposeReader& reader, const Word& name) {
  const Node& volume = reader.project.root.Get("volumes").Get(name.text);
  const Node& options = volume.Get("driver_opts");
  const Word kind = ComposeValue(reader.project, options.Get("o"));
  const Word device = ComposeValue(reader.project, options.Get("device"));
  const bool bind = kind.text.find("bind") != std::string::npos || !kind.Known();
  return bind ? device : Word{};
}

bool IsPath(const Word& source) {
  const std::string& text = source.text;
  const bool drive = text.size() > 2 && text[1] == ':' && (text[2] == '/' || text[2] == '\\');
  return source.StartsUnknown() || text.starts_with('.') || text.starts_with('/') ||
         text.starts_with('~') || drive;
}

Word SourceOf(const ComposeReader& reader, const Word& source) {
  if (IsPath(source)) return ComposePath(reader.project, source);
  const Word device = DeviceOf(reader, source);
  return device ? device : source;
}

/// `./data:/data:ro`, `/data`, `name:/data`.
void ShortVolume(ComposeReader& reader, const Word& spec) {
  const std::vector<Word> fields = SplitAt(spec, ':');
  const bool drive = fields.size() > 2 && fields[0].text.size() == 1;
  if (fields.size() < 2 || drive) return Keep(reader, "volume", spec, fields.back());
  std::vector<Word> words{SourceOf(reader, fields[0])};
  for (std::size_t at = 1; at < fields.size(); ++at) {
    words.push_back(Literal(":"));
    words.push_back(fields[at]);
  }
  Word value = JoinWords(words);
  value.span = spec.span;
  Keep(reader, "volume", std::move(value), fields[1]);
}

void LongVolume(ComposeReader& reader, const Node& item, const Word& key) {
  const auto value = [&](const char* name) { return ComposeValue(reader.project, item.Get(name)); };
  const Word type = value("type");
  const Word target = value("target");
  const Word source = value("source");
  if (type.text == "tmpfs") return Keep(reader, "tmpfs", target, target);
  const bool bind = type.text == "bind" || !type.Known();
  if (!bind && type.text != "volume") {
    reader.Doubt(Support::Unmodelled, type ? type : key, Facet::Paths,
                 "a kind of mount that is not modelled");
    return;
  }
  if (!source) return Keep(reader, "volume", target, target);
  Word from = bind ? ComposePath(reader.project, source) : SourceOf(reader, source);
  // A path without a dot at its start is one all the same.
  std::vector<Word> words{std::move(from), Literal(":"), target};
  const Word read_only = value("read_only");
  if (read_only.text == "true") {
    words.push_back(Literal(":ro"));
  }
  Keep(reader, "volume", JoinWords(words), target);
}

/// The definition of a secret or a config at the top of the file.
const Node& DefinitionOf(const ComposeReader& reader, const std::string& kind,
                         const std::string& name) {
  return reader.project.root.Get(kind).Get(name);
}

Word WithFolder(const char* folder, const Word& name) {
  if (name.text.starts_with('/')) return name;
  const std::array words{Literal(folder), name};
  return JoinWords(words);
}

/// A service in nothing but internal networks reaches its neighbours and the host's side of the
/// bridge, and nothing beyond (docs.docker.com/reference/compose-file/networks).
void JoinNetworks(ComposeReader& reader, const Word& key, const std::vector<Word>& names) {
  bool internal = !names.empty();
  for (const Word& name : names) {
    const Node& network = reader.project.root.Get("networks").Get(name.text);
    const Word inside = ComposeValue(reader.project, network.Get("internal"));
    const Word driver = ComposeValue(reader.project, network.Get("driver"));
    const Word other = ComposeValue(reader.project, network.Get("name"));
    const bool host = driver.text == "host" || other.text == "host";
    if (host) reader.Put("network", key, Literal("host"));
    const bool bridge = driver.text.empty() || driver.text == "bridge" || driver.text == "host";
    internal = internal && name.Known() && inside.text == "true" && bridge;
  }
  if (!internal) return;
  NetworkFilter filter;
  filter.rules.push_back({Answer::Unknown, {}, "private", 0, key});
  filter.word = key;
  reader.draft.layer.network.filter = std::move(filter);
}

}  // namespace

void ApplyComposeVolumes(ComposeReader& reader, const Member& member) {
  for (const Node& item : ComposeItems(member.value)) {
    if (item.Is(NodeType::Object)) {
      LongVolume(reader, item, member.key);
    } else {
      ShortVolume(reader, ComposeValue(reader.project, item));
    }
  }
}

void ApplyComposeSecrets(ComposeReader& reader, const Member& member) {
  const bool secret = member.key.text == "secrets";
  for (const Node& item : ComposeItems(member.value)) {
    const bool plain = !item.Is(NodeType::Object);
    const Word name = ComposeValue(reader.project, plain ? item : item.Get("source"));
    const Word given = plain ? Word{} : ComposeValue(reader.project, item.Get("target"));
    const Word target = WithFolder(secret ? "/run/secrets/" : "/", given ? given : name);
    const Node& definition = DefinitionOf(reader, member.key.text, name.text);
    const Word file = ComposeValue(reader.project, definition.Get("file"));
    if (file) {
      const std::array words{ComposePath(reader.project, file), Literal(":"), target,
                             Literal(":ro")};
      Keep(reader, "volume", JoinWords(words), target);
      continue;
    }
    Mount mount;
    mount.kind = MountKind::Data;
    mount.option = member.key;
    mount.target = target;
    reader.draft.layer.mounts.push_back(std::move(mount));
  }
}

void ApplyComposeNetworks(ComposeReader& reader, const Member& member) {
  std::vector<Word> names;
  for (const Node& item : ComposeItems(member.value)) {
    names.push_back(item.Is(NodeType::Object) ? item.members.front().key
                                              : ComposeValue(reader.project, item));
  }
  JoinNetworks(reader, member.key, names);
}

void FinishComposeNetworks(ComposeReader& reader) {
  if (reader.service.Find("networks") != nullptr || reader.service.Find("network_mode") != nullptr)
    return;
  const Member* given = reader.project.root.Get("networks").Find("default");
  if (given != nullptr) JoinNetworks(reader, given->key, {given->key});
}

void FinishComposeVolumes(ComposeReader& reader) {
  const Member* member = reader.service.Find("volumes");
  const Word key = member != nullptr ? member->key : Word{"volumes", {}, {}, -1};
  for (const ComposeReader::Volume& volume : reader.volumes) {
    reader.Put(volume.option, key, volume.value);
  }
}

}  // namespace sandlint
