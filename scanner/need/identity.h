#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/server.h"

namespace sandlint {

/// Every name by which a server could be known, the innermost program first: its packages, images
/// and programs as the layers of its launches give them, a package below `node_modules`, and the
/// host of a URL.
std::vector<ProgramRef> IdentitiesOf(const Server& server);

/// `npm:NAME` as the catalogue spells it: without case and version for npm, as PEP 503 normalises
/// it for PyPI, without `docker.io/` and `library/` for an image, the base name of a program.
/// Empty when it has none.
std::string CatalogueKey(const ProgramRef& ref);

/// Host, port and scheme of an absolute URL (`https://user@host:1/x`); nothing for other text.
struct UrlHost {
  std::string scheme;
  std::string host;
  std::string port;  ///< that of the scheme when none is written; may be empty
};
std::optional<UrlHost> HostOfUrl(std::string_view text);

}  // namespace sandlint
