#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/peel/image_build.h"

namespace sandlint {

/// One line of the tree that builds an image under a name: `docker build -t NAME` in a script, a
/// Makefile or a README, or a service of a compose file with `build:` and `image:`.
struct KnownBuild {
  Word name;
  BuildRequest request;
};

/// The file that a build of `context` reads: `dockerfile` seen from there, else Dockerfile or
/// Containerfile; empty where there is none.
std::string DockerfileIn(const std::string& context, const Word& dockerfile,
                         const PeelContext& peel);

/// `docker build`, `podman build`, `docker buildx build` lines of a file.
void ReadBuildLines(const Source& source, const PeelContext& context,
                    std::vector<KnownBuild>& builds);

/// The build of the tree that makes the image of this name. Nothing where there is none, or where
/// several do it differently.
std::shared_ptr<const ImageBuild> FindBuild(const Word& image, const PeelContext& context);

}  // namespace sandlint
