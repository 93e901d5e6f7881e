#pragma once

#include <string>
#include <string_view>

#include "harden/plan.h"

namespace sandlint {

/// `text` as one plan word: the home and the project at its start become pieces, and so does every
/// hole of the word.
PlanWord PlanWordOf(const Word& word, const HardenFacts& facts);
PlanWord PlanWordOf(std::string_view text, const HardenFacts& facts);
/// `word` with more text behind it.
PlanWord Below(PlanWord word, std::string_view rest);

/// For a POSIX shell: `"$HOME/notes"`, `'two words'`, `plain`.
std::string ShellWord(const PlanWord& word);
std::string ShellQuote(std::string_view text);
/// For a Claude Code config: `${HOME}/notes`.
std::string ConfigWord(const PlanWord& word);
/// As it reads in a comment or a message.
std::string PlainWord(const PlanWord& word);
bool HasVariable(const PlanWord& word);
/// A name that a shell takes for a variable.
bool IsName(std::string_view text);
/// Small letters, digits and `-` only, at most 25: for file names, users and chains. Two texts
/// share a name only if they are equal: what is lost stands behind it as a number.
std::string SafeName(std::string_view text);
/// One line of a comment: control characters and line ends are gone.
std::string CommentText(std::string_view text);

}  // namespace sandlint
