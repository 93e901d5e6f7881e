// Apple's own profiles that others import, by what they grant on ordinary releases of macOS
// (/System/Library/Sandbox/Profiles). The files change with each release: beyond what stands here
// they may allow more below the system's folders, and never below a home.

#include <algorithm>
#include <array>

#include "scanner/grant/sbpl.h"

namespace sandlint {
namespace {

struct ImportRow {
  std::string_view name;
  std::string_view text;
};

constexpr std::string_view kSystem = R"(
(allow file-read*
  (subpath "/System") (subpath "/usr/lib") (subpath "/usr/share")
  (subpath "/private/var/db/dyld") (subpath "/private/var/db/timezone")
  (subpath "/Library/Filesystems/NetFSPlugins")
  (literal "/") (literal "/dev/autofs_nowait") (literal "/dev/random") (literal "/dev/urandom")
  (literal "/private/etc/master.passwd") (literal "/private/etc/passwd")
  (literal "/private/etc/protocols") (literal "/private/etc/services"))
(allow file-read-metadata
  (literal "/etc") (literal "/tmp") (literal "/var") (literal "/private/etc/localtime"))
(allow file-read* file-write-data
  (literal "/dev/null") (literal "/dev/zero") (literal "/dev/dtracehelper"))
(allow network-outbound
  (literal "/private/var/run/asl_input") (literal "/private/var/run/syslog"))
(allow file-map-executable (subpath "/System") (subpath "/usr/lib"))
(allow process-fork)
(allow process-info* (target self))
(allow signal (target self))
(allow sysctl-read)
(allow file-read* process-exec*
  (require-all (require-not (subpath "/Users")) (require-not (home-subpath ""))
               (more-of-this-release)))
)";

constexpr auto kImports = std::to_array<ImportRow>({
    {"bsd.sb", kSystem},
    {"com.apple.corefoundation.sb", kSystem},
    {"dyld-support.sb", kSystem},
    {"framework.sb", kSystem},
    {"opendirectory.sb", kSystem},
    {"system.sb", kSystem},
});

/// What those files define for others to call; none of it opens a path of a home.
constexpr auto kFunctions = std::to_array<std::string_view>({
    "corefoundation",
    "opendirectory",
    "system-graphics",
    "system-network",
});

}  // namespace

std::optional<std::string_view> SbplImport(std::string_view name) {
  const std::size_t slash = name.find_last_of('/');
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  const auto row = std::ranges::find(kImports, name, &ImportRow::name);
  return row == kImports.end() ? std::nullopt : std::optional(row->text);
}

bool IsSbplImportedFunction(std::string_view name) {
  return std::ranges::find(kFunctions, name) != kFunctions.end();
}

}  // namespace sandlint
