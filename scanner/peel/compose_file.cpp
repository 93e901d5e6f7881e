#include "scanner/peel/compose_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "scanner/parse/docker_words.h"
#include "scanner/peel/container_flags.h"
#include "scanner/peel/program.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxFiles = 20;
constexpr int kMaxExtends = 12;
/// The order in which compose looks for them.
constexpr auto kDefaults = std::to_array<std::string_view>(
    {"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"});
constexpr auto kOverrides = std::to_array<std::string_view>(
    {"compose.override.yaml", "compose.override.yml", "docker-compose.override.yaml",
     "docker-compose.override.yml"});

std::string FolderOf(std::string_view path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

std::string Join(const std::string& folder, std::string_view name) {
  return folder.empty() ? std::string(name) : fmt::format("{}/{}", folder, name);
}

const Source* Open(const std::string& path, const PeelContext& context) {
  auto text = ReadInTree(path, context);
  if (!text || context.workspace == nullptr) return nullptr;
  for (const auto& known : context.workspace->sources) {
    if (known->path == path && known->text == *text) return known.get();
  }
  return &context.workspace->Add(path, std::move(*text));
}

void AddNote(ComposeProject& project, Word word, std::string why) {
  project.notes.push_back({Support::Unmodelled, std::move(word), Facet::All, std::move(why)});
}

/// The mapping of a file; nothing where it cannot be read.
std::optional<Node> ReadOne(ComposeProject& project, const std::string& path,
                            const std::string& folder) {
  const Source* source = Open(path, *project.context);
  if (source == nullptr) return std::nullopt;
  Document document = ParseYaml(*source);
  Word place;
  place.span = {source, 0,
                static_cast<std::uint32_t>(std::min<std::size_t>(1, source->text.size()))};
  place.text = path;
  if (!document.Ok()) {
    place.span = document.problems.front().where;
    project.problems.push_back({place, document.problems.front().text, Answer::Yes});
    AddNote(project, place, "the compose file cannot be read");
  }
  if (!document.duplicates.empty()) {
    const DuplicateKey& twice = document.duplicates.front();
    project.problems.push_back({{twice.key, twice.second, {}, -1},
                                "compose refuses a key that stands twice",
                                Answer::Yes});
  }
  for (const char* tag : {"!reset", "!override"}) {
    if (source->text.find(tag) != std::string::npos) {
      AddNote(project, place, fmt::format("{} in a compose file is not modelled", tag));
    }
  }
  project.folders.emplace(source, folder);
  return std::move(document.root);
}

/// `include:` files lie below the others.
void AddIncludes(ComposeProject& project, const Node& root, int depth) {
  for (const Node& item : ComposeItems(root.Get("include"))) {
    const Node& paths = item.Is(NodeType::Object) ? item.Get("path") : item;
    for (const Node& node : ComposeItems(paths)) {
      const Word word = ComposeValue(project, node);
      const std::string path = ComposeTreePath(project, word);
      auto more = depth < kMaxExtends && project.folders.size() < kMaxFiles && word.Known()
                      ? ReadOne(project, path, FolderOf(path))
                      : std::nullopt;
      if (!more) {
        AddNote(project, word, "an included file that cannot be read");
        continue;
      }
      AddIncludes(project, *more, depth + 1);
      project.root = MergeCompose(std::move(*more), project.root);
    }
  }
}

void ReadValues(ComposeProject& project, const std::vector<Word>& files) {
  std::vector<std::string> paths;
  for (const Word& file : files) paths.push_back(PathInTree(file, *project.context));
  if (paths.empty()) paths.push_back(Join(project.directory, ".env"));
  for (const std::string& path : paths) {
    const Source* source = path.empty() ? nullptr : Open(path, *project.context);
    if (source == nullptr) continue;
    for (KeyValue& pair : ReadDotEnv(*source)) {
      // The environment of the client comes first.
      pair.value.holes.push_back(
          {0, static_cast<std::uint32_t>(pair.value.text.size()), pair.key.text, true});
      project.values.insert_or_assign(pair.key.text, std::move(pair.value));
    }
  }
}

std::vector<std::string> DefaultFiles(const std::string& folder, const PeelContext& context) {
  std::vector<std::string> paths;
  for (const auto& names : {std::span<const std::string_view>(kDefaults),
                            std::span<const std::string_view>(kOverrides)}) {
    for (const std::string_view name : names) {
      std::string path = Join(folder, name);
      if (!context.files->Exists(path)) continue;
      paths.push_back(std::move(path));
      break;
    }
    if (paths.empty()) break;
  }
  return paths;
}

/// -f, COMPOSE_FILE of the client or of `.env`, or what compose finds.
std::vector<std::string> PathsOf(const ComposeFiles& files, const ComposeProject& project) {
  const PeelContext& context = *project.context;
  std::vector<std::string> paths;
  std::vector<Word> words = files.files;
  for (const auto* values : {&context.variables, &project.values}) {
    const auto set = values->find("COMPOSE_FILE");
    if (!words.empty() || set == values->end()) continue;
    for (const Word& word : SplitAt(set->second, ':')) words.push_back(word);
  }
  for (const Word& word : words) {
    paths.push_back(word.Known() ? PathInTree(word, context) : std::string());
  }
  return words.empty() ? DefaultFiles(project.directory, context) : paths;
}

}  // namespace

