#pragma once

#include <git2.h>

#include <string>
#include <vector>

namespace sandlint {

/// libgit2 1.5 reads a loose object that is cut short without end (observed). This puts a check
/// before it: an object that is stored loose in one of the `folders` is inflated once, and one that
/// does not come to its end is an error.
int CheckLooseObjects(git_odb* database, std::vector<std::string> folders);

}  // namespace sandlint
