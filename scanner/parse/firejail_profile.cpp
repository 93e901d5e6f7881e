// Firejail profiles: one directive a line, `#` starts a comment anywhere, no quoting and no
// continuation. Shape only: what a keyword does is known elsewhere. The man page is silent on
// trailing comments; firejail 0.9.72 cuts them (observed), and reads at most 8191 bytes as one
// line.

#include "scanner/parse/firejail_profile.h"

#include <algorithm>
#include <string_view>

namespace sandlint {
namespace {

constexpr std::size_t kMaxLine = 8191;  // what fgets takes into the tool's buffer of 8192
constexpr std::string_view kBlank = " \t";

bool IsBlank(char c) { return kBlank.find(c) != std::string_view::npos; }

/// The words between `begin` and `end`, with one blank for each run of them.
Word MakeWord(const Source& source, std::size_t begin, std::size_t end) {
  Word word;
  word.span = {&source, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  const std::string_view written = word.span.Text();
  word.text.reserve(written.size());
  for (const char c : written) {
    if (!IsBlank(c)) {
      word.text += c;
    } else if (word.text.empty() || word.text.back() != ' ') {
      word.text += ' ';
    }
  }
  return word;
}

class LineReader {
 public:
  LineReader(const Source& source, std::size_t begin, std::size_t end)
      : source_(source), text_(source.text), begin_(begin), end_(end) {}

  std::vector<ProfileLine> Read() {
    // A NUL ends the line for the tool, a carriage return does too.
    end_ = std::min(end_, text_.find('\0', begin_));
    const std::size_t comment = std::min(text_.find('#', begin_), end_);
    const std::size_t line_end = std::min(text_.find_first_of("\r\n", begin_), comment);
    at_ = Skip(begin_, line_end);
    const std::size_t last = Trim(line_end);
    if (at_ >= last) return {};
    ProfileLine line;
    if (text_[at_] == '?') Condition(line, last);
    Directive directive;
    const std::size_t keyword_end = std::min(text_.find_first_of(kBlank, at_), last);
    directive.keyword = MakeWord(source_, at_, keyword_end);
    const std::size_t argument = Skip(keyword_end, last);
    if (argument < last) directive.argument = MakeWord(source_, argument, last);
    if (comment < end_ && comment == last)
      directive.cut = MakeWord(source_, comment, WordEnd(comment));
    line.directive = std::make_shared<const Directive>(std::move(directive));
    return {std::move(line)};
  }

 private:
  std::size_t Skip(std::size_t at, std::size_t end) const {
    while (at < end && IsBlank(text_[at])) ++at;
    return at;
  }
  std::size_t Trim(std::size_t end) const {
    while (end > begin_ && IsBlank(text_[end - 1])) --end;
    return end;
  }
  std::size_t WordEnd(std::size_t at) const {
    return std::min(text_.find_first_of(" \t\r\n", at), end_);
  }

  /// `?NAME: line` or `?NAME : line`; at most one blank before and behind the colon counts, and
  /// runs of blanks are one.
  void Condition(ProfileLine& line, std::size_t last) {
    const std::size_t name_end = std::min(text_.find_first_of(": \t", at_), last);
    line.condition = MakeWord(source_, at_, name_end);
    at_ = Skip(name_end, last);
    line.no_colon = at_ >= last || text_[at_] != ':';
    if (!line.no_colon) at_ = Skip(at_ + 1, last);
  }

  const Source& source_;
  std::string_view text_;
  std::size_t begin_;
  std::size_t end_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<ProfileLine> ParseFirejailProfile(const Source& source) {
  const std::string_view text = source.text;
  std::vector<ProfileLine> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t newline = std::min(text.find('\n', begin), text.size() - 1);
    const std::size_t end = std::min(newline + 1, begin + kMaxLine);
    for (ProfileLine& line : LineReader(source, begin, end).Read())
      lines.push_back(std::move(line));
    begin = end;
  }
  return lines;
}

}  // namespace sandlint
