#pragma once

#include <string>

#include "cli/question.h"
#include "reporters/mask.h"

namespace sandlint {

/// One line of JSON for a reply, without a line end; `id` is JSON as it came in, empty for none.
std::string ReplyJson(const Reply& reply, const std::string& id);

/// Reads questions from `file` (`-`: stdin), one JSON object a line, and writes an answer for each,
/// in order. What a line does not say comes from `defaults`.
int RunBatch(const std::string& file, const Question& defaults);

/// A place as an answer names it: file:line:column, or the index in the argv.
struct AnswerPlace {
  std::string file;  ///< empty for words of the command line
  Position position;
  int argv_index = -1;
  std::string text;  ///< masked
};
AnswerPlace PlaceOf(const Evidence& evidence, const Masker& masker);

/// Masks what an answer quotes. Kept for the next question about the same workspace.
const Masker& MaskerOf(const Reply& reply);

}  // namespace sandlint
