// What a wrapper script has mounted: as bwrap would, over all of the host. Whether it may mount at
// all, whether the program may take it away again, and where its working directory stays are
// matters of the layers around it (observed with util-linux 2.38, Linux 6.1).

#include "scanner/grant/script_mounts.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sandlint {
namespace {

/// The mounts as a sandbox of their own that adds nothing else.
Layer SandboxOf(const Layer& shell) {
  Layer over;
  over.tool = "mount";
  over.kind = LayerKind::Sandbox;
  over.root = RootKind::Empty;
  over.program = shell.program;
  Mount all;
  all.option = shell.program;
  all.source.text = all.target.text = "/";
  all.devices = true;
  over.mounts.push_back(std::move(all));
  over.mounts.insert(over.mounts.end(), shell.mounts.begin(), shell.mounts.end());
  return over;
}

/// In a script without functions and loops, what stands behind is done later.
bool IsDoneAfter(const Word& later, const Word& earlier) {
  const Source* source = later.span.source;
  if (source == nullptr || source != earlier.span.source) return false;
  for (const std::string_view part : {"()", "function", "done", "trap"}) {
    if (source->text.find(part) != std::string::npos) return false;
  }
  return later.span.begin > earlier.span.begin;
}

/// A later layer starts in a directory that it looks up by name.
bool MovesOn(const Layer& layer) {
  if (layer.tool == "bwrap" && layer.kind == LayerKind::Sandbox) return true;
  constexpr auto kKinds = std::to_array({LayerKind::Shell, LayerKind::Environment, LayerKind::User,
                                         LayerKind::Transparent, LayerKind::Launcher});
  return std::ranges::find(kKinds, layer.kind) != kKinds.end() && layer.chdir &&
         layer.chdir->Known() && layer.chdir->text.starts_with('/');
}

/// The mount below which the working directory lies: from there all that it covers can be reached.
const Mount* Left(const std::vector<Layer>& layers, std::size_t index, const View& outside,
                  std::string directory) {
  const Layer& shell = layers[index];
  const auto behind = layers.begin() + static_cast<std::ptrdiff_t>(index) + 1;
  if (std::any_of(behind, layers.end(), MovesOn)) return nullptr;
  bool lost = false;
  for (auto layer = layers.begin(); layer != behind; ++layer) {
    if (!layer->chdir) continue;
    const bool whole = layer->chdir->text.starts_with('/');
    lost = !layer->chdir->Known() || (lost && !whole);
    directory = CleanPath(whole ? layer->chdir->text : JoinPath(directory, layer->chdir->text));
  }
  const std::string from = outside.Realpath(directory, nullptr).value_or(directory);
  for (const Mount& mount : shell.mounts) {
    if (shell.chdir && IsDoneAfter(*shell.chdir, mount.option)) continue;
    const std::string target = CleanPath(mount.target.text);
    const std::string real = outside.Realpath(target, nullptr).value_or(target);
    if (lost || IsBelow(from, real) || IsBelow(directory, target)) return &mount;
  }
  return nullptr;
}

/// A bind of something of which only an assumption says that it is there.
const Mount* Unfounded(const Layer& shell, const View& outside) {
  const auto found = std::ranges::find_if(shell.mounts, [&](const Mount& mount) {
    if (mount.kind != MountKind::Bind || !mount.source.Known()) return false;
    const auto real = outside.Realpath(CleanPath(mount.source.text), nullptr);
    const auto object = real ? outside.Lstat(*real) : std::nullopt;
    return outside.Host().Symbolic() && (!object || !object->certain);
  });
  return found == shell.mounts.end() ? nullptr : &*found;
}

/// Where bwrap would stop, a script goes on without the mount.
ViewStep Mounted(const Layer& over, const std::shared_ptr<const View>& outside,
                 ViewContext& context, Because removable) {
  context.removable = removable;
  ViewStep step = MakeBwrapStep(over, outside, context);
  const auto fails = [](const StartProblem& problem) { return problem.fatal != Answer::No; };
  const auto problem = std::ranges::find_if(step.problems, fails);
  if (problem == step.problems.end()) return step;
  removable.push_back(EvidenceOf(problem->word, "this mount may fail"));
  context.removable = std::move(removable);
  step = MakeBwrapStep(over, outside, context);
  for (StartProblem& one : step.problems) one.fatal = std::min(one.fatal, Answer::Unknown);
  return step;
}

}  // namespace

ViewStep MakeScriptMounts(const std::vector<Layer>& layers, std::size_t index,
                          std::shared_ptr<const View> outside, ViewContext context) {
  const Layer& shell = layers[index];
  const Word& word = shell.mounts.front().option;
  const Power power = context.power;
  ViewStep step;
  if (power.capabilities == Answer::No || power.mounts == Answer::No) {
    step.view = std::move(outside);
    step.problems.push_back({word, "it may not mount anything here", Answer::Unknown});
    return step;
  }
  Because removable;
  if (power.capabilities == Answer::Unknown || power.mounts == Answer::Unknown) {
    removable.push_back(EvidenceOf(word, "whether it may mount is not known here"));
  }
  Power last = power;
  for (std::size_t next = index + 1; next < layers.size(); ++next) {
    last = PowerBehind(layers[next], last, context.host);
  }
  if (last.capabilities != Answer::No && last.space == power.space) {
    removable.push_back(EvidenceOf(word, "the program keeps the right to take it away"));
  }
  if (const Mount* mount = Left(layers, index, *outside, context.working_directory)) {
    removable.push_back(EvidenceOf(mount->option, "the working directory stays below it"));
  }
  if (const Mount* mount = Unfounded(shell, *outside)) {
    removable.push_back(
        EvidenceOf(mount->option, "whether there is anything to mount is not known"));
  }
  context.power = {};
  Layer over = SandboxOf(shell);
  // The files of the user stay readable to whoever could read them all.
  if (outside->Caller().write_own && !outside->Caller().override_all) {
    over.cap_add = {shell.program};
    over.cap_add.front().text = "CAP_DAC_OVERRIDE";
  }
  return Mounted(over, outside, context, std::move(removable));
}

}  // namespace sandlint
