#pragma once

#include "scanner/peel/peel.h"

namespace sandlint {

/// Does root start what stands here? Unknown behind a container, and where the host is assumed.
Answer RunsAsRoot(const PeelContext& context);

/// `word` needs a privilege that only root has: a problem of the start where it is somebody else.
void NeedsRoot(Layer& layer, const Word& word, std::string text, const PeelContext& context);

}  // namespace sandlint
