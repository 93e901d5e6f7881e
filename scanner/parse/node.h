#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/word.h"
#include "model/workspace.h"

namespace sandlint {

enum class NodeType : std::uint8_t { Missing, Null, Bool, Number, String, Array, Object };

struct Member;

/// One value of a JSON, TOML or YAML document. Order and places are kept; nothing is thrown away.
struct Node {
  NodeType type = NodeType::Missing;
  Word word;  ///< scalars: the decoded text; its span is that of the text without quotes
  Span span;  ///< the whole value, quotes and brackets included
  std::vector<Node> items;
  std::vector<Member> members;

  bool Is(NodeType wanted) const { return type == wanted; }
  /// The member that a client sees (of equal keys the last one), or a Missing node.
  const Node& Get(std::string_view key) const;
  const Member* Find(std::string_view key) const;
};

struct Member {
  Word key;
  Node value;
};

/// What is wrong with a text, at the place where it is wrong.
struct ParseProblem {
  Span where;
  std::string text;  ///< one clause: "a string is not closed"
};

/// Where a text uses more than its strict grammar allows.
enum class Extension : std::uint8_t { Comment, TrailingComma, ByteOrderMark };
struct ExtensionUse {
  Extension extension = Extension::Comment;
  Span where;
};

struct Document {
  Node root;
  std::vector<ParseProblem> problems;  ///< empty: the text is well formed (extensions aside)
  std::vector<ExtensionUse> extensions;
  std::vector<DuplicateKey> duplicates;

  bool Ok() const { return problems.empty(); }
};

/// JSON with comments and trailing commas (each use listed in `extensions`); recovers from errors,
/// so that what can be read is there beside the problems. Nesting deeper than 512, UTF-16, NUL
/// bytes and empty texts are problems. Never throws, never recurses without a bound.
Document ParseJson(const Source& source);
Document ParseToml(const Source& source);
/// Merge keys (`<<`) are applied; of equal keys the last wins here, and both are listed.
Document ParseYaml(const Source& source);

/// The YAML between the two `---` lines at the start of a Markdown file, with spans in that file; a
/// Missing root when there is none.
Document ParseFrontMatter(const Source& source);

}  // namespace sandlint
