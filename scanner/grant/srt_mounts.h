#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/layer.h"
#include "scanner/grant/srt_paths.h"
#include "scanner/peel/srt_settings.h"

namespace sandlint {

/// A path with the word of the settings that asked for it.
struct SrtPath {
  std::string path;
  Word word;
};

/// The mounts that srt gives to bubblewrap on Linux, in its own order (read at 0.0.78): the root
/// read-only, what may be written, what may not be read over it, what may not be written last.
class SrtMounts {
 public:
  SrtMounts(const SrtSettings& settings, const SrtPaths& paths, const Word& cause)
      : settings_(settings), paths_(paths), cause_(cause) {}

  std::vector<Mount> Run();
  /// Patterns that do nothing on Linux.
  std::vector<Note> notes;

 private:
  struct Restored {
    std::string source, target;
    Word word;
  };
  /// A denied directory: a tmpfs, and what is bound back into it.
  struct Hidden {
    std::string landing;
    Word word;
    std::vector<Restored> writes, reads;
  };
  struct Masked {
    std::string landing;
    Word word;
  };
  struct Denied {
    std::string source, target, raw;
    Word word;
    bool empty_directory = false;
  };
  struct ReadDeny {
    std::string landing;
    bool is_directory = false;
    bool restores = true;
    bool lifted = false;
    Word word;
  };

  void AllowWrites();
  std::vector<SrtPath> DefaultWrites() const;
  std::vector<SrtPath> Literals(const std::vector<Word>& words, bool note);
  bool MayWrite(std::string_view path) const;

  void DenyWrites();
  std::vector<SrtPath> MandatoryDenies() const;
  void AddNested(std::vector<SrtPath>& denies) const;
  void DenyWrite(const SrtPath& deny, std::set<std::string>& seen);
  void DenyMissing(const std::string& path, const SrtPath& deny);
  bool IsCovered(const std::string& path) const;
  bool IsUnsafe(const std::string& directory) const;

  void PlanReads();
  std::vector<SrtPath> ReadDenies();
  void ExpandGlob(const Word& pattern, std::vector<SrtPath>& into);
  std::optional<ReadDeny> PlanOf(const SrtPath& entry) const;
  void FindGuesses(const std::vector<SrtPath>& entries);
  void HideReads();
  void Hide(const ReadDeny& deny);
  std::optional<Restored> Restore(const SrtPath& path, const std::string& landing) const;
  bool IsDeniedAround(const std::string& target, const std::string& landing) const;
  bool IsHidden(const std::string& location, bool reads_too) const;

  void EmitDenies();
  void Reapply(const std::vector<std::string>& emitted);

  void Bind(const std::string& source, const std::string& target, bool read_only, const Word& word);
  void Tmpfs(const std::string& target, const Word& word);

  const SrtSettings& settings_;
  const SrtPaths& paths_;
  Word cause_;
  std::vector<Mount> mounts_;
  std::vector<SrtPath> writes_;  ///< allowed
  std::vector<SrtPath> allows_;  ///< allowRead
  std::vector<ReadDeny> plan_;
  bool guessed_ = false;  ///< a place in the plan may not be looked at
  std::set<std::string> unlisted_;
  std::map<std::string, std::set<std::string>> read_only_;  ///< denied directory -> its spellings
  std::vector<Denied> denied_;
  std::map<std::string, std::size_t> placeholders_;
  std::vector<Hidden> hidden_;
  std::vector<Masked> masked_;
};

}  // namespace sandlint
