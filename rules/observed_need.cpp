// The need that a trace shows, in as few lines of a policy as say it.

#include <algorithm>
#include <map>

#include "rules/observed.h"
#include "rules/secret_paths.h"
#include "rules/token_formats.h"

namespace sandlint {
namespace {

/// More files than this of one directory stand for the directory.
constexpr std::size_t kMostSiblings = 8;

std::string_view ParentOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view{} : path.substr(0, std::max<std::size_t>(slash, 1));
}

class Folder {
 public:
  Folder(const Server& server, const HostFacts& host) : places_(PlacesOfServer(server, host)) {}

  ObservedNeed Run(const ObservedComparison& compared) {
    for (const ObservedUse& use : compared.uses) {
      if (use.flow != nullptr) {
        AddFlow(use);
      } else {
        AddPath(use);
      }
    }
    FoldSiblings();
    WritePaths();
    std::ranges::sort(need_.hosts);
    const auto [first, last] = std::ranges::unique(need_.hosts);
    need_.hosts.erase(first, last);
    return std::move(need_);
  }

 private:
  void LeaveOut(const std::string& what, std::string why) {
    const auto same = [&](const auto& row) { return row.first == what; };
    if (std::ranges::none_of(need_.left_out, same))
      need_.left_out.emplace_back(what, std::move(why));
  }

  /// Too much to give away for one look at it: a home, the root, a directory of the top.
  bool IsBroad(std::string_view path) const {
    return path.size() < 2 || path == places_.home || IsAtOrBelow(places_.home, path) ||
           std::ranges::count(path, '/') < 2 || HoldsSecret(path);
  }
  bool HoldsSecret(std::string_view path) const {
    return std::ranges::any_of(SecretPaths(), [&](const SecretPath& secret) {
      return IsAtOrBelow(UnderHome(places_.home, secret.path), path);
    });
  }

  void AddFlow(const ObservedUse& use) {
    if (use.own) return;
    if (use.flow->name.empty() && use.documented_by == "the policy file") return;
    need_.hosts.push_back(use.name);
  }

  /// A launcher's own caches and registry are known without any trace.
  bool OfLauncher(const ObservedUse& use) const {
    return use.documented_by.starts_with("launcher ");
  }

  void AddPath(const ObservedUse& use) {
    if (use.own || OfLauncher(use)) return;
    const std::string& path = use.host_path;
    if (!use.secret.empty() && use.documented_by.empty()) {
      return LeaveOut(use.name + (use.rights.Has(Right::Write) ? " rw" : " ro"),
                      "a secret place: write it yourself where its documentation asks for it");
    }
    if (FindToken(path)) return LeaveOut("a path with a token in its name", "it would be told");
    if (path.starts_with('@')) return LeaveOut(path, "an abstract socket: no profile names it");
    if (!path.starts_with('/')) return LeaveOut(path, "relative to a directory that is not known");
    const bool write = use.rights.Has(Right::Write);
    std::string entry = path;
    for (const char* folder : {"/node_modules/", "/site-packages/", "/dist-packages/"}) {
      const std::size_t at = path.find(folder);
      if (at != path.npos) entry = path.substr(0, at + std::string_view(folder).size() - 1);
    }
    // A name that it makes or removes is written into its directory.
    if (const std::string_view parent = ParentOf(entry);
        write && use.path->made && !IsBroad(parent))
      entry = parent;
    if (const std::string* argument = ArgumentOf(path)) entry = *argument;
    if (IsAtOrBelow(path, places_.project) && ArgumentOf(path) == nullptr) entry = places_.project;
    const bool named = ArgumentOf(path) != nullptr || entry == places_.project;
    if (!named && IsBroad(entry)) return LeaveOut(use.name, "too much to be given as a whole");
    paths_[entry] = paths_[entry] || write;
  }

  const std::string* ArgumentOf(std::string_view path) const {
    for (const std::string& argument : places_.arguments) {
      if (IsAtOrBelow(path, argument)) return &argument;
    }
    return nullptr;
  }

  std::string NameOf(const std::string& path) const {
    if (std::ranges::find(places_.arguments, path) != places_.arguments.end()) return "@args";
    if (path == places_.project) return "@cwd";
    if (IsAtOrBelow(path, places_.home)) return "~" + path.substr(places_.home.size());
    return path;
  }

  void FoldSiblings() {
    std::map<std::string, std::size_t, std::less<>> children;
    for (const auto& row : paths_) ++children[std::string(ParentOf(row.first))];
    std::map<std::string, bool, std::less<>> folded;
    for (const auto& [path, write] : paths_) {
      const std::string_view parent = ParentOf(path);
      const bool many = children.find(parent)->second > kMostSiblings && !IsBroad(parent);
      bool& both = folded[many ? std::string(parent) : path];
      both = both || write;
    }
    paths_ = std::move(folded);
  }

  /// Does the entry of a directory above say as much?
  bool Covered(std::string_view path, bool write) const {
    for (std::string_view at = ParentOf(path); at.size() > 1; at = ParentOf(at)) {
      const auto above = paths_.find(at);
      if (above != paths_.end() && (above->second || !write)) return true;
    }
    return false;
  }

  /// Two entries may have one name (`@args`): writing is what counts.
  void WritePaths() {
    std::map<std::string, bool> names;
    for (const auto& [path, write] : paths_) {
      if (Covered(path, write)) continue;
      bool& both = names[NameOf(path)];
      both = both || write;
    }
    for (const auto& [name, write] : names) need_.paths.push_back(name + (write ? " rw" : " ro"));
  }

  ServerPlaces places_;
  std::map<std::string, bool, std::less<>> paths_;
  ObservedNeed need_;
};

}  // namespace

ObservedNeed NeedOfObserved(const ObservedComparison& compared, const Server& server,
                            const HostFacts& host) {
  return Folder(server, host).Run(compared);
}

}  // namespace sandlint
