#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "scanner/grant/container_actor.h"
#include "scanner/grant/container_build.h"
#include "scanner/grant/container_escape.h"
#include "scanner/grant/container_image.h"
#include "scanner/grant/container_seats.h"
#include "scanner/grant/view_makers.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxVisited = 100'000;
constexpr int kMaxDepth = 256;
/// Kernel file systems: never searched.
constexpr std::array<std::string_view, 3> kKernelFolders = {"/dev", "/proc", "/sys"};

struct Reach {
  Rights rights;
  Rights possible;
  Rights unprotected;  ///< what the mounts alone leave, permissions aside

  void Add(const Reach& other) {
    rights = rights | other.rights;
    possible = possible | other.possible;
    unprotected = unprotected | other.unprotected;
  }
};

Rights Without(Rights all, Rights taken) {
  return Rights(static_cast<std::uint8_t>(all.bits & ~taken.bits));
}

class ContainerView final : public View {
 public:
  ContainerView(Seats seats, Actors actors, Escapes escapes, const HostFacts& host,
                std::shared_ptr<const View> machine)
      : seats_(std::move(seats)),
        actors_(std::move(actors)),
        escapes_(std::move(escapes)),
        host_(host),
        machine_(std::move(machine)),
        caller_(actors_.most.ids) {
    if (actors_.most.read_all) caller_.override_all = true;
    doubts = escapes_.possible;
  }

  std::optional<Object> Lstat(std::string_view path) const override { return seats_.Lstat(path); }
  std::vector<std::string> List(std::string_view directory) const override {
    return seats_.List(directory);
  }
  const Credentials& Caller() const override { return caller_; }
  const HostFacts& Host() const override { return host_; }

  std::vector<std::string> MountsBelow(std::string_view directory) const override {
    std::vector<std::string> mounts;
    for (const Seat& seat : seats_.All()) {
      if (seat.target != directory && IsBelow(seat.target, directory)) {
        mounts.push_back(seat.target);
      }
    }
    std::ranges::sort(mounts);
    return mounts;
  }

  std::vector<Alias> AliasesOf(std::string_view host_path) const override {
    std::vector<Alias> aliases;
    for (const Seat& seat : seats_.All()) {
      if (seat.kind != SeatKind::Bind && seat.kind != SeatKind::Overlay) continue;
      for (const Alias& outer : seats_.Sources().AliasesOf(host_path)) {
        if (!outer.masked) AddAlias(seat, outer, aliases);
      }
    }
    return aliases;
  }

  PathAnswer Subtree(std::string_view path, bool host_only) const override {
    return AnswerOf(Search(std::string(path), host_only ? "/" : ""), path);
  }

  PathAnswer OfHost(std::string_view host_path) const override;
  PathAnswer Inside(std::string_view path) const override;
  PathAnswer OfRoot() const override;

 private:
  void AddAlias(const Seat& seat, const Alias& outer, std::vector<Alias>& aliases) const;
  PathAnswer AnswerOf(const Reach& reach, std::string_view path) const;
  Reach Search(const std::string& path, const std::string& host_root) const;
  void Descend(const std::string& path, const std::string& host_root, int depth,
               std::size_t& visited, Reach& reach) const;
  void AddSubmounts(const std::string& path, const std::string& host_root, Reach& reach) const;
  Reach On(const Object& object, const std::string& host_root, const Seat* seat) const;
  /// Can the directories above `path` be passed: by the proven actor, by the worst?
  bool WayOpen(std::string_view path, bool worst) const;
  bool Passes(const Object& directory, bool worst) const;
  std::optional<std::string> Locate(std::string_view path) const;
  /// What is missing on the host could be made where its directory is shown.
  Rights CreationOf(const std::string& path) const;
  void Finish(PathAnswer& answer) const;

  Seats seats_;
  Actors actors_;
  Escapes escapes_;
  const HostFacts& host_;
  std::shared_ptr<const View> machine_;
  Credentials caller_;
  mutable std::map<std::string, Reach> memo_;
};

