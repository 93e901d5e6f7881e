#include "scanner/grant/bwrap_view.h"

#include <algorithm>

namespace sandlint {
namespace {

constexpr std::size_t kMaxVisited = 50'000;

class BwrapView final : public View {
 public:
  BwrapView(std::shared_ptr<const BwrapSetup> setup, std::shared_ptr<const View> outside,
            Credentials credentials)
      : setup_(std::move(setup)),
        outside_(std::move(outside)),
        credentials_(std::move(credentials)),
        beyond_(credentials_ == outside_->Caller() ? outside_ : outside_->As(credentials_)) {
    doubts = outside_->doubts;
    doubts.insert(doubts.end(), setup_->doubts.begin(), setup_->doubts.end());
  }

  std::optional<Object> Lstat(std::string_view path) const override {
    return Tree().Lstat(PlaceOf(path));
  }

  std::vector<std::string> List(std::string_view directory) const override {
    return Names(PlaceOf(directory));
  }

  std::vector<std::string> MountsBelow(std::string_view directory) const override {
    std::vector<std::string> below;
    for (const auto& node : Tree().nodes()) {
      const auto path = Tree().PathOf({node.get(), {}}, nullptr);
      if (path && *path != directory && IsBelow(*path, directory)) below.push_back(*path);
    }
    std::ranges::sort(below);
    return below;
  }

  std::vector<Alias> AliasesOf(std::string_view host_path) const override {
    std::vector<Alias> aliases;
    for (const Alias& outer : outside_->AliasesOf(host_path)) {
      if (outer.masked) {
        aliases.push_back(outer);
        continue;
      }
      for (const auto& node : Tree().nodes()) {
        for (const std::string& source : node->sources) AddAlias(outer, *node, source, aliases);
      }
    }
    return aliases;
  }

  bool Incomplete(std::string_view directory) const override { return Hides(PlaceOf(directory)); }

  PathAnswer OfHost(std::string_view host_path) const override {
    PathAnswer answer = View::OfHost(host_path);
    const View& beyond = beyond_ ? *beyond_ : *outside_;
    // Asked again only where it counts.
    const bool shown = !escapes.unmount.empty() && !AliasesOf(host_path).empty();
    escapes.Widen(answer, beyond, host_path, shown ? Uncovered(beyond, host_path) : Rights{});
    return answer;
  }

  PathAnswer Subtree(std::string_view path, bool host_only) const override {
    return SubtreeOf(path, host_only ? "/" : "");
  }

  PathAnswer SubtreeOf(std::string_view path, std::string_view host_root) const override {
    PathAnswer answer;
    const Place place = PlaceOf(path);
    const auto object = Tree().Lstat(place);
    if (!object) return answer;
    answer.because = object->because;
    answer.backing =
        object->host.empty() || object->ephemeral_writes ? Backing::Ephemeral : Backing::Host;
    std::size_t visited = 0;
    Add(*object, Effective(*object, RightsOf(*object, credentials_), host_root), answer);
    Scan(place, *object, host_root, answer, visited);
    if (!object->certain && !object->host.empty()) {
      answer.possible = answer.possible | Right::Connect;  // its name says nothing of its kind
    }
    answer.possible = answer.possible | answer.rights;
    return answer;
  }

  const Credentials& Caller() const override { return credentials_; }
  std::shared_ptr<const View> As(const Credentials& credentials) const override {
    return std::make_shared<BwrapView>(setup_, outside_, credentials);
  }

  BwrapEscapes escapes;

  const HostFacts& Host() const override { return outside_->Host(); }

 private:
  /// What shows when the mounts of this sandbox are taken away.
  Rights Uncovered(const View& beyond, std::string_view host_path) const {
    const auto* sandbox = dynamic_cast<const BwrapView*>(&beyond);
    const bool settled = escapes.outer_locked && sandbox != nullptr;
    return (settled ? sandbox->View::OfHost(host_path) : beyond.OfHost(host_path)).possible;
  }

  const MountTree& Tree() const { return setup_->tree; }

  Place PlaceOf(std::string_view path) const {
    Place place = Tree().Top({Tree().root, {}});
    for (std::size_t at = 1; at < path.size();) {
      const std::size_t end = std::min(path.find('/', at), path.size());
      place.path += place.path.empty() ? "" : "/";
      place.path += path.substr(at, end - at);
      place = Tree().Top(place);
      at = end + 1;
    }
    return place;
  }

  void AddAlias(const Alias& outer, const MountNode& node, const std::string& source,
                std::vector<Alias>& aliases) const {
    Alias alias;
    Place place{const_cast<MountNode*>(&node), {}};
    if (IsBelow(outer.path, source)) {
      alias.host = outer.host;
      place.path = RelativeTo(outer.path, source);
    } else if (IsBelow(source, outer.path)) {
      alias.host = JoinPath(outer.host, RelativeTo(source, outer.path));
    } else {
      return;
    }
    const MountNode* cover = nullptr;
    const auto path = Tree().PathOf(place, &cover);
    if (!path && cover == nullptr) return;
    alias.masked = !path;
    alias.path = path.value_or(std::string());
    alias.because = path ? node.because : cover->because;
    aliases.push_back(std::move(alias));
  }

