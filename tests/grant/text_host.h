#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "scanner/files/host.h"

namespace sandlint {

/// An ordinary machine with some files whose text is known.
class TextHost final : public HostFacts {
 public:
  std::map<std::string, std::string, std::less<>> texts;

  std::optional<HostNode> Lstat(std::string_view path) const override {
    return below_->Lstat(path);
  }
  bool MayExist(std::string_view path) const override { return below_->MayExist(path); }
  std::vector<std::string> List(std::string_view directory) const override {
    std::vector<std::string> names;
    for (const auto& [path, text] : texts) {
      const std::size_t slash = path.rfind('/');
      if (path.substr(0, slash) == directory) names.push_back(path.substr(slash + 1));
    }
    return names;
  }
  std::vector<std::string> MountPoints() const override { return below_->MountPoints(); }
  std::optional<HostUser> UserByName(std::string_view name) const override {
    return below_->UserByName(name);
  }
  std::optional<HostUser> UserById(std::uint32_t uid) const override {
    return below_->UserById(uid);
  }
  HostUser Caller() const override { return {"alice", 1000, 1000, "/home/alice", {}}; }
  std::string WorkingDirectory() const override { return "/home/alice"; }
  std::vector<std::string> Homes() const override { return {"/home/alice"}; }
  std::optional<std::string> ToolVersion(std::string_view) const override { return std::nullopt; }
  std::optional<std::string> ReadText(std::string_view path) const override {
    const auto found = texts.find(path);
    return found == texts.end() ? std::nullopt : std::optional(found->second);
  }
  std::vector<std::string> Assumptions() const override { return {}; }
  bool Symbolic() const override { return false; }

 private:
  std::shared_ptr<const HostFacts> below_ = MakeSymbolicHost({});
};

}  // namespace sandlint