void ContainerView::AddAlias(const Seat& seat, const Alias& outer,
                             std::vector<Alias>& aliases) const {
  Alias alias;
  if (IsBelow(outer.path, seat.source)) {
    alias.path = JoinPath(seat.target, RelativeTo(outer.path, seat.source));
    alias.host = outer.host;
  } else if (IsBelow(seat.source, outer.path)) {
    alias.path = seat.target;
    alias.host = JoinPath(outer.host, RelativeTo(seat.source, outer.path));
  } else {
    return;
  }
  const Seat* top = seats_.At(alias.path);
  alias.masked = top != &seat;
  alias.because = top == nullptr ? seat.because : top->because;
  aliases.push_back(std::move(alias));
}

Reach ContainerView::On(const Object& object, const std::string& host_root,
                        const Seat* seat) const {
  const bool of_host = !object.host.empty();
  if (!host_root.empty() && (!of_host || !IsBelow(object.host, host_root))) return {};
  const bool overlay = seat != nullptr && seat->kind == SeatKind::Overlay;
  // A socket seen through an overlay is another one, which nobody listens on (observed).
  if (overlay && object.kind == NodeKind::Socket) return {};
  Rights ceiling = kAllRights;
  if ((object.read_only && object.kind != NodeKind::Socket) || (overlay && !host_root.empty())) {
    ceiling = Without(ceiling, Right::Write);
  }
  Reach reach;
  if (!object.certain && !of_host) {
    reach.possible = ceiling;
    return reach;
  }
  const Actor& proven = of_host ? actors_.proven : actors_.inside;
  const Actor& most = of_host ? actors_.most : actors_.inside;
  reach.rights = proven.On(object) & ceiling;
  // Into which groups the image puts it is not known: that proves nothing.
  if (proven.any_group) {
    Actor alone = proven;
    alone.any_group = false;
    reach.rights = alone.On(object) & ceiling;
  }
  reach.possible = reach.rights | (most.On(object) & ceiling);
  if (!object.certain) reach.possible = ceiling;
  Actor anyone;
  anyone.ids.override_all = true;
  reach.unprotected = anyone.On(object) & ceiling;
  return reach;
}

bool ContainerView::Passes(const Object& directory, bool worst) const {
  if (!directory.certain) return true;
  if (directory.host.empty()) return actors_.inside.Traverses(directory);
  return (worst ? actors_.most : actors_.proven).Traverses(directory);
}

bool ContainerView::WayOpen(std::string_view path, bool worst) const {
  for (std::size_t at = path.find('/', 1); at != std::string_view::npos;
       at = path.find('/', at + 1)) {
    const auto directory = seats_.Lstat(path.substr(0, at));
    if (directory && !Passes(*directory, worst)) return false;
  }
  return true;
}

void ContainerView::Descend(const std::string& path, const std::string& host_root, int depth,
                            std::size_t& visited, Reach& reach) const {
  const auto object = seats_.Lstat(path);
  if (!object || object->kind == NodeKind::Symlink) return;
  Reach own = On(*object, host_root, seats_.At(path));
  if (depth > 0) {
    own.rights = Upwards(*object, own.rights);
    own.possible = Upwards(*object, own.possible);
  }
  reach.Add(own);
  if (object->kind != NodeKind::Directory) return;
  if (++visited > kMaxVisited || depth > kMaxDepth) {
    reach.possible = kAllRights;
    return;
  }
  if (std::ranges::find(kKernelFolders, object->host) != kKernelFolders.end()) return;
  if (!Passes(*object, true)) return;
  Reach below;
  for (const std::string& name : seats_.List(path)) {
    Descend(JoinPath(path, name), host_root, depth + 1, visited, below);
    if (visited > kMaxVisited) break;
    const bool all = below.rights.Has(Right::Read) && below.rights.Has(Right::Exec) &&
                     (below.rights.Has(Right::Write) || object->read_only);
    if (!all) continue;
    below.possible = below.possible | Right::Connect;  // a socket may still be among the rest
    break;
  }
  if (!Passes(*object, false)) below.rights = {};
  reach.Add(below);
}

