#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/parse/firejail_profile.h"
#include "scanner/peel/peel.h"

namespace sandlint {

/// A profile that was read.
struct ProfileFile {
  std::unique_ptr<Source> own;  ///< of a file of the host; the workspace keeps those of the tree
  std::vector<ProfileLine> lines;
};

struct FoundProfile {
  std::shared_ptr<const ProfileFile> file;  ///< null: not read
  Answer missing =
      Answer::No;  ///< for a null file: Yes when it is not there, Unknown when it may be
};

/// Finds the profiles of firejail: in the tree that holds the config, on the host, and, where
/// nothing is known of the host, among the copies that the tree carries.
class ProfileFinder {
 public:
  ProfileFinder(const PeelContext& context, std::string home);

  /// A path as the tool opens it, relative to the working directory of the client.
  FoundProfile Open(const std::string& path) const;
  /// A bare name: the user's directory, then the system's.
  FoundProfile Search(const std::string& name) const;

 private:
  FoundProfile InTree(const std::string& path) const;
  FoundProfile ReadTree(const std::string& path) const;
  FoundProfile OnHost(const std::string& path) const;
  FoundProfile Copy(std::string_view name) const;
  std::string TreePath(const std::string& path) const;

  const PeelContext& context_;
  std::string home_;
  mutable std::map<std::string, FoundProfile> in_tree_;  ///< read once a launch
};

}  // namespace sandlint
