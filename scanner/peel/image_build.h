#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/image.h"
#include "scanner/parse/dockerfile.h"
#include "scanner/peel/peel.h"

namespace sandlint {

/// How a Dockerfile is built.
struct BuildRequest {
  std::string path;                 ///< of the Dockerfile below the root of the tree
  std::string context;              ///< folder below the root of the tree from which COPY takes
  Word target;                      ///< empty: the last stage
  std::vector<KeyValue> arguments;  ///< --build-arg
  Word linked_by;
  bool certain = false;
};

/// Goes through the stages that the target needs. Nothing is run; what only a run could tell is
/// left open.
ImageBuild EvaluateDockerfile(const DockerText& text, const BuildRequest& request,
                              const PeelContext& context);

/// The same for a file of the tree; null where it is not there or is no Dockerfile.
std::shared_ptr<const ImageBuild> BuildOf(const BuildRequest& request, const PeelContext& context);

}  // namespace sandlint
