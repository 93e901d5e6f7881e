#include "rules/facts.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace sandlint {
namespace {

/// Nothing of this name is anybody's secret: it is reachable only where all of a directory is.
constexpr std::string_view kOrdinaryName = "any-other-file";

constexpr auto kSharedTemps = std::to_array<std::string_view>({"/tmp", "/var/tmp", "/dev/shm"});

bool Reaches(const PathAnswer& answer, Answer least) {
  return std::max({answer.Has(Right::Read), answer.Has(Right::Write),
                   answer.Has(Right::Connect)}) >= least;
}

/// The need names this place, or only something below it is there and the need names that.
bool IsDocumented(const Need& need, const SecretPath& secret, const std::string& home,
                  const Launch& launch) {
  const std::string wanted = "~/" + std::string(secret.path);
  for (const NeededPath& path : need.paths) {
    if (path.path == wanted) return true;
    if (!path.path.starts_with(wanted + "/")) continue;
    const std::string beside = UnderHome(home, secret.path) + "/" + std::string(kOrdinaryName);
    if (!Reaches(launch.grant.paths->OfHost(beside), Answer::Unknown)) return true;
  }
  return false;
}

/// What a home must show to be called visible as a whole.
bool ShowsAll(const Launch& launch, const Workspace& workspace, const std::string& home) {
  int seen = 0;
  for (const SecretPath& secret : SecretPaths()) {
    if (secret.severity != Severity::Error || !AppliesTo(secret, home)) continue;
    const std::string path = UnderHome(home, secret.path);
    const HostFacts* host = workspace.host.get();
    if (host != nullptr && !host->Lstat(path) && !host->MayExist(path)) continue;
    if (launch.grant.paths->OfHost(path).Has(Right::Read) != Answer::Yes) return false;
    ++seen;
  }
  if (seen < 2) return false;
  const std::string ordinary = UnderHome(home, kOrdinaryName);
  const HostFacts* host = workspace.host.get();
  // On a live host nothing of that name exists, and nothing can be said of it.
  if (host == nullptr || !host->MayExist(ordinary)) return true;
  return launch.grant.paths->OfHost(ordinary).Has(Right::Read) == Answer::Yes;
}

/// A view of the whole root is no empty gesture where something in it is covered.
bool MasksASecret(const Launch& launch) {
  for (const std::string& home : launch.grant.homes) {
    for (const SecretPath& secret : SecretPaths()) {
      const PathAnswer answer = launch.grant.paths->OfHost(UnderHome(home, secret.path));
      if (answer.backing == Backing::Masked) return true;
    }
  }
  return false;
}

}  // namespace

Isolation IsolationOf(const Launch& launch) {
  const Layer* program = ProgramOf(launch);
  const bool opaque = program == nullptr || program->kind == LayerKind::Opaque;
  if (!HasSandbox(launch)) return opaque ? Isolation::Unknown : Isolation::None;
  const PathAnswer root = launch.grant.paths->OfRoot();
  const bool all = root.backing == Backing::Host && root.Has(Right::Read) == Answer::Yes &&
                   root.Has(Right::Write) == Answer::Yes;
  if (all && !MasksASecret(launch)) return Isolation::Void;
  // The rights of the root are those of the caller's home, which a sandbox may show on purpose:
  // only what is not known of them leaves the cut open.
  const bool known = (root.possible.bits & static_cast<std::uint8_t>(~root.rights.bits)) == 0;
  return known && !opaque ? Isolation::Cut : Isolation::Unknown;
}

bool Confines(const Launch& launch) {
  return HasSandbox(launch) && IsolationOf(launch) != Isolation::Void;
}

const Launch* FirstLaunch(const Server& server, Isolation isolation) {
  for (const Launch& launch : server.launches) {
    if (IsolationOf(launch) == isolation) return &launch;
  }
  return nullptr;
}

void ForgetAnswers(const Server& server) {
  for (const Launch& launch : server.launches) {
    if (launch.grant.paths != nullptr) launch.grant.paths->Forget();
  }
}

