#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/layer.h"

namespace sandlint {

enum class Engine : std::uint8_t { Docker = 1, Podman = 2 };
enum class Engines : std::uint8_t { Docker = 1, Podman = 2, Both = 3 };
enum class Takes : std::uint8_t { Nothing, Value };

struct ContainerDraft;
struct FlagUse;

/// What an option does to the layer.
using ApplyOption = void (*)(ContainerDraft& draft, const FlagUse& use);

/// One option of docker or podman; `name` without its dashes.
struct OptionRow {
  std::string_view name;
  char letter = 0;
  Engines engines = Engines::Both;
  Takes takes = Takes::Value;
  Support support = Support::Irrelevant;
  Facet facets = Facet::None;  ///< what an Unmodelled option, or an unknown value, could touch
  ApplyOption apply = nullptr;
  std::string_view why = {};  ///< a clause for an Unmodelled option
  bool newer = false;         ///< podman 4.3 does not have it
};

/// One option as it was written.
struct FlagUse {
  const OptionRow* row = nullptr;
  Word option;  ///< `--network`, `--network=none`, `-it`
  Word value;   ///< empty for a boolean without `=`
  bool on = true;
  bool joined = false;  ///< the value stands in the same word

  /// The option alone, as written: `--env` of `--env=K=V`, `-e` of `-ieK=V` (a value may be
  /// secret).
  Word Name() const;
  /// Option and value in one word, for evidence.
  Word Deciding() const;
};

/// What became of the words up to the first one that is no option.
struct FlagScan {
  std::vector<FlagUse> uses;
  std::vector<StartProblem> problems;
  std::vector<Note> notes;
  std::size_t end = 0;   ///< index of the first operand
  bool stopped = false;  ///< where the operands begin cannot be told
};

using FindOption = std::function<const OptionRow*(std::string_view name, char letter)>;

/// Reads options as both tools do (pflag, not interspersed): `--name value`, `--name=value`,
/// `-x value`, `-xvalue`, `-x=value`, booleans in clusters and with a value only after `=`.
FlagScan ScanFlags(std::span<const Word> words, std::size_t begin, const FindOption& find);

bool HasEngine(Engines engines, Engine engine);

/// `text` cut at `separator`, never inside of an unknown part.
std::vector<Word> SplitAt(const Word& text, char separator);

/// The values that pflag takes for a boolean.
std::optional<bool> ParseBool(std::string_view text);

}  // namespace sandlint
