#include "scanner/egress/host_firewall.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "scanner/egress/applied_firewalls.h"

namespace sandlint {
namespace {

/// Folders of a machine's /etc that hold a part of what stands beside them.
constexpr std::string_view kParts[] = {"pf.anchors", "ufw", "default"};

/// The directory whose files are one firewall.
std::string GroupOf(std::string_view path) {
  const auto parent = [](std::string_view of) {
    const std::size_t slash = of.rfind('/');
    return slash == std::string_view::npos ? std::string_view{} : of.substr(0, slash);
  };
  const std::string_view directory = parent(path);
  const bool part = std::ranges::find(kParts, BaseName(directory)) != std::end(kParts);
  return std::string(part ? parent(directory) : directory);
}

std::string LoadedText(const Firewall& firewall) {
  std::string names;
  for (const Source* source : firewall.sources) {
    names += (names.empty() ? "" : " and ") + source->path;
  }
  return fmt::format("the rules of {} are loaded", names);
}

/// Takes a firewall where it holds `asker`.
void Take(Firewall firewall, FirewallPlace place, const EgressAsker& asker,
          AppliedFirewalls& taken) {
  const bool machine = place == FirewallPlace::Machine;
  if (!machine && (!asker.own_user || !firewall.Active())) return;
  AppliedFirewall applied;
  applied.verdict = VerdictOf(firewall);
  const Answer named = applied.verdict.names_subject;
  if (!machine && named == Answer::No) return;
  applied.doubtful = !machine && named == Answer::Unknown;
  applied.loaded = LoadedText(firewall);
  applied.firewall = std::move(firewall);
  taken.push_back(std::move(applied));
}

bool RunsOn(const Firewall& firewall, EgressSystem system) {
  const bool pf = firewall.last_match;
  return system == EgressSystem::Unknown || (system == EgressSystem::Bsd) == pf;
}

/// Rules for two systems are those of two machines: the launch is held by one or the other.
void AddMachines(AppliedFirewalls taken, std::vector<AppliedFirewalls>& lists) {
  const auto rest = std::ranges::stable_partition(
      taken, [](const AppliedFirewall& one) { return one.firewall.last_match; });
  AppliedFirewalls others(std::make_move_iterator(rest.begin()),
                          std::make_move_iterator(rest.end()));
  taken.erase(rest.begin(), rest.end());
  if (!taken.empty()) lists.push_back(std::move(taken));
  if (!others.empty()) lists.push_back(std::move(others));
}

/// What `For` depends on.
std::string KeyOf(const EgressAsker& asker) {
  std::string key = asker.own_user ? "own" : "";
  key += std::to_string(static_cast<int>(asker.system));
  for (const EgressSubject& subject : asker.subjects) {
    key += fmt::format("\n{}\t{}\t{}\t{}\t{}", subject.user,
                       subject.uid ? std::to_string(*subject.uid) : "", subject.group,
                       subject.gid ? std::to_string(*subject.gid) : "", subject.forwarded);
  }
  return key;
}

}  // namespace

bool HostFirewalls::Add(const Source& source, FirewallPlace place, const FileReader& reader,
                        Workspace& workspace) {
  if (IsShellScript(source.path, source.text)) {
    fillers_->See(source.text);
    for (NftRules& rules : nft_) fillers_->Mark(rules.ruleset);
  }
  if (FirewallKindOf(source.path, source.text) == FirewallKind::Nft) {
    const std::size_t known = workspace.sources.size();
    nft_.push_back({place, &source, ReadNftRules(source, reader, workspace)});
    fillers_->Mark(nft_.back().ruleset);
    for (std::size_t i = known; i < workspace.sources.size(); ++i) {
      included_[workspace.sources[i]->path] = true;
    }
    return true;
  }
  if (IsSquidConfig(source.path, source.text)) {
    squids_.push_back(ReadSquid(source));
    return true;
  }
  const std::string directory = place == FirewallPlace::Machine ? "" : GroupOf(source.path);
  FirewallFiles& group = others_[{place, directory}];
  group.FilledBy(*fillers_);
  const bool taken = group.Add(source, reader, workspace);
  if (group.Empty()) others_.erase({place, directory});
  return taken;
}

/// A part of another file says nothing by itself.
bool HostFirewalls::IsIncluded(const NftRules& rules) const {
  return rules.place == FirewallPlace::Tree && included_.contains(rules.source->path);
}

std::shared_ptr<const FlowFilter> HostFirewalls::SquidAt(std::uint32_t port) const {
  const auto found =
      std::ranges::find_if(squids_, [&](const auto& squid) { return squid->Port() == port; });
  return found == squids_.end() ? nullptr : *found;
}

std::vector<HostFirewalls::Placed> HostFirewalls::All(const EgressSubject& subject,
                                                      const EgressNames& names,
                                                      bool with_tree) const {
  std::vector<Placed> all;
  for (const auto& [key, group] : others_) {
    if (!with_tree && key.first == FirewallPlace::Tree) continue;
    for (Firewall& firewall : group.For(subject, names)) {
      all.push_back({key.first, std::move(firewall)});
    }
  }
  for (const NftRules& rules : nft_) {
    if (IsIncluded(rules) || (!with_tree && rules.place == FirewallPlace::Tree)) continue;
    all.push_back({rules.place, NftFirewall(rules.ruleset, subject, names)});
    all.back().firewall.sources = {rules.source};
  }
  return all;
}

HostFirewall HostFirewalls::For(const EgressAsker& asker, const EgressNames& names) const {
  const auto [known, is_new] = known_.try_emplace(KeyOf(asker));
  if (!is_new) return known->second;
  std::vector<AppliedFirewalls> lists;
  for (const EgressSubject& subject : asker.subjects) {
    AppliedFirewalls taken;
    for (Placed& one : All(subject, names, asker.own_user)) {
      if (!RunsOn(one.firewall, asker.system)) continue;
      Take(std::move(one.firewall), one.place, asker, taken);
    }
    AddMachines(std::move(taken), lists);
  }
  known->second = TogetherOf(std::move(lists));
  return known->second;
}

}  // namespace sandlint
