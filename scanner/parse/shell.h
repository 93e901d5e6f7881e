#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/word.h"
#include "scanner/parse/node.h"

namespace sandlint {

struct ShellNode;
struct ShellExpansion;

enum class ShellPartKind : std::uint8_t {
  Literal,     ///< `text`, with quotes and backslashes removed
  Expansion,   ///< `$X`, `${X:-y}`, `$1`, `$@`
  Command,     ///< `$(…)`, `` `…` ``: `commands`
  Process,     ///< `<(…)`, `>(…)`: `commands`
  Arithmetic,  ///< `$((…))`
  Unknown,     ///< what the grammar does not take apart
};

/// A piece of a word. An unquoted expansion is split and can vanish; an unquoted literal can be a
/// pattern.
struct ShellPart {
  ShellPartKind kind = ShellPartKind::Literal;
  bool quoted = false;
  bool dollar_quoted = false;  ///< `$'…'`, `$"…"`: other text where the shell does not know them
  std::string text;            ///< decoded for a literal, as written for the others
  Span span;
  std::shared_ptr<const ShellExpansion> expansion;
  /// Of a substitution; for the others those that stand in it (`$(( $(…) + 1 ))`, `${a[$(…)]}`).
  std::shared_ptr<const ShellNode> commands;
};

struct ShellWord {
  std::vector<ShellPart> parts;
  Span span;
  std::string raw;  ///< as written
};

/// `${prefix name[subscript] op argument}`.
struct ShellExpansion {
  char prefix = 0;        ///< `#` (length), `!` (indirect)
  std::string name;       ///< `X`, `1`, `@`, `#`, `?` …
  std::string subscript;  ///< as written, without brackets
  std::string op;         ///< `:-`, `-`, `:+`, `#`, `##`, `%`, `/`, `//`, `/#`, `/%`, `:`, `,,` …
  ShellWord argument;     ///< all behind `op`; the pattern for `/`
  ShellWord replacement;  ///< behind the second `/` or `:`
};

struct ShellAssignment {
  std::string name;
  std::string subscript;  ///< `a[i]=`
  bool append = false;
  bool is_array = false;
  ShellWord value;
  std::vector<ShellWord> elements;
  Span span;
  std::shared_ptr<const ShellNode> commands;  ///< in the subscript
};

struct ShellRedirect {
  std::string op;       ///< `<`, `>`, `>>`, `<&`, `>&`, `<<`, `<<-`, `<<<`, `&>` …
  int descriptor = -1;  ///< -1: the default of `op`
  ShellWord target;     ///< a file, a descriptor, or the text of a here-document
  Span span;
};

enum class ShellKind : std::uint8_t {
  Simple,       ///< assignments, words, redirects
  Declaration,  ///< export, local, declare …: words and assignments
  Test,         ///< `[ … ]`, `[[ … ]]`: words, from the bracket to its partner
  Sequence,     ///< children, one after the other
  And,          ///< two children
  Or,           ///< two children
  Not,          ///< one child
  Pipeline,     ///< children
  Subshell,     ///< one child
  Group,        ///< one child
  If,           ///< arms; one without a condition is the `else`
  Case,         ///< words[0], arms with patterns
  For,          ///< name, words, one child; `in_given` false: over "$@"
  While,        ///< condition, body
  Until,
  Function,    ///< name, one child
  Arithmetic,  ///< `((…))`: name is the text, children the substitutions in it
  Unknown,     ///< what is not taken apart; `name` says what it is
};

struct ShellArm {
  std::vector<ShellWord> patterns;
  bool falls_through = false;  ///< `;&`, `;;&`
  std::vector<ShellNode> condition;
  std::vector<ShellNode> body;
  Span span;  ///< of the condition or the patterns
};

struct ShellNode {
  ShellKind kind = ShellKind::Unknown;
  Span span;
  std::string name;
  bool background = false;
  bool in_given = false;
  bool bash_only = false;  ///< `|&` in a pipeline, the word `function`
  std::vector<ShellAssignment> assignments;
  std::vector<ShellWord> words;
  std::vector<ShellRedirect> redirects;
  std::vector<ShellNode> children;
  std::vector<ShellArm> arms;
};

struct ShellScript {
  ShellNode body;  ///< a Sequence
  std::vector<ParseProblem> problems;
};

/// Takes a `sh -c` string (a Word of some other file) or a whole script apart with the bash
/// grammar. Spans point into the file where the text was written; the span is that of the whole
/// word where it was written with escapes. What cannot be parsed stands in it as Unknown.
ShellScript ParseShell(const Word& text);
ShellScript ParseShell(const Source& source);

}  // namespace sandlint
