#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "scanner/parse/nft.h"

namespace sandlint {

/// The verb of a command, in a file and in JSON.
inline std::optional<NftVerb> NftVerbOf(std::string_view word) {
  struct Row {
    std::string_view word;
    NftVerb verb;
  };
  constexpr std::array<Row, 8> kVerbs{{{"add", NftVerb::Add},
                                       {"create", NftVerb::Create},
                                       {"insert", NftVerb::Insert},
                                       {"replace", NftVerb::Replace},
                                       {"delete", NftVerb::Delete},
                                       {"destroy", NftVerb::Destroy},
                                       {"flush", NftVerb::Flush},
                                       {"rename", NftVerb::Rename}}};
  for (const Row& row : kVerbs) {
    if (row.word == word) return row.verb;
  }
  return std::nullopt;
}

}  // namespace sandlint