  std::vector<std::string> Names(const Place& place) const {
    std::vector<std::string> names = Tree().List(place);
    for (const MountNode* node : Tree().MountsBelow(place)) {
      const std::string prefix = place.path.empty() ? std::string() : place.path + '/';
      const std::string rest = node->at.substr(prefix.size());
      names.push_back(rest.substr(0, rest.find('/')));
    }
    std::ranges::sort(names);
    const auto same = std::ranges::unique(names);
    names.erase(same.begin(), same.end());
    return names;
  }

  static Rights Effective(const Object& object, Rights rights, std::string_view host_root) {
    if (host_root.empty()) return rights;
    if (object.host.empty() || !IsBelow(object.host, host_root)) return {};
    if (object.ephemeral_writes && object.kind != NodeKind::Socket) {
      return rights & (Rights(Right::Read) | Right::Exec | Right::Connect);
    }
    return rights;
  }

  /// Something was mounted or made below, so that the answer of the view outside does not hold.
  bool Changed(const Place& place) const {
    if (!Tree().MountsBelow(place).empty()) return true;
    const std::string prefix = place.path.empty() ? std::string() : place.path + '/';
    const auto entry = place.node->entries.lower_bound(prefix);
    return entry != place.node->entries.end() && entry->first.starts_with(prefix);
  }

  /// What is only assumed on a symbolic host counts there; elsewhere it is possible and no more.
  void Add(const Object& object, Rights rights, PathAnswer& answer) const {
    const bool proven = object.certain || (Host().Symbolic() && !object.host.empty());
    Rights& sum = proven ? answer.rights : answer.possible;
    sum = sum | rights;
  }

  /// Is there a directory of the host behind it that could not be listed?
  bool Hides(const Place& place) const {
    return std::ranges::any_of(place.node->sources, [&](const std::string& source) {
      return outside_->Incomplete(JoinPath(source, place.path));
    });
  }

  void Scan(const Place& place, const Object& object, std::string_view host_root,
            PathAnswer& answer, std::size_t& visited) const {
    if (object.kind != NodeKind::Directory || !MayTraverse(object, credentials_)) return;
    if (!object.certain) {
      // What is there is not known; by the permissions of the directory, it could be anything.
      answer.possible = answer.possible | answer.rights;
    }
    if (HoldsOutside(place)) {
      Outside(place, object, host_root, answer);
      return;
    }
    if (Hides(place)) answer.possible = kAllRights;
    for (const std::string& name : Names(place)) {
      if (++visited > kMaxVisited) {
        answer.possible = kAllRights;
        return;
      }
      const Place child =
          Tree().Top({place.node, place.path.empty() ? name : place.path + '/' + name});
      const auto below = Tree().Lstat(child);
      if (!below || below->kind == NodeKind::Symlink) continue;
      const Rights own = Effective(*below, RightsOf(*below, credentials_), host_root);
      Add(*below, Upwards(*below, own), answer);
      Scan(child, *below, host_root, answer, visited);
    }
  }

  /// Does the answer of the view outside hold below? It says nothing of devices by themselves.
  bool HoldsOutside(const Place& place) const {
    const MountNode& node = *place.node;
    if (!beyond_ || node.kind != MountNode::Kind::Bind || Changed(place)) return false;
    return !node.no_devices || std::ranges::none_of(node.sources, [&](const std::string& source) {
      return IsBelow(JoinPath(source, place.path), "/dev");
    });
  }

  /// Nothing was changed below: the answer of the view outside, less what the mount takes away.
  void Outside(const Place& place, const Object& object, std::string_view host_root,
               PathAnswer& answer) const {
    for (const std::string& source : place.node->sources) {
      const PathAnswer outer = beyond_->SubtreeOf(JoinPath(source, place.path), host_root);
      Rights taken;
      if (object.read_only) taken = taken | Right::Write;
      if (!host_root.empty() && object.ephemeral_writes) taken = taken | Right::Write;
      const Rights kept(static_cast<std::uint8_t>(kAllRights.bits & ~taken.bits));
      answer.rights = answer.rights | (outer.rights & kept);
      answer.possible = answer.possible | (outer.possible & kept);
    }
  }

  std::shared_ptr<const BwrapSetup> setup_;
  std::shared_ptr<const View> outside_;
  Credentials credentials_;
  std::shared_ptr<const View> beyond_;  ///< the view outside as the program would see it, or null
};

}  // namespace

std::shared_ptr<const View> MakeBwrapView(std::unique_ptr<BwrapSetup> setup,
                                          std::shared_ptr<const View> outside,
                                          Credentials credentials,
                                          const std::function<BwrapEscapes(const View&)>& escapes) {
  auto view =
      std::make_shared<BwrapView>(std::move(setup), std::move(outside), std::move(credentials));
  view->escapes = escapes(*view);
  return view;
}

}  // namespace sandlint
