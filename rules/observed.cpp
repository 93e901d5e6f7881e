// What a trace shows, held against grant and need.

#include "rules/observed.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "rules/facts.h"
#include "rules/secret_paths.h"

namespace sandlint {
namespace {

constexpr std::uint32_t kDnsPort = 53;
constexpr std::size_t kMostUses = 5000;  // a log may be anybody's, and each use asks every launch
constexpr auto kTemps = std::to_array<std::string_view>(
    {"/tmp", "/var/tmp", "/private/tmp", "/private/var/folders", "/var/folders"});

class Comparison {
 public:
  Comparison(const Server& server, const Observation& seen, const HostFacts& host)
      : server_(server), seen_(seen), places_(PlacesOfServer(server, host)), homes_(host.Homes()) {
    const auto known = std::ranges::find(homes_, seen.home);
    same_home_ = seen.home.empty() || known != homes_.end();
    for (const ObservedPath& path : seen.paths) {
      if (path.made) made_.insert(path.path);
    }
  }

  ObservedComparison Run() {
    for (const ObservedPath& path : seen_.paths) {
      if (path.runtime) {
        ++result_.runtime;
      } else {
        AddPath(path);
      }
    }
    for (const ObservedFlow& flow : seen_.flows) AddFlow(flow);
    FindUnused();
    return std::move(result_);
  }

 private:
  /// The object of this machine that a path of the recording machine stands for.
  std::string OnHost(std::string_view path) const {
    const std::string& project = seen_.directory;
    const bool narrow = project.size() > 1 && !IsAtOrBelow(seen_.home, project);
    if (narrow && IsAtOrBelow(path, project) && !IsArgument(path)) {
      return places_.project + std::string(path.substr(project.size()));
    }
    if (!same_home_ && IsAtOrBelow(path, seen_.home)) {
      return places_.home + std::string(path.substr(seen_.home.size()));
    }
    return std::string(path);
  }

  bool IsArgument(std::string_view path) const {
    return std::ranges::any_of(places_.arguments, [&](const std::string& argument) {
      return IsAtOrBelow(path, argument);
    });
  }

  std::string NameOf(const std::string& path) const {
    if (IsAtOrBelow(path, places_.project)) {
      return path == places_.project ? "." : "." + path.substr(places_.project.size());
    }
    if (IsAtOrBelow(path, places_.home)) return "~" + path.substr(places_.home.size());
    return path;
  }

  std::string SecretOf(std::string_view path) const {
    for (const std::string& home : homes_) {
      for (const SecretPath& secret : SecretPaths()) {
        if (IsAtOrBelow(path, UnderHome(home, secret.path))) {
          return "~/" + std::string(secret.path);
        }
      }
    }
    return {};
  }

  /// The program and what lies beside it, and temporary files: those that it made itself.
  bool IsOwn(const ObservedPath& path) const {
    const std::string& program = places_.program;
    const std::string_view folder = std::string_view(program).substr(0, program.rfind('/'));
    const bool whole = folder.empty() || folder == places_.home || folder == places_.project;
    if (!program.empty() && (path.path == program || (!whole && IsAtOrBelow(path.path, folder)))) {
      return !path.rights.Has(Right::Write);
    }
    if (IsArgument(path.path) || IsAtOrBelow(OnHost(path.path), places_.project)) return false;
    const bool temporary = std::ranges::any_of(
        kTemps, [&](std::string_view temp) { return IsAtOrBelow(path.path, temp); });
    return temporary && !path.rights.Has(Right::Connect) && MadeByItself(path);
  }

  /// It made the path, or a directory above it.
  bool MadeByItself(const ObservedPath& path) const {
    std::string_view at = path.path;
    while (at.size() > 1) {
      if (made_.contains(at)) return true;
      at = at.substr(0, at.rfind('/') == at.npos ? 0 : at.rfind('/'));
    }
    return false;
  }

  void AddPath(const ObservedPath& path) {
    ObservedUse use;
    use.path = &path;
    use.rights = path.rights;
    use.tried_only = path.rights.None();
    use.host_path = OnHost(path.path);
    use.name = NameOf(use.host_path);
    use.secret = SecretOf(use.host_path);
    // A mere look, or a search along a list of places, says nothing of a need.
    if (use.tried_only && use.secret.empty()) return;
    if (result_.uses.size() >= kMostUses) {
      ++result_.not_compared;
      return;
    }
    use.own = use.secret.empty() && IsOwn(path);
    use.documented_by = DocumentedBy(use);
    AskGrants(use);
    result_.uses.push_back(std::move(use));
  }

  std::string DocumentedBy(const ObservedUse& use) const {
    for (const NeededPath& needed : server_.need.paths) {
      if (use.rights.Has(Right::Write) && !needed.write) continue;
      for (const std::string& place : PlacesOfNeed(needed, server_, places_)) {
        // A home as an argument documents no secret in it: that takes the place by its name.
        if (!use.secret.empty() && SecretOf(place).empty()) continue;
        if (IsAtOrBelow(use.host_path, place) || IsAtOrBelow(use.path->path, place)) {
          return needed.origin.empty() ? server_.need.origin : needed.origin;
        }
      }
    }
    return {};
  }

