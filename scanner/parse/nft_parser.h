#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/parse/nft.h"
#include "scanner/parse/nft_lexer.h"

namespace sandlint {

/// Recursive descent over a stack of token streams, one for each file that is being included.
/// Private to scanner/parse: nft_file.cpp, nft_block.cpp, nft_rule.cpp, nft_expr.cpp.
class NftParser {
 public:
  NftParser(const Source& source, const NftIncluder& includer);
  NftFile Run();

 private:
  struct Stream {
    std::vector<NftToken> tokens;
    std::size_t at = 0;
    const Source* source = nullptr;
  };
  using Scope = std::map<std::string, std::shared_ptr<const NftExpr>, std::less<>>;

  // Tokens.
  const NftToken& Peek();
  const NftToken& PeekAfter();  ///< the one behind, in the same file
  NftToken Take();
  bool TakePunct(std::string_view punct);
  bool TakeWord(std::string_view word);
  bool AtEndOfStatement();
  void SkipNewlines();
  void SkipSeparators();
  /// A newline or `;`, or `}` ahead.
  void ExpectSeparator(std::string_view after);
  void SkipStatement();
  std::string TakeName(std::string_view what);
  void Problem(NftTrouble trouble, Span where, std::string text);
  Span From(const NftToken& first) const;

  // nft_file.cpp
  void Line();
  bool CommonLine();  ///< include, define …: allowed in every block
  void Include();
  void Define();
  void Undefine();
  const std::shared_ptr<const NftExpr>* Lookup(std::string_view name) const;
  void Command(NftVerb verb);
  void ObjectCommand(NftCommand command, std::string_view object);
  void TakePlace(NftCommand& command);          ///< [family] table
  void TakeSpecificPlace(NftCommand& command);  ///< [family] table name
  void RuleCommand(NftCommand command);
  void ChainCommand(NftCommand command);
  void ElementCommand(NftCommand command);
  void DeleteRest(NftCommand& command);

  // nft_block.cpp
  void TableCommand(NftCommand command);
  void TableItem(const NftCommand& table, std::vector<NftCommand>& early,
                 std::vector<NftCommand>& rules);
  void ChainBlock(NftCommand& chain, std::vector<NftCommand>* rules);
  bool ChainItem(NftChainSpec& spec);
  void HookLine(NftChainSpec& spec);
  void TakeDevices(NftChainSpec& spec);
  NftExpr Priority();
  void SetBlock(NftCommand& set);
  void SetItem(NftCommand& set);
  void TakeSetType(NftSetSpec& set, bool is_typeof);
  bool IsObjectType(const NftToken& token);
  void NamedBlock(NftCommand& object);
  void SkipBlock();

  // nft_rule.cpp
  NftRule Rule();
  NftStatement Statement();
  bool KeywordStatement(NftStatement& statement);
  void ExpressionStatement(NftStatement& statement);
  void Log(NftStatement& statement);
  void Reject(NftStatement& statement);
  void Nat(NftStatement& statement);
  void ObjectName(NftStatement& statement, bool object);
  void Limit(NftStatement& statement);
  void FillSet(NftStatement& statement);
  NftExpr TakeVerdict();

  // nft_expr.cpp
  NftExpr Left();                            ///< what is compared: selectors, masks, concatenations
  NftExpr Right(bool selectors, bool list);  ///< what it is compared with, or assigned
  NftExpr Concat(bool selectors);
  NftExpr Or(bool selectors);
  NftExpr RangeOf(bool selectors);
  NftExpr Primary(bool selectors);
  NftExpr SetLiteral();
  NftExpr Element();
  void ElementOptions(NftExpr& element);
  bool AtSelector();
  NftExpr Selector();
  void MoreOfSelector(NftExpr& selector);
  NftExpr RawPayload();
  NftExpr Fail(std::string_view expected);
  static NftExpr Wrap(NftKind kind, std::string text, NftExpr left, NftExpr right);

  const NftIncluder& includer_;
  NftFile file_;
  std::vector<Stream> streams_;
  std::vector<Scope> scopes_;
  std::size_t included_ = 0;
  int depth_ = 0;
  bool failed_ = false;  ///< in the present statement
  std::uint32_t last_end_ = 0;
  const Source* last_source_ = nullptr;
};

bool IsVerdictWord(std::string_view word);

}  // namespace sandlint
