#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/server.h"
#include "scanner/grant/firejail_view.h"

namespace sandlint {

enum class FirejailRule : std::uint8_t {
  Blacklist,
  NoBlacklist,
  Whitelist,
  NoWhitelist,
  ReadOnly,
  ReadWrite,
  NoExec,
  Tmpfs,
  Bind,
};

/// A rule about a path, in the order in which firejail keeps them.
struct FirejailEntry {
  FirejailRule rule = FirejailRule::Blacklist;
  std::string path;               ///< as written, macros and all
  const Directive* by = nullptr;  ///< null: firejail's own
};

/// Sets up the file system of one firejail sandbox, in the tool's own fixed order (observed with
/// 0.9.72): base, private home, private folders, /proc and /dev, every whitelist, then the other
/// rules as they stand.
class FirejailSetup {
 public:
  FirejailSetup(const Layer& layer, FirejailView& view, std::string working_directory);

  void Run();

  std::vector<StartProblem> problems;

 private:
  struct TopDirectory {
    std::string path;
    bool usable = false;
  };
  struct Whitelisted {
    std::string top;
    std::string target;
    std::string link;  ///< empty: none
    const Directive* by = nullptr;
  };

  // firejail_setup.cpp
  void CollectEntries();
  void AddOwnEntries();
  void MakePath(const Directive& line, bool file);
  bool Has(std::string_view keyword) const { return last_.contains(keyword); }
  const Directive* Last(std::string_view keyword) const;
  void Fatal(const Directive* by, std::string text, Answer fatal = Answer::Yes);
  /// Does what 0.9.74 brought stop the tool of this host?
  Answer OlderStops() const;
  Because BecauseOf(const Directive* by) const;
  void CheckEnd();

  // firejail_base.cpp
  void Base();
  void Var();
  void Users();
  void Kernel();
  void Mask(const std::string& path, const Directive* by);
  void MaskAt(const std::string& real, const Object& object, const Directive* by);
  FirejailSeat Tmpfs(std::uint32_t mode, std::uint32_t uid, const Directive* by) const;
  void MountTmpfs(const std::string& path, std::uint32_t mode, const Directive* by);
  void Remount(const std::string& path, FirejailRule rule, const Directive* by);
  void RemountOne(const std::string& path, FirejailRule rule, const Directive* by);
  std::optional<std::string> Real(std::string_view path) const;

  // firejail_private.cpp
  void PrivateHome();
  void PrivateHomeDirectory(const Directive& line);
  void PrivateHomeList();
  void EmptyHome(const Directive* by);
  void CopyStartFiles();
  void PrivateFolder(std::string_view keyword, const std::string& folder);
  void PrivateBin();
  void Copy(const std::string& from, const std::string& to, const Directive* by);
  std::vector<std::pair<std::string, const Directive*>> ListOf(std::string_view keyword) const;

  // firejail_devices.cpp
  void PrivateDevices();
  void DisableDevices();
  void DisableBuses();

  // firejail_whitelist.cpp
  void Whitelists();
  void Whitelist(const FirejailEntry& entry);
  void NoWhitelist(const FirejailEntry& entry);
  bool AddTop(const std::string& top, const FirejailEntry& entry);
  std::string TopOf(const std::string& path, const FirejailEntry& entry);
  void EmptyTops(FirejailTree& before);
  void Show(const std::string& top, const std::string& path, const Directive* by,
            FirejailTree& before);
  bool MakeParents(const std::string& top, const std::string& path, const Directive* by);
  void Link(const Whitelisted& item);

  // firejail_rules.cpp
  void Rules();
  void Rule(const FirejailEntry& entry);
  struct Found {
    std::string path;
    Object object;
  };
  std::optional<Found> Find(std::string_view path);
  std::optional<std::string> FolderOf(std::string_view folder);
  void Apply(FirejailRule rule, const std::string& path, const Directive* by);
  bool Exempt(const std::string& path) const;
  std::vector<std::string> Spellings(const FirejailEntry& entry);
  std::string ExpandFolder(std::string_view macro) const;
  std::string Expand(std::string_view path) const;
  std::vector<std::string> Glob(const std::string& pattern) const;
  bool MayBeThere(const std::string& path) const;
  void TmpfsRule(const std::string& real, const Object& object, const Directive* by);
  void BindRule(const FirejailEntry& entry);

  const Layer& layer_;
  FirejailView& view_;
  FirejailTree& tree_;
  std::string working_directory_;
  std::string home_;
  std::string run_user_;
  std::uint32_t uid_;
  std::uint32_t gid_;
  std::unordered_map<std::string_view, const Directive*> last_;
  std::vector<FirejailEntry> entries_;
  std::vector<TopDirectory> tops_;
  std::vector<std::string> not_whitelisted_;
  std::vector<Whitelisted> whitelisted_;
  std::unordered_map<std::string, bool> exempt_;  ///< noblacklist without wildcards
  std::vector<std::string> exempt_patterns_;
  std::vector<std::string> own_;  ///< where paths inside may have nothing outside
  /// Is there something outside? All sandboxes of a user ask for the same paths.
  struct Known {
    std::mutex mutex;
    std::unordered_map<std::string, bool> there;
  };
  std::shared_ptr<Known> known_;
  /// Where a folder leads, while its rules are applied; nothing where nobody may enter it.
  std::map<std::string, std::optional<std::string>, std::less<>> folders_;
  bool stopped_ = false;  ///< a fatal whitelist: the rest is not set up
};

}  // namespace sandlint
