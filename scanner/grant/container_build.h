#pragma once

#include <memory>
#include <string>

#include "scanner/grant/container_actor.h"
#include "scanner/grant/container_seats.h"
#include "scanner/grant/view_makers.h"

namespace sandlint {

struct SeatInputs {
  const Layer& layer;
  std::shared_ptr<const View> sources;  ///< where the engine takes sources from
  std::shared_ptr<const ImageFacts> image;
  const Actors& actors;
  const std::string& working_directory;
};

/// Every mount of the container, parents before children as both engines sort them. Adds what
/// would stop the start: a source that is missing, one place mounted twice, a file over a
/// directory.
Seats BuildSeats(const SeatInputs& inputs, ViewStep& step);

}  // namespace sandlint
