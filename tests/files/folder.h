#pragma once

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>

/// A directory of this test alone, gone at its end.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "sandlint-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path = std::filesystem::canonical(name);
  }
  struct File {
    std::string name;
    std::string text;
  };
  explicit Folder(std::initializer_list<File> files) : Folder() {
    for (const File& file : files) Write(file.name, file.text);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code error;
    std::filesystem::remove_all(path, error);
  }

  void Write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << text;
  }
  void Link(const std::string& target, const std::string& name) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::filesystem::create_symlink(target, path / name);
  }
  std::string operator/(const std::string& name) const { return (path / name).string(); }
  std::string Root() const { return path.string(); }

  std::filesystem::path path;
};
