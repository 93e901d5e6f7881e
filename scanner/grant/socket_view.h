#pragma once

#include <memory>

#include "scanner/grant/view.h"

namespace sandlint {

/// `outside` under a filter of system calls that stops socket(AF_UNIX), unless `sockets` is set: no
/// socket can be connected to then, under any name.
std::shared_ptr<const View> MakeSocketView(std::shared_ptr<const View> outside, bool sockets,
                                           Because more_doubts);

}  // namespace sandlint
