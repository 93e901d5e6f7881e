#include "scanner/parse/tree.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <map>

namespace sandlint {
namespace {

struct ParserDeleter {
  void operator()(TSParser* parser) const { ts_parser_delete(parser); }
};
using Parser = std::unique_ptr<TSParser, ParserDeleter>;

/// The runtime (0.20) counts the entries of its stack in 16 bits and frees what is not its own when
/// they are more, as `((((…` makes them. An entry is a token, or nothing between two of them (bash
/// has a token for "no blank here"): two entries a token.
constexpr std::size_t kMaxTokens = 30'000;

/// Counts tokens as no grammar makes more: each run of letters and digits, each run of line ends
/// and each other byte that is no blank.
bool MayOverflow(std::string_view text) {
  enum class Kind : std::uint8_t { Blank, Word, Line, Sign };
  std::size_t tokens = 0;
  Kind before = Kind::Blank;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const Kind kind = c == ' ' || c == '\t'                               ? Kind::Blank
                      : c == '\n' || c == '\r'                            ? Kind::Line
                      : std::isalnum(byte) != 0 || c == '_' || byte > 127 ? Kind::Word
                                                                          : Kind::Sign;
    if (kind == Kind::Sign || (kind != before && kind != Kind::Blank)) ++tokens;
    before = kind;
  }
  return tokens > kMaxTokens;
}

/// Recovery from errors can take quadratic time. Real files take milliseconds; the more often one
/// does not end in time, the less is given to the next.
class Patience {
 public:
  /// In microseconds.
  std::uint64_t For(std::string_view text) const { return each_ + text.size() / 2; }
  void Lose() { each_ = std::max<std::uint64_t>(each_ / 4, 50'000); }

 private:
  std::uint64_t each_ = 2'000'000;
};

}  // namespace

SyntaxTree ParseTree(const TSLanguage* language, std::string_view text, Nesting nesting) {
  if (nesting == Nesting::Unbounded && MayOverflow(text)) return nullptr;
  static thread_local std::map<const TSLanguage*, Parser> parsers;
  static thread_local Patience patience;
  Parser& parser = parsers[language];
  if (parser == nullptr) {
    parser.reset(ts_parser_new());
    ts_parser_set_language(parser.get(), language);
  }
  ts_parser_set_timeout_micros(parser.get(), patience.For(text));
  SyntaxTree tree(ts_parser_parse_string(parser.get(), nullptr, text.data(),
                                         static_cast<std::uint32_t>(text.size())));
  if (tree == nullptr) {
    ts_parser_reset(parser.get());  // else it would go on where it was stopped
    patience.Lose();
  }
  return tree;
}

}  // namespace sandlint
