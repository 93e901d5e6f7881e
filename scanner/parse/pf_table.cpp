// Tables of pf.conf: addresses in braces or in files, with exceptions.

#include <string_view>
#include <utility>

#include "scanner/parse/pf_parser.h"

namespace sandlint {

void PfParser::Table(const PfToken& first, Statements& out) {
  PfTable table;
  if (!TakeSign("<")) return Fail("`<` is missing");
  table.name = TakeText("the name of a table");
  if (!TakeSign(">")) return Fail("`>` is missing");
  while (!failed_ && !AtEnd()) {
    if (now_.Is("{")) {
      TableList(table);
    } else if (TakeWord("file")) {
      TableFile(table);
    } else if (now_.IsWord("const") || now_.IsWord("persist") || now_.IsWord("counters")) {
      table.flags.push_back(WordOf(Take()));
    } else {
      return Fail("`" + now_.text + "` is not understood here");
    }
  }
  table.span = Since(first.span);
  if (!failed_) out.push_back({std::move(table)});
}

/// `{ }` may be empty here, other than in a rule.
void PfParser::TableList(PfTable& table) {
  const std::size_t list = table.order.size();
  table.order.push_back(static_cast<int>(list));
  Advance();
  for (;;) {
    SkipNewlines();
    while (TakeSign(",")) SkipNewlines();
    if (failed_ || TakeSign("}")) return;
    if (AtEnd()) return Fail("a list is not closed");
    table.entries.push_back({Host(), list});
  }
}

void PfParser::TableFile(PfTable& table) {
  const Word path = TakeText("a file name");
  if (failed_) return;
  const std::size_t list = table.order.size();
  table.files.push_back(path);
  table.order.push_back(-static_cast<int>(table.files.size()));
  const Source* source = reader_ && files_ < kPfMaxFiles ? reader_(path.text) : nullptr;
  if (source == nullptr) {
    table.missing_files.push_back(path);
    return Unread(path, "the file of the table is not known");
  }
  ++files_;
  // The same words as in braces: blanks or lines between them, `#` comments.
  const PfMacros none;
  PfLexer lexer(*source, none);
  PfLexer* const outer = std::exchange(lexer_, &lexer);
  const PfToken now = now_;
  const Span last = last_;
  Advance();
  for (SkipNewlines(); !failed_ && now_.kind != PfTokenKind::End; SkipNewlines()) {
    if (TakeSign(",")) continue;
    table.entries.push_back({Host(), list});
  }
  lexer_ = outer;
  now_ = now;
  last_ = last;
}

}  // namespace sandlint
