#pragma once

#include <memory>

#include "scanner/grant/view.h"

namespace sandlint {

/// The same answers, each worked out once: the rules ask every view the same questions. `view` is
/// asked by any number of threads at once where it is the host's, and then remembers for good.
std::shared_ptr<const PathView> Remember(std::shared_ptr<const View> view);
/// The view behind them, for who asks more than rules do; null where there is none.
const View* ViewBehind(const PathView& paths);

}  // namespace sandlint
