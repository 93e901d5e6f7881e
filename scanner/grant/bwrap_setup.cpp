#include "scanner/grant/bwrap_setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sandlint {

BwrapSetup::BwrapSetup(const Layer& layer, const View& outside, Credentials caller,
                       std::string working_directory)
    : tree(outside),
      layer_(layer),
      outside_(outside),
      working_directory_(std::move(working_directory)),
      setup_(std::move(caller)) {
  for (const Note& note : layer.notes) {
    const bool left_out = note.support == Support::Unmodelled || note.support == Support::Unknown;
    if (left_out && Touches(note.facets, Facet::Paths)) options_known_ = false;
  }
  setup_.read_own = true;
  setup_.write_own = true;
  base_ = tree.Make(MountNode::Kind::Tmpfs, {});
  tree.root =
      tree.Make(MountNode::Kind::Tmpfs, {EvidenceOf(layer.program, "nothing else shows it")});
  tree.Attach(tree.root, {base_, "newroot"});
  MountNode* old = tree.Make(MountNode::Kind::Bind, {});
  old->sources = {"/"};
  tree.Attach(old, {base_, "oldroot"});
}

void BwrapSetup::Run() {
  // Sources are resolved outside before anything is mounted.
  std::vector<std::optional<std::string>> sources;
  std::vector<std::vector<std::string>> overlays(layer_.mounts.size());
  std::vector<bool> unknown(layer_.mounts.size());
  for (std::size_t index = 0; index < layer_.mounts.size(); ++index) {
    const Mount& mount = layer_.mounts[index];
    const bool bind = mount.kind == MountKind::Bind;
    const bool upper = mount.kind == MountKind::Overlay && mount.source;
    const std::size_t before = doubts.size();
    sources.push_back(bind || upper ? Source(mount, mount.source) : std::nullopt);
    unknown[index] = !sources.back() && doubts.size() > before;
    for (const Word& lower : mount.overlay_sources) {
      if (const auto path = Source(mount, lower)) overlays[index].push_back(*path);
    }
  }
  for (std::size_t index = 0; index < layer_.mounts.size(); ++index) {
    Apply(layer_.mounts[index], sources[index], overlays[index], unknown[index]);
  }
}

void BwrapSetup::Fatal(const Word& word, std::string text) {
  const bool sure = !outside_.Host().Symbolic() && options_known_ && doubts.empty();
  problems.push_back({word, std::move(text), sure ? Answer::Yes : Answer::Unknown});
}

void BwrapSetup::Perhaps(const Word& word, std::string text) {
  problems.push_back({word, std::move(text), Answer::Unknown});
}

Because BwrapSetup::BecauseOf(const Mount& mount) const {
  Evidence evidence = EvidenceOf(mount.option);
  if (mount.source) evidence.text += ' ' + mount.source.text;
  evidence.text += ' ' + mount.target.text;
  return {std::move(evidence)};
}

std::optional<std::string> BwrapSetup::Source(const Mount& mount, const Word& word) {
  if (!word.Known()) {
    // Anything could be meant: nothing is hidden for sure any more.
    doubts.push_back(EvidenceOf(word, "its value is not known here"));
    return std::nullopt;
  }
  const std::string& text = word.text;
  const bool relative = !text.starts_with('/');
  bool denied = false;
  std::optional<std::string> real;
  if (!text.empty()) {
    real = outside_.Realpath(relative ? working_directory_ + '/' + text : text, &setup_, &denied);
  }
  if (real && outside_.Host().Symbolic() && relative && mount.optional) {
    // Whether ./name exists is not known: it may be looked up from the root of the host.
    doubts.push_back(EvidenceOf(word, "a missing relative source is looked up again from /"));
  }
  if (real) return OwnProcess(word, *real);
  if (denied) {
    Fatal(word, fmt::format("the source {} cannot be reached", text));
    return std::nullopt;
  }
  if (mount.optional && relative) {
    // Observed with 0.8.0: a missing relative (or empty) source of a -try option is looked up again
    // from the root of the host.
    if (const auto again = outside_.Realpath('/' + text, &setup_, &denied)) {
      return OwnProcess(word, *again);
    }
    if (denied) Fatal(word, fmt::format("the source /{} cannot be reached", text));
  }
  if (!mount.optional) Fatal(word, fmt::format("there is no source {}", text));
  return std::nullopt;
}

