// TOML, read by toml++: its tables are sorted, so members are put back in the order of their
// places.

// toml++ 3.3 takes for granted that a key follows `[[` (`[[[` breaks that): what it asserts must
// end the parse, in every build.
namespace sandlint {
struct BrokenAssumption {};
[[noreturn]] static void ThrowBrokenAssumption() { throw BrokenAssumption{}; }
}  // namespace sandlint
#undef NDEBUG
#define TOML_ASSERT(expr) \
  (static_cast<bool>(expr) ? static_cast<void>(0) : ::sandlint::ThrowBrokenAssumption())
// The shared library of toml++ throws on every error; header-only it returns what went wrong.
#undef TOML_SHARED_LIB
#undef TOML_HEADER_ONLY
#define TOML_HEADER_ONLY 1
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

#include "scanner/parse/node.h"
#include "scanner/parse/unicode.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{4} << 20;
constexpr std::size_t kMaxDepth = 256;
/// `a.b.c…` makes one table a dot, and toml++ 3.3 sets no bound.
constexpr std::size_t kMaxDots = 64;
constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

/// The end of the string that opens at `at`.
std::size_t EndOfString(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const std::string three(3, quote);
  const bool lines = text.substr(at, 3) == three;
  for (std::size_t i = at + (lines ? 3 : 1); i < text.size(); ++i) {
    if (text[i] == '\\' && quote == '"') {
      ++i;
    } else if (lines ? text.substr(i, 3) == three : text[i] == quote || text[i] == '\n') {
      return i + (lines ? 3 : 1);
    }
  }
  return text.size();
}

/// Where a key or header has more dots than is read; kNone when none has.
std::size_t TooManyDots(std::string_view text) {
  std::size_t dots = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else if (c == '"' || c == '\'') {
      at = EndOfString(text, at);
    } else {
      if (c == '.' && ++dots > kMaxDots) return at;
      if (std::string_view("=,[]{}\n").find(c) != std::string_view::npos) dots = 0;
      ++at;
    }
  }
  return kNone;
}

class Builder {
 public:
  Builder(const Source& source, Document& document) : source_(source), document_(document) {
    const std::string_view text = source_.text;
    lines_.push_back(text.starts_with(kUtf8Mark) ? kUtf8Mark.size() : 0);
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '\n') lines_.push_back(at + 1);
    }
  }

  void Build(const toml::table& table) { document_.root = Value(table, 0); }

  Span At(const toml::source_position& begin, const toml::source_position& end) const {
    const std::size_t from = Offset(begin);
    return {&source_, static_cast<std::uint32_t>(from),
            static_cast<std::uint32_t>(std::max(from, Offset(end)))};
  }

 private:
  /// toml++ counts lines and code points from 1.
  std::size_t Offset(const toml::source_position& position) const {
    const std::size_t line = std::clamp<std::size_t>(position.line, 1, lines_.size());
    std::size_t at = lines_[line - 1];
    for (std::uint32_t column = 1; column < position.column && at < source_.text.size(); ++column) {
      at += std::max<std::size_t>(Utf8Length(source_.text, at), 1);
    }
    return std::min(at, source_.text.size());
  }

  Node Value(const toml::node& toml, std::size_t depth) {
    Node node;
    node.span = At(toml.source().begin, toml.source().end);
    if (depth > kMaxDepth) {
      if (document_.Ok()) document_.problems.push_back({node.span, "nested too deep"});
      return node;
    }
    if (const toml::table* table = toml.as_table()) {
      node.type = NodeType::Object;
      Members(node, *table, depth);
    } else if (const toml::array* array = toml.as_array()) {
      node.type = NodeType::Array;
      for (const toml::node& item : *array) node.items.push_back(Value(item, depth + 1));
    } else {
      Scalar(node, toml);
    }
    return node;
  }

  void Members(Node& node, const toml::table& table, std::size_t depth) {
    for (const auto& [key, value] : table) {
      Member member;
      member.key = {
          std::string(key.str()), Inside(At(key.source().begin, key.source().end)), {}, -1};
      member.value = Value(value, depth + 1);
      node.members.push_back(std::move(member));
    }
    std::ranges::stable_sort(node.members, {}, [](const Member& m) { return m.key.span.begin; });
  }

  void Scalar(Node& node, const toml::node& toml) {
    node.word.span = node.span;
    if (const auto text = toml.value_exact<std::string>()) {
      node.type = NodeType::String;
      node.word.text = *text;
      node.word.span = Inside(node.span);
      return;
    }
    node.word.text = node.span.Text();
    node.type = toml.is_boolean()  ? NodeType::Bool
                : toml.is_number() ? NodeType::Number
                                   : NodeType::String;  // dates and times, as they are written
  }

  /// Without the quotes.
  static Span Inside(Span span) {
    const std::string_view text = span.Text();
    if (text.empty() || (text.front() != '"' && text.front() != '\'')) return span;
    const std::string three(3, text.front());
    const std::uint32_t quotes = text.size() >= 6 && text.starts_with(three) ? 3 : 1;
    if (text.size() < 2 * quotes) return span;
    span.begin += quotes;
    span.end -= quotes;
    return span;
  }

  const Source& source_;
  Document& document_;
  std::vector<std::size_t> lines_;
};

/// What toml++ says, without the parts that repeat the text: they could hold a secret.
std::string ClauseOf(const toml::parse_error& error) {
  std::string_view text = error.description();
  text = text.substr(0, text.find('\''));
  text = text.substr(0, text.find(", saw"));
  while (text.ends_with(' ') || text.ends_with(';') || text.ends_with(',')) text.remove_suffix(1);
  return text.empty() ? "this is no TOML" : fmt::format("this is no TOML: {}", text);
}

void Read(const Source& source, Document& document) {
  Builder builder(source, document);
  const toml::parse_result result = toml::parse(std::string_view(source.text));
  if (result) {
    builder.Build(result.table());
    return;
  }
  const toml::source_region& where = result.error().source();
  Span span = builder.At(where.begin, where.end);
  const auto size = static_cast<std::uint32_t>(source.text.size());
  if (span.begin == span.end && span.end < size) ++span.end;
  document.problems.push_back({span, ClauseOf(result.error())});
}

}  // namespace

Document ParseToml(const Source& source) {
  Document document;
  const auto fail = [&](std::size_t at, std::string text) {
    const auto begin = static_cast<std::uint32_t>(std::min(at, source.text.size()));
    const auto end = static_cast<std::uint32_t>(std::min(at + 1, source.text.size()));
    document.problems.push_back({{&source, begin, end}, std::move(text)});
  };
  if (source.text.size() > kMaxBytes) {
    fail(0, "the file is too large");
    return document;
  }
  if (const std::size_t invalid = FirstInvalidUtf8(source.text); invalid != std::string::npos) {
    fail(invalid, "the file is not UTF-8");
    return document;
  }
  if (const std::size_t dots = TooManyDots(source.text); dots != kNone) {
    fail(dots, fmt::format("a key of more than {} parts", kMaxDots));
    return document;
  }
  try {
    Read(source, document);
  } catch (const BrokenAssumption&) {
    fail(0, "this is no TOML");
  }
  return document;
}

}  // namespace sandlint
