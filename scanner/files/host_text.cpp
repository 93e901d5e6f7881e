#include "scanner/files/host_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace sandlint {
namespace {

constexpr std::size_t kMaxText = std::size_t{1} << 20;

std::optional<std::string> ReadAll(int descriptor) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  // One byte more than there should be tells the end; files of /proc say that they are empty.
  const auto told = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
  std::string text(std::min(std::max<std::size_t>(told, 4095), kMaxText) + 1, '\0');
  std::size_t size = 0;
  while (size <= kMaxText) {
    if (size == text.size()) text.resize(std::min(size * 2, kMaxText + 1));
    const ssize_t got = read(descriptor, text.data() + size, text.size() - size);
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > kMaxText) return std::nullopt;
  text.resize(size);
  text.shrink_to_fit();
  return text;
}

}  // namespace

std::optional<std::string> ReadHostText(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  std::optional<std::string> text = ReadAll(descriptor);
  close(descriptor);
  return text;
}

}  // namespace sandlint
