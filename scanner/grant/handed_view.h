#pragma once

#include <memory>
#include <vector>

#include "scanner/grant/view.h"

namespace sandlint {

/// A file that reaches the program past every sandbox, and the view in which it was opened.
struct Handed {
  HandedFile file;
  std::shared_ptr<const View> outside;
};

/// What `layer` closes, or hands on as a stream alone, before it starts the rest.
void CloseBehind(const Layer& layer, std::vector<Handed>& handed);

/// `inside` with what was handed to it.
std::shared_ptr<const View> MakeHandedView(std::shared_ptr<const View> inside,
                                           std::vector<Handed> handed);

}  // namespace sandlint
