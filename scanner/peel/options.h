#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/layer.h"

namespace sandlint {

enum class OptionArg : std::uint8_t {
  None,
  Required,  ///< `--name value`, `--name=value`, `-n value`, `-nvalue`
  Optional,  ///< `--name`, `--name=value`; `-n` takes what is glued to it
};

/// What a row without `apply` does: nothing that counts, ends the tool, changes a facet, or is read
/// from the uses by the peeler.
enum class OptionEffect : std::uint8_t { None, Exits, NotModelled, Read };

/// One option of a wrapper with getopt manners.
struct OptionSpec {
  std::string_view name;  ///< long name without dashes, may be empty
  char letter = 0;        ///< short name, 0 for none
  OptionArg arg = OptionArg::None;
  OptionEffect effect = OptionEffect::None;
  Facet facets = Facet::None;  ///< for NotModelled
  std::string_view why;        ///< for NotModelled: a clause
};

struct OptionManners {
  bool abbreviations =
      true;               ///< getopt_long takes `--unset` for `--unset-everything` if it is unique
  bool permutes = false;  ///< options are taken from behind operands too, up to `--`
  bool single_dash_names = false;  ///< `-name` is a long option (Go, node)
  bool glued_equals = false;       ///< `-R=value` as well; otherwise `-Rx` is two letters
};

/// One option as it was met.
struct OptionUse {
  std::string_view name;  ///< the long name of its row, or its letter
  Word option;
  Word value;
};

struct OptionResult {
  std::size_t next = 0;  ///< index of the first word that is no option
  bool understood = true;
  bool ended_by_dashes = false;  ///< a bare `--` was eaten
  std::vector<OptionUse> uses;   ///< rows with OptionEffect::Read
  std::vector<Word> operands;    ///< what stood between options, where they permute
  std::vector<Word> consumed;    ///< the option words and values, where they permute

  /// The last use of an option, or null.
  const OptionUse* Find(std::string_view name) const;
  bool Has(std::string_view name) const { return Find(name) != nullptr; }
};

/// Reads the options at `argv[begin…]` up to the first operand or a bare `--` (which is eaten). An
/// option that is not in the table, or a word that could be any option, leaves a note and ends it.
OptionResult ReadOptions(std::span<const Word> argv, std::size_t begin,
                         std::span<const OptionSpec> table, Layer& layer,
                         OptionManners manners = {});

/// A layer of `kind` for `argv[0]`.
Layer MakeLayer(LayerKind kind, std::string_view tool, const Word& program);

/// Takes `argv[0, count)` into the layer and returns what is left.
std::vector<Word> Consume(Layer& layer, std::span<const Word> argv, std::size_t count);

/// Marks the layer as not understood from `word` on: every facet behind it is unknown.
void NotUnderstood(Layer& layer, const Word& word, std::string why);

void AddNote(Layer& layer, const Word& word, Facet facets, std::string why);
void AddProblem(Layer& layer, const Word& word, std::string text, Answer fatal = Answer::Yes);

/// A word that the tool itself makes up: its text is known, its place is that of `cause`.
Word MadeUp(std::string text, const Word& cause);

/// Environment edits.
void AddSet(Layer& layer, const Word& option, Word name, Word value);
void AddUnset(Layer& layer, const Word& option, Word name);
void AddReset(Layer& layer, const Word& option, std::vector<std::string> keep = {});

}  // namespace sandlint
