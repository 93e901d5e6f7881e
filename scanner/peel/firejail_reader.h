#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/peel/firejail_directives.h"
#include "scanner/peel/firejail_files.h"

namespace sandlint {

/// Reads profiles line by line as firejail does: includes, `ignore` and conditions act on what
/// comes after them.
class FirejailReader {
 public:
  FirejailReader(FirejailState& state, const ProfileFinder& finder, int minor)
      : state_(state), finder_(finder), minor_(minor) {}

  /// The file of `--profile=` or `--include=`, or the one that is chosen by name.
  void Profile(const FoundProfile& found, const Word& word, const std::string& name);
  /// One line of the command line.
  void Option(const std::shared_ptr<const Directive>& line);
  void Ignore(const Word& word);
  /// `${HOME}`, `~` and `${CFG}` at the start of a path.
  std::string Expand(std::string_view path) const;
  /// Takes the rest of the profiles for unread.
  void Missing(const Word& word, const std::string& name, Answer missing);

 private:
  void Read(const ProfileFile& file, int depth);
  void Line(const ProfileLine& line, int depth);
  bool Include(const Directive& line, int depth);
  bool Holds(const ProfileLine& line);
  bool Ignored(const Directive& line) const;
  void Check(const std::shared_ptr<const Directive>& line);
  void CheckArgument(const FirejailDirective& row, const Directive& line);
  void Invalid(const Directive& line, const FirejailDirective* row);

  FirejailState& state_;
  const ProfileFinder& finder_;
  int minor_;  ///< of the installed 0.9.x; 0 where it is not known
  std::vector<std::string> ignored_;
  std::size_t read_ = 0;  ///< lines so far
  bool stopped_ = false;  ///< includes nest too deep
};

}  // namespace sandlint
