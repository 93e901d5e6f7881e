// Redirections and here-documents, and the words that the grammar hangs below them.

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "scanner/parse/shell_statements.h"
#include "scanner/parse/tree.h"

namespace sandlint {

/// One redirection, and the words that the grammar hangs below it.
void StatementReader::Redirect(ShellNode& command, TSNode node) {
  ShellRedirect redirect;
  redirect.span = text_.SpanOf(node);
  bool has_target = false;
  std::vector<TSNode> words;
  for (const TSNode child : ChildrenOf(node)) {
    const std::string_view type = TypeOf(child);
    if (type == "file_descriptor") {
      const std::string_view digits = text_.TextOf(child);
      std::from_chars(digits.data(), digits.data() + digits.size(), redirect.descriptor);
    } else if (!ts_node_is_named(child)) {
      if (redirect.op.empty()) redirect.op = type;
    } else if (!has_target) {
      redirect.target = WordOf(child);
      has_target = true;
    } else {
      words.push_back(child);
    }
  }
  command.redirects.push_back(std::move(redirect));
  for (const TSNode word : words) command.words.push_back(WordOf(word));
}

StatementReader::Tail StatementReader::HereDocument(ShellNode& command, TSNode node) {
  ShellRedirect redirect;
  Tail tail;
  std::string_view start;
  TSNode body = node;
  bool has_body = false;
  std::uint32_t end = ts_node_end_byte(node);
  for (const TSNode child : ChildrenOf(node)) {
    const std::string_view type = TypeOf(child);
    if (type == "<<" || type == "<<-") {
      redirect.op = type;
    } else if (type == "file_descriptor") {
      const std::string_view digits = text_.TextOf(child);
      std::from_chars(digits.data(), digits.data() + digits.size(), redirect.descriptor);
    } else if (type == "heredoc_start") {
      start = text_.TextOf(child);
    } else if (type == "heredoc_body") {
      body = child;
      has_body = true;
      end = ts_node_end_byte(child);
    } else if (type == "heredoc_end") {
      if (!has_body) end = ts_node_start_byte(child);
    } else if (type == "&&" || type == "||" || type == "|" || type == "|&") {
      tail.op = type;
    } else if (type == "pipeline") {
      tail.op = "|";
      tail.nodes.push_back(child);
    } else if (type.ends_with("_redirect")) {
      Redirect(command, child);
    } else if (!tail.op.empty()) {
      tail.nodes.push_back(child);
    } else if (ts_node_is_named(child)) {
      command.words.push_back(WordOf(child));
    }
  }
  redirect.span = text_.SpanOf(ts_node_start_byte(node), ts_node_start_byte(node) + 2);
  std::uint32_t begin = has_body ? ts_node_start_byte(body) : end;
  // The grammar skips blanks before the first line.
  while (begin > 0 && has_body && text_.text[begin - 1] != '\n') --begin;
  redirect.target = ReadHereDocument(text_, body, begin, end,
                                     start.find_first_of("'\"\\") != std::string_view::npos,
                                     redirect.op == "<<-", depth_);
  command.redirects.push_back(std::move(redirect));
  return tail;
}

ShellNode StatementReader::Redirected(TSNode node) {
  ShellNode command = Make(ShellKind::Simple, node);
  std::vector<TSNode> redirects;
  bool first = true;
  for (const TSNode child : ChildrenOf(node)) {
    if (TypeOf(child).ends_with("_redirect")) {
      redirects.push_back(child);
    } else if (first) {
      command = Statement(child);
      first = false;
    }
  }
  ShellNode& target = RedirectTarget(command);
  std::vector<Tail> tails;
  for (const TSNode redirect : redirects) {
    if (TypeOf(redirect) == "heredoc_redirect") {
      tails.push_back(HereDocument(target, redirect));
    } else {
      Redirect(target, redirect);
    }
  }
  for (const Tail& tail : tails) command = Join(std::move(command), tail);
  return command;
}

/// `a | b >x` redirects b; `! a >x` and `a && b >x` likewise the last of them.
ShellNode& StatementReader::RedirectTarget(ShellNode& command) {
  ShellNode* target = &command;
  while (!target->children.empty() &&
         (target->kind == ShellKind::Pipeline || target->kind == ShellKind::And ||
          target->kind == ShellKind::Or || target->kind == ShellKind::Not)) {
    target = &target->children.back();
  }
  return *target;
}

ShellNode StatementReader::Join(ShellNode left, const Tail& tail) {
  if (tail.op.empty() || tail.nodes.empty()) return left;
  const bool pipe = tail.op[0] == '|' && tail.op != "||";
  ShellNode joined = Make(pipe              ? ShellKind::Pipeline
                          : tail.op == "&&" ? ShellKind::And
                                            : ShellKind::Or,
                          left.span);
  joined.children.push_back(std::move(left));
  if (!pipe) {
    joined.children.push_back(Sequence(tail.nodes, text_.SpanOf(tail.nodes.front())));
    return joined;
  }
  for (const TSNode node : tail.nodes) {
    if (TypeOf(node) != "pipeline") {
      joined.children.push_back(Statement(node));
      continue;
    }
    for (const TSNode child : ChildrenOf(node)) {
      if (ts_node_is_named(child)) joined.children.push_back(Statement(child));
    }
  }
  return joined;
}

}  // namespace sandlint
