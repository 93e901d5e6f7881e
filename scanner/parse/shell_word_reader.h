#pragma once

#include <memory>
#include <vector>

#include "scanner/parse/shell_words.h"

namespace sandlint {

enum class Quote : std::uint8_t { None, Double, Here };

/// Takes the words of one text apart. What lies between the nodes of a word is literal text: the
/// grammar leaves blanks out, and gives no node at all to some texts.
class WordReader {
 public:
  WordReader(const ShellText& text, int depth) : text_(text), depth_(depth) {}

  std::vector<ShellPart> parts;

  void Node(TSNode node, Quote quote);
  /// The children of `node` between two offsets, and the literal text between them.
  void Range(TSNode node, std::uint32_t begin, std::uint32_t end, Quote quote);
  void Literal(std::uint32_t begin, std::uint32_t end, Quote quote);

 private:
  static bool IsExpansion(std::string_view type, Quote quote);
  void AddLiteral(std::string value, bool quoted, std::uint32_t begin, std::uint32_t end);
  void Add(std::string value, bool quoted, TSNode node);
  void Bare(ShellPartKind kind, std::uint32_t begin, std::uint32_t end, bool quoted);
  void Bare(ShellPartKind kind, TSNode node, Quote quote);
  void Unknown(TSNode node, Quote quote);
  void AddInner(TSNode node, std::uint32_t begin, std::uint32_t end);
  void MarkDollarQuoted(std::size_t first);
  void String(TSNode node);
  void AnsiString(TSNode node);
  void Simple(TSNode node, Quote quote);
  void Expansion(std::shared_ptr<ShellExpansion> expansion, TSNode node, Quote quote);
  void Braced(TSNode node, Quote quote);
  bool Operator(ShellExpansion& expansion, TSNode node, std::string_view inner, std::size_t at,
                Quote quote);
  /// The separator of pattern and replacement: the first that stands in no node of its own.
  std::uint32_t Divider(TSNode node, std::uint32_t begin, std::uint32_t end, char divider) const;
  /// The word behind an operator. Inside of double quotes it is double-quoted text itself, but its
  /// own quotes count for a pattern.
  ShellWord Argument(TSNode node, std::uint32_t begin, std::uint32_t end, Quote quote);
  void Nested(TSNode node, std::uint32_t begin, std::uint32_t end, Quote);
  void Commands(TSNode node, Quote quote, ShellPartKind kind);

  const ShellText& text_;
  int depth_;
};

}  // namespace sandlint
