#pragma once

// The reader of statements, shared by the files that hold its parts.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/parse/shell_words.h"

namespace sandlint {

std::vector<TSNode> ChildrenOf(TSNode node);

class StatementReader {
 public:
  StatementReader(const ShellText& text, int depth) : text_(text), depth_(depth) {}

  ShellNode Sequence(const std::vector<TSNode>& nodes, Span span);
  ShellNode Statement(TSNode node);

 private:
  using Read = ShellNode (StatementReader::*)(TSNode);
  struct Row {
    std::string_view type;
    Read read;
  };
  static const std::array<Row, 19> kRows;
  /// What follows on the first line of a here-document (`| tr …`, `&& …`).
  struct Tail {
    std::string op;
    std::vector<TSNode> nodes;
  };

  static ShellNode Make(ShellKind kind, Span span) {
    ShellNode node;
    node.kind = kind;
    node.span = span;
    return node;
  }
  ShellNode Make(ShellKind kind, TSNode node) const { return Make(kind, text_.SpanOf(node)); }
  ShellWord WordOf(TSNode node) const { return ReadShellWord(text_, node, depth_); }
  ShellNode Subshell(TSNode node) { return Wrap(node, ShellKind::Subshell); }
  ShellNode Negated(TSNode node) { return Wrap(node, ShellKind::Not); }
  static std::string NameOfUnknown(std::string_view type);
  ShellNode Command(TSNode node);
  void CommandChild(ShellNode& command, TSNode child);
  ShellAssignment Assignment(TSNode node);
  ShellNode Assignments(TSNode node);
  ShellNode Declaration(TSNode node);
  ShellNode Test(TSNode node);
  ShellNode Arithmetic(TSNode node);
  void FlattenTest(ShellNode& test, TSNode node, int depth);
  /// One redirection, and the words that the grammar hangs below it.
  void Redirect(ShellNode& command, TSNode node);
  Tail HereDocument(ShellNode& command, TSNode node);
  ShellNode Redirected(TSNode node);
  /// `a | b >x` redirects b; `! a >x` and `a && b >x` likewise the last of them.
  static ShellNode& RedirectTarget(ShellNode& command);
  ShellNode Join(ShellNode left, const Tail& tail);
  ShellNode List(TSNode node);
  ShellNode Pipeline(TSNode node);
  ShellNode Wrap(TSNode node, ShellKind kind);
  ShellNode Compound(TSNode node);
  ShellNode If(TSNode node);
  void Arms(ShellNode& result, TSNode node);
  ShellNode Case(TSNode node);
  ShellArm CaseItem(TSNode node);
  ShellNode For(TSNode node);
  ShellNode While(TSNode node);
  ShellNode FunctionOf(TSNode node);

  const ShellText& text_;
  int depth_;
};

}  // namespace sandlint
