// echo and printf.

#include <algorithm>
#include <array>
#include <cctype>

#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

/// `-n`, `-e`, `-neE`.
bool IsEchoOption(const std::string& text) {
  return text.size() > 1 && text[0] == '-' && text.find_first_not_of("neE", 1) == std::string::npos;
}

bool HasBackslash(const Word& word) { return word.text.find('\\') != std::string::npos; }

struct Escape {
  char name;
  char value;
};
constexpr auto kEscapes = std::to_array<Escape>({{'\\', '\\'},
                                                 {'a', '\a'},
                                                 {'b', '\b'},
                                                 {'f', '\f'},
                                                 {'n', '\n'},
                                                 {'r', '\r'},
                                                 {'t', '\t'},
                                                 {'v', '\v'}});

/// The escape behind the backslash at `at`, which moves to its last character; nothing where shells
/// differ.
std::optional<char> ReadEscape(std::string_view format, std::size_t& at) {
  if (at + 1 >= format.size()) return std::nullopt;
  const char name = format[at + 1];
  if (name >= '0' && name <= '7') {
    unsigned value = 0;
    for (int digits = 0; digits < 3 && at + 1 < format.size(); ++digits, ++at) {
      const char digit = format[at + 1];
      if (digit < '0' || digit > '7') break;
      value = value * 8 + static_cast<unsigned>(digit - '0');
    }
    return static_cast<char>(value & 255U);
  }
  const auto row = std::ranges::find(kEscapes, name, &Escape::name);
  if (row == kEscapes.end()) return std::nullopt;
  ++at;
  return row->value;
}

bool IsDecimal(const std::string& text) {
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  return text.size() > sign && text.find_first_not_of("0123456789", sign) == std::string::npos &&
         (text[sign] != '0' || text.size() == sign + 1) && text.size() < 18;
}

/// A word as `%q` writes it; nothing where it needs `$'…'`.
std::optional<std::string> Quoted(const std::string& text) {
  if (text.empty()) return "''";
  std::string quoted;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7e) return std::nullopt;
    if (std::string_view("%+-./:=@_,").find(c) == std::string_view::npos &&
        std::isalnum(byte) == 0) {
      quoted += '\\';
    }
    quoted += c;
  }
  if (text.find_first_of("~#") != std::string::npos || text.find(',') != std::string::npos) {
    return std::nullopt;  // only in some places
  }
  return quoted;
}

}  // namespace

void ScriptPath::Echo(Command& command) {
  const auto& words = command.words;
  const bool bash = dialect_ == Dialect::Bash;
  EndCommand(Answer::Yes, 0);
  Word text = WordAt("", words.front().span);
  bool newline = true;
  bool escapes = !bash;
  std::size_t index = 1;
  for (; index < words.size() && IsEchoOption(words[index].text); ++index) {
    const std::string& option = words[index].text;
    if (option.find('n') != std::string::npos) newline = false;
    if (option.find('e') != std::string::npos) escapes = true;
    const bool differs = !bash && option != "-n";
    if (differs) return Print(Hole("echo", words.front().span));
  }
  for (std::size_t at = index; at < words.size(); ++at) {
    if (escapes && HasBackslash(words[at])) return Print(Hole("echo", words.front().span));
    if (at > index) AppendText(text, " ");
    AppendWord(text, words[at]);
  }
  if (newline) AppendText(text, "\n");
  Print(std::move(text));
}

void ScriptPath::Printf(Command& command) {
  const auto& words = command.words;
  std::size_t begin = 1;
  std::optional<Word> variable;
  if (words.size() > 1 && words[1].text.starts_with("-v")) {
    const bool glued = words[1].text.size() > 2;
    if (!glued && words.size() < 3) return EndCommand(Answer::No, 2);
    variable = glued ? Part(words[1], 2) : words[2];
    begin = glued ? 2 : 3;
  }
  if (begin < words.size() && words[begin].text == "--") ++begin;
  EndCommand(Answer::Yes, 0);
  if (begin >= words.size()) return EndCommand(Answer::No, 2);
  Word text = Formatted(words, begin);
  if (variable) {
    AssignNamed(*variable, std::move(text));
  } else {
    Print(std::move(text));
  }
}

Word ScriptPath::Formatted(const std::vector<Word>& words, std::size_t begin) {
  const Word& format = words[begin];
  const Word unknown = Hole("printf", format.span);
  if (!format.Known()) return unknown;
  Word text = WordAt("", format.span);
  std::size_t argument = begin + 1;
  bool used = true;
  for (bool first = true; first || (used && argument < words.size()); first = false) {
    if (!CheckSize(text)) return unknown;
    used = false;
    for (std::size_t at = 0; at < format.text.size(); ++at) {
      const char c = format.text[at];
      const char next = at + 1 < format.text.size() ? format.text[at + 1] : '\0';
      if (c == '\\') {
        const auto value = ReadEscape(format.text, at);
        if (!value) return unknown;
        AppendText(text, std::string_view(&*value, 1));
      } else if (c == '%' && next == '%') {
        ++at;
        AppendText(text, "%");
      } else if (c == '%') {
        ++at;
        used = true;
        static const Word kNone;
        const Word& value = argument < words.size() ? words[argument++] : kNone;
        if (!AppendConverted(text, next, value)) return unknown;
      } else {
        AppendText(text, std::string_view(&c, 1));
      }
    }
  }
  return text;
}

/// One argument by `%s`, `%d`, `%b` or `%q`; false where that is not known.
bool ScriptPath::AppendConverted(Word& text, char conversion, const Word& value) {
  const bool known = value.Known();
  switch (conversion) {
    case 's':
      break;
    case 'b':
      if (HasBackslash(value)) return false;
      break;
    case 'd':
    case 'i':
      if (value.text.empty()) {
        AppendText(text, "0");
        return true;
      }
      if (known && !IsDecimal(value.text)) return false;
      break;
    case 'q': {
      if (dialect_ != Dialect::Bash) return false;
      const auto quoted = known ? Quoted(value.text) : std::nullopt;
      if (!quoted) return false;
      AppendText(text, *quoted);
      return true;
    }
    default:
      return false;
  }
  AppendWord(text, value);
  return true;
}

}  // namespace sandlint
