#include <algorithm>
#include <utility>

#include "scanner/files/reader.h"

namespace sandlint {
namespace {

class OverlayReader final : public FileReader {
 public:
  OverlayReader(const FileReader& below, std::map<std::string, std::string, std::less<>> files)
      : below_(below), above_(MakeMemoryReader(std::move(files))) {}

  ReadResult Read(std::string_view path) const override {
    ReadResult result = above_->Read(path);
    return result.status == ReadStatus::Ok ? result : below_.Read(path);
  }

  bool Exists(std::string_view path) const override {
    return above_->Exists(path) || below_.Exists(path);
  }

  std::vector<DirectoryEntry> List(std::string_view directory) const override {
    std::vector<DirectoryEntry> entries = below_.List(directory);
    for (DirectoryEntry& entry : above_->List(directory)) {
      const bool known =
          std::ranges::find(entries, entry.name, &DirectoryEntry::name) != entries.end();
      if (!known) entries.push_back(std::move(entry));
    }
    std::ranges::sort(entries, {}, &DirectoryEntry::name);
    return entries;
  }

  std::optional<std::int64_t> ChangedAt(std::string_view path) const override {
    return above_->Exists(path) ? std::nullopt : below_.ChangedAt(path);
  }

 private:
  const FileReader& below_;
  std::unique_ptr<FileReader> above_;
};

}  // namespace

std::unique_ptr<FileReader> MakeOverlayReader(
    const FileReader& below, std::map<std::string, std::string, std::less<>> files) {
  return std::make_unique<OverlayReader>(below, std::move(files));
}

}  // namespace sandlint
