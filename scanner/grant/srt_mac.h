#pragma once

#include "scanner/grant/view_makers.h"
#include "scanner/peel/srt_settings.h"

namespace sandlint {

/// On macOS srt writes a Seatbelt profile; the same rules are evaluated as one.
ViewStep MakeSrtMacStep(const SrtSettings& settings, const Word& cause,
                        std::shared_ptr<const View> outside, const ViewContext& context,
                        std::string home);

}  // namespace sandlint
