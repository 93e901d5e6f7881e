#pragma once

#include <tree_sitter/api.h>

#include <cstdint>
#include <memory>
#include <string_view>

namespace sandlint {

struct TreeDeleter {
  void operator()(TSTree* tree) const { ts_tree_delete(tree); }
};
using SyntaxTree = std::unique_ptr<TSTree, TreeDeleter>;

/// Has the nesting of a text been bounded before?
enum class Nesting : std::uint8_t { Bounded, Unbounded };

/// Parses with one parser a thread and language, which keeps its tables and memory. Null where the
/// text could overflow the parser's stack (only if its nesting was not bounded), where taking it
/// apart lasts too long, and when the grammar and the runtime do not fit together.
SyntaxTree ParseTree(const TSLanguage* language, std::string_view text, Nesting nesting);

/// Goes over the children of the node that a cursor stands on, and comes back to it.
template <typename Visit>
void ForEachChild(TSTreeCursor* cursor, Visit visit) {
  if (!ts_tree_cursor_goto_first_child(cursor)) return;
  do {
    visit(ts_tree_cursor_current_node(cursor));
  } while (ts_tree_cursor_goto_next_sibling(cursor));
  ts_tree_cursor_goto_parent(cursor);
}

}  // namespace sandlint
