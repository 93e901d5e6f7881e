#pragma once

#include "scanner/peel/peel.h"

namespace sandlint {

std::optional<Peeled> PeelFirejail(std::span<const Word> argv, const PeelContext& context);

}  // namespace sandlint
