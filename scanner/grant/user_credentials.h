#pragma once

#include <optional>

#include "model/host.h"
#include "scanner/grant/view.h"

namespace sandlint {

Credentials CredentialsOf(const HostUser& user);

/// Those of the user whom a layer changes to, by name or number (`#1000` too). An account of which only the name is known is
/// some user who is neither root nor the caller; nothing where the word is not known.
std::optional<Credentials> CredentialsOfUser(const Layer& layer, const HostFacts& host);

}  // namespace sandlint
