#include "scanner/peel/image_index.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "scanner/parse/node.h"
#include "scanner/peel/compose_file.h"
#include "scanner/peel/program.h"

namespace sandlint {
namespace {

constexpr int kMaxDepth = 4;
constexpr std::size_t kMaxEntries = 20'000;
constexpr std::size_t kMaxFiles = 400;
constexpr std::size_t kMaxBytes = std::size_t{1} << 19;
constexpr auto kSkipped = std::to_array<std::string_view>(
    {"node_modules", "vendor", "target", "venv", "dist", "build", "site-packages", "testdata"});
constexpr auto kNames = std::to_array<std::string_view>(
    {"Makefile", "makefile", "GNUmakefile", "justfile", "Justfile", "Taskfile.yml", "package.json",
     "CMakeLists.txt", "deno.json"});
constexpr auto kEndings = std::to_array<std::string_view>({".sh", ".bash", ".mk", ".md", ".ps1"});

bool IsScript(std::string_view folder, std::string_view name) {
  if (std::ranges::count(kNames, name) > 0) return true;
  if (std::ranges::any_of(kEndings,
                          [&](std::string_view ending) { return name.ends_with(ending); }))
    return true;
  return folder.ends_with(".github/workflows");
}

/// Everything in the tree that builds an image, read once.
struct BuildIndex {
  std::vector<KnownBuild> builds;
};

class IndexWalk {
 public:
  explicit IndexWalk(const PeelContext& context) : context_(context) {}

  void Folder(const std::string& folder, int depth) {
    for (const DirectoryEntry& entry : context_.files->List(folder)) {
      if (++entries_ > kMaxEntries || files_ > kMaxFiles) return;
      const std::string path = folder.empty() ? entry.name : folder + "/" + entry.name;
      if (entry.is_directory) {
        const bool hidden =
            entry.name.starts_with('.') && entry.name != ".github" && entry.name != ".devcontainer";
        if (hidden || std::ranges::count(kSkipped, entry.name) > 0) continue;
        if (depth < kMaxDepth) Folder(path, depth + 1);
      } else if (IsComposeName(entry.name)) {
        ++files_;
        ReadComposeBuilds(path, context_, index.builds);
      } else if (IsScript(folder, entry.name)) {
        Script(path);
      }
    }
  }

  BuildIndex index;

 private:
  /// Only a file that builds something is kept as a source.
  void Script(const std::string& path) {
    auto text = ReadInTree(path, context_);
    if (!text || text->size() > kMaxBytes || text->find("build") == std::string::npos) return;
    ++files_;
    const Source probe{path, *text, false};
    std::vector<KnownBuild> found;
    ReadBuildLines(probe, context_, found);
    if (found.empty()) return;
    const Source& source = context_.workspace->Add(path, std::move(*text));
    ReadBuildLines(source, context_, index.builds);
  }

  const PeelContext& context_;
  std::size_t entries_ = 0;
  std::size_t files_ = 0;
};

const BuildIndex& IndexOf(const PeelContext& context) {
  auto& kept = context.workspace->builds;
  if (kept == nullptr) {
    IndexWalk walk(context);
    walk.Folder("", 0);
    kept = std::make_shared<const BuildIndex>(std::move(walk.index));
  }
  return *static_cast<const BuildIndex*>(kept.get());
}

/// `docker.io/library/x`, `localhost/x`, `x`, `x:latest` are one.
std::string Normal(std::string_view name) {
  for (const std::string_view prefix : {"docker.io/library/", "docker.io/", "localhost/"}) {
    if (name.starts_with(prefix)) {
      name.remove_prefix(prefix.size());
      break;
    }
  }
  std::string normal(name);
  const std::size_t slash = normal.rfind('/');
  const std::size_t colon = normal.rfind(':');
  const bool tagged = colon != std::string::npos && (slash == std::string::npos || colon > slash);
  return tagged ? normal : normal + ":latest";
}

bool SameBuild(const BuildRequest& one, const BuildRequest& other) {
  return one.path == other.path && one.target.text == other.target.text &&
         std::ranges::equal(one.arguments, other.arguments, [](const auto& a, const auto& b) {
           return a.key.text == b.key.text && a.value.text == b.value.text;
         });
}

}  // namespace

std::string DockerfileIn(const std::string& context, const Word& dockerfile,
                         const PeelContext& peel) {
  const auto there = [&](const std::string& name) {
    Word path;
    path.text = context.empty() ? name : context + "/" + name;
    const std::string clean = PathInTree(path, peel);
    return !clean.empty() && peel.files->Exists(clean) && ReadInTree(clean, peel) ? clean
                                                                                  : std::string();
  };
  if (peel.files == nullptr) return {};
  if (dockerfile) return there(dockerfile.text);
  for (const char* name : {"Dockerfile", "Containerfile", "dockerfile"}) {
    if (std::string path = there(name); !path.empty()) return path;
  }
  return {};
}

std::shared_ptr<const ImageBuild> FindBuild(const Word& image, const PeelContext& context) {
  if (context.files == nullptr || context.workspace == nullptr || !image.Known()) return nullptr;
  if (image.text.find('@') != std::string::npos) return nullptr;
  const KnownBuild* found = nullptr;
  for (const KnownBuild& build : IndexOf(context).builds) {
    if (!build.name.Known() || Normal(build.name.text) != Normal(image.text)) continue;
    if (found != nullptr && !SameBuild(found->request, build.request)) return nullptr;
    if (found == nullptr) found = &build;
  }
  return found == nullptr ? nullptr : BuildOf(found->request, context);
}

}  // namespace sandlint
