// Is this JSON, and if not, where does it stop being JSON? The grammar of tree-sitter is more
// generous than RFC 8259 (`1.`, form feeds, several values) and says no more than ERROR; so a
// pass over the tokens comes first. JSON.parse of node is the oracle (tests/parse).

#include "scanner/parse/json_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "scanner/parse/unicode.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxProblems = 20;
constexpr std::string_view kBlank = " \t\r\n";

/// What may come next.
enum class Expect : std::uint8_t {
  Value,      ///< at the start, or after a ':'
  ItemOrEnd,  ///< after '['
  Item,       ///< after a comma in an array
  KeyOrEnd,   ///< after '{'
  Key,        ///< after a comma in an object
  Colon,      ///< after a key
  After,      ///< after a value in an array or an object
  Nothing,    ///< after the value of the whole text
};
enum class Token : std::uint8_t { Text, Other, Comma, Colon, Close };

constexpr const char* kFine = nullptr;
constexpr const char* kNoValue = "a value is missing before this";
constexpr const char* kNoMember = "a member is missing before this";
constexpr const char* kNoKey = "a key is missing before this";
constexpr const char* kBareKey = "a key must be a string in double quotes";
constexpr const char* kNoColon = "a ':' is missing before this";
constexpr const char* kNoComma = "a comma is missing before this";
constexpr const char* kLateColon = "a ':' where a comma or a closing bracket is due";
constexpr const char* kSecond = "a second value after the end of the first";
constexpr const char* kRest = "text after the end of the value";

/// What is wrong with a token, by what was expected: Text, Other, Comma, Colon, Close. A closing
/// bracket after a comma is an extension and no problem here.
constexpr const char* kClauses[][5] = {
    {kFine, kFine, kNoValue, kNoValue, kNoValue},                              // Value
    {kFine, kFine, kNoValue, kNoValue, kFine},                                 // ItemOrEnd
    {kFine, kFine, kNoValue, kNoValue, kFine},                                 // Item
    {kFine, kBareKey, kNoMember, kNoKey, kFine},                               // KeyOrEnd
    {kFine, kBareKey, kNoMember, kNoKey, kFine},                               // Key
    {kNoColon, kNoColon, "a ':' and a value are missing before this", kFine,   // Colon
     "a ':' and a value are missing before this"},                             //
    {kNoComma, kNoComma, kFine, kLateColon, kFine},                            // After
    {kSecond, kSecond, kRest, kRest, "a closing bracket that closes nothing"}  // Nothing
};

/// Words that people write for JSON values.
struct BareWord {
  std::string_view word;
  const char* clause;
};
constexpr auto kBareWords = std::to_array<BareWord>({
    {"NaN", "NaN is no JSON value"},
    {"Infinity", "Infinity is no JSON value"},
    {"-Infinity", "Infinity is no JSON value"},
    {"undefined", "undefined is no JSON value"},
    {"True", "True is no JSON value: write true"},
    {"False", "False is no JSON value: write false"},
    {"None", "None is no JSON value: write null"},
});

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

/// The clause for a word outside of quotes, or nothing when it is a JSON value. The word itself is
/// never repeated: it could be a secret.
const char* JudgeBare(std::string_view word) {
  if (word == "true" || word == "false" || word == "null" || IsNumber(word)) return kFine;
  const auto row = std::ranges::find(kBareWords, word, &BareWord::word);
  if (row != kBareWords.end()) return row->clause;
  if (word.find('\0') != std::string_view::npos) return "a NUL byte";
  if (word.front() == '\'') return "a string in single quotes that are not closed";
  const auto first = static_cast<unsigned char>(word.front());
  const bool numeric = word.find_first_of("0123456789") <= 1 && !(first >= 'A');
  if (numeric) return "this is not how JSON writes a number";
  if (first < 0x20 || first >= 0x7F) return "a character that JSON does not allow here";
  return "a value must be a string in double quotes, a number, true, false or null";
}

class Checker {
 public:
  Checker(const Source& source, Document& document)
      : source_(source), document_(document), text_(source.text) {}

  std::string Run() {
    if (!CheckEncoding()) return {};
    copy_ = text_;
    if (text_.starts_with(kUtf8Mark)) {
      document_.extensions.push_back({Extension::ByteOrderMark, Make(0, 3)});
      at_ = 3;
      Blank(0, at_);
    }
    while (at_ < text_.size() && go_on_) Step();
    if (go_on_) Finish();
    const bool too_long = !document_.Ok() && text_.size() > kMaxRecoveredBytes;
    if (!go_on_ || too_long) return {};
    return std::move(copy_);
  }

