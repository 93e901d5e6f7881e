#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scanner/grant/view.h"

namespace sandlint {

/// What a container layer shows, and what only an evaluation finds wrong with it.
struct ContainerResult {
  std::shared_ptr<const View> view;  ///< never null
  std::vector<StartProblem> start_problems;
  std::vector<Note> notes;
};

/// The view inside of `layer` (kind Container). docker's engine takes sources from the host itself;
/// podman takes them from the view in which it runs. `working_directory` resolves relative ones.
ContainerResult MakeContainerView(const Layer& layer, std::shared_ptr<const View> outside,
                                  const std::string& working_directory);

}  // namespace sandlint
