#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/server.h"
#include "model/workspace.h"

namespace sandlint {

/// What a server needs and its sandbox certainly withholds. Unknown is never a shortfall.

/// The last layer that changes what files can be seen: everything behind it sees the final view.
/// Null where no layer does.
const Layer* InnermostSandbox(const Launch& launch);

/// Is nothing at or below `path` inside there for `right`, for sure?
bool IsHidden(const Launch& launch, std::string_view path, Right right = Right::Read);

/// A file that a launch executes or reads to start its server.
struct StartFile {
  std::string path;   ///< absolute, or a name that is looked for on the PATH
  std::string what;   ///< "its script", "the interpreter of /opt/x/run"
  Word word;          ///< what asks for it
  bool runs = false;  ///< as a program of its own, or holds such programs
};
/// All of them, in the order in which they are needed.
std::vector<StartFile> StartFiles(const Launch& launch, const HostFacts& host);

/// Is a file of StartFiles hidden? A name is when no directory of the PATH may have it.
bool IsHidden(const Launch& launch, const StartFile& file);

/// The smallest change of `sandbox` that shows `path`, in its own words.
std::string GrantOf(const Layer& sandbox, const PathAnswer& answer, std::string_view path,
                    bool write);

/// Does a layer start one of `programs`?
bool RunsOn(const Launch& launch, std::initializer_list<std::string_view> programs);

}  // namespace sandlint
