#include "scanner/peel/devcontainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "scanner/parse/node.h"
#include "scanner/peel/compose_service.h"
#include "scanner/peel/container_steps.h"
#include "scanner/peel/program.h"

namespace sandlint {
namespace {

struct DevReader {
  ContainerDraft& draft;
  Devcontainer& made;
  std::string folder;  ///< of the file
};

/// `${localEnv:HOME}` and `${localWorkspaceFolder}` are known; other variables are not.
Word ValueOf(const DevReader& reader, const Node& node) {
  Word word = node.word;
  const HostFacts* host = reader.draft.context.host;
  const std::array<std::pair<std::string_view, std::string>, 3> known = {{
      {"${localWorkspaceFolder}", host == nullptr ? "." : host->WorkingDirectory()},
      {"${localEnv:HOME}", host == nullptr ? "/home/user" : host->Caller().home},
      {"${localEnv:USERPROFILE}", ""},
  }};
  for (const auto& [name, value] : known) {
    if (const std::size_t at = word.text.find(name); at != std::string::npos) {
      word.text.replace(at, name.size(), value);
    }
  }
  for (std::size_t at = word.text.find("${"); at != std::string::npos;
       at = word.text.find("${", at + 1)) {
    const std::size_t end = std::min(word.text.find('}', at), word.text.size() - 1) + 1;
    word.holes.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end),
                          word.text.substr(at, end - at), false});
  }
  return word;
}

void Option(DevReader& reader, const Member& member, std::string_view option) {
  for (const Node& item : ComposeItems(member.value)) {
    PutOption(reader.draft, option, member.key, ValueOf(reader, item));
  }
}

void Flag(DevReader& reader, const Member& member, std::string_view option) {
  PutOption(reader.draft, option, member.key, member.value.word, member.value.word.text == "true");
}

/// Strings in the manner of --mount, or objects with the same fields.
void Mounts(DevReader& reader, const Member& member, std::string_view) {
  const Node& value = member.value;
  const bool list = value.Is(NodeType::Array);
  for (const Node& item : list ? value.items : std::vector<Node>{value}) {
    Word operand = ValueOf(reader, item);
    if (item.Is(NodeType::Object)) {
      std::vector<Word> words;
      for (const Member& field : item.members) {
        words.push_back({(words.empty() ? "" : ",") + field.key.text + "=", {}, {}, -1});
        words.push_back(ValueOf(reader, field.value));
      }
      operand = JoinWords(words);
    }
    if (operand) PutOption(reader.draft, "mount", member.key, operand);
  }
}

void Variables(DevReader& reader, const Member& member, std::string_view) {
  for (const Member& pair : member.value.members) {
    const std::array words{pair.key, Word{"=", {}, {}, -1}, ValueOf(reader, pair.value)};
    PutOption(reader.draft, "env", member.key, JoinWords(words));
  }
}

void RunArguments(DevReader& reader, const Member& member, std::string_view) {
  std::vector<Word> words;
  for (const Node& item : member.value.items) words.push_back(ValueOf(reader, item));
  (void)ReadOptions(reader.draft, words, 0, {ContainerOptions()});
}

/// Features that give the engine of the host, or one of their own that wants all privileges.
void Features(DevReader& reader, const Member& member, std::string_view) {
  for (const Member& feature : member.value.members) {
    const std::string& name = feature.key.text;
    if (name.find("docker-outside-of-docker") != std::string::npos ||
        name.find("docker-from-docker") != std::string::npos) {
      reader.made.engines.push_back(feature.key);
      PutOption(reader.draft, "volume", feature.key,
                {"/var/run/docker.sock:/var/run/docker-host.sock", feature.key.span, {}, -1});
    } else if (name.find("docker-in-docker") != std::string::npos) {
      PutOption(reader.draft, "privileged", feature.key, feature.key);
    } else {
      reader.draft.AddNote(Support::Unmodelled, feature.key, Facet::All,
                           "a feature may add mounts, variables and privileges");
    }
  }
}

void User(DevReader& reader, const Member& member, std::string_view) {
  const Word user = ValueOf(reader, member.value);
  // remoteUser is whom the client runs as.
  if (member.key.text == "remoteUser" || !reader.made.user) reader.made.user = user;
}

void HostCommand(DevReader& reader, const Member& member, std::string_view) {
  reader.made.host_command = member.key;
}

struct DevRow {
  std::string_view key;
  Support support = Support::Irrelevant;
  void (*apply)(DevReader&, const Member&, std::string_view) = nullptr;
  std::string_view option = {};
};

/// containers.dev/implementors/json_reference.
constexpr auto kRows = std::to_array<DevRow>({
    {"image", Support::Modelled},
    {"build", Support::Modelled},
    {"dockerFile", Support::Modelled},
    {"context", Support::Modelled},
    {"dockerComposeFile", Support::Modelled},
    {"service", Support::Modelled},
    {"runArgs", Support::Modelled, RunArguments},
    {"mounts", Support::Modelled, Mounts},
    {"workspaceMount", Support::Modelled, Mounts},
    {"containerEnv", Support::Modelled, Variables},
    {"remoteEnv", Support::Modelled, Variables},
    {"containerUser", Support::Modelled, User},
    {"remoteUser", Support::Modelled, User},
    {"privileged", Support::Modelled, Flag, "privileged"},
    {"init", Support::Modelled, Flag, "init"},
    {"capAdd", Support::Modelled, Option, "cap-add"},
    {"securityOpt", Support::Modelled, Option, "security-opt"},
    {"features", Support::Modelled, Features},
    {"initializeCommand", Support::Modelled, HostCommand},
    {"workspaceFolder"},
    {"name"},
    {"forwardPorts"},
    {"appPort"},
    {"portsAttributes"},
    {"otherPortsAttributes"},
    {"overrideCommand"},
    {"shutdownAction"},
    {"updateRemoteUserUID"},
    {"userEnvProbe"},
    {"hostRequirements"},
    {"overrideFeatureInstallOrder"},
    {"onCreateCommand"},
    {"updateContentCommand"},
    {"postCreateCommand"},
    {"postStartCommand"},
    {"postAttachCommand"},
    {"waitFor"},
    {"runServices"},
    {"customizations"},
    {"secrets"},
    {"$schema"},
    {"settings"},
    {"extensions"},
});

