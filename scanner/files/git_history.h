#pragma once

#include <cstdint>
#include <optional>
#include <string>

struct git_repository;
struct git_oid;

namespace sandlint {

/// The time of the commit, at or before `commit`, that last changed `path`, as `git log -1` finds
/// it. Nothing where no commit has it, or where the history that is here does not reach that far (a
/// shallow clone).
std::optional<std::int64_t> LastChangeInHistory(git_repository* repository, const git_oid& commit,
                                                const std::string& path);

}  // namespace sandlint
