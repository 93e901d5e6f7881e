#include <algorithm>
#include <set>

#include "scanner/grant/bwrap_setup.h"
#include "scanner/grant/view_makers.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxVisited = 50'000;

/// The view of a program inside of a bwrap sandbox.
class BwrapView final : public View {
 public:
  BwrapView(std::unique_ptr<BwrapSetup> setup, std::shared_ptr<const View> outside,
            Credentials credentials)
      : setup_(std::move(setup)),
        outside_(std::move(outside)),
        credentials_(std::move(credentials)) {
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

  PathAnswer Subtree(std::string_view path, bool host_only) const override {
    PathAnswer answer;
    const Place place = PlaceOf(path);
    const auto object = Tree().Lstat(place);
    if (!object) return answer;
    answer.because = object->because;
    answer.backing =
        object->host.empty() || object->ephemeral_writes ? Backing::Ephemeral : Backing::Host;
    std::size_t visited = 0;
    Scan(place, *object, host_only, answer, visited);
    answer.possible = answer.possible | answer.rights;
    return answer;
  }

  const Credentials& Caller() const override { return credentials_; }
  const HostFacts& Host() const override { return outside_->Host(); }

 private:
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

  static Rights Effective(const Object& object, Rights rights, bool host_only) {
    if (!host_only) return rights;
    if (object.host.empty()) return {};
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

  void Scan(const Place& place, const Object& object, bool host_only, PathAnswer& answer,
            std::size_t& visited) const {
    answer.rights = answer.rights | Effective(object, RightsOf(object, credentials_), host_only);
    if (object.kind != NodeKind::Directory || !MayTraverse(object, credentials_)) return;
    if (!object.certain) {
      // What is there is not known; by the permissions of the directory, it could be anything.
      answer.possible = answer.possible | answer.rights;
    }
    if (place.node->kind == MountNode::Kind::Bind && !Changed(place)) {
      Outside(place, object, host_only, answer);
      return;
    }
    for (const std::string& name : Names(place)) {
      if (++visited > kMaxVisited) {
        answer.possible = kAllRights;
        return;
      }
      const Place child =
          Tree().Top({place.node, place.path.empty() ? name : place.path + '/' + name});
      const auto below = Tree().Lstat(child);
      if (below && below->kind != NodeKind::Symlink)
        Scan(child, *below, host_only, answer, visited);
    }
  }

  /// Nothing was changed below: the answer of the view outside, less what the mount takes away.
  void Outside(const Place& place, const Object& object, bool host_only, PathAnswer& answer) const {
    for (const std::string& source : place.node->sources) {
      const PathAnswer outer = outside_->Subtree(JoinPath(source, place.path), host_only);
      Rights taken;
      if (object.read_only) taken = taken | Right::Write;
      if (host_only && object.ephemeral_writes) taken = taken | Right::Write;
      const Rights kept(static_cast<std::uint8_t>(kAllRights.bits & ~taken.bits));
      answer.rights = answer.rights | (outer.rights & kept);
      answer.possible = answer.possible | (outer.possible & kept);
    }
  }

  std::unique_ptr<BwrapSetup> setup_;
  std::shared_ptr<const View> outside_;
  Credentials credentials_;
};

bool DropsAll(const Layer& layer) {
  return std::ranges::any_of(layer.cap_drop, [](const Word& word) { return word.text == "ALL"; });
}

/// What the program may do with files inside of a bwrap sandbox that `outside` started.
Credentials InsideBwrap(const Layer& layer, Credentials outside) {
  if (outside.override_all) {
    // Root keeps its capabilities unless they are dropped (observed with bwrap 0.8.0).
    if (DropsAll(layer)) outside.override_all = false;
    return outside;
  }
  outside.read_own = outside.write_own = false;
  for (const Word& word : layer.cap_add) {
    const bool all = word.text == "ALL";
    outside.read_own = outside.read_own || all || word.text == "CAP_DAC_READ_SEARCH" ||
                       word.text == "CAP_DAC_OVERRIDE";
    outside.write_own = outside.write_own || all || word.text == "CAP_DAC_OVERRIDE";
  }
  return outside;
}

}  // namespace

// Sources are resolved outside before anything is mounted, then each operation works on the tree as
// it stands.
ViewStep MakeBwrapStep(const Layer& layer, std::shared_ptr<const View> outside,
                       const ViewContext& context) {
  Credentials inside = InsideBwrap(layer, outside->Caller());
  auto setup = std::make_unique<BwrapSetup>(layer, *outside, context.working_directory);
  setup->Run();
  ViewStep step;
  step.problems = std::move(setup->problems);
  step.notes = std::move(setup->notes);
  step.own_proc = setup->own_proc;
  step.view = std::make_shared<BwrapView>(std::move(setup), std::move(outside), std::move(inside));
  // The host's procfs shows pid 1 of the new namespace too, and it is in the same user namespace
  // (observed with 0.8.0 and `--ro-bind / / --unshare-all`).
  if (layer.namespaces.pid && !step.own_proc) {
    const auto proc = step.view->Lstat("/proc");
    step.own_proc = proc && proc->host == "/proc";
  }
  return step;
}

}  // namespace sandlint
