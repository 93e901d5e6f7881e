#pragma once

#include <string>
#include <vector>

#include "model/observed.h"

namespace sandlint {

/// What strace or fs_usage logs (told apart by their content; several files of `strace -ff` are one
/// trace) show in use. `working_directory` is where the traced program started; empty: the log's
/// own hints, else relative paths stay relative.
Observation Observe(const std::vector<const Source*>& logs, const std::string& working_directory);

/// The parts of every program that no policy names: shared libraries, /proc/self, the device files,
/// locales, a package's own modules.
bool IsRuntimePath(std::string_view path);
/// What every profile shows of a system: its programs, certificates, the name service.
bool IsSystemPath(std::string_view path);
bool IsLoopback(std::string_view address);

}  // namespace sandlint
