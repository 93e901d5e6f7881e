#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scanner/grant/view.h"

namespace sandlint {

/// A file that reaches the program past every sandbox, and the view in which it was opened.
struct Handed {
  HandedFile file;
  std::shared_ptr<const View> outside;
  std::string why = {};   ///< how, where it is no open file
  bool standing = false;  ///< the working directory: what lies below it, whatever lies above
};

/// Anything of `outside` may be in reach, because of `word`.
Handed PerhapsAnything(const Word& word, std::string why, std::shared_ptr<const View> outside);

/// A change of user to the caller of `view` leaves a process where it stands, even where that user
/// could not go. Nothing where it could.
std::optional<Handed> StandingIn(const std::string& directory, const Word& who,
                                 std::shared_ptr<const View> view);

/// What `layer` closes, or hands on as a stream alone, before it starts the rest.
void CloseBehind(const Layer& layer, std::vector<Handed>& handed);

/// Files whose mode or owner a script has changed may be within reach of `user`, who comes now,
/// whatever they were before.
void HandOpened(const HostFacts& host, const Credentials& user, const std::vector<Handed>& opened,
                std::vector<Handed>& handed);

/// `inside` with what was handed to it.
std::shared_ptr<const View> MakeHandedView(std::shared_ptr<const View> inside,
                                           std::vector<Handed> handed);

}  // namespace sandlint
