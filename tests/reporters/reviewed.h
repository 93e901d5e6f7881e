#pragma once

// A run over files in memory, as `check` makes one.

#include <map>
#include <string>
#include <vector>

#include "model/run.h"
#include "reporters/reporter.h"
#include "scanner/files/reader.h"

namespace sandlint {

using Files = std::map<std::string, std::string, std::less<>>;

struct Reviewed {
  Workspace workspace;
  Run run;

  explicit Reviewed(const FileReader& files);
  explicit Reviewed(Files files);
  Reviewed(const Reviewed&) = delete;
  Reviewed& operator=(const Reviewed&) = delete;

  std::string As(std::string_view format, const ReportOptions& options = {}) const;
};

/// `.mcp.json` with one server that nothing confines.
Files OpenServer(const std::string& name);

/// Names, paths and words that try every syntax that a report is written in.
inline const std::string kHostile =
    "<img src=x onerror=1> @octocat #1 | `a` [b](http://evil.example) ]]> %0A ::error::x ##[cmd]y "
    "\x1b[31m \u202E \xff {0}\n- [x] done\r\n::error::z";
/// The same as JSON would spell it.
std::string InJson(const std::string& text);

std::vector<std::string> LinesOf(const std::string& text);
bool Has(const std::string& text, std::string_view part);

}  // namespace sandlint
