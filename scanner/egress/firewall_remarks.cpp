#include "scanner/egress/firewall_remarks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace sandlint {
namespace {

/// Past these a file is not evaluated for every user whom it names.
constexpr std::size_t kMostUsers = 6, kMostRules = 3000;

std::size_t RulesIn(const Program& program) {
  std::size_t rules = 0;
  for (const Chain& chain : program.chains) rules += chain.rules.size();
  return rules;
}

bool IsUsed(const UserMention& mention, const EgressAskers& askers, const EgressNames& names) {
  return std::ranges::any_of(askers.all, [&](const EgressAsker& asker) {
    return std::ranges::any_of(asker.subjects, [&](const EgressSubject& subject) {
      return MeansSubject(IdKind::User, mention.text, subject, names) != Answer::No;
    });
  });
}

/// Rules for users that no server has, or for nobody in particular.
void AddUsers(const Firewall& firewall, const EgressAskers& askers, const EgressNames& names,
              std::vector<FirewallRemark>& remarks) {
  const std::vector<UserMention>& users = firewall.program.users;
  const bool used = std::ranges::any_of(
      users, [&](const UserMention& user) { return IsUsed(user, askers, names); });
  if (askers.all.empty() || used || !firewall.Active()) return;
  if (!users.empty()) {
    const UserMention& user = users.front();
    const bool inner = std::ranges::find(askers.inner_users, user.text) != askers.inner_users.end();
    FirewallRemark remark = RemarkOf(
        FirewallRemarkKind::UserUnused, user.span,
        inner ? "a server has this number inside of its sandbox only, which no firewall sees"
              : "no server is started as that user");
    remark.user = user.text;
    remarks.push_back(std::move(remark));
    return;
  }
  // A script that fills sets, say: what it does is not known, or it holds nothing by itself.
  if (!firewall.gaps.empty() || firewall.program.bases.empty()) return;
  const FlowVerdict verdict = VerdictOf(firewall);
  if (verdict.deny.Empty() && verdict.uncertain.Empty()) return;
  Span where = firewall.program.bases.front().policy;
  if (!where && !firewall.sources.empty()) where = {firewall.sources.front(), 0, 0};
  remarks.push_back(RemarkOf(FirewallRemarkKind::HoldsNobody, where,
                             "no rule of it names a user that a server is started as"));
}

/// The subjects for whom a rule can make a difference: the users of the file, and anybody else.
std::vector<EgressSubject> SubjectsOf(const Firewall& firewall, const EgressNames& names) {
  std::vector<EgressSubject> subjects{EgressSubject{}};
  for (const UserMention& user : firewall.program.users) {
    if (subjects.size() > kMostUsers) break;
    EgressSubject subject;
    subject.uid = IdOf(IdKind::User, user.text, names);
    if (!IdOf(IdKind::User, user.text, {})) subject.user = user.text;
    subjects.push_back(std::move(subject));
  }
  return subjects;
}

/// Of one file: where earlier rules leave a rule nothing, whoever asks.
struct Shadows {
  std::map<std::pair<int, int>, Evidence> dead;
  std::set<std::pair<int, int>> alive;

  void See(const Firewall& firewall) {
    const FlowVerdict verdict = VerdictOf(firewall);
    for (const RuleId& rule : verdict.hit) alive.insert({rule.chain, rule.rule});
    for (const RuleId& rule : verdict.shadowed) {
      dead.insert({{rule.chain, rule.rule}, EvidenceOf(firewall.program, rule, {})});
    }
  }
};

}  // namespace

std::vector<FirewallRemark> RemarksOn(const HostFirewalls& firewalls, const EgressNames& names,
                                      const EgressAskers& askers) {
  std::vector<FirewallRemark> remarks;
  const std::vector<HostFirewalls::Placed> all = firewalls.All({}, names);
  std::map<std::size_t, Shadows> shadows;
  std::vector<EgressSubject> subjects;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Firewall& firewall = all[i].firewall;
    remarks.insert(remarks.end(), firewall.remarks.begin(), firewall.remarks.end());
    if (all[i].place == FirewallPlace::Tree) AddUsers(firewall, askers, names, remarks);
    if (!firewall.Active() || firewall.last_match || RulesIn(firewall.program) > kMostRules)
      continue;
    shadows[i];
    for (EgressSubject& subject : SubjectsOf(firewall, names)) {
      const auto same = [&](const EgressSubject& known) {
        return known.user == subject.user && known.uid == subject.uid;
      };
      if (std::ranges::none_of(subjects, same)) subjects.push_back(std::move(subject));
    }
  }
  for (const EgressSubject& subject : subjects) {
    const std::vector<HostFirewalls::Placed> again = firewalls.All(subject, names);
    for (auto& [index, shadow] : shadows) {
      if (index < again.size()) shadow.See(again[index].firewall);
    }
  }
  for (const auto& [index, shadow] : shadows) {
    for (const auto& [rule, evidence] : shadow.dead) {
      if (shadow.alive.contains(rule)) continue;
      remarks.push_back(
          RemarkOf(FirewallRemarkKind::Misleads, evidence.span,
                   "no packet gets that far: earlier rules take all that it matches"));
    }
  }
  return remarks;
}

}  // namespace sandlint
