#include <algorithm>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "scanner/files/host.h"

namespace sandlint {
namespace {

class TreeLinks final : public HostFacts {
 public:
  TreeLinks(std::shared_ptr<const HostFacts> base, std::shared_ptr<const TreeHandle> tree)
      : base_(std::move(base)), tree_(std::move(tree)), root_(base_->WorkingDirectory() + '/') {}

  std::optional<HostNode> Lstat(std::string_view path) const override {
    if (auto link = Find(path)) return link;
    return base_->Lstat(path);
  }
  bool MayExist(std::string_view path) const override {
    return !Find(path) && base_->MayExist(path);
  }
  std::vector<std::string> List(std::string_view directory) const override {
    return base_->List(directory);
  }
  bool Incomplete(std::string_view directory) const override {
    return base_->Incomplete(directory);
  }
  std::vector<std::string> MountPoints() const override { return base_->MountPoints(); }
  std::optional<HostUser> UserByName(std::string_view name) const override {
    return base_->UserByName(name);
  }
  std::optional<HostUser> UserById(std::uint32_t uid) const override {
    return base_->UserById(uid);
  }
  HostUser Caller() const override { return base_->Caller(); }
  std::string WorkingDirectory() const override { return base_->WorkingDirectory(); }
  std::vector<std::string> Homes() const override { return base_->Homes(); }
  std::optional<std::string> ToolVersion(std::string_view tool) const override {
    return base_->ToolVersion(tool);
  }
  std::optional<std::string> ReadText(std::string_view path) const override {
    return base_->ReadText(path);
  }
  std::optional<ImageFacts> Image(std::string_view reference) const override {
    return base_->Image(reference);
  }
  std::vector<std::string> Assumptions() const override { return base_->Assumptions(); }
  bool Symbolic() const override { return base_->Symbolic(); }

 private:
  std::optional<HostNode> Find(std::string_view path) const {
    if (!path.starts_with(root_) || path.size() == root_.size()) return std::nullopt;
    const std::string below(path.substr(root_.size()));
    const std::lock_guard lock(mutex_);  // servers are judged in parallel
    const auto [known, is_new] = links_.try_emplace(below);
    if (is_new && tree_->reader != nullptr) {
      if (auto text = tree_->reader->Link(below)) known->second = Lead(below, std::move(*text));
    }
    if (known->second.empty()) return std::nullopt;
    const HostUser caller = base_->Caller();
    return HostNode{NodeKind::Symlink, 0777, caller.uid, caller.gid, known->second};
  }

  /// Where a link at `below` leads, seen from there.
  std::string Lead(const std::string& below, std::string text) const {
    if (text.starts_with('/')) return text;
    auto depth = std::ranges::count(below, '/');
    std::string rest;
    bool climbs = false;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t slash = std::min(text.find('/', at), text.size());
      const std::string part = text.substr(at, slash - at);
      at = slash + 1;
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        ++depth;
        rest += '/' + part;
        continue;
      }
      rest.erase(std::min(rest.rfind('/'), rest.size()));
      if (--depth < 0) {
        climbs = true;
        depth = 0;
      }
    }
    if (!climbs) return text;
    return rest.empty() ? "/" : base_->Caller().home + rest;
  }

  std::shared_ptr<const HostFacts> base_;
  std::shared_ptr<const TreeHandle> tree_;
  std::string root_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, std::string> links_;
};

}  // namespace

std::shared_ptr<const HostFacts> WithTreeLinks(std::shared_ptr<const HostFacts> base,
                                               std::shared_ptr<const TreeHandle> tree) {
  return std::make_shared<TreeLinks>(std::move(base), std::move(tree));
}

}  // namespace sandlint
