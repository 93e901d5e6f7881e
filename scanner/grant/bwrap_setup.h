#pragma once

#include <string>
#include <vector>

#include "model/server.h"
#include "scanner/grant/mount_tree.h"

namespace sandlint {

/// Builds the tree of mounts of one bwrap layer (observed with bwrap 0.8.0).
class BwrapSetup {
 public:
  /// `caller`: who the kernel takes bwrap for while it sets the sandbox up.
  BwrapSetup(const Layer& layer, const View& outside, Credentials caller,
             std::string working_directory);

  void Run();

  /// The place that a path leads to for the program inside; links are followed.
  MountTree tree;
  std::vector<StartProblem> problems;
  std::vector<Note> notes;
  Because doubts;
  bool own_proc = false;

 private:
  enum class Make : std::uint8_t { Nothing, Directory, File, Unknown };
  struct Step {
    std::optional<Place> place;
    std::string error;  ///< why it is not there; empty with no place: it is missing
  };

  void Fatal(const Word& word, std::string text);
  void Perhaps(const Word& word, std::string text);
  Because BecauseOf(const Mount& mount) const;
  /// Resolves `path` as the kernel does while bwrap sets the sandbox up.
  Step Walk(std::string_view path, Make make, bool follow_last = true);
  std::string MakeMissing(const Place& parent, const Place& missing, bool file);
  std::optional<Place> Target(const Mount& mount, Make make);

  std::optional<std::string> Source(const Mount& mount, const Word& word);
  std::optional<std::string> OwnProcess(const Word& word, const std::string& real);
  void Unknown(const Mount& mount);
  void Apply(const Mount& mount, const std::optional<std::string>& source,
             const std::vector<std::string>& overlays, bool unknown);
  void Bind(const Mount& mount, const std::string& source);
  void BindBelow(MountNode* node, const std::string& source);
  void Tmpfs(const Mount& mount);
  void Proc(const Mount& mount);
  void Devices(const Mount& mount);
  void Directory(const Mount& mount);
  void Data(const Mount& mount);
  void File(const Mount& mount);
  void Symlink(const Mount& mount);
  void Remount(const Mount& mount);
  void Chmod(const Mount& mount);
  void Overlay(const Mount& mount, const std::optional<std::string>& upper,
               const std::vector<std::string>& lowers);

  const Layer& layer_;
  const View& outside_;
  std::string working_directory_;
  Credentials setup_;          ///< the caller, with capabilities over its own files
  bool options_known_ = true;  ///< no option of the layer is left out of the model
  MountNode* base_ = nullptr;  ///< the helper root above the sandbox: where `/..` leads
};

}  // namespace sandlint
