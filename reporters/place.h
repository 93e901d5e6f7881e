#pragma once

#include <string>

#include "model/locator.h"
#include "model/run.h"

namespace sandlint {

/// Where a report points: always within one line.
struct ReportPlace {
  std::string path;  ///< empty: nothing in a file is meant (a variable of the session)
  Position begin;
  std::uint32_t end_column = 1;  ///< exclusive
  Span span;                     ///< empty where the file has no text that was read
};

class Places {
 public:
  explicit Places(ColumnUnit unit = ColumnUnit::CodePoint) : locator_(unit) {}
  ReportPlace Of(const Span& span);
  /// Of the finding itself; of its file where it has no words.
  ReportPlace Of(const Finding& finding);
  ReportPlace Of(const FileReport& file);

 private:
  Locator locator_;
};

}  // namespace sandlint
