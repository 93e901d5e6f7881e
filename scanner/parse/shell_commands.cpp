// Simple commands, assignments, declarations and tests.

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "scanner/parse/shell_statements.h"
#include "scanner/parse/tree.h"

namespace sandlint {

ShellNode StatementReader::Command(TSNode node) {
  if (text_.TextOf(node).starts_with("((")) return Arithmetic(node);
  ShellNode command = Make(ShellKind::Simple, node);
  for (const TSNode child : ChildrenOf(node)) CommandChild(command, child);
  return command;
}

void StatementReader::CommandChild(ShellNode& command, TSNode child) {
  const std::string_view type = TypeOf(child);
  if (type == "variable_assignment" && command.words.empty()) {
    command.assignments.push_back(Assignment(child));
  } else if (type.ends_with("_redirect")) {
    Redirect(command, child);
  } else if (type == "subshell") {
    command.kind = ShellKind::Unknown;
    command.name = "a command with a subshell as its word";
  } else if (ts_node_is_named(child) || type == "$" || type == "==" || type == "=~" ||
             type == "#" || type == "!") {
    if (type != "comment") command.words.push_back(WordOf(child));
  }
}

ShellAssignment StatementReader::Assignment(TSNode node) {
  ShellAssignment result;
  result.span = text_.SpanOf(node);
  for (const TSNode child : ChildrenOf(node)) {
    const std::string_view type = TypeOf(child);
    if (type == "variable_name" && result.name.empty()) {
      result.name = text_.TextOf(child);
    } else if (type == "subscript") {
      const std::string_view all = text_.TextOf(child);
      const std::size_t bracket = std::min(all.find('['), all.size());
      result.name = all.substr(0, bracket);
      result.subscript = all.substr(bracket);
      result.commands = ReadInnerCommands(text_, child, ts_node_start_byte(child),
                                          ts_node_end_byte(child), depth_);
    } else if (type == "=" || type == "+=") {
      result.append = type == "+=";
    } else if (type == "array") {
      result.is_array = true;
      for (const TSNode item : ChildrenOf(child)) {
        if (ts_node_is_named(item) && TypeOf(item) != "comment") {
          result.elements.push_back(WordOf(item));
        }
      }
    } else {
      result.value = WordOf(child);
    }
  }
  // The grammar takes `a+=` apart only where a value follows.
  if (result.name.ends_with('+')) {
    result.name.pop_back();
    result.append = true;
  }
  return result;
}

ShellNode StatementReader::Assignments(TSNode node) {
  ShellNode command = Make(ShellKind::Simple, node);
  if (TypeOf(node) == "variable_assignment") {
    command.assignments.push_back(Assignment(node));
    return command;
  }
  for (const TSNode child : ChildrenOf(node)) command.assignments.push_back(Assignment(child));
  return command;
}

ShellNode StatementReader::Declaration(TSNode node) {
  const bool unset = TypeOf(node) == "unset_command";
  ShellNode command = Make(unset ? ShellKind::Simple : ShellKind::Declaration, node);
  for (const TSNode child : ChildrenOf(node)) {
    const std::string_view type = TypeOf(child);
    if (type == "variable_assignment") {
      command.assignments.push_back(Assignment(child));
    } else if (type.ends_with("_redirect")) {
      Redirect(command, child);
    } else if (type != "comment") {
      command.words.push_back(WordOf(child));
    }
  }
  return command;
}

ShellNode StatementReader::Test(TSNode node) {
  ShellNode test = Make(ShellKind::Test, node);
  FlattenTest(test, node, 0);
  const bool arithmetic = !test.words.empty() && test.words.front().raw == "((";
  return arithmetic ? Arithmetic(node) : test;
}

ShellNode StatementReader::Arithmetic(TSNode node) {
  ShellNode result = Make(ShellKind::Arithmetic, node);
  result.name = text_.TextOf(node);
  const auto inner =
      ReadInnerCommands(text_, node, ts_node_start_byte(node), ts_node_end_byte(node), depth_);
  if (inner != nullptr) result.children = inner->children;
  return result;
}

void StatementReader::FlattenTest(ShellNode& test, TSNode node, int depth) {
  constexpr auto kInner = std::to_array<std::string_view>(
      {"test_command", "unary_expression", "binary_expression", "parenthesized_expression",
       "ternary_expression", "postfix_expression"});
  if (std::ranges::find(kInner, TypeOf(node)) == kInner.end() || depth > kMaxShellDepth) {
    test.words.push_back(WordOf(node));
    return;
  }
  for (const TSNode child : ChildrenOf(node)) FlattenTest(test, child, depth + 1);
}

}  // namespace sandlint
