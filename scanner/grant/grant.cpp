#include "scanner/grant/grant.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "scanner/grant/container_egress.h"
#include "scanner/grant/container_image.h"
#include "scanner/grant/fold.h"
#include "scanner/grant/handed_view.h"
#include "scanner/grant/made_host.h"
#include "scanner/grant/proxies.h"
#include "scanner/grant/remembered_paths.h"
#include "scanner/grant/sbpl.h"
#include "scanner/grant/script_mounts.h"
#include "scanner/grant/session.h"
#include "scanner/grant/socket_owner.h"
#include "scanner/grant/user_credentials.h"
#include "scanner/grant/view.h"
#include "scanner/grant/view_makers.h"

namespace sandlint {
namespace {

class Evaluation {
 public:
  Evaluation(Launch& launch, const HostFacts& host, std::string working_directory)
      : launch_(launch), host_(host), working_directory_(std::move(working_directory)) {
    credentials_ = CredentialsOf(host.Caller());
    view_ = MakeHostView(host, credentials_);
    power_ = PowerOfCaller(host);
  }

  void Run() {
    sight_.own.resize(launch_.layers.size());
    sight_.outside.resize(launch_.layers.size());
    for (std::size_t index = 0; index < launch_.layers.size(); ++index) {
      const Layer& layer = launch_.layers[index];
      launch_.notes.insert(launch_.notes.end(), layer.notes.begin(), layer.notes.end());
      AddProblems(layer.start_problems);
      Enter(layer, index);
      power_ = PowerBehind(layer, power_, host_);
    }
    CheckCommand();
    CheckProfiles();
    if (standing_) handed_.push_back(std::move(*standing_));
    if (!handed_.empty()) view_ = MakeHandedView(std::move(view_), std::move(handed_));
    AssumeSession(launch_.layers, host_, view_, launch_.grant.assuming);
  }

  std::shared_ptr<const View> view() const { return view_; }
  const ProcSight& sight() const { return sight_; }

 private:
  void AddProblems(const std::vector<StartProblem>& problems) {
    launch_.start_problems.insert(launch_.start_problems.end(), problems.begin(), problems.end());
  }

  /// `cd`, `env -C`, `sudo -D`: where relative paths of the layers behind begin.
  void ChangeDirectory(const Layer& layer) {
    const bool moves = layer.kind == LayerKind::Shell || layer.kind == LayerKind::Environment ||
                       layer.kind == LayerKind::User || layer.kind == LayerKind::Transparent ||
                       layer.kind == LayerKind::Launcher;
    if (!moves || in_sandbox_) return;
    if (!layer.chdir) {
      if (layer.login_shell && layer.kind == LayerKind::User) lost_directory_ = layer.program;
      return;
    }
    standing_.reset();
    if (!layer.chdir->Known()) {
      lost_directory_ = *layer.chdir;
      return;
    }
    if (layer.chdir->text.starts_with('/')) lost_directory_.reset();
    working_directory_ = layer.chdir->text.starts_with('/')
                             ? CleanPath(layer.chdir->text)
                             : CleanPath(JoinPath(working_directory_, layer.chdir->text));
  }

  /// A relative source where it is not known what it is relative to.
  bool UsesLostDirectory(const Layer& layer) const {
    return lost_directory_ && std::ranges::any_of(layer.mounts, [](const Mount& mount) {
             return mount.kind == MountKind::Bind && !mount.source.text.starts_with('/');
           });
  }

  /// What a wrapper script has mounted.
  void EnterMounts(std::size_t index) {
    ViewStep step =
        MakeScriptMounts(launch_.layers, index, view_, {host_, working_directory_, power_});
    AddProblems(step.problems);
    view_ = std::move(step.view);
  }

  /// What is open, or was read, is so in the view outside of the layers behind.
  void HandOn(const Layer& layer) {
    CloseBehind(layer, handed_);
    for (HandedFile file : layer.handed) {
      if (!file.path) continue;  // data that the script itself has made
      if (!file.path.text.starts_with('/') && !file.path.StartsUnknown()) {
        file.path.text = JoinPath(working_directory_, file.path.text);
        for (Hole& hole : file.path.holes) {
          const auto moved = static_cast<std::uint32_t>(working_directory_.size() + 1);
          hole.begin += moved;
          hole.end += moved;
        }
      }
      auto& files = file.certain == Answer::No ? opened_ : handed_;
      files.push_back({std::move(file), view_});
    }
  }

