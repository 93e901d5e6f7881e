#pragma once

#include "model/need.h"
#include "model/server.h"

namespace sandlint {

/// What the guide says that a server of this class needs, where nothing better is known.
Need DefaultNeedOf(ServerClass server_class);

/// The class that the name of a package speaks of (`acme-mcp-postgres`: database), and the part of
/// the name that says so; Unknown for most.
struct NamedClass {
  ServerClass server_class = ServerClass::Unknown;
  std::string_view part;
};
NamedClass ClassByName(std::string_view name);

}  // namespace sandlint
