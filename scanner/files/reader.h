#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandlint {

enum class ReadStatus : std::uint8_t {
  Ok,
  Missing,
  IsDirectory,
  LinkOutside,  ///< a symlink (of the file or of a parent) whose target leaves the root
  NotRegular,   ///< a FIFO, socket or device: never opened for reading
  TooLarge,
  Denied,
  Failed,
};

struct ReadResult {
  ReadStatus status = ReadStatus::Missing;
  std::string text;
  std::string problem;  ///< one clause, empty when Ok
};

struct DirectoryEntry {
  std::string name;
  bool is_directory = false;  ///< links are never followed here: a link to a directory is a file
};

/// The one way to a file. Paths are relative to the reader's root, with forward slashes and
/// without a leading `./`; `..` never leaves the root.
class FileReader {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{16} * 1024 * 1024;

  virtual ~FileReader() = default;
  virtual ReadResult Read(std::string_view path) const = 0;
  virtual bool Exists(std::string_view path) const = 0;
  /// The text of a symbolic link; nothing for what is none. The folders of `path` are no links.
  virtual std::optional<std::string> Link(std::string_view /*path*/) const { return std::nullopt; }
  /// Sorted by name; empty for what is no directory. An entry without a name: others are missing.
  virtual std::vector<DirectoryEntry> List(std::string_view directory) const = 0;
  /// When the file was last changed, in seconds since 1970; nothing where that is not known.
  virtual std::optional<std::int64_t> ChangedAt(std::string_view /*path*/) const {
    return std::nullopt;
  }
};

/// Below `root` on disk. Never follows a link out of the root, never blocks on a FIFO.
std::unique_ptr<FileReader> MakeDiskReader(std::string root);

/// Path -> text, and path -> target of a link that is not followed; for tests and for `can`.
std::unique_ptr<FileReader> MakeMemoryReader(
    std::map<std::string, std::string, std::less<>> files,
    std::map<std::string, std::string, std::less<>> links = {});

/// `below` with some files replaced or added: what a tree would be after a change. `below` must
/// outlive it.
std::unique_ptr<FileReader> MakeOverlayReader(
    const FileReader& below, std::map<std::string, std::string, std::less<>> files);

/// The tree of `revision` in the repository that holds `directory`, read with libgit2 (no owner
/// check, no hooks, no filters). Null with `problem` set when there is none.
std::unique_ptr<FileReader> MakeGitReader(const std::string& directory, const std::string& revision,
                                          std::string& problem);

const char* NameOf(ReadStatus status);

}  // namespace sandlint