  void Enter(const Layer& layer, std::size_t index) {
    ChangeDirectory(layer);
    HandOn(layer);
    if (layer.kind == LayerKind::Shell && !layer.mounts.empty()) EnterMounts(index);
    const ViewMaker make = FindViewMaker(layer);
    if (make != nullptr) {
      ViewStep step = make(layer, view_, {host_, working_directory_, power_});
      AddProblems(step.problems);
      launch_.notes.insert(launch_.notes.end(), step.notes.begin(), step.notes.end());
      sight_.own[index] = step.own_proc;
      sight_.outside[index] = step.outside_visible;
      // A layer that leaves the files alone shows what is shown outside of it.
      if (step.view != view_) sight_.shown = !step.hides_proc;
      Grant& grant = launch_.grant;
      grant.openings.insert(grant.openings.end(), step.openings.begin(), step.openings.end());
      grant.no_effect.insert(grant.no_effect.end(), step.no_effect.begin(), step.no_effect.end());
      sight_.host = sight_.host || step.host_proc;
      // A namespace that leaves the files alone does not keep `sudo` behind it from working.
      const bool same = step.view == view_;
      view_ = std::move(step.view);
      if (layer.tool != "unshare") standing_.reset();  // the others look their directory up
      in_sandbox_ = in_sandbox_ || (layer.kind == LayerKind::Sandbox && !same);
    } else {
      sight_.outside[index] = layer.kind == LayerKind::Sandbox;
    }
    if (UsesLostDirectory(layer)) {
      view_ = MakeUnknownView(view_, *lost_directory_, "the working directory is not known");
    } else if (const Note* note = DoubtOf(layer, Facet::Paths); note != nullptr) {
      view_ = MakeUnknownView(view_, note->word, note->why);
    } else if (layer.kind == LayerKind::Opaque ||
               (make == nullptr && layer.root == RootKind::Unknown)) {
      view_ = MakeUnknownView(view_, layer.program, "what it shows is not modelled");
    } else if (make == nullptr && (layer.user || layer.group)) {
      ChangeUser(layer);
    }
    if (layer.kind == LayerKind::Sandbox) CheckDirectory(layer);
  }

  void ChangeUser(const Layer& layer) {
    if (in_sandbox_) return;  // no set-user-id program gains anything inside of bwrap
    const auto user = CredentialsOfUser(layer, host_, credentials_);
    const Word& who = layer.user ? *layer.user : *layer.group;
    if (!user) {
      view_ = MakeUnknownView(view_, who, "the user or its group is not known here");
      return;
    }
    credentials_ = *user;
    view_ = MakeHostView(host_, credentials_);
    standing_ = lost_directory_ ? std::nullopt : StandingIn(working_directory_, who, view_);
    HandOpened(host_, credentials_, opened_, handed_);
  }

  void CheckDirectory(const Layer& layer) {
    if (!layer.chdir || !layer.chdir->Known() || host_.Symbolic()) return;
    const Answer fatal = view_->doubts.empty() ? Answer::Yes : Answer::Unknown;
    const std::string path = '/' + layer.chdir->text;
    const auto real = view_->Realpath(path, &view_->Caller());
    const auto object = real ? view_->Lstat(*real) : std::nullopt;
    if (object && object->kind == NodeKind::Directory) return;
    launch_.start_problems.push_back(
        {*layer.chdir, fmt::format("there is no directory {} inside", layer.chdir->text), fatal});
  }

  /// A Seatbelt profile must let the program start.
  void CheckProfiles() {
    const std::string home = host_.Caller().home;
    for (const Layer& layer : launch_.layers) {
      if (layer.tool != "sandbox-exec" || !layer.profile) continue;
      AddProblems(SbplStartProblems(CompileSbpl(*layer.profile, home), launch_, home));
    }
  }