void TakeImage(DevReader& reader, const Node& root) {
  const PeelContext& context = reader.draft.context;
  if (const Word image = ValueOf(reader, root.Get("image"))) return ReadImage(reader.draft, image);
  reader.draft.layer.root = RootKind::Image;
  const Node& build = root.Get("build");
  Word file = root.Get("dockerFile").word;
  if (!file) file = build.Get("dockerfile").word;
  if (!file) return;
  Word path = file;
  path.text = reader.folder.empty() ? file.text : reader.folder + "/" + file.text;
  BuildRequest request;
  request.path = PathInTree(path, context);
  request.target = build.Get("target").word;
  request.linked_by = file;
  request.certain = true;
  reader.draft.Run().image = file;
  TakeBuild(reader.draft, BuildOf(request, context));
}

/// The service of a compose file whose container is taken.
void TakeService(DevReader& reader, const Node& root) {
  ComposeFiles files;
  for (const Node& item : ComposeItems(root.Get("dockerComposeFile"))) {
    Word path = item.word;
    if (!reader.folder.empty()) path.text = reader.folder + "/" + path.text;
    files.files.push_back(std::move(path));
  }
  const Word name = root.Get("service").word;
  auto project = files.files.empty() ? std::nullopt : ReadCompose(files, reader.draft.context);
  const auto service = project ? ServiceOf(*project, name) : std::nullopt;
  if (!service) {
    return reader.draft.AddNote(Support::Unknown, name, Facet::All,
                                "the service of its compose file is not known");
  }
  reader.draft.layer.root = RootKind::Image;
  reader.draft.Run().service = name;
  ComposeReader keys{reader.draft, *project, *service};
  keys.publishes = true;
  ApplyService(keys);
}

Devcontainer ReadOne(const Source& source, const std::string& folder, const PeelContext& context) {
  Devcontainer made;
  made.path = source.path;
  ContainerDraft draft{.layer = {}, .context = context};
  draft.layer.kind = LayerKind::Container;
  draft.layer.tool = "devcontainer";
  draft.layer.shares_host_pids = false;
  draft.layer.program = {source.path, {&source, 0, 0}, {}, -1};
  draft.layer.container.emplace().engine = "docker";
  DevReader reader{draft, made, folder};
  const Document document = ParseJson(source);
  if (!document.Ok()) {
    draft.AddNote(Support::Unknown, draft.layer.program, Facet::All, "it cannot be read");
  }
  const Node& root = document.root;
  root.Find("dockerComposeFile") != nullptr ? TakeService(reader, root) : TakeImage(reader, root);
  for (const Member& member : root.members) {
    const auto row = std::ranges::find(kRows, member.key.text, &DevRow::key);
    if (row != kRows.end() && row->apply != nullptr) row->apply(reader, member, row->option);
    if (row != kRows.end()) continue;
    draft.AddNote(Support::Unknown, member.key, Facet::None, "a key that is not known");
  }
  if (made.user) draft.layer.user = made.user;
  FinishRun(draft);
  made.layer = std::move(draft.layer);
  return made;
}

}  // namespace

std::vector<Devcontainer> ReadDevcontainers(const PeelContext& context) {
  std::vector<Devcontainer> found;
  if (context.files == nullptr || context.workspace == nullptr) return found;
  std::vector<std::string> paths{".devcontainer/devcontainer.json", ".devcontainer.json"};
  for (const DirectoryEntry& entry : context.files->List(".devcontainer")) {
    if (entry.is_directory && paths.size() < 20) {
      paths.push_back(".devcontainer/" + entry.name + "/devcontainer.json");
    }
  }
  for (const std::string& path : paths) {
    auto text = ReadInTree(path, context);
    if (!text) continue;
    const std::size_t slash = path.find_last_of('/');
    found.push_back(ReadOne(context.workspace->Add(path, std::move(*text)),
                            slash == std::string::npos ? "" : path.substr(0, slash), context));
  }
  return found;
}

std::string DescribeDevcontainer(const Devcontainer& container) {
  std::vector<std::string> parts;
  const ContainerRun& run = *container.layer.container;
  if (run.privileged) parts.emplace_back("every device of the host (privileged)");
  if (run.pid_host) parts.emplace_back("the processes of the host");
  if (container.layer.network.mode == NetworkMode::Host) {
    parts.emplace_back("the network of the host");
  }
  for (const Mount& mount : container.layer.mounts) {
    if (mount.kind == MountKind::Bind) parts.push_back(mount.source.text);
  }
  if (container.host_command) parts.emplace_back("the host itself by initializeCommand");
  std::string text = fmt::format(
      "the client runs on the host and not in the container of {}, where the server would run as "
      "{}",
      container.path, container.user ? container.user->text : "the user of its image");
  if (!parts.empty()) text += fmt::format(" and reach {}", fmt::join(parts, ", "));
  return text;
}

}  // namespace sandlint
