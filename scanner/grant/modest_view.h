#pragma once

#include <memory>
#include <string>

#include "scanner/grant/view.h"

namespace sandlint {

/// The same view, of whose evaluator no run of the real program stands behind: no answer is more
/// than of ordinary certainty. `assuming` says what it relies on.
std::shared_ptr<const View> MakeModestView(std::shared_ptr<const View> view, std::string assuming);

}  // namespace sandlint
