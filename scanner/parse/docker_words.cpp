#include "scanner/parse/docker_words.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace sandlint {
namespace {

constexpr int kMaxDepth = 20;
constexpr std::size_t kMaxLength = 65536;

bool IsNameStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool IsName(char c) { return IsNameStart(c) || std::isdigit(static_cast<unsigned char>(c)) != 0; }
/// `$1`, `$@`: names of one sign that no build has a value for.
bool IsSpecial(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("@*#?-$!").find(c) != std::string_view::npos;
}

enum class Grammar { Build, Compose };

class Expander {
 public:
  Expander(const Word& word, Grammar grammar, char escape, const DockerLookup& lookup)
      : word_(word), text_(word.text), grammar_(grammar), escape_(escape), lookup_(lookup) {}

  Word Run() {
    Word made = Until(0, 0);
    made.span = word_.span;
    made.argv_index = word_.argv_index;
    return made;
  }

 private:
  bool More() const { return at_ < text_.size(); }
  char Here() const { return text_[at_]; }

  static void Add(Word& made, char c) {
    if (made.text.size() < kMaxLength) made.text += c;
  }
  static void Add(Word& made, const Word& value) {
    if (made.text.size() + value.text.size() > kMaxLength) return;
    const auto shift = static_cast<std::uint32_t>(made.text.size());
    for (Hole hole : value.holes) {
      hole.begin += shift;
      hole.end += shift;
      made.holes.push_back(std::move(hole));
    }
    made.text += value.text;
  }

  /// Up to `stop` (left to be read) or the end.
  Word Until(char stop, int depth) {
    Word made;
    while (More() && !(stop != 0 && Here() == stop)) {
      const char c = text_[at_++];
      if (grammar_ == Grammar::Compose) {
        c == '$' ? Add(made, Dollar(depth)) : Add(made, c);
      } else if (c == '\'') {
        while (More() && Here() != '\'') Add(made, text_[at_++]);
        if (More()) ++at_;
      } else if (c == '"') {
        Quoted(made, depth);
      } else if (c == '$') {
        Add(made, Dollar(depth));
      } else if (c == escape_) {
        if (More()) Add(made, text_[at_++]);
      } else {
        Add(made, c);
      }
    }
    return made;
  }

  void Quoted(Word& made, int depth) {
    while (More() && Here() != '"') {
      const char c = text_[at_++];
      if (c == '$') {
        Add(made, Dollar(depth));
      } else if (c == escape_ && More() && (Here() == '"' || Here() == '$' || Here() == escape_)) {
        Add(made, text_[at_++]);
      } else {
        Add(made, c);
      }
    }
    if (More()) ++at_;
  }

  std::string Name() {
    const std::size_t begin = at_;
    if (More() && IsNameStart(Here())) {
      while (More() && IsName(Here())) ++at_;
    } else if (More() && std::isdigit(static_cast<unsigned char>(Here())) != 0) {
      while (More() && std::isdigit(static_cast<unsigned char>(Here())) != 0) ++at_;
    } else if (More() && IsSpecial(Here())) {
      ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  static Word Literal(std::string text) {
    Word made;
    made.text = std::move(text);
    return made;
  }
  static Word Unknown(const std::string& name) {
    Word made = Literal("${" + name + "}");
    made.holes = {{0, static_cast<std::uint32_t>(made.text.size()), name, false}};
    return made;
  }

  Word Dollar(int depth) {
    if (depth > kMaxDepth) return Unknown("nested too deep");
    if (More() && Here() == '{') {
      ++at_;
      return Braced(depth + 1);
    }
    if (grammar_ == Grammar::Compose) {
      if (More() && Here() == '$') return ++at_, Literal("$");
      if (!More() || !IsNameStart(Here())) return Literal("$");
    }
    const std::string name = Name();
    if (name.empty()) return Literal("$");
    return ValueOf(name);
  }

  Word Braced(int depth) {
    const std::string name = Name();
    std::string op;
    while (More() && std::string_view(":-+?#%/").find(Here()) != std::string_view::npos &&
           op.size() < 2 && (op.empty() || op == ":" || op[0] == Here())) {
      op += text_[at_++];
      if (op == "-" || op == "+" || op == "?") break;
    }
    const bool pattern = !op.empty() && std::string_view("#%/").find(op[0]) != std::string::npos;
    const Word argument = Until('}', depth);
    if (More()) ++at_;
    if (op.empty()) return ValueOf(name);
    const std::optional<Word> value = lookup_(name);
    if (pattern) return value && value->text.empty() ? Word{} : Unknown(name);
    return Choose(name, op, value, argument);
  }

  /// A build knows all variables that are set; for compose the shell may have more.
  Word ValueOf(const std::string& name) const {
    if (auto value = lookup_(name)) return std::move(*value);
    return grammar_ == Grammar::Build ? Word{} : Unknown(name);
  }

  /// `word` is taken because of what `name` is assumed to be.
  static Word Assuming(Word word, const std::string& name) {
    word.holes.push_back({0, static_cast<std::uint32_t>(word.text.size()), name, true});
    return word;
  }

  Word Choose(const std::string& name, const std::string& op, const std::optional<Word>& value,
              const Word& argument) const {
    if (value && !value->Known()) return Unknown(name);
    if (!value && grammar_ == Grammar::Compose) {
      return op.back() == '-' ? Assuming(argument, name) : Unknown(name);
    }
    const bool set = value && (op[0] != ':' || !value->text.empty());
    Word made = op.back() == '+'   ? (set ? argument : Word{})
                : set              ? *value
                : op.back() == '-' ? argument
                                   : Word{};
    return value && !value->Certain() && made.Certain() ? Assuming(std::move(made), name) : made;
  }

  const Word& word_;
  const std::string& text_;
  Grammar grammar_;
  char escape_;
  const DockerLookup& lookup_;
  std::size_t at_ = 0;
};

}  // namespace

Word ExpandDockerWord(const Word& word, char escape, const DockerLookup& lookup) {
  return Expander(word, Grammar::Build, escape, lookup).Run();
}

Word ExpandComposeValue(const Word& word, const DockerLookup& lookup) {
  if (word.text.find('$') == std::string::npos) return word;
  return Expander(word, Grammar::Compose, 0, lookup).Run();
}

}  // namespace sandlint
