#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/grant.h"
#include "model/source.h"

namespace sandlint {

/// One line of macOS's fs_usage.
struct FsUsageCall {
  Span where;
  std::string name;  ///< open, stat64, rename …
  std::string path;  ///< as printed; empty where the call has none
  Rights rights;     ///< none for a mere look (stat64, access)
  bool failed = false;
};

struct FsUsageLog {
  std::vector<FsUsageCall> calls;
  std::vector<std::string> gaps;  ///< what the log cannot show, one clause each
};

/// `TIME  CALL  [F=fd] [[errno]] [B=bytes] (flags)  PATH  seconds [W]  process.thread`, as the man
/// page of macOS describes it. Paths cut on the left (no -w) are left out and told as a gap.
FsUsageLog ParseFsUsage(const Source& source);
bool LooksLikeFsUsage(std::string_view text);

}  // namespace sandlint
