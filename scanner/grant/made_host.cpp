#include "scanner/grant/made_host.h"

#include <algorithm>
#include <map>
#include <set>

#include "scanner/grant/view.h"

namespace sandlint {
namespace {

class MadeHost final : public HostFacts {
 public:
  explicit MadeHost(const HostFacts& base) : base_(base) {}

  void Add(const std::string& path, NodeKind kind, std::uint32_t mode) {
    const std::size_t slash = path.rfind('/');
    const std::string parent = path.substr(0, slash);
    if (slash > 0 && !base_.Lstat(parent) && !nodes_.contains(parent)) {
      Add(parent, NodeKind::Directory, 0755);
    }
    if (!base_.Lstat(path)) {
      const HostUser caller = base_.Caller();
      nodes_[path] = {kind, mode, caller.uid, caller.gid, {}};
      children_[slash == 0 ? "/" : parent].insert(path.substr(slash + 1));
    }
  }
  bool Empty() const { return nodes_.empty(); }

  std::optional<HostNode> Lstat(std::string_view path) const override {
    const auto made = nodes_.find(path);
    return made != nodes_.end() ? std::optional(made->second) : base_.Lstat(path);
  }
  bool MayExist(std::string_view path) const override {
    return !nodes_.contains(path) && base_.MayExist(path);
  }
  std::vector<std::string> List(std::string_view directory) const override {
    std::vector<std::string> names = base_.List(directory);
    const auto made = children_.find(directory);
    if (made != children_.end())
      names.insert(names.end(), made->second.begin(), made->second.end());
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }
  bool Incomplete(std::string_view directory) const override { return base_.Incomplete(directory); }
  std::optional<std::string> ReadText(std::string_view path) const override {
    return base_.ReadText(path);
  }
  std::vector<std::string> MountPoints() const override { return base_.MountPoints(); }
  std::optional<HostUser> UserByName(std::string_view name) const override {
    return base_.UserByName(name);
  }
  std::optional<HostUser> UserById(std::uint32_t uid) const override { return base_.UserById(uid); }
  HostUser Caller() const override { return base_.Caller(); }
  std::string WorkingDirectory() const override { return base_.WorkingDirectory(); }
  std::vector<std::string> Homes() const override { return base_.Homes(); }
  std::optional<std::string> ToolVersion(std::string_view tool) const override {
    return base_.ToolVersion(tool);
  }
  std::optional<ImageFacts> Image(std::string_view reference) const override {
    return base_.Image(reference);
  }
  std::vector<std::string> Assumptions() const override { return base_.Assumptions(); }
  bool Symbolic() const override { return base_.Symbolic(); }

 private:
  const HostFacts& base_;
  std::map<std::string, HostNode, std::less<>> nodes_;
  std::map<std::string, std::set<std::string>, std::less<>> children_;
};

}  // namespace

std::shared_ptr<const HostFacts> WithMadePaths(const std::vector<Layer>& layers,
                                               const HostFacts& base) {
  auto host = std::make_shared<MadeHost>(base);
  for (const Layer& layer : layers) {
    for (const MadePath& made : layer.made) {
      if (!made.path.Known() || !made.path.text.starts_with('/')) continue;
      host->Add(CleanPath(made.path.text), made.directory ? NodeKind::Directory : NodeKind::File,
                made.mode);
    }
  }
  return host->Empty() ? nullptr : host;
}

}  // namespace sandlint
