#pragma once

#include <optional>
#include <string_view>

#include "scanner/peel/peel.h"

namespace sandlint {

/// A folder of programs that only the administrator, or a package manager for him, fills. A name in
/// it is the tool of that name; anywhere else it may be whatever someone put there.
bool IsSystemFolder(std::string_view folder);

/// The folder of a program that is named by its path; empty for a bare name.
std::string_view FolderOf(std::string_view program);

/// Why `program` need not be the tool whose name it has: its path, or the search path that is in
/// force here. Nothing where it is that tool.
std::optional<Note> DoubtOfTool(const Word& program, const PeelContext& context);

/// The same for a bare name and this search path.
std::optional<Note> DoubtOfSearch(const Word& program, const Word& path,
                                  const PeelContext& context);

/// A bare name that the search path finds in the tree first: its path there. Nothing otherwise.
std::optional<Word> FoundInTree(const Word& program, const PeelContext& context);

}  // namespace sandlint
