#include "scanner/parse/nft_lexer.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace sandlint {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool IsName(char c) {
  return IsLetter(c) || IsDigit(c) || c == '_' || c == '.' || c == '/' || c == '-';
}
bool StartsName(char c) { return IsLetter(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80; }

std::size_t Run(std::string_view text, bool (*accept)(char)) {
  const auto end = std::ranges::find_if_not(text, accept);
  return static_cast<std::size_t>(end - text.begin());
}

bool IsV6(std::string_view text) {
  if (text.size() > 45 || std::ranges::count(text, ':') < 2) return false;
  std::array<unsigned char, 16> bytes{};
  return inet_pton(AF_INET6, std::string(text).c_str(), bytes.data()) == 1;
}

/// aa:bb:cc:dd:ee:ff
bool IsMac(std::string_view text) {
  if (std::ranges::count(text, ':') != 5) return false;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == ':' ? 0 : run + 1;
    if (run > 2 || c == '.') return false;
  }
  return true;
}

/// The length of an address with colons at the start of `text`, or 0.
std::size_t ColonAddress(std::string_view text) {
  const std::size_t run =
      Run(text.substr(0, 64), [](char c) { return IsHex(c) || c == ':' || c == '.'; });
  for (std::size_t length = run; length > 1 && length + 2 > run; --length) {
    const std::string_view part = text.substr(0, length);
    const bool ends = length >= text.size() || !(IsLetter(text[length]) || text[length] == '_');
    if (ends && (IsV6(part) || IsMac(part))) return length;
  }
  return 0;
}

/// Numbers with a unit or of an address (`10s`, `0x10`, `192.0.2.1`).
std::size_t NumberLength(std::string_view text) {
  std::size_t length = Run(text, [](char c) { return IsDigit(c) || c == '.'; });
  if (std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(length), '.') == 0) {
    length = Run(text, [](char c) { return IsDigit(c) || IsLetter(c) || c == '_'; });
  }
  while (length > 1 && text[length - 1] == '.') --length;
  return length;
}

constexpr std::array<std::string_view, 6> kLongPuncts{"==", "!=", "<=", ">=", "<<", ">>"};

class Lexer {
 public:
  explicit Lexer(const Source& source) : source_(source), text_(source.text) {}

  std::vector<NftToken> Run() {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    while (at_ < text_.size()) Step();
    Add(NftTokenKind::End, 0, {});
    return std::move(tokens_);
  }

 private:
  void Add(NftTokenKind kind, std::size_t length, std::string_view text) {
    const auto begin = static_cast<std::uint32_t>(at_);
    tokens_.push_back({kind, {&source_, begin, static_cast<std::uint32_t>(at_ + length)}, text});
    at_ += length;
  }
  void AddPlain(NftTokenKind kind, std::size_t length) {
    Add(kind, length, text_.substr(at_, length));
  }

  /// A `\` before a line end joins the lines.
  bool SkipJoint() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && (text_[end] == ' ' || text_[end] == '\t' || text_[end] == '\r'))
      ++end;
    if (end < text_.size() && text_[end] != '\n') return false;
    at_ = std::min(end + 1, text_.size());
    return true;
  }

  void Step() {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\r') {
      ++at_;
    } else if (c == '\n') {
      AddPlain(NftTokenKind::Newline, 1);
    } else if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '\\' && SkipJoint()) {
      return;
    } else if (c == '"') {
      Quoted();
    } else if (c == '$') {
      Dollar();
    } else {
      Plain(c);
    }
  }

  void Quoted() {
    const std::size_t end = text_.find_first_of("\"\n", at_ + 1);
    if (end == std::string_view::npos || text_[end] == '\n') {
      AddPlain(NftTokenKind::Bad, std::min(end, text_.size()) - at_);
      return;
    }
    Add(NftTokenKind::String, end + 1 - at_, text_.substr(at_ + 1, end - at_ - 1));
  }

  void Dollar() {
    const std::string_view rest = text_.substr(at_ + 1);
    if (rest.starts_with('{')) {
      const std::size_t end = rest.find_first_of("}\n");
      if (end != std::string_view::npos && rest[end] == '}') {
        Add(NftTokenKind::Hole, end + 2, rest.substr(1, end - 1));
        return;
      }
    }
    const std::size_t length = sandlint::Run(rest, IsName);
    if (length == 0) {
      AddPlain(NftTokenKind::Bad, 1);
    } else {
      Add(NftTokenKind::Variable, length + 1, rest.substr(0, length));
    }
  }

  void Plain(char c) {
    const std::string_view rest = text_.substr(at_);
    if (IsHex(c) || c == ':') {
      if (const std::size_t length = ColonAddress(rest); length > 0) {
        AddPlain(NftTokenKind::Word, length);
        return;
      }
    }
    if (IsDigit(c)) {
      AddPlain(NftTokenKind::Word, NumberLength(rest));
      return;
    }
    if (StartsName(c) || (c == '.' && rest.size() > 1 && IsName(rest[1]) && rest[1] != '.')) {
      Name(rest);
      return;
    }
    for (const std::string_view punct : kLongPuncts) {
      if (rest.starts_with(punct)) return AddPlain(NftTokenKind::Punct, 2);
    }
    const bool known = std::string_view("{}()[],;:=!<>&|^-/*@.+").find(c) != std::string_view::npos;
    AddPlain(known ? NftTokenKind::Punct : NftTokenKind::Bad, 1);
  }

  void Name(std::string_view rest) {
    std::size_t length = sandlint::Run(
        rest, [](char c) { return IsName(c) || static_cast<unsigned char>(c) >= 0x80; });
    if (length < rest.size() && rest[length] == '*') ++length;
    AddPlain(NftTokenKind::Word, length);
  }

  const Source& source_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<NftToken> tokens_;
};

}  // namespace

std::vector<NftToken> LexNft(const Source& source) { return Lexer(source).Run(); }

}  // namespace sandlint
