#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/server.h"
#include "scanner/grant/power.h"
#include "scanner/grant/view.h"

namespace sandlint {

/// What a layer makes of the view outside of it.
struct ViewStep {
  std::shared_ptr<const View> view;    ///< never null
  std::vector<StartProblem> problems;  ///< what makes the tool refuse to start
  std::vector<Note> notes;
  /// A procfs inside shows a process of the tool itself, which keeps the environment outside.
  bool own_proc = false;
  bool hides_proc = false;          ///< no procfs can be seen inside, neither a new one nor another
  std::vector<Evidence> openings;   ///< as in Grant
  std::vector<Evidence> no_effect;  ///< as in Grant
  /// The environment of every process of the host can be read (root in no user namespace).
  bool host_proc = false;
  /// The processes outside stay what they are to the program: it reads those of its own user.
  bool outside_visible = false;
};

struct ViewContext {
  const HostFacts& host;
  const std::string& working_directory;  ///< of the client, on the host; relative sources use it
  Power power = {};                      ///< that of whoever starts the layer
  Because removable = {};                ///< why what the layer mounts may not stay
};

/// Evaluates the file system of one layer. A note of the layer that touches paths makes the result
/// unknown afterwards; a maker need not look at it.
using ViewMaker = ViewStep (*)(const Layer& layer, std::shared_ptr<const View> outside,
                               const ViewContext& context);

/// The maker for this layer, by its tool; null for a layer that leaves the view as it is.
ViewMaker FindViewMaker(const Layer& layer);

// One maker per technology; the table in view_makers.cpp lists them.
ViewStep MakeBwrapStep(const Layer& layer, std::shared_ptr<const View> outside,
                       const ViewContext& context);
ViewStep MakeFirejailStep(const Layer& layer, std::shared_ptr<const View> outside,
                          const ViewContext& context);
ViewStep MakeContainerStep(const Layer& layer, std::shared_ptr<const View> outside,
                           const ViewContext& context);
ViewStep MakeSrtStep(const Layer& layer, std::shared_ptr<const View> outside,
                     const ViewContext& context);
ViewStep MakeCodexStep(const Layer& layer, std::shared_ptr<const View> outside,
                       const ViewContext& context);
ViewStep MakeNsjailStep(const Layer& layer, std::shared_ptr<const View> outside,
                        const ViewContext& context);
ViewStep MakePermissionStep(const Layer& layer, std::shared_ptr<const View> outside,
                            const ViewContext& context);  ///< deno and node
ViewStep MakeSystemdStep(const Layer& layer, std::shared_ptr<const View> outside,
                         const ViewContext& context);
ViewStep MakeUnshareStep(const Layer& layer, std::shared_ptr<const View> outside,
                         const ViewContext& context);  ///< and chroot
ViewStep MakeSbplStep(const Layer& layer, std::shared_ptr<const View> outside,
                      const ViewContext& context);

}  // namespace sandlint
