// Reads below one root on disk. Resolution is the kernel's (openat2 with RESOLVE_BENEATH), so that
// no link of a file or of a parent can lead out of the root; where the kernel has no openat2, the
// path is resolved with realpath and compared.

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#ifdef __linux__
#include <linux/openat2.h>
#include <sys/syscall.h>
#endif

#include <fmt/format.h>

#include "scanner/files/reader.h"

namespace sandlint {
namespace {

#ifdef O_PATH
constexpr int kLook = O_PATH | O_CLOEXEC;  // neither reads nor waits, whatever is there
#else
constexpr int kLook = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
#endif

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int Get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

/// `openat` that never leaves `directory`; errno is ENOSYS where the kernel cannot do that.
int OpenBeneath(int directory, const char* path, int flags) {
#ifdef __linux__
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  // EAGAIN: something was renamed in the meantime.
  for (int tries = 0; tries < 8; ++tries) {
    const long fd = syscall(SYS_openat2, directory, path, &how, sizeof how);
    if (fd >= 0 || errno != EAGAIN) return static_cast<int>(fd);
  }
#else
  static_cast<void>(directory), static_cast<void>(path), static_cast<void>(flags);
  errno = ENOSYS;
#endif
  return -1;
}

std::string RealPath(const std::string& path) {
  std::array<char, PATH_MAX> resolved{};
  return realpath(path.c_str(), resolved.data()) == nullptr ? std::string() : resolved.data();
}

bool IsBelow(std::string_view path, std::string_view root) {
  if (!path.starts_with(root)) return false;
  return path.size() == root.size() || root.ends_with('/') || path[root.size()] == '/';
}

ReadResult Problem(ReadStatus status, std::string problem) {
  return {status, {}, std::move(problem)};
}

ReadResult ProblemOf(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return Problem(ReadStatus::Missing, "there is no such file");
    case EXDEV:
      return Problem(ReadStatus::LinkOutside, "it is reached by a link that leaves the tree");
    case ELOOP:
      return Problem(ReadStatus::LinkOutside, "it is reached by a link that leads in a circle");
    case EACCES:
    case EPERM:
      return Problem(ReadStatus::Denied, "there is no permission to read it");
    case ENXIO:
      return Problem(ReadStatus::NotRegular, "it is no regular file");
    default:
      return Problem(ReadStatus::Failed, fmt::format("reading failed: {}", std::strerror(error)));
  }
}

ReadResult TooLarge() {
  return Problem(
      ReadStatus::TooLarge,
      fmt::format("it is larger than {} MiB", FileReader::kMaxBytes / (std::size_t{1024} * 1024)));
}

const char* KindOf(mode_t mode) {
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  return S_ISLNK(mode) ? "a link" : "a device";
}

/// What is wrong with a file, which shows before it is read; nothing when it can be.
std::optional<ReadResult> WrongWith(int fd, std::size_t& size) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return ProblemOf(errno);
  if (S_ISDIR(status.st_mode)) return Problem(ReadStatus::IsDirectory, "it is a directory");
  if (!S_ISREG(status.st_mode)) {
    return Problem(ReadStatus::NotRegular,
                   fmt::format("it is {}, not a regular file", KindOf(status.st_mode)));
  }
  size = static_cast<std::size_t>(status.st_size);
  if (size > FileReader::kMaxBytes) return TooLarge();
  return std::nullopt;
}