 private:
  Span Make(std::size_t begin, std::size_t end) const {
    return {&source_, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  }

  void Problem(std::size_t begin, std::size_t end, std::string clause) {
    if (document_.problems.size() >= kMaxProblems) return;
    document_.problems.push_back({Make(begin, end), std::move(clause)});
  }

  void Stop(std::size_t begin, std::string clause) {
    Problem(begin, std::min(begin + 1, text_.size()), std::move(clause));
    go_on_ = false;
  }

  void Blank(std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end; ++at) {
      if (copy_[at] != '\n' && copy_[at] != '\r') copy_[at] = ' ';
    }
  }

  bool CheckEncoding() {
    const bool wide = text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF") ||
                      text_.substr(0, 4).find('\0') != std::string_view::npos;
    if (wide) Stop(0, "the file is UTF-16 or UTF-32; JSON is UTF-8");
    return !wide;
  }

  void Step() {
    const char c = text_[at_];
    if (kBlank.find(c) != std::string_view::npos) {
      ++at_;
    } else if (c == '"') {
      String();
    } else if (c == '{' || c == '[') {
      Open();
    } else if (c == '}' || c == ']') {
      Close();
    } else if (c == ',') {
      Accept(Token::Comma, at_, at_ + 1);
      ++at_;
    } else if (c == ':') {
      Accept(Token::Colon, at_, at_ + 1);
      ++at_;
    } else if (c == '/' && AtComment()) {
      Comment();
    } else if (c == '\'') {
      SingleQuoted();
    } else {
      Bare();
    }
  }

  /// Says what is wrong with a token at this place, and what may come after it.
  void Accept(Token token, std::size_t begin, std::size_t end) {
    const char* clause = kClauses[static_cast<int>(expect_)][static_cast<int>(token)];
    if (clause != kFine) Problem(begin, end, clause);
    const bool value = token == Token::Text || token == Token::Other;
    if (clause == kNoComma) AddComma(begin);
    if (expect_ == Expect::Nothing || (clause != kFine && token == Token::Close)) return;
    if (token == Token::Comma) {
      comma_ = begin;
      expect_ = InObject() ? Expect::Key : Expect::Item;
      if (clause != kFine) comma_ = std::string_view::npos;
    } else if (token == Token::Colon) {
      if (InObject()) expect_ = Expect::Value;
    } else if (value && IsKeyPlace()) {
      expect_ = Expect::Colon;
    } else if (value) {
      expect_ = open_.empty() ? Expect::Nothing : Expect::After;
    }
    if (value) CountValue(begin);
  }

  void CountValue(std::size_t begin) {
    if (++values_ > kMaxJsonValues) Stop(begin, "more values than sandlint reads in one file");
  }

  bool InObject() const { return !open_.empty() && text_[open_.back()] == '{'; }
  bool IsKeyPlace() const {
    return expect_ == Expect::Key || expect_ == Expect::KeyOrEnd ||
           (expect_ == Expect::After && InObject());
  }

  /// Puts a missing comma where blank space leaves room for it, so that the grammar reads on.
  void AddComma(std::size_t before) {
    if (before > 0 && copy_[before - 1] == ' ') copy_[before - 1] = ',';
  }

  void Open() {
    if (open_.size() >= kMaxJsonDepth) {
      Stop(at_, fmt::format("nested deeper than {} levels", kMaxJsonDepth));
      return;
    }
    Accept(Token::Other, at_, at_ + 1);
    expect_ = text_[at_] == '{' ? Expect::KeyOrEnd : Expect::ItemOrEnd;
    open_.push_back(at_++);
  }

  void Close() {
    const char opener = text_[at_] == '}' ? '{' : '[';
    Accept(Token::Close, at_, at_ + 1);
    const bool trailing = expect_ == Expect::Item || expect_ == Expect::Key;
    if (trailing && comma_ != std::string_view::npos) {
      document_.extensions.push_back({Extension::TrailingComma, Make(comma_, comma_ + 1)});
      copy_[comma_] = ' ';
    }
    if (!open_.empty()) {
      if (text_[open_.back()] != opener) {
        Problem(at_, at_ + 1,
                fmt::format("a '{}' is missing before this", text_[at_] == '}' ? ']' : '}'));
      }
      open_.pop_back();
      expect_ = open_.empty() ? Expect::Nothing : Expect::After;
    }
    ++at_;
  }

  bool AtComment() const {
    const std::string_view start = text_.substr(at_, 2);
    return start == "//" || start == "/*";
  }

