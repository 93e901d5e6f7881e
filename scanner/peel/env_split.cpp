// The grammar of `env -S`, observed with coreutils 9.1: single quotes know \' and \\ only, double
// quotes and plain text the C escapes, `\_` is a blank inside and a separator outside of quotes,
// `\c` ends the string. Only `${NAME}` is expanded, and its value is never split.

#include "scanner/peel/env_split.h"

#include <fmt/format.h>

#include <cctype>
#include <string_view>

#include "scanner/peel/options.h"

namespace sandlint {
namespace {

class EnvSplitter {
 public:
  EnvSplitter(const Word& text, const PeelContext& context)
      : source_(text), text_(text.text), context_(context) {}

  SplitWords Run() {
    while (at_ < text_.size() && result_.problem.empty() && !stopped_) Step();
    if (quote_ != 0 && result_.problem.empty()) result_.problem = "a quote is not closed";
    EndWord();
    return std::move(result_);
  }

 private:
  void Step() {
    const char c = text_[at_];
    if (c == '\\') {
      Escape();
    } else if (quote_ != 0 && c == quote_) {
      quote_ = 0;
      ++at_;
    } else if (quote_ == 0 && (c == '\'' || c == '"')) {
      Begin();
      plain_ = false;
      quote_ = c;
      ++at_;
    } else if (quote_ == 0 && IsBlank(c)) {
      EndWord();
      ++at_;
    } else if (quote_ == 0 && c == '#' && !open_) {
      stopped_ = true;
    } else if (quote_ != '\'' && c == '$') {
      Variable();
    } else {
      Add(c);
      ++at_;
    }
  }

  static bool IsBlank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\v' || c == '\f' || c == '\r';
  }

  void Begin() {
    if (open_) return;
    open_ = true;
    plain_ = true;
    begin_ = at_;
    word_ = {};
    word_.span = source_.span;
    word_.argv_index = source_.argv_index;
  }

  void Add(char c) {
    Begin();
    word_.text += c;
  }

  void EndWord() {
    if (!open_) return;
    if (plain_ && word_.holes.empty()) {
      result_.words.push_back(Part(source_, begin_, at_ - begin_));
    } else {
      result_.words.push_back(std::move(word_));
    }
    open_ = false;
  }

  void Escape() {
    if (at_ + 1 >= text_.size()) {
      result_.problem = "a backslash stands at the end";
      return;
    }
    const char c = text_[at_ + 1];
    if (quote_ == '\'' && c != '\'' && c != '\\') {
      Add('\\');
      ++at_;
      return;
    }
    static constexpr std::string_view kFrom = "\"#$'\\fnrtv";
    static constexpr std::string_view kTo = "\"#$'\\\f\n\r\t\v";
    if (const std::size_t known = kFrom.find(c); known != std::string_view::npos) {
      Add(kTo[known]);
    } else if (c == '_' && quote_ == '"') {
      Add(' ');
    } else if (c == '_') {
      EndWord();
    } else if (c == 'c' && quote_ == 0) {
      EndWord();
      stopped_ = true;
    } else {
      result_.problem = fmt::format("'\\{}' is no escape that env knows", c);
      return;
    }
    plain_ = false;
    at_ += 2;
  }

  void Variable() {
    const std::size_t close = text_.find('}', at_);
    if (text_.compare(at_, 2, "${") != 0 || close == std::string::npos || !IsName(close)) {
      result_.problem = "only ${NAME} is expanded";
      return;
    }
    Begin();
    plain_ = false;
    const std::string name = text_.substr(at_ + 2, close - at_ - 2);
    const auto known = context_.variables.find(name);
    const auto begin = static_cast<std::uint32_t>(word_.text.size());
    if (known != context_.variables.end()) {
      word_.text += known->second.text;
      for (Hole hole : known->second.holes) {
        hole.begin += begin;
        hole.end += begin;
        word_.holes.push_back(std::move(hole));
      }
    } else {
      word_.text += text_.substr(at_, close + 1 - at_);
      word_.holes.push_back({begin, static_cast<std::uint32_t>(word_.text.size()), name, false});
    }
    at_ = close + 1;
  }

  bool IsName(std::size_t close) const {
    for (std::size_t at = at_ + 2; at < close; ++at) {
      const auto c = static_cast<unsigned char>(text_[at]);
      if (std::isalnum(c) == 0 && c != '_') return false;
    }
    return close > at_ + 2 && std::isdigit(static_cast<unsigned char>(text_[at_ + 2])) == 0;
  }

  const Word& source_;
  const std::string& text_;
  const PeelContext& context_;
  SplitWords result_;
  Word word_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;
  char quote_ = 0;
  bool open_ = false;
  bool plain_ = true;
  bool stopped_ = false;
};

}  // namespace

SplitWords SplitEnvString(const Word& text, const PeelContext& context) {
  return EnvSplitter(text, context).Run();
}

}  // namespace sandlint
