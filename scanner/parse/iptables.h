#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/word.h"
#include "scanner/parse/node.h"

namespace sandlint {

enum class IptablesVerb : std::uint8_t {
  Table,        ///< `*filter`: the table is emptied and filled anew
  Commit,       ///< what stands since `*table` takes effect
  DefineChain,  ///< `:OUTPUT DROP [0:0]`, `-N chain`
  Policy,       ///< `-P OUTPUT DROP`
  Append,
  Insert,
  Replace,
  Delete,
  Flush,
  DeleteChain,
  Rename,
  Other,  ///< -L, -S, -C, -Z: no effect
};

/// One line of iptables-save, or one `iptables` command.
struct IptablesLine {
  IptablesVerb verb = IptablesVerb::Other;
  Word table;  ///< of a command with `-t`; empty: that of the section, or filter
  Word chain;
  Word policy;                          ///< of DefineChain and Policy; `-` for a user's chain
  std::optional<std::uint32_t> number;  ///< of Insert, Replace and Delete, from 1
  std::vector<Word> words;              ///< the rule: everything behind the chain
  Span span;
};

struct IptablesFile {
  std::vector<IptablesLine> lines;
  std::vector<ParseProblem> problems;
};

/// What iptables-restore reads: `*table`, `:CHAIN`, rules with or without counters, COMMIT.
IptablesFile ParseIptables(const Source& source);

/// `iptables -t nat -A OUTPUT …`, its words without the name of the program.
std::optional<IptablesLine> ParseIptablesCommand(const std::vector<Word>& words);

/// The same for words that a front end of iptables makes of its own text at `span`.
IptablesLine IptablesLineOf(const std::vector<std::string>& texts, const Span& span);

/// One line of `ipset save`, or one `ipset` command: words without the program's name.
struct IpsetLine {
  Word verb;  ///< create, add, del, flush, destroy …
  Word name;
  std::vector<Word> words;
  Span span;
};
struct IpsetFile {
  std::vector<IpsetLine> lines;
};
IpsetFile ParseIpset(const Source& source);
std::optional<IpsetLine> ParseIpsetCommand(const std::vector<Word>& words);

/// The words of one line: blanks between them, `"…"` and `'…'` keep blanks, `\` the next character.
std::vector<Word> SplitLine(const Source& source, std::uint32_t begin, std::uint32_t end);

}  // namespace sandlint
