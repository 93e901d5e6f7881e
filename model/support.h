#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/word.h"

namespace sandlint {

/// What sandlint makes of an option, directive or key that it met. Nothing is dropped in silence.
enum class Support : std::uint8_t {
  Modelled,    ///< its effect is in the model
  Irrelevant,  ///< known, and without effect on what a server can reach
  Unmodelled,  ///< known, its effect is not in the model
  Unknown,     ///< never heard of it
};

/// The facets of a grant, as a set.
enum class Facet : std::uint8_t {
  None = 0,
  Paths = 1,
  Egress = 2,
  Environment = 4,
  Identity = 8,
  All = 15,
};
constexpr Facet operator|(Facet a, Facet b) {
  return static_cast<Facet>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}
constexpr bool Touches(Facet set, Facet one) {
  return (static_cast<std::uint8_t>(set) & static_cast<std::uint8_t>(one)) != 0;
}

/// A word that was met and is not (fully) modelled, and the facets that it could change. Only those
/// facets lose confidence.
struct Note {
  Support support = Support::Unknown;
  Word word;
  Facet facets = Facet::All;
  std::string why;  ///< a clause for the reader: "its options come from descriptor 3"
};

/// A proof step: a place in a file (or a word of the argv) and what it does there.
struct Evidence {
  Span span;
  int argv_index = -1;
  std::string text;  ///< what decides, in the words of the tool: `--bind /home/a /home/a`
  std::string note;  ///< a clause for the reader, may be empty: "the network stays shared"
};
using Because = std::vector<Evidence>;

Evidence EvidenceOf(const Word& word, std::string note = {});

/// Three-valued logic; the order is that of worry.
enum class Answer : std::uint8_t { No, Unknown, Yes };
enum class Confidence : std::uint8_t { Low, Medium, High };

const char* NameOf(Answer answer);          ///< yes / no / unknown
const char* NameOf(Confidence confidence);  ///< high / medium / low
const char* NameOf(Support support);        ///< modelled / irrelevant / unmodelled / unknown
std::string NamesOf(Facet facets);          ///< "paths, egress"

}  // namespace sandlint
