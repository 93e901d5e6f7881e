#include "cli/console.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace sandlint {
namespace {

bool WriteAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::string_view Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view(value);
}

/// Length of the valid UTF-8 sequence at the start of `text`; 0 when there is none.
std::size_t SequenceLength(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80                    ? 1
                             : first >= 0xC2 && first < 0xE0 ? 2
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xF0 && first < 0xF5 ? 4
                                                             : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xC0U) != 0x80U) return 0;
  }
  return length;
}

/// Controls, line separators and what turns the direction of writing around.
bool IsHarmless(std::string_view sequence) {
  if (sequence.size() == 1) {
    const auto byte = static_cast<unsigned char>(sequence[0]);
    return byte >= 0x20 && byte != 0x7F;
  }
  if (sequence.size() == 2) return !(sequence[0] == '\xC2' && (sequence[1] & 0x60) == 0);
  static constexpr std::string_view kTurning[] = {"\u200B", "\u200E", "\u200F", "\u2028", "\u2029",
                                                  "\u202A", "\u202B", "\u202C", "\u202D", "\u202E",
                                                  "\u2066", "\u2067", "\u2068", "\u2069", "\uFEFF"};
  return std::ranges::find(kTurning, sequence) == std::end(kTurning);
}

}  // namespace

void KeepStandardDescriptors() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (fcntl(descriptor, F_GETFD) != -1) continue;
    // open() takes the lowest free number: this one.
    if (open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY) != descriptor) return;
  }
}

bool WriteOut(std::string_view text) {
  if (WriteAll(STDOUT_FILENO, text)) return true;
  if (errno != EPIPE) Complain("stdout cannot be written: {}", std::strerror(errno));
  return false;
}

bool WriteFile(const std::string& path, std::string_view text, std::string& problem) {
  const auto fail = [&](const std::string& what) {
    problem = fmt::format("{} cannot be written: {}", Visible(what), std::strerror(errno));
    return false;
  };
  if (path == "-") return WriteOut(text);
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    const int direct = open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (direct < 0) return fail(path);
    const bool written = WriteAll(direct, text);
    return close(direct) == 0 && written ? true : fail(path);
  }
  std::string temporary = path + ".XXXXXX";
  const int descriptor = mkstemp(temporary.data());
  if (descriptor < 0) return fail(path);
  // mkstemp makes the file private; a report is as readable as any new file.
  const mode_t mask = umask(0);
  umask(mask);
  bool written = WriteAll(descriptor, text) && fchmod(descriptor, 0666 & ~mask) == 0;
  written = close(descriptor) == 0 && written;
  if (written && rename(temporary.c_str(), path.c_str()) == 0) return true;
  const int cause = errno;
  unlink(temporary.c_str());
  errno = cause;
  return fail(path);
}

void ComplainLine(std::string_view text) {
  WriteAll(STDERR_FILENO, fmt::format("sandlint: {}\n", text));
}

std::string Visible(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = SequenceLength(text);
    const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
    if (length != 0 && IsHarmless(sequence)) {
      shown += sequence;
    } else {
      for (const char byte : sequence) {
        shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
      }
    }
    text.remove_prefix(sequence.size());
  }
  return shown;
}

bool UseColor(ColorChoice choice) {
  if (choice != ColorChoice::Auto) return choice == ColorChoice::Always;
  if (!Variable("NO_COLOR").empty()) return false;
  const std::string_view force = Variable("CLICOLOR_FORCE");
  if (!force.empty() && force != "0") return true;
  return isatty(STDOUT_FILENO) == 1 && Variable("TERM") != "dumb" && !Variable("TERM").empty();
}

std::size_t TerminalWidth() {
  struct winsize size {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) return size.ws_col;
  return 100;
}

}  // namespace sandlint
