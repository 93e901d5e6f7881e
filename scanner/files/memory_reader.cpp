#include <algorithm>
#include <utility>

#include "scanner/files/reader.h"

namespace sandlint {
namespace {

class MemoryReader final : public FileReader {
 public:
  using Files = std::map<std::string, std::string, std::less<>>;
  MemoryReader(Files files, Files links) : files_(std::move(files)), links_(std::move(links)) {}

  ReadResult Read(std::string_view path) const override {
    const auto found = files_.find(path);
    if (found == files_.end()) {
      if (IsDirectory(path)) return {ReadStatus::IsDirectory, {}, "it is a directory"};
      return {ReadStatus::Missing, {}, "there is no such file"};
    }
    if (found->second.size() > kMaxBytes) {
      return {ReadStatus::TooLarge, {}, "it is larger than 16 MiB"};
    }
    return {ReadStatus::Ok, found->second, {}};
  }

  bool Exists(std::string_view path) const override {
    return files_.contains(path) || IsDirectory(path);
  }

  std::optional<std::string> Link(std::string_view path) const override {
    const auto found = links_.find(path);
    return found == links_.end() ? std::nullopt : std::optional(found->second);
  }

  std::vector<DirectoryEntry> List(std::string_view directory) const override {
    std::vector<DirectoryEntry> entries;
    const std::string prefix = PrefixOf(directory);
    auto file = files_.lower_bound(prefix);
    while (file != files_.end() && file->first.starts_with(prefix)) {
      const std::string_view rest = std::string_view(file->first).substr(prefix.size());
      const std::size_t slash = rest.find('/');
      entries.push_back({std::string(rest.substr(0, slash)), slash != std::string_view::npos});
      if (slash == std::string_view::npos) {
        ++file;
      } else {  // over everything in that directory: `0` follows `/`
        file = files_.lower_bound(prefix + entries.back().name + '0');
      }
    }
    std::ranges::sort(entries, {}, &DirectoryEntry::name);
    return entries;
  }

 private:
  static std::string PrefixOf(std::string_view directory) {
    return directory.empty() || directory == "." ? std::string() : std::string(directory) + '/';
  }

  bool IsDirectory(std::string_view path) const {
    const std::string prefix = PrefixOf(path);
    const auto file = files_.lower_bound(prefix);
    return prefix.empty() || (file != files_.end() && file->first.starts_with(prefix));
  }

  Files files_;
  Files links_;
};

}  // namespace

std::unique_ptr<FileReader> MakeMemoryReader(
    std::map<std::string, std::string, std::less<>> files,
    std::map<std::string, std::string, std::less<>> links) {
  return std::make_unique<MemoryReader>(std::move(files), std::move(links));
}

}  // namespace sandlint