Span PlaceOf(const Because& because, const Launch& launch) {
  for (const Evidence& evidence : because) {
    if (evidence.span) return evidence.span;
  }
  const Layer* layer = SandboxOf(launch);
  return layer == nullptr ? Span{} : layer->program.span;
}

void AddRelated(Finding& finding, const Because& because, std::string_view message) {
  for (const Evidence& evidence : because) {
    const Span place = FirstLine(evidence.span);
    const auto same = [&](const Related& one) { return one.where == place; };
    if (!place || place == finding.where) continue;
    if (std::any_of(finding.related.begin(), finding.related.end(), same)) continue;
    finding.related.push_back(
        {place, evidence.note.empty() ? std::string(message) : evidence.note});
  }
}

SecretView LookForSecrets(const Server& server, const Launch& launch) {
  SecretView view;
  for (const std::string& home : launch.grant.homes) {
    for (const SecretPath& secret : SecretPaths()) {
      if (!AppliesTo(secret, home)) continue;
      VisibleSecret found{&secret, home, launch.grant.paths->OfHost(UnderHome(home, secret.path)),
                          false};
      if (!Reaches(found.answer, Answer::Unknown)) continue;
      const bool proven = Reaches(found.answer, Answer::Yes);
      if (proven) found.documented = IsDocumented(server.need, secret, home, launch);
      (proven ? view.visible : view.unknown).push_back(std::move(found));
    }
  }
  return view;
}

std::vector<WholeHome> WholeHomes(const Launch& launch, const Workspace& workspace) {
  std::vector<WholeHome> homes;
  for (const std::string& home : launch.grant.homes) {
    if (ShowsAll(launch, workspace, home)) {
      homes.push_back({home, launch.grant.paths->OfHost(UnderHome(home, ".ssh"))});
    }
  }
  return homes;
}

namespace {

bool IsMadeTemp(const Launch& launch, std::string_view path) {
  return std::ranges::any_of(launch.layers, [&](const Layer& layer) {
    return std::ranges::any_of(layer.temp_directories, [&](const TempDirectory& made) {
      return path == made.path.text || path.starts_with(made.path.text + "/");
    });
  });
}

bool MakesTemp(const Launch& launch) {
  return std::ranges::any_of(launch.layers,
                             [](const Layer& layer) { return !layer.temp_directories.empty(); });
}

/// What is bound from `temp` besides the directory that the wrapper makes for this launch.
PathAnswer OtherTemp(const Launch& launch, std::string_view temp) {
  for (const Layer& layer : launch.layers) {
    for (const Mount& mount : layer.mounts) {
      if (!mount.source.text.starts_with(std::string(temp) + "/")) continue;
      if (IsMadeTemp(launch, mount.source.text)) continue;
      PathAnswer answer = launch.grant.paths->OfHost(mount.source.text);
      if (answer.Has(Right::Write) == Answer::Yes) return answer;
    }
  }
  return launch.grant.paths->OfHost(std::string(temp) + "/" + std::string(kOrdinaryName));
}

}  // namespace

PathAnswer SharedTemp(const Launch& launch, std::string& which) {
  const bool makes = MakesTemp(launch);
  for (const std::string_view temp : kSharedTemps) {
    PathAnswer answer = makes ? OtherTemp(launch, temp) : launch.grant.paths->OfHost(temp);
    if (answer.Has(Right::Write) == Answer::Yes) {
      which = temp;
      return answer;
    }
    // Read-only: what others leave there is seen where all of it is shown, not one folder of it.
    const std::string other = std::string(temp) + "/" + std::string(kOrdinaryName);
    answer = launch.grant.paths->OfHost(other);
    if (answer.Has(Right::Read) == Answer::Yes) {
      which = temp;
      return answer;
    }
  }
  return {};
}

bool NeedsNoNetwork(const Need& need) {
  if (need.network == NetworkNeed::None) return true;
  if (need.network != NetworkNeed::Unknown) return false;
  return need.server_class == ServerClass::Filesystem || need.server_class == ServerClass::Memory ||
         need.server_class == ServerClass::Reasoning;
}

Answer OpenNetwork(const Egress& egress) { return egress.ReachesAnyHost(); }

}  // namespace sandlint
