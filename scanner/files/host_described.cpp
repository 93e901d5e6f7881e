#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "scanner/files/host.h"
#include "scanner/files/host_description.h"

namespace sandlint {
namespace {

class DescribedHost final : public HostFacts {
 public:
  explicit DescribedHost(HostDescription facts) : facts_(std::move(facts)) {
    for (const auto& [path, node] : facts_.nodes) {
      const std::size_t slash = path.rfind('/');
      if (path == "/") continue;
      children_[slash == 0 ? "/" : path.substr(0, slash)].insert(path.substr(slash + 1));
    }
  }

  std::optional<HostNode> Lstat(std::string_view path) const override {
    const auto found = facts_.nodes.find(path);
    return found == facts_.nodes.end() ? std::nullopt : std::optional(found->second);
  }
  bool MayExist(std::string_view path) const override {
    return !facts_.complete && !facts_.nodes.contains(path);
  }
  std::vector<std::string> List(std::string_view directory) const override {
    const auto found = children_.find(directory);
    if (found == children_.end()) return {};
    return {found->second.begin(), found->second.end()};
  }
  std::vector<std::string> MountPoints() const override { return facts_.mounts; }
  std::optional<HostUser> UserByName(std::string_view name) const override {
    const auto found = std::ranges::find(facts_.users, name, &HostUser::name);
    return found == facts_.users.end() ? std::nullopt : std::optional(*found);
  }
  std::optional<HostUser> UserById(std::uint32_t uid) const override {
    const auto found = std::ranges::find(facts_.users, uid, &HostUser::uid);
    return found == facts_.users.end() ? std::nullopt : std::optional(*found);
  }
  HostUser Caller() const override { return facts_.caller; }
  std::string WorkingDirectory() const override { return facts_.working_directory; }
  std::vector<std::string> Homes() const override { return facts_.homes; }
  std::optional<std::string> ToolVersion(std::string_view tool) const override {
    const auto found = facts_.tools.find(tool);
    return found == facts_.tools.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<ImageFacts> Image(std::string_view reference) const override {
    const auto found = facts_.images.find(reference);
    return found == facts_.images.end() ? std::nullopt : std::optional(found->second);
  }
  std::vector<std::string> Assumptions() const override {
    std::vector<std::string> assumptions{"the machine is as the host file describes it"};
    assumptions.insert(assumptions.end(), facts_.assumptions.begin(), facts_.assumptions.end());
    return assumptions;
  }
  bool Symbolic() const override { return false; }

 private:
  HostDescription facts_;
  std::map<std::string, std::set<std::string>, std::less<>> children_;
};

}  // namespace

std::shared_ptr<const HostFacts> MakeDescribedHost(std::string_view json, std::string& problem) {
  HostDescription facts;
  if (!ReadHostDescription(json, facts, problem)) return nullptr;
  return std::make_shared<DescribedHost>(std::move(facts));
}

}  // namespace sandlint