/// Below a read-only bind the mounts of the host stay writable; they are looked at first, since a
/// search stops when it has seen enough.
void ContainerView::AddSubmounts(const std::string& path, const std::string& host_root,
                                 Reach& reach) const {
  for (const Seat& seat : seats_.All()) {
    if (seat.kind != SeatKind::Bind || !seat.read_only || seat.recursive_read_only) continue;
    for (const std::string& mount : seats_.Sources().MountsBelow(seat.source)) {
      const std::string target = JoinPath(seat.target, RelativeTo(mount, seat.source));
      if (!IsBelow(target, path) || seats_.At(target) != &seat) continue;
      const auto object = seats_.Lstat(target);
      if (!object) continue;
      Reach one = On(*object, host_root, &seat);
      if (!one.unprotected.None()) one.possible = one.possible | Right::Write;
      if (!WayOpen(target, true)) one.possible = {};
      if (!WayOpen(target, false)) one.rights = {};
      reach.Add(one);
    }
  }
}

Reach ContainerView::Search(const std::string& path, const std::string& host_root) const {
  const std::string key = path + '\0' + host_root;
  if (const auto known = memo_.find(key); known != memo_.end()) return known->second;
  Reach reach;
  std::size_t visited = 0;
  Descend(path, host_root, 0, visited, reach);
  if (!WayOpen(path, true)) {
    reach.rights = reach.possible = {};
  } else if (!WayOpen(path, false)) {
    reach.rights = {};
  }
  AddSubmounts(path, host_root, reach);
  memo_.emplace(key, reach);
  return reach;
}

PathAnswer ContainerView::AnswerOf(const Reach& reach, std::string_view path) const {
  PathAnswer answer;
  answer.rights = reach.rights;
  answer.possible = reach.possible | reach.rights;
  answer.saved_by_permissions = Without(reach.unprotected, answer.possible);
  const auto object = seats_.Lstat(path);
  if (object) {
    answer.because = object->because;
    if (!answer.possible.None()) {
      answer.backing = object->host.empty() ? Backing::Ephemeral : Backing::Host;
      answer.alias = path;
    }
  }
  return answer;
}

void ContainerView::Finish(PathAnswer& answer) const {
  answer.possible = answer.possible | answer.rights;
  answer.assuming = host_.Assumptions();
  if (host_.Symbolic()) answer.confidence = Confidence::Medium;
  if (actors_.root_assumed && !answer.rights.None()) {
    answer.assuming.emplace_back("the image runs as root: there is no --user");
    answer.confidence = std::min(answer.confidence, Confidence::Medium);
  }
}

PathAnswer ContainerView::OfHost(std::string_view host_path) const {
  PathAnswer answer;
  Because masks;
  const std::string real = machine_->Realpath(host_path, nullptr).value_or(std::string(host_path));
  for (const Alias& alias : AliasesOf(real)) {
    if (alias.masked) {
      masks.insert(masks.end(), alias.because.begin(), alias.because.end());
      continue;
    }
    PathAnswer one = AnswerOf(Search(alias.path, real), alias.path);
    const auto top = seats_.Lstat(alias.path);
    if (!top) one.possible = CreationOf(alias.path);
    if (top && alias.host != real) {  // only a part of what is asked for
      one.rights = Upwards(*top, one.rights);
      one.possible = Upwards(*top, one.possible);
    }
    answer.saved_by_permissions = answer.saved_by_permissions | one.saved_by_permissions;
    answer.possible = answer.possible | one.possible;
    if (Without(one.rights, answer.rights).None()) continue;
    if (answer.rights.None()) answer.alias = alias.path;
    answer.rights = answer.rights | one.rights;
    answer.backing = Backing::Host;
    answer.because.insert(answer.because.end(), alias.because.begin(), alias.because.end());
  }
  if (!escapes_.proven.empty()) {
    answer.rights = answer.possible = kAllRights;
    answer.backing = Backing::Host;
    answer.because.insert(answer.because.end(), escapes_.proven.begin(), escapes_.proven.end());
  } else if (!doubts.empty()) {
    answer.possible = kAllRights;
    if (answer.rights.None()) answer.because = doubts;
  }
  if (answer.rights.None() && answer.because.empty()) {
    answer.because = masks;
    if (!masks.empty()) answer.backing = Backing::Masked;
  }
  if (answer.because.empty()) answer.because = seats_.At("/")->because;
  Finish(answer);
  return answer;
}