  void Comment() {
    std::size_t end = 0;
    if (text_[at_ + 1] == '/') {
      end = std::min(text_.find_first_of("\r\n", at_), text_.size());
    } else {
      end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) {
        Stop(at_, "a comment is not closed");
        return;
      }
      end += 2;
    }
    document_.extensions.push_back({Extension::Comment, Make(at_, end)});
    Blank(at_, end);
    at_ = end;
  }

  void String() {
    const std::size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != '"') {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '\n' || c == '\r') break;
      if (c == '\\') {
        Escape();
      } else if (c < 0x20 || c >= 0x80) {
        Character(c);
      } else {
        ++at_;
      }
    }
    const bool closed = at_ < text_.size() && text_[at_] == '"';
    Accept(Token::Text, begin, std::min(at_ + (closed ? 1 : 0), text_.size()));
    if (closed) {
      ++at_;
      return;
    }
    Problem(begin, at_, "a string is not closed");
    if (at_ < text_.size()) {
      copy_[at_++] = '"';
    } else {
      copy_ += '"';
    }
  }

  /// A control character, or a sequence that may be broken UTF-8.
  void Character(unsigned char c) {
    const std::size_t length = Utf8Length(text_, at_);
    if (c < 0x20) Problem(at_, at_ + 1, c == 0 ? "a NUL byte" : "a control character in a string");
    if (length == 0) Problem(at_, at_ + 1, "a byte that is not UTF-8");
    if (c < 0x20 || length == 0) copy_[at_] = '?';
    at_ += std::max<std::size_t>(length, 1);
  }

  void Escape() {
    const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\n';
    const bool hex = c == 'u' && HexAt(text_, at_ + 2, 4) >= 0;
    const bool known = hex || std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
    const bool line_end = c == '\n' || c == '\r';
    const std::size_t end = at_ + (hex ? 6 : line_end ? 1 : 2);
    if (!known && !line_end) Problem(at_, end, "an escape that JSON does not have");
    // One plain run of text is one token of the grammar.
    for (; at_ < end; ++at_) {
      const bool plain = static_cast<unsigned char>(text_[at_]) < 0x80;
      if (!plain) break;
      copy_[at_] = '?';
    }
  }

  void SingleQuoted() {
    const std::size_t begin = at_;
    const std::size_t end = text_.find_first_of("'\r\n", begin + 1);
    const bool closed = end != std::string_view::npos && text_[end] == '\'';
    if (!closed) {
      Bare();
      return;
    }
    at_ = end + 1;
    Problem(begin, at_, "a string in single quotes: JSON wants double quotes");
    Accept(Token::Text, begin, at_);
    Quote(begin, at_);
  }

  void Bare() {
    const std::size_t begin = at_++;
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n{}[]:,\"").find(text_[at_]) == std::string_view::npos) {
      if (text_[at_] == '/' && AtComment()) break;
      ++at_;
    }
    const std::string_view word = text_.substr(begin, at_ - begin);
    const bool key = IsKeyPlace() && expect_ != Expect::After;
    const char* clause = JudgeBare(word);
    if (!key && clause != kFine) Problem(begin, at_, clause);
    Accept(Token::Other, begin, at_);
    if (key || clause != kFine) {
      Quote(begin, at_);
    } else if (word.find('+') != std::string_view::npos) {
      // The grammar does not know `1e+5`.
      std::fill(copy_.begin() + static_cast<std::ptrdiff_t>(begin),
                copy_.begin() + static_cast<std::ptrdiff_t>(at_), '1');
    }
  }

  /// Makes a string of `begin` to `end` in the copy, so that the grammar can read on behind it.
  void Quote(std::size_t begin, std::size_t end) {
    const bool room = end - begin >= 2;
    std::fill(copy_.begin() + static_cast<std::ptrdiff_t>(begin),
              copy_.begin() + static_cast<std::ptrdiff_t>(end), room ? '?' : '0');
    if (room) copy_[begin] = copy_[end - 1] = '"';
  }

  /// The end of the file, and the brackets that are still open there.
  void Finish() {
    const std::size_t last = text_.find_last_not_of(kBlank);
    const std::size_t end = last == std::string_view::npos ? 0 : last;
    if (expect_ == Expect::Value && open_.empty()) {
      Problem(end, std::min(end + 1, text_.size()), "the file is empty: there is no JSON value");
      return;
    }
    if (open_.empty()) return;
    const std::size_t opener = open_.back();
    Problem(end, end + 1,
            fmt::format("the file ends inside the {} that is opened on line {}",
                        text_[opener] == '{' ? "object" : "array",
                        PositionOf(source_, static_cast<std::uint32_t>(opener)).line));
    for (; !open_.empty(); open_.pop_back()) copy_ += text_[open_.back()] == '{' ? '}' : ']';
  }

  const Source& source_;
  Document& document_;
  std::string_view text_;
  std::string copy_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
  std::vector<std::size_t> open_;
  std::size_t comma_ = std::string_view::npos;
  Expect expect_ = Expect::Value;
  bool go_on_ = true;
};

}  // namespace

std::string CheckJson(const Source& source, Document& document) {
  std::string text = Checker(source, document).Run();
  std::ranges::stable_sort(document.problems, {},
                           [](const ParseProblem& problem) { return problem.where.begin; });
  return text;
}

}  // namespace sandlint
