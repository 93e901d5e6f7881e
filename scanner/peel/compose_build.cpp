#include <algorithm>
#include <string_view>
#include <utility>

#include "scanner/peel/compose_file.h"
#include "scanner/peel/program.h"

namespace sandlint {
namespace {

/// `args:` as a list or a mapping.
std::vector<KeyValue> ArgumentsOf(const ComposeProject& project, const Node& args) {
  std::vector<KeyValue> arguments;
  for (const Node& item : ComposeItems(args)) {
    if (item.Is(NodeType::Object) && !item.members.empty()) {
      const Member& member = item.members.front();
      if (member.value.Is(NodeType::Null)) continue;
      arguments.push_back({member.key, ComposeValue(project, member.value, true)});
    } else if (auto pair = SplitAssignment(ComposeValue(project, item, true))) {
      arguments.push_back(std::move(*pair));
    }
  }
  return arguments;
}

/// The root of the tree and a place outside of it both have no path in the tree.
bool LeavesTree(const std::string& directory, std::string_view path) {
  if (path.starts_with('/')) return true;
  auto depth = directory.empty() ? 0 : 1 + std::ranges::count(directory, '/');
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    if (part == "..") --depth;
    if (part != ".." && part != "." && !part.empty()) ++depth;
    if (depth < 0) return true;
    at = end + 1;
  }
  return false;
}

}  // namespace

std::optional<BuildRequest> ComposeBuild(const ComposeProject& project, const Node& service) {
  const Member* build = service.Find("build");
  if (build == nullptr) return std::nullopt;
  const Node& node = build->value;
  const bool simple = !node.Is(NodeType::Object);
  BuildRequest request;
  const Word context = ComposeValue(project, simple ? node : node.Get("context"));
  if (!context.Known() || context.text.find("://") != std::string::npos) return std::nullopt;
  request.linked_by = build->key;
  Word folder = context;
  if (folder.text.empty()) folder.text = ".";
  // `.` of a project at the root of the tree is the root itself.
  request.context = ComposeTreePath(project, folder);
  if (request.context.empty() && LeavesTree(project.directory, folder.text)) return std::nullopt;
  const Word file = simple ? Word{} : ComposeValue(project, node.Get("dockerfile"));
  if (!file.Known() || node.Find("dockerfile_inline") != nullptr) return std::nullopt;
  request.path = DockerfileIn(request.context, file, *project.context);
  if (request.path.empty()) return std::nullopt;
  if (!simple) {
    request.target = ComposeValue(project, node.Get("target"));
    request.arguments = ArgumentsOf(project, node.Get("args"));
  }
  return request;
}

void ReadComposeBuilds(const std::string& path, const PeelContext& context,
                       std::vector<KnownBuild>& builds) {
  ComposeFiles files;
  files.files.emplace_back();
  files.files.front().text = path;
  auto project = ReadCompose(files, context);
  if (!project) return;
  const Node services = project->root.Get("services");
  for (const Member& member : services.members) {
    const auto service = ServiceOf(*project, member.key);
    if (!service) continue;
    auto request = ComposeBuild(*project, *service);
    const Word name = ComposeValue(*project, service->Get("image"));
    if (!request || !name) continue;
    builds.push_back({name, std::move(*request)});
  }
}

}  // namespace sandlint
