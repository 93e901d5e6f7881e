#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/word.h"
#include "scanner/parse/node.h"

namespace sandlint {

/// How a statement hangs on the one before it.
enum class ShellJoin : std::uint8_t {
  First,
  Then,        ///< `;` or a new line
  And,         ///< `&&`
  Or,          ///< `||`
  Pipe,        ///< `|`
  Background,  ///< the one before it ended in `&`
};

enum class ShellKind : std::uint8_t {
  Simple,       ///< assignments and words
  Conditional,  ///< if / case: `branches`
  Opaque,       ///< a construct that is not taken apart here (loop, function, subshell, eval)
};

struct ShellRedirect {
  Word op;      ///< `>`, `<`, `3<`, `<<`
  Word target;  ///< a file, a descriptor, or the body of a here-document
};

struct ShellStatement;

struct ShellBranch {
  Span condition;
  std::string condition_text;
  std::vector<ShellStatement> body;
};

/// One statement. Words have quotes removed; expansions (`$X`, `${X:-y}`, `$(…)`, globs, `~`) are
/// holes named as written, and a word that an expansion could split or empty says so by a hole that
/// is not `quoted`.
struct ShellStatement {
  ShellKind kind = ShellKind::Simple;
  ShellJoin join = ShellJoin::First;
  std::vector<KeyValue> assignments;
  std::vector<Word> words;
  std::vector<bool> splittable;  ///< for each word: could an unquoted expansion split or empty it?
  std::vector<ShellRedirect> redirects;
  std::vector<ShellBranch> branches;
  Span span;
  std::string opaque;  ///< for Opaque: what it is ("a while loop")
};

struct ShellScript {
  std::vector<ShellStatement> statements;
  std::vector<ParseProblem> problems;
};

/// Takes a `sh -c` string (a Word of some other file) or a whole script apart with the bash
/// grammar. Spans point into the file where the text was written.
ShellScript ParseShell(const Word& text);
ShellScript ParseShell(const Source& source);

}  // namespace sandlint
