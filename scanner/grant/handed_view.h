#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scanner/grant/view.h"

namespace sandlint {

/// A file that reaches the program past every sandbox, and the view in which it was opened.
struct Handed {
  HandedFile file;
  std::shared_ptr<const View> outside;
  std::string why = {};  ///< how, where it is no open file
};

/// Anything of `outside` may be in reach, because of `word`.
Handed PerhapsAnything(const Word& word, std::string why, std::shared_ptr<const View> outside);

/// What `layer` closes, or hands on as a stream alone, before it starts the rest.
void CloseBehind(const Layer& layer, std::vector<Handed>& handed);

/// `inside` with what was handed to it.
std::shared_ptr<const View> MakeHandedView(std::shared_ptr<const View> inside,
                                           std::vector<Handed> handed);

}  // namespace sandlint