  /// What it makes itself it finds again, also where nothing of the host is.
  static Answer OfItsOwn(const PathView& view, const ObservedUse& use, Right right) {
    const Answer there = view.Inside(use.host_path).Has(right);
    if (!use.path->made && !use.own) return there;
    const std::string parent = use.host_path.substr(0, use.host_path.rfind('/'));
    return std::max(there, view.Inside(parent.empty() ? "/" : parent).Has(Right::Write));
  }

  void AskGrants(ObservedUse& use) const {
    use.granted = Answer::Yes;
    if (server_.launches.empty()) use.granted = Answer::Unknown;
    const Rights wanted = use.tried_only ? Rights(Right::Read) : use.rights;
    for (const Launch& launch : server_.launches) {
      const PathView& view = *launch.grant.paths;
      const PathAnswer outside = view.OfHost(use.host_path);
      for (const Right right : {Right::Read, Right::Write, Right::Exec, Right::Connect}) {
        if (!wanted.Has(right)) continue;
        Answer answer = outside.Has(right);
        if (right == Right::Write || use.own) answer = std::max(answer, OfItsOwn(view, use, right));
        if (answer >= use.granted) continue;
        use.granted = answer;
        use.because = outside.because;
      }
    }
  }

  void AddFlow(const ObservedFlow& flow) {
    if (!flow.reached) return;
    ObservedUse use;
    use.flow = &flow;
    use.rights = Right::Connect;
    use.name = fmt::format("{}:{}", flow.name.empty() ? flow.address : flow.name, flow.port);
    use.own = flow.port == kDnsPort;  // the name service
    use.documented_by = DocumentedBy(flow);
    use.granted = server_.launches.empty() ? Answer::Unknown : Answer::Yes;
    const Destination destination{flow.protocol.empty() ? "tcp" : flow.protocol,
                                  flow.name.empty() ? flow.address : flow.name, flow.port};
    for (const Launch& launch : server_.launches) {
      EgressAnswer answer = launch.grant.egress.Ask(destination);
      if (answer.answer >= use.granted) continue;
      use.granted = answer.answer;
      use.because = std::move(answer.because);
    }
    result_.uses.push_back(std::move(use));
  }

  /// `*.example.com:443` and a flow; names that were asked for stand for addresses without one.
  bool Means(const std::string& needed, const ObservedFlow& flow) const {
    const std::size_t colon = needed.rfind(':');
    if (colon == needed.npos) return false;
    const std::string host = needed.substr(0, colon);
    const std::string port = needed.substr(colon + 1);
    if (port != "*" && port != std::to_string(flow.port)) return false;
    const auto is_meant = [&](const std::string& name) {
      return MatchesGlob(name, host) && !name.empty();
    };
    if (is_meant(flow.name) || is_meant(flow.address)) return true;
    return flow.name.empty() && std::ranges::any_of(seen_.names, is_meant);
  }

  std::string DocumentedBy(const ObservedFlow& flow) const {
    const Need& need = server_.need;
    if (need.network == NetworkNeed::Any) return need.origin;
    for (const std::string& host : need.hosts) {
      const auto origin = need.host_origins.find(host);
      // Where its configuration names the host and nothing here says which, it is that one.
      const bool meant = host.starts_with("@") ? need.network == NetworkNeed::Config
                         : host.starts_with("registry:")
                             ? flow.name.find("registry.") != flow.name.npos
                             : Means(host, flow);
      if (meant) return origin == need.host_origins.end() ? need.origin : origin->second;
    }
    return {};
  }

  void FindUnused() {
    const auto is_used = [&](const std::vector<std::string>& places) {
      return std::ranges::any_of(seen_.paths, [&](const ObservedPath& path) {
        return std::ranges::any_of(places, [&](const std::string& place) {
          return IsAtOrBelow(path.path, place) || IsAtOrBelow(OnHost(path.path), place);
        });
      });
    };
    for (const NeededPath& needed : server_.need.paths) {
      const std::vector<std::string> places = PlacesOfNeed(needed, server_, places_);
      if (!places.empty() && !is_used(places)) result_.not_observed.push_back(needed.path);
    }
    for (const std::string& host : server_.need.hosts) {
      const bool named =
          !host.starts_with('@') && !host.starts_with("registry:") && !host.starts_with('*');
      const auto means = [&](const ObservedFlow& flow) { return Means(host, flow); };
      if (named && std::ranges::none_of(seen_.flows, means)) result_.not_observed.push_back(host);
    }
  }

  const Server& server_;
  const Observation& seen_;
  ServerPlaces places_;
  std::vector<std::string> homes_;
  bool same_home_ = true;
  std::set<std::string_view> made_;
  ObservedComparison result_;
};

}  // namespace

bool IsAtOrBelow(std::string_view path, std::string_view folder) {
  if (folder.empty() || !path.starts_with(folder)) return false;
  return path.size() == folder.size() || folder == "/" || path[folder.size()] == '/';
}

ObservedComparison CompareObserved(const Server& server, const Observation& seen,
                                   const HostFacts& host) {
  return Comparison(server, seen, host).Run();
}

std::optional<ObservedComparison> ComparisonOf(const Server& server, const Workspace& workspace) {
  if (!server.trace || !server.trace->problem.empty() || workspace.host == nullptr) return {};
  return CompareObserved(server, server.trace->seen, *workspace.host);
}

Span PlaceOf(const ObservedUse& use) {
  return use.path != nullptr ? use.path->where : use.flow->where;
}

}  // namespace sandlint
