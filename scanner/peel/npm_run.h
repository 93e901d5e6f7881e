#pragma once

#include <string_view>
#include <vector>

#include "scanner/peel/options.h"
#include "scanner/peel/peel.h"

namespace sandlint {

struct RunRequest {
  std::string_view command;   ///< `run`, `start` …
  bool file_allowed = false;  ///< bun: a name that is no script is a file
};

/// `npm run NAME`: the line of that name in package.json, with the `pre` line before it, through
/// `sh -c`. `rest` holds the name (but for `npm start`) and the words that are added to the line.
Peeled RunPackageScript(Peeled peeled, const RunRequest& request, const OptionResult& options,
                        std::vector<Word> rest, const PeelContext& context);

}  // namespace sandlint
