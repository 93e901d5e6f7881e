// Statements of the bash grammar (tree-sitter-bash 0.23). The rest of the line behind a
// here-document and the words behind a redirection hang below the redirection there; here they are
// where a shell reads them.

#include "scanner/parse/shell.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "scanner/parse/bounds.h"
#include "scanner/parse/shell_statements.h"
#include "scanner/parse/shell_words.h"
#include "scanner/parse/tree.h"

extern "C" const TSLanguage* tree_sitter_bash();

namespace sandlint {
namespace {

constexpr std::size_t kMaxText = std::size_t{1} << 20;

}  // namespace

std::vector<TSNode> ChildrenOf(TSNode node) {
  std::vector<TSNode> children;
  TSTreeCursor cursor = ts_tree_cursor_new(node);
  ForEachChild(&cursor, [&](TSNode child) { children.push_back(child); });
  ts_tree_cursor_delete(&cursor);
  return children;
}

ShellNode StatementReader::Sequence(const std::vector<TSNode>& nodes, Span span) {
  ShellNode sequence = Make(ShellKind::Sequence, span);
  for (const TSNode node : nodes) {
    const std::string_view type = TypeOf(node);
    if (type == "&" && !sequence.children.empty()) sequence.children.back().background = true;
    if (!ts_node_is_named(node) && type != "ERROR") continue;
    if (type == "comment" || type == "heredoc_body" || type == "heredoc_end") continue;
    sequence.children.push_back(Statement(node));
  }
  return sequence;
}

ShellNode StatementReader::Statement(TSNode node) {
  const std::string_view type = TypeOf(node);
  const auto row = std::ranges::find(kRows, type, &Row::type);
  if (row == kRows.end() || depth_ >= kMaxShellDepth || ts_node_is_missing(node)) {
    ShellNode unknown = Make(ShellKind::Unknown, text_.SpanOf(node));
    unknown.name = depth_ >= kMaxShellDepth ? bound::kTextNesting : NameOfUnknown(type);
    return unknown;
  }
  ++depth_;
  ShellNode result = (this->*row->read)(node);
  --depth_;
  return result;
}

std::string StatementReader::NameOfUnknown(std::string_view type) {
  if (type == "ERROR") return "text that is no shell syntax";
  std::string name(type);
  std::ranges::replace(name, '_', ' ');
  return name;
}

const std::array<StatementReader::Row, 19> StatementReader::kRows = {{
    {"case_statement", &StatementReader::Case},
    {"command", &StatementReader::Command},
    {"compound_statement", &StatementReader::Compound},
    {"declaration_command", &StatementReader::Declaration},
    {"do_group", &StatementReader::Compound},
    {"for_statement", &StatementReader::For},
    {"function_definition", &StatementReader::FunctionOf},
    {"if_statement", &StatementReader::If},
    {"list", &StatementReader::List},
    {"negated_command", &StatementReader::Negated},
    {"pipeline", &StatementReader::Pipeline},
    {"redirected_statement", &StatementReader::Redirected},
    {"subshell", &StatementReader::Subshell},
    {"test_command", &StatementReader::Test},
    {"unset_command", &StatementReader::Declaration},
    {"until_statement", &StatementReader::While},
    {"variable_assignment", &StatementReader::Assignments},
    {"variable_assignments", &StatementReader::Assignments},
    {"while_statement", &StatementReader::While},
}};

namespace {

/// A script of which nothing is known.
ShellScript Refused(const ShellText& text, std::string why) {
  ShellScript script;
  script.body.kind = ShellKind::Sequence;
  script.body.span = text.where;
  ShellNode& all = script.body.children.emplace_back();
  all.span = FirstLine(text.where);
  all.name = why;
  script.problems.push_back({text.where, std::move(why)});
  return script;
}

ShellScript Parse(const ShellText& text) {
  if (text.text.find('\0') != std::string_view::npos) return Refused(text, bound::kBinary);
  if (text.text.size() > kMaxText) return Refused(text, bound::kScriptSize);
  const SyntaxTree tree = ParseTree(tree_sitter_bash(), text.text, Nesting::Unbounded);
  if (tree == nullptr) return Refused(text, bound::kScriptNesting);
  ShellScript script;
  const TSNode root = ts_tree_root_node(tree.get());
  script.body = ReadShellSequence(text, root, 0);
  if (ts_node_has_error(root)) {
    script.problems.push_back({text.where, "a part of it is no shell syntax"});
  }
  return script;
}

}  // namespace

ShellNode ReadShellSequence(const ShellText& text, TSNode node, int depth) {
  return StatementReader(text, depth).Sequence(ChildrenOf(node), text.SpanOf(node));
}

ShellScript ParseShell(const Word& word) {
  ShellText text;
  text.text = word.text;
  text.where = word.span;
  text.exact = word.span && word.span.Text() == word.text;
  text.word = &word;
  return Parse(text);
}

ShellScript ParseShell(const Source& source) {
  ShellText text;
  text.text = source.text;
  text.where = {&source, 0, static_cast<std::uint32_t>(source.text.size())};
  text.exact = true;
  return Parse(text);
}

}  // namespace sandlint
