#pragma once

#include <optional>

#include "model/host.h"
#include "scanner/grant/view.h"

namespace sandlint {

Credentials CredentialsOf(const HostUser& user);

/// Those of the user and the group that a layer changes to, by name or number (`#1000` too), who
/// was `now` before. An account of which only the name is known is some user who is neither root
/// nor the caller; nothing where a word is not known, or what its group may do.
std::optional<Credentials> CredentialsOfUser(const Layer& layer, const HostFacts& host,
                                             const Credentials& now = {});

}  // namespace sandlint
