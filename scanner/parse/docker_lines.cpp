#include "scanner/parse/docker_lines.h"

#include <algorithm>
#include <cctype>

#include "scanner/parse/unicode.h"

namespace sandlint {
namespace {

constexpr std::string_view kBlanks = " \t\v\f\r";

std::string_view TrimLeft(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

std::string_view Trim(std::string_view text) {
  text = TrimLeft(text);
  const std::size_t last = text.find_last_not_of(kBlanks);
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

bool IsComment(std::string_view line) { return TrimLeft(line).starts_with('#'); }

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

}  // namespace

Word DockerLine::WordOf(std::size_t begin, std::size_t end) const {
  Word word;
  word.text = text.substr(begin, end - begin);
  if (source == nullptr || at.empty()) return word;
  const std::uint32_t from = begin < at.size() ? at[begin] : at.back() + 1;
  const std::uint32_t to = end > begin ? at[end - 1] + 1 : from;
  word.span = {source, from, to};
  return word;
}

DockerLines::DockerLines(const Source& source) : source_(source), text_(source.text) {
  if (text_.starts_with(kUtf8Mark)) at_ = kUtf8Mark.size();
  ReadDirectives();
}

std::string_view DockerLines::TextOf(const Range& range) const {
  return text_.substr(range.begin, range.end - range.begin);
}

bool DockerLines::NextRange(Range& range) {
  if (at_ >= text_.size()) return false;
  const std::size_t end = std::min(text_.find('\n', at_), text_.size());
  range = {at_, end};
  at_ = end + 1;
  if (range.end > range.begin && text_[range.end - 1] == '\r') --range.end;
  return true;
}

/// `# name=value` lines at the very top; the first line that is none ends them.
void DockerLines::ReadDirectives() {
  Range range;
  for (std::size_t before = at_; NextRange(range); before = at_) {
    const std::string_view line = Trim(TextOf(range));
    const std::size_t equals = line.find('=');
    if (!line.starts_with('#') || equals == std::string_view::npos) {
      at_ = before;
      return;
    }
    const std::string name = Lower(Trim(line.substr(1, equals - 1)));
    const std::string_view value = Trim(line.substr(equals + 1));
    if (name == "escape" && (value == "`" || value == "\\")) escape_ = value.front();
    if (name != "escape" && name != "syntax" && name != "check") {
      at_ = before;
      return;
    }
  }
}

/// True where the line goes on: the escape character and nothing but blanks behind it, unless
/// another one stands before it.
bool DockerLines::Append(DockerLine& line, Range range) const {
  std::size_t last = range.end;
  while (last > range.begin && (text_[last - 1] == ' ' || text_[last - 1] == '\t')) --last;
  const bool marked = last > range.begin && text_[last - 1] == escape_;
  const bool doubled = marked && last - 1 > range.begin && text_[last - 2] == escape_;
  const bool goes_on = marked && !doubled;
  const std::size_t end = goes_on ? last - 1 : range.end;
  for (std::size_t at = range.begin; at < end; ++at) {
    line.text += text_[at];
    line.at.push_back(static_cast<std::uint32_t>(at));
  }
  return goes_on;
}

std::optional<DockerLine> DockerLines::Next() {
  Range range;
  while (NextRange(range)) {
    if (IsComment(TextOf(range)) || Trim(TextOf(range)).empty()) continue;
    range.begin += TextOf(range).size() - TrimLeft(TextOf(range)).size();
    DockerLine line;
    line.source = &source_;
    bool goes_on = Append(line, range);
    while (goes_on && NextRange(range)) {
      if (IsComment(TextOf(range)) || Trim(TextOf(range)).empty()) continue;
      goes_on = Append(line, range);
    }
    if (!Trim(line.text).empty()) return line;
  }
  return std::nullopt;
}

std::optional<Word> DockerLines::Document(std::string_view name, bool strips_tabs) {
  Word word;
  const std::size_t begin = std::min(at_, text_.size());
  Range range;
  while (NextRange(range)) {
    std::string_view line = TextOf(range);
    if (strips_tabs) line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
    if (line == name) {
      word.span = {&source_, static_cast<std::uint32_t>(begin),
                   static_cast<std::uint32_t>(range.begin)};
      return word;
    }
    word.text.append(line);
    word.text += '\n';
  }
  return std::nullopt;
}

}  // namespace sandlint
