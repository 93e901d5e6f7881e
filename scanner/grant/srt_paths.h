#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/grant/view.h"

namespace sandlint {

/// The questions that srt asks of the file system while it builds its sandbox, as its own user.
class SrtPaths {
 public:
  /// `home`: empty for that of the client's user.
  SrtPaths(const View& outside, std::string working_directory, std::string home)
      : outside_(outside),
        cwd_(std::move(working_directory)),
        home_(home.empty() ? outside.Host().Caller().home : std::move(home)) {}

  bool Exists(std::string_view path) const { return Real(path).has_value(); }
  bool IsDirectory(std::string_view path) const;
  /// realpath(3); nothing where something is missing or may not be entered.
  std::optional<std::string> Real(std::string_view path, bool* denied = nullptr) const;
  /// `path` resolved, or as it is where nothing resolves.
  std::string Canonical(const std::string& path) const { return Real(path).value_or(path); }
  /// The parent resolved, the last component as written.
  std::string NameLocation(const std::string& path) const;
  /// A setting as an absolute path: `~`, the working directory, links where they stay inside.
  std::string Normal(std::string_view setting) const;
  /// The same for the part of a pattern before its first wildcard.
  std::string NormalPattern(std::string_view pattern) const;
  /// Where a path of which the end is missing would be made.
  std::optional<std::string> WhereMade(const std::string& path) const;

  /// Everything below `directory`, links not followed, down to `depth`; bounded. `unlisted` takes
  /// the directories that the user may not list.
  std::vector<std::string> Walk(const std::string& directory, int depth,
                                std::vector<std::string>* unlisted = nullptr) const;

  const std::string& cwd() const { return cwd_; }
  const std::string& home() const { return home_; }
  const View& outside() const { return outside_; }

 private:
  std::string Expand(std::string_view setting) const;

  const View& outside_;
  std::string cwd_;
  std::string home_;
};

bool IsStrictlyBelow(std::string_view path, std::string_view directory);
std::string ParentOf(const std::string& path);
bool IsSrtGlob(std::string_view pattern);
/// Without a `/**` at its end.
std::string WithoutTail(std::string pattern);

}  // namespace sandlint
