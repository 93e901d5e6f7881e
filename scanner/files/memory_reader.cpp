#include <utility>

#include "scanner/files/reader.h"

namespace sandlint {
namespace {

class MemoryReader final : public FileReader {
 public:
  using Files = std::map<std::string, std::string, std::less<>>;
  explicit MemoryReader(Files files) : files_(std::move(files)) {}

  ReadResult Read(std::string_view path) const override {
    if (const auto found = files_.find(path); found != files_.end()) {
      return {ReadStatus::Ok, found->second, {}};
    }
    if (!List(path).empty()) return {ReadStatus::IsDirectory, {}, "it is a directory"};
    return {ReadStatus::Missing, {}, "there is no such file"};
  }

  bool Exists(std::string_view path) const override {
    return files_.contains(path) || !List(path).empty();
  }

  std::vector<DirectoryEntry> List(std::string_view directory) const override {
    std::vector<DirectoryEntry> entries;
    const std::string prefix = directory.empty() ? std::string() : std::string(directory) + '/';
    for (auto file = files_.lower_bound(prefix); file != files_.end(); ++file) {
      if (!file->first.starts_with(prefix)) break;
      const std::string_view rest = std::string_view(file->first).substr(prefix.size());
      const std::size_t slash = rest.find('/');
      const std::string name(rest.substr(0, slash));
      if (!entries.empty() && entries.back().name == name) continue;
      entries.push_back({name, slash != std::string_view::npos});
    }
    return entries;
  }

 private:
  Files files_;
};

}  // namespace

std::unique_ptr<FileReader> MakeMemoryReader(std::map<std::string, std::string, std::less<>> files) {
  return std::make_unique<MemoryReader>(std::move(files));
}

}  // namespace sandlint
