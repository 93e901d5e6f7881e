#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/host.h"

namespace sandlint {

/// A machine that is written down: only what is added exists. The shipped firejail profiles are
/// those of the machine that runs the test.
class FixtureHost final : public HostFacts {
 public:
  explicit FixtureHost(HostUser caller);

  void Add(const std::string& path, HostNode node);
  /// A file or folder (trailing slash) of the caller, or of root.
  void AddOwn(const std::string& path, std::uint32_t mode = 0);
  void AddSystem(const std::string& path, NodeKind kind = NodeKind::File, std::uint32_t mode = 0);
  void AddLink(const std::string& path, const std::string& target);
  void AddText(const std::string& path, std::string text);

  std::optional<HostNode> Lstat(std::string_view path) const override;
  bool MayExist(std::string_view) const override { return false; }
  std::vector<std::string> List(std::string_view directory) const override;
  std::optional<std::string> ReadText(std::string_view path) const override;
  std::vector<std::string> MountPoints() const override { return mounts; }
  std::optional<HostUser> UserByName(std::string_view name) const override;
  std::optional<HostUser> UserById(std::uint32_t uid) const override;
  HostUser Caller() const override { return caller; }
  std::string WorkingDirectory() const override { return working_directory; }
  std::vector<std::string> Homes() const override { return {caller.home}; }
  std::optional<std::string> ToolVersion(std::string_view) const override { return "0.9.72"; }
  std::vector<std::string> Assumptions() const override { return {}; }
  bool Symbolic() const override { return false; }

  HostUser caller;
  std::string working_directory;
  std::vector<std::string> mounts;

 private:
  std::map<std::string, HostNode, std::less<>> nodes_;
  std::map<std::string, std::set<std::string>, std::less<>> children_;
  std::map<std::string, std::string, std::less<>> texts_;
};

}  // namespace sandlint
