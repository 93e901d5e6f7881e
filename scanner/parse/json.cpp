// JSON through tree-sitter-json, which accepts comments and recovers from errors. What a strict
// client would not accept is listed with its place: RFC 8259 is the yardstick, JSON.parse of node
// the oracle.

#include <fmt/format.h>
#include <tree_sitter/api.h>

#include <algorithm>
#include <array>
#include <memory>
#include <unordered_map>

#include "scanner/parse/node.h"

extern "C" const TSLanguage* tree_sitter_json();

namespace sandlint {
namespace {

constexpr std::size_t kMaxDepth = 512;
constexpr std::size_t kMaxProblems = 20;

struct ParserDeleter {
  void operator()(TSParser* parser) const { ts_parser_delete(parser); }
  void operator()(TSTree* tree) const { ts_tree_delete(tree); }
};

Span At(const Source& source, std::size_t begin, std::size_t end) {
  return {&source, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

/// One linear pass over the text before the grammar sees it: encoding, depth, comments and trailing
/// commas (blanked, so that offsets stay), strings that are not closed.
class Scanner {
 public:
  Scanner(const Source& source, Document& document)
      : source_(source), document_(document), text_(source.text) {}

  /// The text for the grammar; empty when there is no use in going on.
  std::string Run() {
    if (!CheckEncoding()) return {};
    blanked_ = text_;
    if (text_.starts_with("\xEF\xBB\xBF")) {
      document_.extensions.push_back({Extension::ByteOrderMark, At(source_, 0, 3)});
      blanked_.replace(0, 3, "   ");
      at_ = 3;
    }
    while (at_ < text_.size() && ok_) Step();
    if (!ok_) return {};
    if (!open_.empty()) {
      Problem(open_.back(), open_.back() + 1,
              text_[open_.back()] == '{' ? "the file ends inside this object"
                                         : "the file ends inside this array");
    }
    return std::move(blanked_);
  }

 private:
  void Problem(std::size_t begin, std::size_t end, std::string text) {
    document_.problems.push_back({At(source_, begin, end), std::move(text)});
  }

  bool Fail(std::size_t begin, std::string text) {
    Problem(begin, std::min(begin + 1, text_.size()), std::move(text));
    ok_ = false;
    return false;
  }

  bool CheckEncoding() {
    if (text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF")) {
      return Fail(0, "the file is UTF-16; JSON is UTF-8");
    }
    const std::size_t nul = text_.find('\0');
    if (nul != std::string_view::npos) {
      return Fail(nul, nul < 4 ? "the file is UTF-16 or UTF-32; JSON is UTF-8" : "a NUL byte");
    }
    if (text_.find_first_not_of(" \t\r\n\xEF\xBB\xBF") == std::string_view::npos) {
      return Fail(0, "the file is empty");
    }
    return true;
  }

  void Step() {
    const char c = text_[at_];
    switch (c) {
      case '"':
        String();
        return;
      case '/':
        Comment();
        return;
      case '{':
      case '[':
        comma_ = std::string_view::npos;
        if (open_.size() >= kMaxDepth) {
          Fail(at_, "nested deeper than 512 levels");
          return;
        }
        open_.push_back(at_);
        break;
      case '}':
      case ']':
        if (comma_ != std::string_view::npos) {
          document_.extensions.push_back(
              {Extension::TrailingComma, At(source_, comma_, comma_ + 1)});
          blanked_[comma_] = ' ';
        }
        comma_ = std::string_view::npos;
        if (!open_.empty()) open_.pop_back();
        break;
      case ',':
        // `[,]` is no trailing comma: something must stand before it.
        comma_ = after_value_ ? at_ : std::string_view::npos;
        break;
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        ++at_;
        return;
      default:
        comma_ = std::string_view::npos;
    }
    after_value_ = c != ',' && c != '{' && c != '[' && c != ':';
    ++at_;
  }

  void String() {
    const std::size_t begin = at_++;
    comma_ = std::string_view::npos;
    after_value_ = true;
    while (at_ < text_.size() && text_[at_] != '"') {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '\n' || c == '\r') break;
      if (c < 0x20) Control(at_);
      if (c == '\\') {
        Escape(at_);
        ++at_;
      }
      ++at_;
    }
    if (at_ >= text_.size() || text_[at_] != '"') {
      Problem(begin, std::min(at_, text_.size()), "a string is not closed");
      return;
    }
    ++at_;
  }

  void Control(std::size_t at) { Problem(at, at + 1, "a control character inside a string"); }

  void Escape(std::size_t at) {
    if (at + 1 >= text_.size()) return;
    const char c = text_[at + 1];
    if (c == 'u') {
      const std::string_view digits = text_.substr(at + 2, 4);
      if (digits.size() == 4 && digits.find_first_not_of("0123456789abcdefABCDEF") == digits.npos) {
        return;
      }
    } else if (std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos) {
      return;
    }
    Problem(at, at + 2, "an escape that JSON does not know");
  }

  void Comment() {
    const std::size_t begin = at_;
    std::size_t end = std::string_view::npos;
    if (text_.substr(at_, 2) == "//") end = std::min(text_.find('\n', at_), text_.size());
    if (text_.substr(at_, 2) == "/*") {
      end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) {
        Fail(begin, "a comment is not closed");
        return;
      }
      end += 2;
    }
    if (end == std::string_view::npos) {
      ++at_;
      return;
    }
    document_.extensions.push_back({Extension::Comment, At(source_, begin, end)});
    for (std::size_t i = begin; i < end; ++i) {
      if (blanked_[i] != '\n' && blanked_[i] != '\r') blanked_[i] = ' ';
    }
    at_ = end;
  }

  const Source& source_;
  Document& document_;
  std::string_view text_;
  std::string blanked_;
  std::size_t at_ = 0;
  std::vector<std::size_t> open_;
  std::size_t comma_ = std::string_view::npos;
  bool after_value_ = false;
  bool ok_ = true;
};

void AppendUtf8(std::string& text, std::uint32_t code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | (code >> 6));
    text += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0 | (code >> 12));
    text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    text += static_cast<char>(0xF0 | (code >> 18));
    text += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
  }
}

