#include "cli/firewalls.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>

#include "cli/console.h"
#include "cli/hosts.h"
#include "scanner/files/passwd.h"

namespace sandlint {
namespace {

namespace fs = std::filesystem;

/// The groups of the file beside a passwd file.
void AddGroupNames(const std::string& passwd, EgressNames& names) {
  std::string text;
  std::string problem;
  const std::string path = (fs::path(passwd).parent_path() / "group").string();
  std::error_code error;
  if (!fs::exists(path, error) || !ReadNamedFile(path, text, problem)) return;
  // name:x:gid:members, as the first fields of a passwd line.
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    const std::size_t name = line.find(':');
    const std::size_t number = name == std::string::npos ? name : line.find(':', name + 1);
    if (number != std::string::npos) {
      const std::string digits = line.substr(number + 1, line.find(':', number + 1) - number - 1);
      if (const auto gid = IdOf(IdKind::Group, digits, {}))
        names.groups[line.substr(0, name)] = *gid;
    }
    at = end + 1;
  }
  names.groups_complete = true;
}

EgressNames NamesFor(const HostWish& wish, std::string& problem) {
  EgressNames names;
  const bool live = wish.kind == "live" && wish.passwd.empty();
  const std::string passwd = live ? "/etc/passwd" : wish.passwd;
  if (passwd.empty()) return names;
  std::string text;
  if (!ReadNamedFile(passwd, text, problem)) return names;
  for (const HostUser& user : ParsePasswd(text)) names.users.emplace(user.name, user.uid);
  // A live machine can have users that no file lists.
  names.users_complete = !live;
  AddGroupNames(passwd, names);
  return names;
}

/// Includes are looked for beside the file; those of a file of /etc from the root.
void ReadOne(const std::string& file, const std::string& text, FirewallRules& rules) {
  std::error_code error;
  const fs::path real = fs::canonical(file, error);
  const bool system = real.string().starts_with("/etc/");
  const auto reader = MakeDiskReader(system ? "/" : real.parent_path().string());
  const Source& source = rules.workspace->Add(file, text);
  const bool script = IsShellScript(file, text);
  if (script) rules.fillers->See(text);
  rules.others.FilledBy(*rules.fillers);
  if (IsSquidConfig(file, text)) {
    rules.squids.push_back(ReadSquid(source));
  } else if (FirewallKindOf(file, text) == FirewallKind::Nft) {
    rules.nft.push_back(ReadNftRules(source, *reader, *rules.workspace));
  } else if (!rules.others.Add(source, *reader, *rules.workspace) &&
             !(script && rules.fillers->Any())) {
    rules.not_evaluated.push_back(file);
  }
}

std::optional<std::uint32_t> GroupOf(const std::string& user, std::optional<std::uint32_t> uid,
                                     const HostWish& wish) {
  std::string text;
  std::string problem;
  const std::string passwd =
      wish.passwd.empty() && wish.kind == "live" ? "/etc/passwd" : wish.passwd;
  if (passwd.empty() || !ReadNamedFile(passwd, text, problem)) return std::nullopt;
  for (const HostUser& each : ParsePasswd(text)) {
    if (each.name == user || (uid && each.uid == *uid)) return each.gid;
  }
  return std::nullopt;
}

EgressSubject SubjectNamed(const std::string& user, const HostWish& wish,
                           const EgressNames& names) {
  EgressSubject subject;
  subject.uid = IdOf(IdKind::User, user, names);
  if (!IdOf(IdKind::User, user, {})) subject.user = user;  // not a number
  for (const auto& [name, uid] : names.users) {
    if (subject.user.empty() && subject.uid == uid) subject.user = name;
  }
  if (!user.empty()) subject.gid = GroupOf(subject.user, subject.uid, wish);
  for (const auto& [name, gid] : names.groups) {
    if (subject.gid == gid) subject.group = name;
  }
  return subject;
}

}  // namespace