  /// A program that is named by its path must be there inside of the sandbox.
  void CheckCommand() {
    const Layer* program = ProgramOf(launch_);
    if (!in_sandbox_ || program == nullptr || host_.Symbolic() || !program->program.Known()) return;
    const std::string& name = program->program.text;
    if (name.empty() || launch_.layers.size() < 2) return;
    const std::string& tool = launch_.layers[launch_.layers.size() - 2].tool;
    constexpr auto kTools = std::to_array<std::string_view>({"bwrap", "firejail", "chroot"});
    if (std::ranges::find(kTools, tool) == kTools.end()) return;
    std::vector<std::string> candidates{name};
    if (name.find('/') == std::string::npos) {
      candidates.clear();
      for (const char* folder :
           {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"}) {
        candidates.push_back(JoinPath(folder, name));
      }
    } else if (!name.starts_with('/')) {
      return;  // relative to the directory inside, which may be any of three
    }
    for (const std::string& candidate : candidates) {
      const auto real = view_->Realpath(candidate, &view_->Caller());
      const auto object = real ? view_->Lstat(*real) : std::nullopt;
      if (object && object->kind == NodeKind::File && !object->no_exec &&
          PermissionsOf(*object, view_->Caller()).Has(Right::Exec)) {
        return;
      }
    }
    launch_.start_problems.push_back({program->program,
                                      fmt::format("the sandbox shows no program {}", name),
                                      view_->doubts.empty() ? Answer::Yes : Answer::Unknown});
  }

  Launch& launch_;
  const HostFacts& host_;
  std::string working_directory_;
  Credentials credentials_;
  Power power_;
  std::shared_ptr<const View> view_;
  ProcSight sight_;
  std::vector<Handed> handed_;
  std::optional<Handed> standing_;
  std::vector<Handed> opened_;  ///< to other users, by their permissions
  bool in_sandbox_ = false;
  std::optional<Word> lost_directory_;
};

Answer StartsOf(const std::vector<StartProblem>& problems) {
  Answer starts = Answer::Yes;
  for (const StartProblem& problem : problems) {
    if (problem.fatal == Answer::Yes) return Answer::No;
    if (problem.fatal == Answer::Unknown) starts = Answer::Unknown;
  }
  return starts;
}

/// Root goes where it wants, as long as a process outside can be seen: /proc/1/ns/net.
void OpenForRoot(Grant& grant, const std::vector<Layer>& layers) {
  const Identity& who = grant.identity;
  const bool root = who.outer_uid == 0U && who.capabilities == CapabilitySet::All;
  if (!root || who.own_user_namespace || who.own_pid_namespace) return;
  for (const Layer& layer : layers) {
    if (layer.tool != "unshare" || layer.network.mode != NetworkMode::None) continue;
    if (grant.egress.mode != NetworkMode::None) continue;
    grant.egress.mode = NetworkMode::Unknown;
    grant.egress.because = {
        EvidenceOf(layer.network.word, "root enters the network of another process again")};
  }
}

void AddFirewall(Launch& launch, const ClientSide& client) {
  Egress& egress = launch.grant.egress;
  if (client.firewalls == nullptr || client.firewalls->Empty()) return;
  if (egress.mode != NetworkMode::Host && egress.mode != NetworkMode::Private) return;
  if (egress.mode == NetworkMode::Host && ChangesFirewall(launch.layers)) return;
  static std::mutex mutex;  // answers are remembered, and servers are evaluated in parallel
  const std::scoped_lock lock(mutex);
  egress.firewall =
      client.firewalls->For(SocketOwnerOf(launch.layers, *client.host, egress.mode),
                            client.accounts == nullptr ? EgressNames{} : *client.accounts);
}

}  // namespace

void EvaluateGrant(Launch& launch, const ServerDecl* decl, const ClientSide& client) {
  const std::shared_ptr<const HostFacts> made = WithMadePaths(launch.layers, *client.host);
  const HostFacts& host = made != nullptr ? *made : *client.host;
  std::string directory =
      client.working_directory.empty() ? host.WorkingDirectory() : client.working_directory;
  Evaluation evaluation(launch, host, directory);
  evaluation.Run();
  Grant& grant = launch.grant;
  grant.paths = Remember(evaluation.view());
  if (made != nullptr) {  // the view refers to it
    const auto both = std::make_shared<
        std::pair<std::shared_ptr<const HostFacts>, std::shared_ptr<const PathView>>>(made,
                                                                                      grant.paths);
    grant.paths = std::shared_ptr<const PathView>(both, both->second.get());
  }
  grant.homes = host.Homes();
  grant.working_directory = std::move(directory);
  grant.identity = FoldIdentity(launch.layers, host);
  grant.environment =
      FoldEnvironment(launch.layers, decl, client, grant.identity, evaluation.sight());
  grant.egress = FoldEgress(launch.layers, host, *grant.paths);
  OpenForRoot(grant, launch.layers);
  OpenForContainer(grant, launch.layers, host);
  AddFirewall(launch, client);
  grant.egress.proxies = ProxiesOf(grant.environment, client.firewalls);
  const std::vector<std::string> machine = host.Assumptions();
  grant.assuming.insert(grant.assuming.begin(), machine.begin(), machine.end());
  AddImageAssumptions(launch.layers, grant.assuming);
  if (host.Symbolic()) grant.confidence = Confidence::Medium;
  launch.starts = StartsOf(launch.start_problems);
}

}  // namespace sandlint
