#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "model/layer.h"

namespace sandlint {

enum class OptionArg : std::uint8_t {
  None,
  Required,  ///< `--name value`, `--name=value`, `-n value`, `-nvalue`
  Optional,  ///< `--name`, `--name=value`; `-n` takes what is glued to it
};

/// One option of a wrapper with getopt manners.
struct OptionSpec {
  std::string_view name;  ///< long name without dashes, may be empty
  char letter = 0;        ///< short name, 0 for none
  OptionArg arg = OptionArg::None;
  /// What it does to the layer; null: nothing that counts.
  void (*apply)(Layer& layer, const Word& option, const Word& value) = nullptr;
  Support support = Support::Irrelevant;  ///< of a row without apply
  Facet facets = Facet::None;
};

struct OptionResult {
  std::size_t next = 0;  ///< index of the first word that is no option
  bool understood = true;
};

/// Reads the options at `argv[begin…]` up to the first operand or a bare `--` (which is eaten). An
/// option that is not in the table, or a word that is not known, leaves a note and ends it.
OptionResult ReadOptions(std::span<const Word> argv, std::size_t begin,
                         std::span<const OptionSpec> table, Layer& layer);

/// A layer of `kind` for `argv[0]`.
Layer MakeLayer(LayerKind kind, std::string_view tool, const Word& program);

/// Takes `argv[0, count)` into the layer and returns what is left.
std::vector<Word> Consume(Layer& layer, std::span<const Word> argv, std::size_t count);

/// Marks the layer as not understood from `word` on: every facet behind it is unknown.
void NotUnderstood(Layer& layer, const Word& word, std::string why);

}  // namespace sandlint