Rights ContainerView::CreationOf(const std::string& path) const {
  const std::string directory = path.substr(0, std::max<std::size_t>(path.find_last_of('/'), 1));
  const auto parent = seats_.Lstat(directory);
  if (!parent || parent->host.empty() || seats_.At(path)->kind == SeatKind::Overlay) return {};
  const bool writable = actors_.most.On(*parent).Has(Right::Write) && WayOpen(path, true);
  return writable ? Rights(Right::Write) : Rights{};
}

std::optional<std::string> ContainerView::Locate(std::string_view path) const {
  const std::string real = seats_.Resolve(path);
  if (!seats_.Lstat(real)) return std::nullopt;
  return real;
}

PathAnswer ContainerView::Inside(std::string_view path) const {
  PathAnswer answer;
  if (const auto real = Locate(path)) {
    answer = AnswerOf(Search(*real, ""), *real);
  } else {
    answer.because = seats_.At(seats_.Resolve(path))->because;
  }
  if (!doubts.empty()) answer.possible = kAllRights;
  Finish(answer);
  return answer;
}

PathAnswer ContainerView::OfRoot() const {
  PathAnswer answer;
  for (const Alias& alias : AliasesOf("/")) {
    if (alias.masked || alias.host != "/") continue;
    const PathAnswer one = AnswerOf(Search(alias.path, "/"), alias.path);
    answer.rights = answer.rights | one.rights;
    answer.alias = alias.path;
    answer.because.insert(answer.because.end(), alias.because.begin(), alias.because.end());
  }
  if (!escapes_.proven.empty()) {
    answer.rights = kAllRights;
    answer.because.insert(answer.because.end(), escapes_.proven.begin(), escapes_.proven.end());
  } else if (!doubts.empty()) {
    answer.possible = kAllRights;
    if (answer.because.empty()) answer.because = doubts;
  }
  if (!answer.rights.None()) answer.backing = Backing::Host;
  if (answer.because.empty()) answer.because = seats_.At("/")->because;
  Finish(answer);
  return answer;
}

/// A user who is given by name has to be in the image's /etc/passwd.
void CheckUser(const Layer& layer, const ImageFacts& image, ViewStep& step) {
  if (!layer.user || !layer.user->Known()) return;
  const std::string name = layer.user->text.substr(0, layer.user->text.find(':'));
  if (name.empty() || name.find_first_not_of("0123456789") == std::string::npos) return;
  if (name == "root" || std::ranges::find(image.users, name, &HostUser::name) != image.users.end())
    return;
  step.problems.push_back({*layer.user, "the image has no user " + name, Answer::Yes});
}

}  // namespace

// docker's engine takes sources from the host itself; podman takes them from the view in which it
// runs.
ViewStep MakeContainerStep(const Layer& layer, std::shared_ptr<const View> outside,
                           const ViewContext& context) {
  ViewStep step;
  if (layer.root == RootKind::Unknown || !layer.container) {
    step.view = MakeUnknownView(outside, layer.program, "what this container is given");
    return step;
  }
  const HostFacts& host = outside->Host();
  Credentials root{0, 0, {}, true, false, false};
  const std::shared_ptr<const View> machine = MakeHostView(host, std::move(root));
  const bool podman = layer.container->engine == "podman";
  const std::shared_ptr<const View> sources = podman ? outside : machine;
  const std::shared_ptr<const ImageFacts> image = ImageOf(layer, host);
  const auto contents = image && image->contents_known ? image : nullptr;
  if (contents) CheckUser(layer, *contents, step);
  Actors actors = ActorsOf(layer, *outside, image.get());
  Seats seats = BuildSeats({layer, sources, contents, actors, context.working_directory}, step);
  Escapes escapes = EscapesOf(layer, actors, host, seats);
  step.view = std::make_shared<ContainerView>(std::move(seats), std::move(actors),
                                              std::move(escapes), host, machine);
  return step;
}

}  // namespace sandlint
