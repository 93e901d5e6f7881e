// The reader of TinyScheme with Apple's `#"…"` strings: `;` comments, lists, quotes, atoms.

#include "scanner/parse/sbpl.h"

#include <algorithm>
#include <string>
#include <utility>

namespace sandlint {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\f\v";
/// How much of a list stands in its word: enough to name it.
constexpr std::size_t kMaxShown = 80;
constexpr std::string_view kEndsAtom = "() \t\r\n\f\v\";'`,";

class SbplReader {
 public:
  explicit SbplReader(const Word& text)
      : word_(text), text_(text.text), exact_(text.span && text.span.Text() == text.text) {}

  SbplText Run() {
    // One open list on the stack for each level; the bottom takes the forms.
    open_.emplace_back();
    starts_.push_back(0);
    while (ok_) {
      SkipBlanks();
      if (at_ >= text_.size()) break;
      if (++values_ > kMaxSbplValues) {
        Fail(at_, "it holds too many values");
        break;
      }
      Value();
    }
    if (ok_ && open_.size() > 1) Fail(starts_.back(), "a list is not closed");
    if (ok_ && quoted_ > 0) Fail(text_.size(), "nothing stands behind a quote");
    return {std::move(open_.front().items), std::move(problems_)};
  }

 private:
  void SkipBlanks() {
    while (at_ < text_.size()) {
      if (text_[at_] == ';') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (kBlanks.find(text_[at_]) != std::string_view::npos) {
        ++at_;
      } else {
        return;
      }
    }
  }

  void Value() {
    const char c = text_[at_];
    if (c == '(') {
      if (open_.size() > kMaxSbplDepth) return Fail(at_, "its lists nest too deep");
      open_.emplace_back();
      open_.back().type = quoted_ > 0 ? SbplType::Quoted : SbplType::List;
      quoted_ = 0;
      starts_.push_back(at_++);
    } else if (c == ')') {
      if (open_.size() == 1) return Fail(at_, "a bracket closes no list");
      ++at_;
      SbplValue list = std::move(open_.back());
      open_.pop_back();
      list.word = Piece(starts_.back(), at_ - starts_.back(), kMaxShown);
      starts_.pop_back();
      open_.back().items.push_back(std::move(list));
    } else if (c == '\'' || c == '`' || c == ',') {
      ++at_;
      ++quoted_;
    } else if (c == '"') {
      String(at_ + 1, false);
    } else if (c == '#' && text_.substr(at_, 2) == "#\"") {
      String(at_ + 2, true);
    } else {
      Atom();
    }
  }

  void Atom() {
    const std::size_t end = std::min(text_.find_first_of(kEndsAtom, at_ + 1), text_.size());
    const std::string_view atom = text_.substr(at_, end - at_);
    const bool boolean = atom == "#t" || atom == "#f";
    if (atom.front() == '#' && !boolean) return Fail(at_, "this use of # is not known");
    Add(boolean ? SbplType::Bool : SbplType::Symbol, Piece(at_, end - at_));
    at_ = end;
  }

  void String(std::size_t begin, bool raw) {
    std::string decoded;
    std::size_t end = begin;
    for (; end < text_.size() && text_[end] != '"'; ++end) {
      if (text_[end] != '\\' || end + 1 >= text_.size()) {
        decoded += text_[end];
        continue;
      }
      const char escaped = text_[++end];
      // A pattern keeps its backslashes, and only a quote can be escaped in it.
      if (raw && escaped != '"') decoded += '\\';
      decoded += !raw && escaped == 'n' ? '\n' : !raw && escaped == 't' ? '\t' : escaped;
    }
    if (end >= text_.size()) return Fail(at_, "a string is not closed");
    Word word = Piece(begin, end - begin);
    word.text = std::move(decoded);
    Add(raw ? SbplType::Raw : SbplType::String, std::move(word));
    at_ = end + 1;
  }

  void Add(SbplType type, Word word) {
    SbplValue value;
    value.type = type;
    value.word = std::move(word);
    if (quoted_ > 0) {
      SbplValue quoted;
      quoted.type = SbplType::Quoted;
      quoted.word = value.word;
      quoted.items.push_back(std::move(value));
      value = std::move(quoted);
      quoted_ = 0;
    }
    open_.back().items.push_back(std::move(value));
  }

  void Fail(std::size_t at, const char* why) {
    ok_ = false;
    problems_.push_back({Piece(at, at < text_.size() ? 1 : 0).span, why});
  }

  /// The bytes from `at` on as a word of their own, at most `shown` of them in its text.
  Word Piece(std::size_t at, std::size_t length, std::size_t shown = std::string::npos) const {
    Word piece;
    if (!word_.holes.empty()) {
      piece = Part(word_, at, std::min(length, shown));
    } else {
      piece.text = text_.substr(at, std::min(length, shown));
      piece.argv_index = word_.argv_index;
      piece.span = word_.span;
    }
    if (exact_) {
      piece.span.begin = word_.span.begin + static_cast<std::uint32_t>(at);
      piece.span.end = piece.span.begin + static_cast<std::uint32_t>(length);
    }
    return piece;
  }

  const Word& word_;
  std::string_view text_;
  bool exact_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
  int quoted_ = 0;
  bool ok_ = true;
  std::vector<SbplValue> open_;
  std::vector<std::size_t> starts_;
  std::vector<ParseProblem> problems_;
};

}  // namespace

SbplText ParseSbpl(const Word& text) { return SbplReader(text).Run(); }

}  // namespace sandlint
