#include "model/grant.h"

#include <algorithm>
#include <string>
#include <utility>

#include "model/run.h"

namespace sandlint {
namespace {

bool IsLoopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.") ||
         host.starts_with("::ffff:127.");
}

bool SameText(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

/// An address that no provider routes, or a name without a dot: a neighbour in a network.
bool IsPrivate(std::string_view host) {
  if (host.find_first_of(".:") == std::string_view::npos) return true;
  for (const char* prefix : {"10.", "192.168.", "169.254.", "fc", "fd", "fe80:"}) {
    if (host.starts_with(prefix)) return true;
  }
  if (!host.starts_with("172.")) return host.ends_with(".internal") || host.ends_with(".local");
  const std::string_view second = host.substr(4, host.find('.', 4) - 4);
  return second.size() == 2 && second >= "16" && second <= "31";
}

bool Names(const NetworkRule& rule, const Destination& destination) {
  return (rule.protocol.empty() || rule.protocol == destination.protocol) &&
         (rule.port == 0 || rule.port == destination.port) &&
         NamesHost(rule.host, destination.host);
}

/// Takes what a filter says of the destination into the answer.
void Ask(const NetworkFilter& filter, const Destination& destination, EgressAnswer& result) {
  if (result.answer == Answer::No) return;
  Answer verdict = filter.others;
  Word word = filter.word;
  for (const NetworkRule& rule : filter.rules) {
    if (!Names(rule, destination)) continue;
    verdict = rule.verdict;
    if (rule.word) word = rule.word;
    break;
  }
  result.answer = std::min(result.answer, verdict);
  result.because.insert(result.because.begin(), EvidenceOf(word));
  if (filter.by_proxy && result.answer == Answer::Yes) {
    result.assuming.emplace_back("the program asks the proxy that its environment names");
  }
}

bool LetsNothingOut(const NetworkFilter& filter) {
  return filter.others == Answer::No &&
         std::all_of(filter.rules.begin(), filter.rules.end(),
                     [](const NetworkRule& rule) { return rule.verdict == Answer::No; });
}

bool OpensOf(Presence presence) {
  return presence == Presence::Passed || presence == Presence::Set;
}

}  // namespace

bool NamesHost(std::string_view pattern, std::string_view host) {
  if (pattern == "*") return true;
  if (pattern.starts_with("*.")) {
    const std::string_view suffix = pattern.substr(1);
    return host.size() > suffix.size() &&
           SameText(host.substr(host.size() - suffix.size()), suffix);
  }
  // `*part*`: a host of which no more is known than a part of its name.
  if (pattern.size() > 2 && pattern.starts_with('*') && pattern.ends_with('*')) {
    std::string lower(host);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return MatchesGlob(lower, pattern);
  }
  if (pattern == "private") return IsPrivate(host);
  return pattern == "loopback" ? IsLoopback(host) : SameText(pattern, host);
}

bool MatchesGlob(std::string_view name, std::string_view glob) {
  const std::size_t star = glob.find('*');
  if (star == std::string_view::npos) return name == glob;
  if (!name.starts_with(glob.substr(0, star))) return false;
  const std::string_view rest = glob.substr(star + 1);
  for (std::size_t at = star; at <= name.size(); ++at) {
    if (MatchesGlob(name.substr(at), rest)) return true;
  }
  return false;
}

Evidence EvidenceOf(const Word& word, std::string note) {
  return {word.span, word.argv_index, word.text, std::move(note)};
}

EgressAnswer Egress::Ask(const Destination& destination) const {
  EgressAnswer result{Answer::Unknown, because, confidence, {}};
  switch (mode) {
    case NetworkMode::Host:
    case NetworkMode::Inherit:
      result.answer = Answer::Yes;
      result.assuming = {"no firewall of the host stops it"};
      break;
    case NetworkMode::None:
      // Its own loopback is there, but nothing of the host listens on it.
      result.answer = Answer::No;
      result.assuming = assuming;
      break;
    case NetworkMode::Private:
      result.answer =
          IsLoopback(destination.host) && !reaches_host_loopback ? Answer::No : Answer::Yes;
      if (result.answer == Answer::Yes) result.assuming = {"no firewall of the host stops it"};
      break;
    case NetworkMode::Shared:
    case NetworkMode::Unknown:
      break;
  }
  for (const NetworkFilter& filter : filters) sandlint::Ask(filter, destination, result);
  if (result.answer != Answer::No && firewall.filter != nullptr) AskFirewall(destination, result);
  return result;
}

void Egress::AskFirewall(const Destination& destination, EgressAnswer& result) const {
  EgressAnswer stopped = firewall.filter->Ask(destination);
  std::erase(result.assuming, "no firewall of the host stops it");
  result.assuming.insert(result.assuming.end(), stopped.assuming.begin(), stopped.assuming.end());
  if (stopped.answer <= result.answer)
    result.confidence = std::min(result.confidence, stopped.confidence);
  if (stopped.answer < result.answer) result.because.clear();
  result.because.insert(result.because.begin(), stopped.because.begin(), stopped.because.end());
  result.answer = std::min(result.answer, stopped.answer);
}

Answer Egress::ReachesAnyHost() const {
  if (mode == NetworkMode::None) return Answer::No;
  const bool known = mode != NetworkMode::Shared && mode != NetworkMode::Unknown;
  Answer any = known ? Answer::Yes : Answer::Unknown;
  for (const NetworkFilter& filter : filters) {
    Answer some = filter.others;
    for (const NetworkRule& rule : filter.rules) {
      if (rule.host == "*") some = std::max(some, rule.verdict);
    }
    any = std::min(any, some);
  }
  if (firewall.governs && firewall.open.empty()) {
    any = std::min(any, firewall.sure ? Answer::No : Answer::Unknown);
  }
  return any;
}

bool Egress::Closed() const {
  const bool cut =
      mode == NetworkMode::None || std::any_of(filters.begin(), filters.end(), LetsNothingOut);
  if (!cut) return false;
  for (const Delegate& delegate : delegated) {
    if (delegate.reachable != Answer::No) return false;
  }
  return true;
}

Variable VariableSet::Find(std::string_view name) const {
  if (const auto found = known.find(name); found != known.end()) return found->second;
  for (const auto& [glob, variable] : globs) {
    if (MatchesGlob(name, glob)) return variable;
  }
  return {others, ValueKind::Unknown, {}, others_because};
}

VariableAnswer Environment::Ask(std::string_view name) const {
  const Variable mine = own.Find(name);
  if (OpensOf(mine.presence)) return {Answer::Yes, "environment", mine, mine.because};
  if (const auto copy = copies.find(name); copy != copies.end()) return copy->second;
  VariableAnswer result{mine.presence == Presence::Unknown ? Answer::Unknown : Answer::No,
                        "environment", mine, mine.because};
  if (!through_proc) return result;
  const Variable seen = through_proc->Find(name);
  if (OpensOf(seen.presence)) return {Answer::Yes, "proc", seen, proc_because};
  if (seen.presence == Presence::Unknown && result.answer == Answer::No) {
    return {Answer::Unknown, "proc", seen, proc_because};
  }
  return result;
}

}  // namespace sandlint