/// /proc/self as bwrap itself sees it; what other processes show is not known.
std::optional<std::string> BwrapSetup::OwnProcess(const Word& word, const std::string& real) {
  if (!IsOfProcess(real)) return real;
  for (const auto& [link, path] :
       {std::pair<std::string, std::string>{"/proc/self/cwd", working_directory_},
        {"/proc/self/root", "/"}}) {
    if (!IsBelow(real, link)) continue;
    const std::string rest(RelativeTo(real, link));
    if (const auto found = outside_.Realpath(path + '/' + rest, &setup_)) return found;
  }
  doubts.push_back(EvidenceOf(word, "what a process shows in /proc is not known here"));
  return std::nullopt;
}

/// A source of which nothing is known covers the target.
void BwrapSetup::Unknown(const Mount& mount) {
  const auto place = Target(mount, Make::Unknown);
  if (!place) return;
  MountNode* node = tree.Make(MountNode::Kind::Unknown, BecauseOf(mount));
  node->read_only = mount.read_only;
  tree.Attach(node, *place);
}

std::optional<Place> BwrapSetup::Target(const Mount& mount, Make make) {
  if (!mount.target.Known()) {
    doubts.push_back(EvidenceOf(mount.target, "its value is not known here"));
    return std::nullopt;
  }
  Step step = Walk(mount.target.text, make);
  if (!step.place) {
    Fatal(mount.target,
          fmt::format("{} cannot be mounted at {}: {}", mount.option.text, mount.target.text,
                      step.error.empty() ? "there is no such path" : step.error));
    return std::nullopt;
  }
  const auto object = tree.Lstat(*step.place);
  if (object && IsOfProcess(object->host)) {
    doubts.push_back(EvidenceOf(mount.target, "where a link in /proc leads is not known here"));
    Perhaps(mount.target, fmt::format("{} leads through a link in /proc", mount.target.text));
    return std::nullopt;
  }
  const bool typed = make == Make::Directory || make == Make::File;
  if (object && object->certain && typed) {
    const bool directory = object->kind == NodeKind::Directory;
    if (directory != (make == Make::Directory)) {
      Fatal(mount.target,
            fmt::format("{} is {}", mount.target.text,
                        directory ? "a directory: a file cannot be mounted over it"
                                  : "no directory: a directory cannot be mounted over it"));
      return std::nullopt;
    }
  }
  if (make == Make::File && step.place->node->kind == MountNode::Kind::Data) {
    // The file behind it is gone as soon as it is mounted (observed).
    Fatal(mount.target,
          fmt::format("nothing can be mounted over the data at {}", mount.target.text));
    return std::nullopt;
  }
  const bool trailing = mount.target.text.size() > 1 && mount.target.text.ends_with('/');
  if (make == Make::File && trailing) {
    Fatal(mount.target, "a slash at the end of the path of a file");
  }
  return step.place;
}

void BwrapSetup::Apply(const Mount& mount, const std::optional<std::string>& source,
                       const std::vector<std::string>& overlays, bool unknown) {
  switch (mount.kind) {
    case MountKind::Bind:
      if (source) {
        Bind(mount, *source);
      } else if (unknown) {
        Unknown(mount);
      }
      return;
    case MountKind::Overlay:
      Overlay(mount, source, overlays);
      return;
    case MountKind::Tmpfs:
    case MountKind::Mqueue:
      Tmpfs(mount);
      return;
    case MountKind::Proc:
      Proc(mount);
      return;
    case MountKind::Devices:
      Devices(mount);
      return;
    case MountKind::Directory:
      Directory(mount);
      return;
    case MountKind::File:
      File(mount);
      return;
    case MountKind::Data:
      Data(mount);
      return;
    case MountKind::Symlink:
      Symlink(mount);
      return;
    case MountKind::RemountReadOnly:
      Remount(mount);
      return;
    case MountKind::Chmod:
      Chmod(mount);
      return;
    case MountKind::Volume:
      return;  // no such thing in bwrap
  }
}

}  // namespace sandlint
