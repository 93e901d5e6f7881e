#pragma once

// Shared by the two halves of the shell parser: statements and words.

#include <tree_sitter/api.h>

#include <string_view>

#include "scanner/parse/shell.h"

namespace sandlint {

constexpr int kMaxShellDepth = 120;

/// The text that is parsed and how its offsets map to a file.
struct ShellText {
  std::string_view text;
  Span where;          ///< of the whole text
  bool exact = false;  ///< offsets carry over
  const Word* word = nullptr;

  Span SpanOf(std::uint32_t begin, std::uint32_t end) const;
  Span SpanOf(TSNode node) const;
  std::string_view TextOf(TSNode node) const;
  bool IsHole(std::uint32_t begin, std::uint32_t end) const;
};

std::string_view TypeOf(TSNode node);

/// A word, string, expansion, concatenation … as the grammar gives it.
ShellWord ReadShellWord(const ShellText& text, TSNode node, int depth);
/// The body of a here-document from `begin` to `end`; `node` holds its expansions.
ShellWord ReadHereDocument(const ShellText& text, TSNode node, std::uint32_t begin,
                           std::uint32_t end, bool quoted, bool strips_tabs, int depth);
/// The commands of all substitutions between two offsets, as subshells of a Sequence; null without.
std::shared_ptr<const ShellNode> ReadInnerCommands(const ShellText& text, TSNode node,
                                                   std::uint32_t begin, std::uint32_t end,
                                                   int depth);
/// The statements below `node`, from child `first` to child `last` (exclusive), as a Sequence.
ShellNode ReadShellSequence(const ShellText& text, TSNode node, int depth);

}  // namespace sandlint