ReadResult ReadAll(int fd) {
  std::size_t size = 0;
  if (auto wrong = WrongWith(fd, size)) return *wrong;  // again: it may be another file by now
  ReadResult result{ReadStatus::Ok, std::string(size + 1, '\0'), {}};
  for (size = 0;;) {
    if (size == result.text.size()) result.text.resize(size * 2);
    const ssize_t got = read(fd, result.text.data() + size, result.text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ProblemOf(errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (size > FileReader::kMaxBytes) return TooLarge();
  }
  result.text.resize(size);
  return result;
}

bool IsDirectory(DIR* stream, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  struct stat status {};
  return fstatat(dirfd(stream), entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISDIR(status.st_mode);
}

class DiskReader final : public FileReader {
 public:
  explicit DiskReader(const std::string& root)
      : root_(RealPath(root)), directory_(open(root.c_str(), kLook | O_DIRECTORY)) {
    // Some container runtimes answer EPERM to system calls that they do not know.
    const Descriptor probe(OpenBeneath(directory_.Get(), ".", kLook));
    beneath_ = static_cast<bool>(probe) || (errno != ENOSYS && errno != EPERM);
  }

  ReadResult Read(std::string_view path) const override {
    {
      const Descriptor look(Open(path, kLook));
      if (!look) return errno == ENOENT ? MissingOrDangling(path) : ProblemOf(errno);
      std::size_t size = 0;
      if (auto wrong = WrongWith(look.Get(), size)) return *wrong;
    }
    const Descriptor fd(Open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    return fd ? ReadAll(fd.Get()) : ProblemOf(errno);
  }

  bool Exists(std::string_view path) const override {
    return static_cast<bool>(Descriptor(Open(path, kLook)));
  }

  std::optional<std::string> Link(std::string_view path) const override {
    const std::size_t slash = path.rfind('/');
    const std::string_view folder = slash == path.npos ? "" : path.substr(0, slash);
    const std::string name(slash == path.npos ? path : path.substr(slash + 1));
    const Descriptor parent(Open(folder, kLook | O_DIRECTORY));
    std::array<char, PATH_MAX> target{};
    if (!parent || name.empty() || name.find('\0') != std::string::npos) return std::nullopt;
    const ssize_t size = readlinkat(parent.Get(), name.c_str(), target.data(), target.size());
    if (size <= 0) return std::nullopt;
    return std::string(target.data(), static_cast<std::size_t>(size));
  }

  std::vector<DirectoryEntry> List(std::string_view directory) const override {
    std::vector<DirectoryEntry> entries;
    Descriptor fd(Open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    DIR* stream = fd ? fdopendir(fd.Get()) : nullptr;
    if (stream == nullptr) {
      // A link that leaves the root is none of its directories.
      const bool none = errno == ENOENT || errno == ENOTDIR || errno == EXDEV || errno == ELOOP;
      if (!none) entries.push_back({});
      return entries;
    }
    fd.Release();
    errno = 0;  // readdir tells an error from the end by it
    while (const dirent* entry = readdir(stream)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") {
        entries.push_back({std::string(name), IsDirectory(stream, *entry)});
      }
      errno = 0;
    }
    if (errno != 0) entries.push_back({});
    closedir(stream);
    std::ranges::sort(entries, {}, &DirectoryEntry::name);
    return entries;
  }

  /// A file that is as it was committed was changed when its commit was made: a fresh clone has all
  /// its files from the same second.
  std::optional<std::int64_t> ChangedAt(std::string_view path) const override {
    if (!asked_git_) {
      std::string problem;
      git_ = MakeGitReader(root_, "HEAD", problem);
      asked_git_ = true;
    }
    const ReadResult here = Read(path);
    if (here.status != ReadStatus::Ok) return std::nullopt;
    const ReadResult committed = git_ == nullptr ? ReadResult{} : git_->Read(path);
    if (committed.status == ReadStatus::Ok && committed.text == here.text) {
      return git_->ChangedAt(path);
    }
    const Descriptor fd(Open(path, kLook));
    struct stat status {};
    if (!fd || fstat(fd.Get(), &status) != 0) return std::nullopt;
    return status.st_mtime;
  }

 private:
  int Open(std::string_view path, int flags) const {
    const std::string name = path.empty() ? "." : std::string(path);
    if (!directory_ || name.find('\0') != std::string::npos) {
      errno = ENOENT;
      return -1;
    }
    if (beneath_) {
      const int fd = OpenBeneath(directory_.Get(), name.c_str(), flags);
      if (fd >= 0 || errno != EXDEV) return fd;
    }
    // EXDEV: a link that leaves the root, or an absolute one that leads back into it.
    return OpenReal(name, flags);
  }

  int OpenReal(const std::string& name, int flags) const {
    const std::string resolved = RealPath(root_ + '/' + name);
    if (resolved.empty()) return -1;
    if (!IsBelow(resolved, root_)) {
      errno = EXDEV;
      return -1;
    }
    if (!beneath_) return open(resolved.c_str(), flags | O_NOFOLLOW);
    const std::size_t skip = root_.ends_with('/') ? root_.size() : root_.size() + 1;
    const std::string below = resolved.size() > skip ? resolved.substr(skip) : ".";
    return OpenBeneath(directory_.Get(), below.c_str(), flags | O_NOFOLLOW);
  }

  ReadResult MissingOrDangling(std::string_view path) const {
    const Descriptor link(Open(path, kLook | O_NOFOLLOW));
    struct stat status {};
    if (link && fstat(link.Get(), &status) == 0 && S_ISLNK(status.st_mode)) {
      return Problem(ReadStatus::Missing, "it is a link that leads nowhere");
    }
    return ProblemOf(ENOENT);
  }

  std::string root_;
  Descriptor directory_;
  bool beneath_ = true;
  mutable std::unique_ptr<FileReader> git_;  ///< what is committed; null where nothing is
  mutable bool asked_git_ = false;
};

}  // namespace

std::unique_ptr<FileReader> MakeDiskReader(std::string root) {
  return std::make_unique<DiskReader>(root);
}

}  // namespace sandlint
