// JSON: a check of the tokens against RFC 8259 (json_check.cpp), then the tree of tree-sitter-json,
// which recovers from what the check found.

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "scanner/parse/json_check.h"
#include "scanner/parse/node.h"
#include "scanner/parse/tree.h"
#include "scanner/parse/unicode.h"

extern "C" const TSLanguage* tree_sitter_json();

namespace sandlint {
namespace {

/// The character of `\uXXXX` at `at` (of its backslash) and of a second one that completes a pair.
/// A surrogate that stands alone becomes U+FFFD. Returns the offset behind it.
std::size_t DecodeUnicode(std::string_view raw, std::size_t at, std::string& text) {
  auto code = static_cast<std::uint32_t>(HexAt(raw, at + 2, 4));
  at += 6;
  const bool high = code >= 0xD800 && code < 0xDC00;
  if (high && raw.substr(at, 2) == "\\u") {
    const std::int64_t low = HexAt(raw, at + 2, 4);
    if (low >= 0xDC00 && low < 0xE000) {
      code = 0x10000 + ((code - 0xD800) << 10) + static_cast<std::uint32_t>(low - 0xDC00);
      at += 6;
    }
  }
  AppendUtf8(text, code);
  return at;
}

/// The text between the quotes with its escapes undone. What JSON does not know stands as written,
/// bytes that are no UTF-8 become U+FFFD.
std::string Decode(std::string_view raw) {
  constexpr std::string_view kNames = "\"\\/bfnrt";
  constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
  std::string text;
  text.reserve(raw.size());
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t name =
        raw[at] == '\\' && at + 1 < raw.size() ? kNames.find(raw[at + 1]) : std::string_view::npos;
    if (name != std::string_view::npos) {
      text += kValues[name];
      at += 2;
    } else if (raw.substr(at, 2) == "\\u" && HexAt(raw, at + 2, 4) >= 0) {
      at = DecodeUnicode(raw, at, text);
    } else {
      const std::size_t length = Utf8Length(raw, at);
      text += length == 0 ? kReplacementCharacter : raw.substr(at, length);
      at += std::max<std::size_t>(length, 1);
    }
  }
  return text;
}

NodeType TypeOf(std::string_view name) {
  if (name == "string") return NodeType::String;
  if (name == "object") return NodeType::Object;
  if (name == "array") return NodeType::Array;
  if (name == "number") return NodeType::Number;
  if (name == "true" || name == "false") return NodeType::Bool;
  return name == "null" ? NodeType::Null : NodeType::Missing;
}

/// Walks the syntax tree; the check bounds its depth.
class Builder {
 public:
  Builder(const Source& source, Document& document, TSNode root)
      : source_(source), document_(document), cursor_(ts_tree_cursor_new(root)) {}
  ~Builder() { ts_tree_cursor_delete(&cursor_); }
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  void Run() {
    ForEachChild(&cursor_, [&](TSNode node) {
      if (document_.root.Is(NodeType::Missing)) document_.root = Value(node);
    });
  }

 private:
  Span Of(TSNode node) const {
    const auto size = static_cast<std::uint32_t>(source_.text.size());
    return {&source_, std::min(ts_node_start_byte(node), size),
            std::min(ts_node_end_byte(node), size)};
  }

  Node Value(TSNode node) {
    Node value;
    value.type = ts_node_is_missing(node) ? NodeType::Missing : TypeOf(ts_node_type(node));
    if (value.Is(NodeType::Missing)) return value;
    value.span = Of(node);
    if (value.Is(NodeType::Object)) {
      Members(value);
    } else if (value.Is(NodeType::Array)) {
      ForEachChild(&cursor_, [&](TSNode child) {
        Node item = Value(child);
        if (!item.Is(NodeType::Missing)) value.items.push_back(std::move(item));
      });
    } else {
      value.word = Scalar(value);
    }
    return value;
  }

  Word Scalar(const Node& value) const {
    Span inside = value.span;
    if (!value.Is(NodeType::String)) return {std::string(inside.Text()), inside, {}, -1};
    const std::string_view text = inside.Text();
    const char quote = text.empty() ? '\0' : text.front();
    // The check makes strings of bare words, too.
    if (quote == '"' || quote == '\'') {
      ++inside.begin;
      if (text.size() > 1 && text.back() == quote) --inside.end;
    }
    return {Decode(inside.Text()), inside, {}, -1};
  }

  void Members(Node& object) {
    std::unordered_map<std::string, Span> seen;
    ForEachChild(&cursor_, [&](TSNode child) {
      if (std::string_view(ts_node_type(child)) == "pair") AddMember(object, seen);
    });
  }

  void AddMember(Node& object, std::unordered_map<std::string, Span>& seen) {
    Member member;
    bool have_key = false;
    ForEachChild(&cursor_, [&](TSNode part) {
      Node piece = Value(part);
      if (piece.Is(NodeType::Missing)) return;
      if (have_key) {
        member.value = std::move(piece);
      } else {
        member.key = std::move(piece.word);
        have_key = true;
      }
    });
    if (!have_key) return;
    const auto [first, is_new] = seen.try_emplace(member.key.text, member.key.span);
    if (!is_new) {
      document_.duplicates.push_back({first->second, member.key.span, member.key.text});
      first->second = member.key.span;
    }
    object.members.push_back(std::move(member));
  }

  const Source& source_;
  Document& document_;
  TSTreeCursor cursor_;
};

}  // namespace

Document ParseJson(const Source& source) {
  Document document;
  const std::string text = CheckJson(source, document);
  if (text.empty()) return document;
  const SyntaxTree tree = ParseTree(tree_sitter_json(), text, Nesting::Bounded);
  if (tree == nullptr) {
    const Span all{&source, 0, static_cast<std::uint32_t>(source.text.size())};
    document.problems.push_back({FirstLine(all), "taking it apart lasts too long"});
    return document;
  }
  const TSNode root = ts_tree_root_node(tree.get());
  Builder(source, document, root).Run();
  if (document.Ok() && ts_node_has_error(root)) {
    document.problems.push_back({document.root.span, "this is no JSON"});
  }
  return document;
}

}  // namespace sandlint
