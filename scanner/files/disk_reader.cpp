// Reads below one root on disk. Resolution is the kernel's (openat2 with RESOLVE_BENEATH), so that
// no link of a file or of a parent can lead out of the root; where the kernel has no openat2, the
// path is resolved by hand with realpath and compared.

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#ifdef __linux__
#include <linux/openat2.h>
#endif

#include <fmt/format.h>

#include "scanner/files/reader.h"

namespace sandlint {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int Get() const { return fd_; }

 private:
  int fd_;
};

/// Where the kernel lacks openat2: nothing may be opened whose real path is not below the root.
int OpenByRealpath(const std::string& root, const std::string& path, int flags) {
  char resolved[PATH_MAX];
  char real_root[PATH_MAX];
  if (realpath(root.c_str(), real_root) == nullptr) return -1;
  if (realpath((root + '/' + path).c_str(), resolved) == nullptr) return -1;
  const std::string_view below(resolved);
  const std::string_view top(real_root);
  if (below != top && !(below.starts_with(top) && (top == "/" || below[top.size()] == '/'))) {
    errno = EXDEV;
    return -1;
  }
  return open(resolved, flags | O_NOFOLLOW);
}

ReadResult Problem(ReadStatus status, std::string problem) { return {status, {}, std::move(problem)}; }

ReadResult ProblemOf(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return Problem(ReadStatus::Missing, "there is no such file");
    case EXDEV: return Problem(ReadStatus::LinkOutside, "it is a link that leaves the tree");
    case ELOOP: return Problem(ReadStatus::LinkOutside, "it is a link that leads in a circle");
    case EACCES:
    case EPERM: return Problem(ReadStatus::Denied, "it may not be read");
    default: return Problem(ReadStatus::Failed, std::strerror(error));
  }
}

class DiskReader final : public FileReader {
 public:
  explicit DiskReader(std::string root)
      : root_(std::move(root)),
        directory_(open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {}

  ReadResult Read(std::string_view path) const override {
    // O_NONBLOCK: opening a FIFO for reading must not wait for a writer.
    const Descriptor fd(Open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (fd.Get() < 0) {
      // A socket cannot be opened at all.
      if (errno == ENXIO) return Problem(ReadStatus::NotRegular, "it is no regular file");
      return ProblemOf(errno);
    }
    struct stat status {};
    if (fstat(fd.Get(), &status) != 0) return ProblemOf(errno);
    if (S_ISDIR(status.st_mode)) return Problem(ReadStatus::IsDirectory, "it is a directory");
    if (!S_ISREG(status.st_mode)) {
      return Problem(ReadStatus::NotRegular, "it is no regular file (a FIFO, socket or device)");
    }
    if (static_cast<std::size_t>(status.st_size) > kMaxBytes) return TooLarge();
    return ReadAll(fd.Get(), static_cast<std::size_t>(status.st_size));
  }

  bool Exists(std::string_view path) const override {
    const Descriptor fd(Open(path, O_PATH | O_CLOEXEC));
    return fd.Get() >= 0;
  }

  std::vector<DirectoryEntry> List(std::string_view directory) const override {
    std::vector<DirectoryEntry> entries;
    const int fd = Open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return entries;
    DIR* stream = fdopendir(fd);
    if (stream == nullptr) {
      close(fd);
      return entries;
    }
    while (const dirent* entry = readdir(stream)) {
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      bool is_directory = entry->d_type == DT_DIR;
      if (entry->d_type == DT_UNKNOWN) {
        struct stat status {};
        is_directory = fstatat(dirfd(stream), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                       S_ISDIR(status.st_mode);
      }
      entries.push_back({std::string(name), is_directory});
    }
    closedir(stream);
    std::ranges::sort(entries, {}, &DirectoryEntry::name);
    return entries;
  }

 private:
  int Open(std::string_view path, int flags) const {
    const std::string name = path.empty() ? "." : std::string(path);
    if (directory_.Get() < 0) {
      errno = ENOENT;
      return -1;
    }
#ifdef __linux__
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    const long fd = syscall(SYS_openat2, directory_.Get(), name.c_str(), &how, sizeof how);
    if (fd >= 0 || errno != ENOSYS) return static_cast<int>(fd);
#endif
    return OpenByRealpath(root_, name, flags);
  }

  static ReadResult TooLarge() {
    return Problem(ReadStatus::TooLarge,
                   fmt::format("it is larger than {} MiB", kMaxBytes / (1024 * 1024)));
  }

  static ReadResult ReadAll(int fd, std::size_t expected) {
    ReadResult result{ReadStatus::Ok, {}, {}};
    result.text.resize(expected + 1);
    std::size_t size = 0;
    for (;;) {
      if (size == result.text.size()) result.text.resize(size * 2);
      const ssize_t got = read(fd, result.text.data() + size, result.text.size() - size);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return ProblemOf(errno);
      if (got == 0) break;
      size += static_cast<std::size_t>(got);
      if (size > kMaxBytes) return TooLarge();
    }
    result.text.resize(size);
    return result;
  }

  std::string root_;
  Descriptor directory_;
};

}  // namespace

std::unique_ptr<FileReader> MakeDiskReader(std::string root) {
  return std::make_unique<DiskReader>(std::move(root));
}

}  // namespace sandlint