std::uint32_t Hex4(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char c : digits) {
    value = value * 16 + static_cast<std::uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return value;
}

bool IsHex4(std::string_view text, std::size_t at) {
  return at + 4 <= text.size() &&
         text.substr(at, 4).find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

/// The text between the quotes with its escapes undone; an unknown escape stands as written.
std::string Decode(std::string_view raw) {
  if (raw.find('\\') == std::string_view::npos) return std::string(raw);
  std::string text;
  for (std::size_t at = 0; at < raw.size(); ++at) {
    if (raw[at] != '\\' || at + 1 >= raw.size()) {
      text += raw[at];
      continue;
    }
    const char c = raw[++at];
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
    if (const std::size_t index = kNames.find(c); index != std::string_view::npos) {
      text += kValues[index];
    } else if (c == 'u' && IsHex4(raw, at + 1)) {
      std::uint32_t code = Hex4(raw.substr(at + 1, 4));
      at += 4;
      const bool high = code >= 0xD800 && code < 0xDC00;
      if (high && raw.substr(at + 1, 2) == "\\u" && IsHex4(raw, at + 3)) {
        const std::uint32_t low = Hex4(raw.substr(at + 3, 4));
        if (low >= 0xDC00 && low < 0xE000) {
          code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
          at += 6;
        }
      }
      AppendUtf8(text, code >= 0xD800 && code < 0xE000 ? 0xFFFD : code);
    } else {
      text += '\\';
      text += c;
    }
  }
  return text;
}

/// -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
bool IsNumber(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - start;
  };
  const bool zero = at < text.size() && text[at] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] | 0x20) == 'e') {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

/// Walks the syntax tree; recursion is bounded by kMaxDepth.
class Builder {
 public:
  Builder(const Source& source, Document& document) : source_(source), document_(document) {}

  void Run(TSNode root) {
    bool have_value = false;
    ForEachChild(root, [&](TSNode child) {
      Node node = Value(child);
      if (node.Is(NodeType::Missing)) return;
      if (have_value) {
        Problem(child, "a second value after the end of the first");
        return;
      }
      document_.root = std::move(node);
      have_value = true;
    });
  }

 private:
  template <typename Visit>
  void ForEachChild(TSNode node, Visit visit) {
    TSTreeCursor cursor = ts_tree_cursor_new(node);
    if (ts_tree_cursor_goto_first_child(&cursor)) {
      do {
        visit(ts_tree_cursor_current_node(&cursor));
      } while (ts_tree_cursor_goto_next_sibling(&cursor));
    }
    ts_tree_cursor_delete(&cursor);
  }

  Span Of(TSNode node) const {
    return At(source_, ts_node_start_byte(node), ts_node_end_byte(node));
  }

  void Problem(TSNode node, std::string text) {
    if (document_.problems.size() >= kMaxProblems) return;
    document_.problems.push_back({Of(node), std::move(text)});
  }

  /// ERROR and MISSING nodes, wherever they stand.
  bool Broken(TSNode node) {
    if (ts_node_is_missing(node)) {
      Problem(node, fmt::format("a '{}' is missing", ts_node_type(node)));
      return true;
    }
    if (std::string_view(ts_node_type(node)) != "ERROR") return false;
    const std::string_view text = Of(node).Text();
    Problem(node, text == "," ? "a comma with no value before it" : "this is no JSON");
    return true;
  }

  Node Value(TSNode node) {
    Node value;
    if (Broken(node)) return value;
    const std::string_view type = ts_node_type(node);
    value.span = Of(node);
    if (type == "object")
      Object(node, value);
    else if (type == "array")
      Array(node, value);
    else if (type == "string")
      String(node, value);
    else if (type == "number")
      Scalar(node, value, NodeType::Number);
    else if (type == "true" || type == "false")
      Scalar(node, value, NodeType::Bool);
    else if (type == "null")
      Scalar(node, value, NodeType::Null);
    return value;
  }

  void Object(TSNode node, Node& value) {
    value.type = NodeType::Object;
    std::unordered_map<std::string, Span> keys;
    ForEachChild(node, [&](TSNode child) {
      if (Broken(child) || std::string_view(ts_node_type(child)) != "pair") return;
      Member member;
      bool have_key = false;
      ForEachChild(child, [&](TSNode part) {
        Node piece = Value(part);
        if (piece.Is(NodeType::Missing)) return;
        if (!have_key) {
          if (!piece.Is(NodeType::String)) Problem(part, "a key must be a string");
          member.key = piece.word;
          have_key = true;
        } else {
          member.value = std::move(piece);
        }
      });
      if (!have_key) return;
      const auto [first, is_new] = keys.try_emplace(member.key.text, member.key.span);
      if (!is_new) {
        document_.duplicates.push_back({first->second, member.key.span, member.key.text});
        first->second = member.key.span;
      }
      value.members.push_back(std::move(member));
    });
  }

  void Array(TSNode node, Node& value) {
    value.type = NodeType::Array;
    ForEachChild(node, [&](TSNode child) {
      Node item = Value(child);
      if (!item.Is(NodeType::Missing)) value.items.push_back(std::move(item));
    });
  }

  void String(TSNode node, Node& value) {
    value.type = NodeType::String;
    Span inside = value.span;
    if (inside.end - inside.begin >= 2) {
      ++inside.begin;
      --inside.end;
    }
    value.word = {Decode(inside.Text()), inside, {}, -1};
    ForEachChild(node, [&](TSNode child) { Broken(child); });
  }

  void Scalar(TSNode node, Node& value, NodeType type) {
    value.type = type;
    value.word = {std::string(value.span.Text()), value.span, {}, -1};
    if (type == NodeType::Number && !IsNumber(value.word.text)) Problem(node, "not a JSON number");
  }

  const Source& source_;
  Document& document_;
};

}  // namespace

Document ParseJson(const Source& source) {
  Document document;
  const std::string text = Scanner(source, document).Run();
  if (text.empty()) return document;
  static thread_local const std::unique_ptr<TSParser, ParserDeleter> kParser = [] {
    std::unique_ptr<TSParser, ParserDeleter> parser(ts_parser_new());
    ts_parser_set_language(parser.get(), tree_sitter_json());
    return parser;
  }();
  const std::unique_ptr<TSTree, ParserDeleter> tree(ts_parser_parse_string(
      kParser.get(), nullptr, text.data(), static_cast<std::uint32_t>(text.size())));
  if (tree != nullptr) Builder(source, document).Run(ts_tree_root_node(tree.get()));
  return document;
}

}  // namespace sandlint