bool IsComposeName(std::string_view name) {
  const bool yaml = name.ends_with(".yml") || name.ends_with(".yaml");
  return yaml && (name.starts_with("compose") || name.starts_with("docker-compose") ||
                  name.starts_with("podman-compose"));
}

std::optional<ComposeProject> ReadCompose(const ComposeFiles& files, const PeelContext& context) {
  if (context.files == nullptr || context.workspace == nullptr) return std::nullopt;
  ComposeProject project;
  project.context = &context;
  const bool named = static_cast<bool>(files.directory);
  if (named) project.directory = PathInTree(files.directory, context);
  const bool here = files.directory.text == "." || files.directory.text == "./";
  if (named && project.directory.empty() && !here) return std::nullopt;
  const bool early = named || files.files.empty();
  if (early) ReadValues(project, files.env_files);
  const std::vector<std::string> paths = PathsOf(files, project);
  if (paths.empty() || paths.size() > kMaxFiles) return std::nullopt;
  if (!named) project.directory = FolderOf(paths.front());
  if (!early) ReadValues(project, files.env_files);
  for (const std::string& path : paths) {
    auto root = path.empty() ? std::nullopt : ReadOne(project, path, project.directory);
    if (!root) return std::nullopt;
    project.root = MergeCompose(std::move(project.root), *root);
  }
  const Node root = project.root;
  AddIncludes(project, root, 0);
  return project;
}

std::optional<Node> ServiceOf(ComposeProject& project, const Word& name) {
  const Member* found = project.root.Get("services").Find(name.text);
  if (found == nullptr) return std::nullopt;
  Node service = found->value;
  Node file_root = project.root;
  for (int depth = 0; service.Find("extends") != nullptr; ++depth) {
    const Node extends = service.Get("extends");
    std::erase_if(service.members,
                  [](const Member& member) { return member.key.text == "extends"; });
    const bool simple = !extends.Is(NodeType::Object);
    const Word of = ComposeValue(project, simple ? extends : extends.Get("service"));
    if (!simple && extends.Find("file") != nullptr) {
      const Word file = ComposeValue(project, extends.Get("file"));
      const std::string path = ComposeTreePath(project, file);
      auto root = depth < kMaxExtends && file.Known() ? ReadOne(project, path, FolderOf(path))
                                                      : std::nullopt;
      if (!root) return AddNote(project, file, "the file that it extends is not known"), service;
      file_root = std::move(*root);
    }
    const Member* base = file_root.Get("services").Find(of.text);
    if (base == nullptr || depth >= kMaxExtends) {
      AddNote(project, of, "the service that it extends is not known");
      return service;
    }
    service = MergeCompose(base->value, service);
  }
  return service;
}

Word ComposeValue(const ComposeProject& project, const Node& node, bool may_be_secret) {
  return ExpandComposeValue(node.word, [&](std::string_view name) -> std::optional<Word> {
    const auto& variables = project.context->variables;
    if (const auto known = variables.find(name); known != variables.end()) return known->second;
    if (const auto set = project.values.find(name); !may_be_secret && set != project.values.end()) {
      return set->second;
    }
    return std::nullopt;
  });
}

std::string ComposeTreePath(const ComposeProject& project, const Word& path) {
  const auto folder = project.folders.find(path.span.source);
  Word whole;
  whole.text = path.text;
  if (!path.text.starts_with('/')) {
    whole.text =
        Join(folder == project.folders.end() ? project.directory : folder->second, path.text);
  }
  return PathInTree(whole, *project.context);
}

Word ComposePath(const ComposeProject& project, const Word& path) {
  if (path.text.starts_with('/') || path.StartsUnknown()) return path;
  std::string before;
  std::size_t cut = 0;
  if (path.text.starts_with('~')) {
    const HostFacts* host = project.context->host;
    before = host == nullptr ? "/home/user" : host->Caller().home;
    cut = 1;
  } else {
    const auto folder = project.folders.find(path.span.source);
    const std::string& base = folder == project.folders.end() ? project.directory : folder->second;
    before = base.empty() ? "./" : fmt::format("./{}/", base);
    if (path.text == "." || path.text.starts_with("./"))
      cut = std::min<std::size_t>(2, path.text.size());
  }
  Word made = Part(path, cut);
  made.span = path.span;
  for (Hole& hole : made.holes) {
    hole.begin += static_cast<std::uint32_t>(before.size());
    hole.end += static_cast<std::uint32_t>(before.size());
  }
  made.text.insert(0, before);
  return made;
}

}  // namespace sandlint
