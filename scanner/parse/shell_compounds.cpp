// Lists, pipelines, conditions, loops and functions.

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "scanner/parse/shell_statements.h"
#include "scanner/parse/tree.h"

namespace sandlint {

ShellNode StatementReader::List(TSNode node) {
  ShellNode list = Make(ShellKind::Sequence, node);
  for (const TSNode child : ChildrenOf(node)) {
    const std::string_view type = TypeOf(child);
    if (type == "&&") list.kind = ShellKind::And;
    if (type == "||") list.kind = ShellKind::Or;
    if (ts_node_is_named(child) && type != "comment") list.children.push_back(Statement(child));
  }
  if (list.children.size() != 2 && list.kind != ShellKind::Sequence) {
    list.kind = ShellKind::Unknown;
    list.name = "a list";
  }
  return list;
}

ShellNode StatementReader::Pipeline(TSNode node) {
  ShellNode pipeline = Make(ShellKind::Pipeline, node);
  for (const TSNode child : ChildrenOf(node)) {
    if (TypeOf(child) == "|&") pipeline.bash_only = true;
    if (ts_node_is_named(child) && TypeOf(child) != "comment") {
      pipeline.children.push_back(Statement(child));
    }
  }
  return pipeline;
}

ShellNode StatementReader::Wrap(TSNode node, ShellKind kind) {
  ShellNode wrap = Make(kind, node);
  wrap.children.push_back(Sequence(ChildrenOf(node), text_.SpanOf(node)));
  return wrap;
}

ShellNode StatementReader::Compound(TSNode node) {
  const auto children = ChildrenOf(node);
  if (!children.empty() && TypeOf(children.front()) == "((") {
    return Arithmetic(node);
  }
  return Wrap(node, ShellKind::Group);
}

ShellNode StatementReader::If(TSNode node) {
  ShellNode result = Make(ShellKind::If, node);
  Arms(result, node);
  return result;
}

void StatementReader::Arms(ShellNode& result, TSNode node) {
  ShellArm arm;
  std::vector<TSNode> condition;
  std::vector<TSNode> body;
  std::vector<TSNode> clauses;
  bool in_body = TypeOf(node) == "else_clause";
  const bool is_else = in_body;
  for (const TSNode child : ChildrenOf(node)) {
    const std::string_view type = TypeOf(child);
    if (type == "then") {
      in_body = true;
    } else if (type == "elif_clause" || type == "else_clause") {
      clauses.push_back(child);
    } else {
      (in_body ? body : condition).push_back(child);
    }
  }
  arm.span = text_.SpanOf(node);
  if (!is_else) {
    arm.condition.push_back(Sequence(condition, arm.span));
    const auto& tests = arm.condition.back().children;
    if (!tests.empty()) arm.span = tests.front().span;
  }
  arm.body.push_back(Sequence(body, text_.SpanOf(node)));
  result.arms.push_back(std::move(arm));
  for (const TSNode clause : clauses) Arms(result, clause);
}

ShellNode StatementReader::Case(TSNode node) {
  ShellNode result = Make(ShellKind::Case, node);
  for (const TSNode child : ChildrenOf(node)) {
    if (TypeOf(child) == "case_item") {
      result.arms.push_back(CaseItem(child));
    } else if (ts_node_is_named(child) && result.words.empty()) {
      result.words.push_back(WordOf(child));
    }
  }
  return result;
}

ShellArm StatementReader::CaseItem(TSNode node) {
  ShellArm arm;
  std::vector<TSNode> body;
  bool in_body = false;
  for (const TSNode child : ChildrenOf(node)) {
    const std::string_view type = TypeOf(child);
    if (!in_body && type == ")") {
      in_body = true;
    } else if (in_body) {
      if (type == ";&" || type == ";;&") arm.falls_through = true;
      body.push_back(child);
    } else if (ts_node_is_named(child)) {
      if (!arm.span) arm.span = text_.SpanOf(child);
      arm.patterns.push_back(WordOf(child));
    }
  }
  arm.body.push_back(Sequence(body, text_.SpanOf(node)));
  return arm;
}

ShellNode StatementReader::For(TSNode node) {
  ShellNode result = Make(ShellKind::For, node);
  for (const TSNode child : ChildrenOf(node)) {
    const std::string_view type = TypeOf(child);
    if (type == "select") {
      result.kind = ShellKind::Unknown;
      result.name = "a select loop";
    } else if (type == "variable_name" && result.name.empty()) {
      result.name = text_.TextOf(child);
    } else if (type == "in") {
      result.in_given = true;
    } else if (type == "do_group" || type == "compound_statement") {
      result.children.push_back(Sequence(ChildrenOf(child), text_.SpanOf(child)));
    } else if (ts_node_is_named(child) && type != "comment") {
      result.words.push_back(WordOf(child));
    }
  }
  return result;
}

ShellNode StatementReader::While(TSNode node) {
  ShellNode result = Make(ShellKind::While, node);
  ShellArm arm;
  std::vector<TSNode> condition;
  for (const TSNode child : ChildrenOf(node)) {
    const std::string_view type = TypeOf(child);
    if (type == "until") result.kind = ShellKind::Until;
    if (type == "do_group") {
      arm.body.push_back(Sequence(ChildrenOf(child), text_.SpanOf(child)));
    } else {
      condition.push_back(child);
    }
  }
  arm.span = text_.SpanOf(node);
  arm.condition.push_back(Sequence(condition, arm.span));
  if (!arm.condition.back().children.empty()) {
    arm.span = arm.condition.back().children.front().span;
  }
  result.arms.push_back(std::move(arm));
  return result;
}

ShellNode StatementReader::FunctionOf(TSNode node) {
  ShellNode result = Make(ShellKind::Function, node);
  for (const TSNode child : ChildrenOf(node)) {
    const std::string_view type = TypeOf(child);
    if (type == "function") result.bash_only = true;
    if (result.name.empty() && (type == "word" || type == "variable_name")) {
      result.name = text_.TextOf(child);
    } else if (type.ends_with("_redirect")) {
      Redirect(result, child);
    } else if (ts_node_is_named(child) && type != "comment") {
      result.children.push_back(Statement(child));
    }
  }
  return result;
}

}  // namespace sandlint
