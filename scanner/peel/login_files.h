#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/peel/peel.h"

namespace sandlint {

/// Which of its files a shell reads before it does anything else.
struct LoginFiles {
  bool login = false;
  bool interactive = false;
  bool profile = true;  ///< not --noprofile
  bool rc = true;       ///< not --norc
  std::string_view shell;
};

/// What the files of a login or interactive shell on this machine make of the names that a script
/// uses. Nothing on a host that is not there: those files are the user's own, no tree changes them.
struct SessionNames {
  std::vector<Note> doubts;
  std::string path;  ///< folders that they put into PATH, with what was there; empty: none
};
SessionNames ReadLoginFiles(const LoginFiles& files, std::string_view script, const Word& cause,
                            const PeelContext& context);

}  // namespace sandlint
