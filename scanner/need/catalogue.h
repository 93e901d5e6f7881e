#pragma once

#include <memory>
#include <string_view>

#include "scanner/parse/node.h"

namespace sandlint {

/// One `[[server]]` or `[[launcher]]` of the embedded catalogue, with the text that it points into.
struct CatalogueEntry {
  std::shared_ptr<const Source> source;
  Node root;
};

/// The entry whose `match` lists `identity` (`npm:NAME`, `bin:PROGRAM`); of the servers, or of the
/// launchers when `launcher`; null where there is none. Only that entry is parsed, and only once:
/// a run asks for a handful of them.
std::shared_ptr<const CatalogueEntry> FindInCatalogue(std::string_view identity, bool launcher);

/// The whole text (tests read it as one document).
std::string_view CatalogueText();

}  // namespace sandlint
