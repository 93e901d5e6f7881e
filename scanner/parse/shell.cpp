// Statements of the bash grammar (tree-sitter-bash 0.23). The rest of the line behind a
// here-document and the words behind a redirection hang below the redirection there; here they are
// where a shell reads them.

#include "scanner/parse/shell.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "scanner/parse/shell_words.h"
#include "scanner/parse/tree.h"

extern "C" const TSLanguage* tree_sitter_bash();

namespace sandlint {
namespace {

constexpr std::size_t kMaxText = std::size_t{1} << 20;

std::vector<TSNode> ChildrenOf(TSNode node) {
  std::vector<TSNode> children;
  TSTreeCursor cursor = ts_tree_cursor_new(node);
  ForEachChild(&cursor, [&](TSNode child) { children.push_back(child); });
  ts_tree_cursor_delete(&cursor);
  return children;
}

class StatementReader {
 public:
  StatementReader(const ShellText& text, int depth) : text_(text), depth_(depth) {}

  ShellNode Sequence(const std::vector<TSNode>& nodes, Span span) {
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

  ShellNode Statement(TSNode node) {
    const std::string_view type = TypeOf(node);
    const auto row = std::ranges::find(kRows, type, &Row::type);
    if (row == kRows.end() || depth_ >= kMaxShellDepth || ts_node_is_missing(node)) {
      ShellNode unknown = Make(ShellKind::Unknown, text_.SpanOf(node));
      unknown.name = depth_ >= kMaxShellDepth ? "text that nests too deep" : NameOfUnknown(type);
      return unknown;
    }
    ++depth_;
    ShellNode result = (this->*row->read)(node);
    --depth_;
    return result;
  }

 private:
  using Read = ShellNode (StatementReader::*)(TSNode);
  struct Row {
    std::string_view type;
    Read read;
  };
  static const std::array<Row, 19> kRows;

  static std::string NameOfUnknown(std::string_view type) {
    if (type == "ERROR") return "text that is no shell syntax";
    std::string name(type);
    std::ranges::replace(name, '_', ' ');
    return name;
  }

  static ShellNode Make(ShellKind kind, Span span) {
    ShellNode node;
    node.kind = kind;
    node.span = span;
    return node;
  }
  ShellNode Make(ShellKind kind, TSNode node) const { return Make(kind, text_.SpanOf(node)); }

  ShellWord WordOf(TSNode node) const { return ReadShellWord(text_, node, depth_); }

  ShellNode Command(TSNode node) {
    if (text_.TextOf(node).starts_with("((")) return Arithmetic(node);
    ShellNode command = Make(ShellKind::Simple, node);
    for (const TSNode child : ChildrenOf(node)) CommandChild(command, child);
    return command;
  }

  void CommandChild(ShellNode& command, TSNode child) {
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

  ShellAssignment Assignment(TSNode node) {
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

  ShellNode Assignments(TSNode node) {
    ShellNode command = Make(ShellKind::Simple, node);
    if (TypeOf(node) == "variable_assignment") {
      command.assignments.push_back(Assignment(node));
      return command;
    }
    for (const TSNode child : ChildrenOf(node)) command.assignments.push_back(Assignment(child));
    return command;
  }

  ShellNode Declaration(TSNode node) {
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

  ShellNode Test(TSNode node) {
    ShellNode test = Make(ShellKind::Test, node);
    FlattenTest(test, node, 0);
    const bool arithmetic = !test.words.empty() && test.words.front().raw == "((";
    return arithmetic ? Arithmetic(node) : test;
  }

  ShellNode Arithmetic(TSNode node) {
    ShellNode result = Make(ShellKind::Arithmetic, node);
    result.name = text_.TextOf(node);
    const auto inner =
        ReadInnerCommands(text_, node, ts_node_start_byte(node), ts_node_end_byte(node), depth_);
    if (inner != nullptr) result.children = inner->children;
    return result;
  }

  void FlattenTest(ShellNode& test, TSNode node, int depth) {
    constexpr auto kInner = std::to_array<std::string_view>(
        {"test_command", "unary_expression", "binary_expression", "parenthesized_expression",
         "ternary_expression", "postfix_expression"});
    if (std::ranges::find(kInner, TypeOf(node)) == kInner.end() || depth > kMaxShellDepth) {
      test.words.push_back(WordOf(node));
      return;
    }
    for (const TSNode child : ChildrenOf(node)) FlattenTest(test, child, depth + 1);
  }

  /// One redirection, and the words that the grammar hangs below it.
  void Redirect(ShellNode& command, TSNode node) {
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

  /// A here-document; returns what follows on its first line (`| tr …`, `&& …`).
  struct Tail {
    std::string op;
    std::vector<TSNode> nodes;
  };
  Tail HereDocument(ShellNode& command, TSNode node) {
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

  ShellNode Redirected(TSNode node) {
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
  static ShellNode& RedirectTarget(ShellNode& command) {
    ShellNode* target = &command;
    while (!target->children.empty() &&
           (target->kind == ShellKind::Pipeline || target->kind == ShellKind::And ||
            target->kind == ShellKind::Or || target->kind == ShellKind::Not)) {
      target = &target->children.back();
    }
    return *target;
  }

  ShellNode Join(ShellNode left, const Tail& tail) {
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

  ShellNode List(TSNode node) {
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

  ShellNode Pipeline(TSNode node) {
    ShellNode pipeline = Make(ShellKind::Pipeline, node);
    for (const TSNode child : ChildrenOf(node)) {
      if (TypeOf(child) == "|&") pipeline.bash_only = true;
      if (ts_node_is_named(child) && TypeOf(child) != "comment") {
        pipeline.children.push_back(Statement(child));
      }
    }
    return pipeline;
  }

  ShellNode Wrap(TSNode node, ShellKind kind) {
    ShellNode wrap = Make(kind, node);
    wrap.children.push_back(Sequence(ChildrenOf(node), text_.SpanOf(node)));
    return wrap;
  }
  ShellNode Subshell(TSNode node) { return Wrap(node, ShellKind::Subshell); }
  ShellNode Compound(TSNode node) {
    const auto children = ChildrenOf(node);
    if (!children.empty() && TypeOf(children.front()) == "((") {
      return Arithmetic(node);
    }
    return Wrap(node, ShellKind::Group);
  }
  ShellNode Negated(TSNode node) { return Wrap(node, ShellKind::Not); }

  ShellNode If(TSNode node) {
    ShellNode result = Make(ShellKind::If, node);
    Arms(result, node);
    return result;
  }

  void Arms(ShellNode& result, TSNode node) {
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

  ShellNode Case(TSNode node) {
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

  ShellArm CaseItem(TSNode node) {
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

  ShellNode For(TSNode node) {
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

  ShellNode While(TSNode node) {
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

  ShellNode FunctionOf(TSNode node) {
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

  const ShellText& text_;
  int depth_;
};

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
  if (text.text.find('\0') != std::string_view::npos) return Refused(text, "binary text");
  if (text.text.size() > kMaxText) return Refused(text, "a script that is too large");
  const SyntaxTree tree = ParseTree(tree_sitter_bash(), text.text, Nesting::Unbounded);
  if (tree == nullptr) return Refused(text, "a script that is too long or nests too deep");
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
