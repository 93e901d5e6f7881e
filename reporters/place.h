#pragma once

#include <string>

#include "model/locator.h"
#include "model/run.h"

namespace sandlint {

/// Where a report points: always within one line.
struct Place {
  std::string path;  ///< empty: nothing in a file is meant (a variable of the session)
  Position begin;
  std::uint32_t end_column = 1;  ///< exclusive
  Span span;                     ///< empty where the file has no text that was read
};

class Places {
 public:
  explicit Places(ColumnUnit unit = ColumnUnit::CodePoint) : locator_(unit) {}
  Place Of(const Span& span);
  /// Of the finding itself; of its file where it has no words.
  Place Of(const Finding& finding);
  Place Of(const FileReport& file);

 private:
  Locator locator_;
};

}  // namespace sandlint