FirewallRules ReadFirewalls(const Question& question, std::string& problem) {
  FirewallRules rules;
  rules.workspace = std::make_shared<Workspace>();
  for (const std::string& file : question.firewalls) {
    std::string text;
    if (!ReadNamedFile(file, text, problem)) return rules;
    ReadOne(file, text, rules);
  }
  for (NftRuleset& ruleset : rules.nft) rules.fillers->Mark(ruleset);
  if (!rules.None()) rules.names = NamesFor(question.host, problem);
  return rules;
}

EgressSubject SubjectOf(const Question& question, const EgressNames& names) {
  return SubjectNamed(question.host.user, question.host, names);
}

EgressSubject SubjectOf(const Question& question, const Launch& launch, const HostFacts& host,
                        const EgressNames& names) {
  const Identity& identity = launch.grant.identity;
  EgressSubject subject;
  if (!identity.outer_user.empty()) {
    subject = SubjectNamed(identity.outer_user, question.host, names);
    if (!subject.uid) subject.uid = identity.outer_uid;
  } else if (!question.host.user.empty() || host.Symbolic()) {
    // Nobody knows who an ordinary machine's caller is.
    subject = SubjectOf(question, names);
  } else {
    subject = SubjectOf(host.Caller(), names);
  }
  subject.forwarded = launch.grant.egress.mode == NetworkMode::Private;
  return subject;
}

void AddFirewalls(const FirewallRules& rules, const EgressSubject& subject,
                  const Destination& destination, Reply& reply) {
  std::vector<EgressAnswer> answers;
  for (const NftRuleset& ruleset : rules.nft) {
    answers.push_back(AskFirewall(NftFirewall(ruleset, subject, rules.names), destination));
  }
  for (const Firewall& firewall : rules.others.For(subject, rules.names)) {
    answers.push_back(AskFirewall(firewall, destination));
  }
  for (const std::string& file : rules.not_evaluated) {
    answers.push_back({Answer::Unknown,
                       {},
                       Confidence::Low,
                       {fmt::format("the rules of {} are not evaluated", Visible(file))}});
  }
  if (answers.empty() || reply.answer == Answer::No) return;
  const EgressAnswer& worst = *std::ranges::min_element(answers, {}, &EgressAnswer::answer);
  std::erase(reply.assuming, "no firewall of the host stops it");
  // Yes of both shows what let it out; a no or an unknown shows what decided that.
  Because because = worst.because;
  if (worst.answer == Answer::Yes || worst.answer > reply.answer) {
    because.insert(because.end(), reply.because.begin(), reply.because.end());
  }
  if (worst.answer <= reply.answer) reply.confidence = std::min(reply.confidence, worst.confidence);
  reply.answer = std::min(reply.answer, worst.answer);
  reply.because = std::move(because);
  for (const EgressAnswer& answer : answers) {
    std::ranges::copy(answer.assuming, std::back_inserter(reply.assuming));
  }
}

std::shared_ptr<const SquidAccess> FirewallRules::SquidAt(std::uint32_t port) const {
  const auto found =
      std::ranges::find_if(squids, [&](const auto& squid) { return squid->Port() == port; });
  return found == squids.end() ? nullptr : *found;
}

void AddSquids(const FirewallRules& rules, const EgressSubject& subject,
               const Destination& destination, Reply& reply) {
  if (rules.NoPackets() && !rules.squids.empty()) reply.answer = Answer::No;
  for (const auto& squid : rules.squids) {
    Reply reached;
    reached.answer = Answer::Yes;
    AddFirewalls(rules, subject, {"tcp", "127.0.0.1", squid->Port()}, reached);
    if (reached.answer == Answer::No) continue;
    const EgressAnswer there = squid->Ask(destination);
    const Answer answer = std::min(reached.answer, there.answer);
    const bool first = rules.NoPackets() && reply.because.empty();
    if (answer <= reply.answer && !first) continue;
    reply.answer = answer;
    reply.because = there.because;
    reply.confidence = std::min(reply.confidence, there.confidence);
    reply.assuming.push_back(rules.NoPackets() ? "every connection goes through this proxy"
                                               : "this proxy listens on the machine");
  }
}

}  // namespace sandlint
