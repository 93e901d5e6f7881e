// The words of a value in a unit file, as extract_first_word() of systemd takes them apart.

#include <array>

#include "scanner/peel/systemd_settings.h"

namespace sandlint {
namespace {

class ValueReader {
 public:
  ValueReader(const Word& value, std::string home) : value_(value), home_(std::move(home)) {}

  std::vector<Word> Run() {
    while (at_ < value_.text.size()) {
      if (IsBlank(value_.text[at_])) {
        ++at_;
        continue;
      }
      words_.push_back(Next());
    }
    return std::move(words_);
  }

 private:
  static bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  Word Next() {
    const std::size_t begin = at_;
    word_ = {};
    char quote = 0;
    for (; at_ < value_.text.size(); ++at_) {
      const char c = value_.text[at_];
      if (quote == 0 && IsBlank(c)) break;
      if (c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == '\\' && at_ + 1 < value_.text.size()) {
        word_.text += value_.text[++at_];
      } else if (c == '%' && at_ + 1 < value_.text.size()) {
        Specifier(value_.text[++at_]);
      } else if (c == '$' && quote != '\'') {
        Variable();
      } else {
        word_.text += c;
      }
    }
    word_.span = Part(value_, begin, at_ - begin).span;
    word_.argv_index = value_.argv_index;
    // What was unknown in the value may stand anywhere in its words.
    if (!value_.Known() && word_.Known()) AddHole(0, word_.text.size(), value_.holes[0].name);
    return std::move(word_);
  }

  void AddHole(std::size_t begin, std::size_t end, std::string name) {
    word_.holes.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end),
                           std::move(name), false});
  }

  void Specifier(char letter) {
    if (letter == '%') {
      word_.text += '%';
    } else if (letter == 'h' && !home_.empty()) {
      word_.text += home_;
    } else {
      const std::size_t begin = word_.text.size();
      word_.text += {'%', letter};
      AddHole(begin, word_.text.size(), std::string{'%', letter});
    }
  }

  void Variable() {
    const std::size_t begin = word_.text.size();
    const bool brace = at_ + 1 < value_.text.size() && value_.text[at_ + 1] == '{';
    word_.text += '$';
    while (at_ + 1 < value_.text.size()) {
      const char c = value_.text[at_ + 1];
      const bool part = c == '_' || c == '{' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                        (c >= 'a' && c <= 'z') || (brace && c == '}');
      if (!part) break;
      word_.text += c;
      ++at_;
      if (c == '}') break;
    }
    AddHole(begin, word_.text.size(), word_.text.substr(begin));
    if (!brace) word_.holes.back().splits = true;
  }

  const Word& value_;
  std::string home_;
  std::size_t at_ = 0;
  Word word_;
  std::vector<Word> words_;
};

}  // namespace

std::vector<Word> SystemdWords(const Word& value, const SystemdSettings& settings,
                               const PeelContext& context) {
  std::string home = "/root";
  if (settings.user_manager) {
    home = context.host == nullptr ? std::string() : context.host->Caller().home;
  }
  return ValueReader(value, std::move(home)).Run();
}

}  // namespace sandlint
