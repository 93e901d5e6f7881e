#include "scanner/egress/script_nft.h"

#include <algorithm>

namespace sandlint {

NftFile NftOf(const FirewallScript& script) {
  return ParseNft(*script.nft, [](std::string_view, const Source&) {
    NftIncluded none;
    none.found = false;
    return none;
  });
}

bool OnlyFills(const FirewallScript& script) {
  if (script.nft == nullptr || !script.v4.lines.empty() || !script.v6.lines.empty()) return false;
  const NftFile file = NftOf(script);
  return std::all_of(file.commands.begin(), file.commands.end(), [](const NftCommand& command) {
    return command.object == NftObject::Element ||
           (command.object == NftObject::Set && command.verb == NftVerb::Flush);
  });
}

}  // namespace sandlint
