#pragma once

#include <optional>
#include <string>

#include "scanner/peel/peel.h"

namespace sandlint {

/// Profiles are short; what is larger is not read.
inline constexpr std::size_t kMaxProfileBytes = std::size_t{1} << 20;

/// A file that a launch names and that a tool reads itself: all of its text, with a span of its own
/// in the workspace. From the tree, or from the host where it has one; nothing where neither does.
/// Of the host only a file that ends in one of `endings` is read: a config of a stranger must not
/// make a report quote any file of this machine.
std::optional<Word> ReadNamedFile(const Word& name, const PeelContext& context,
                                  std::span<const std::string_view> endings);

/// Is it certain that there is no such file?
bool NamedFileIsMissing(const Word& name, const PeelContext& context);

}  // namespace sandlint
