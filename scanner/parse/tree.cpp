#include "scanner/parse/tree.h"

#include <cstdint>
#include <map>

namespace sandlint {
namespace {

struct ParserDeleter {
  void operator()(TSParser* parser) const { ts_parser_delete(parser); }
};
using Parser = std::unique_ptr<TSParser, ParserDeleter>;

}  // namespace

SyntaxTree ParseTree(const TSLanguage* language, std::string_view text) {
  static thread_local std::map<const TSLanguage*, Parser> parsers;
  Parser& parser = parsers[language];
  if (parser == nullptr) {
    parser.reset(ts_parser_new());
    ts_parser_set_language(parser.get(), language);
  }
  return SyntaxTree(ts_parser_parse_string(parser.get(), nullptr, text.data(),
                                           static_cast<std::uint32_t>(text.size())));
}

}  // namespace sandlint
