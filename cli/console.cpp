#include "cli/console.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "cli/withhold.h"

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

std::string_view FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view(value);
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
  if (WriteAll(STDOUT_FILENO, Withheld(text))) return true;
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
  WriteAll(STDERR_FILENO, fmt::format("sandlint: {}\n", Withheld(text)));
}

bool UseColor(ColorChoice choice) {
  if (choice != ColorChoice::Auto) return choice == ColorChoice::Always;
  if (!FromEnvironment("NO_COLOR").empty()) return false;
  const std::string_view force = FromEnvironment("CLICOLOR_FORCE");
  if (!force.empty() && force != "0") return true;
  return isatty(STDOUT_FILENO) == 1 && FromEnvironment("TERM") != "dumb" && !FromEnvironment("TERM").empty();
}

std::size_t TerminalWidth() {
  struct winsize size {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) return size.ws_col;
  return 100;
}

}  // namespace sandlint
