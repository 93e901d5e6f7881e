#pragma once

#include <span>
#include <string>

#include "scanner/peel/peel.h"

namespace sandlint {

/// The last layer: the server itself, or what is in its way (a script of the tree, a program whose
/// name is not known). `package` is what a launcher or interpreter before it says it is.
Layer ProgramLayer(std::vector<Word> argv, const std::optional<ProgramRef>& package,
                   const PeelContext& context);

/// Words that nobody can take apart.
Layer OpaqueLayer(std::vector<Word> words, const Word& program);

/// Where relative names of this launch begin; empty where that is not known.
std::string WorkingDirectoryOf(const PeelContext& context);

/// The path below the root of the tree that `word` names, seen from the working directory of the
/// client (the root) or by the client's own variables; empty where it leaves the tree or is not
/// known.
std::string PathInTree(const Word& word, const PeelContext& context);

/// The text of a file of the tree; nothing where there is none.
std::optional<std::string> ReadInTree(const std::string& path, const PeelContext& context);

/// What a script outside has written to the file that `word` names, or null.
const Word* FindWritten(const Word& word, const PeelContext& context);

}  // namespace sandlint
