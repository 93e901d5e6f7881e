#include "model/grant.h"

#include <string>
#include <utility>

#include "model/run.h"

namespace sandlint {
namespace {

bool IsLoopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.") ||
         host.starts_with("::ffff:127.");
}

bool OpensOf(Presence presence) {
  return presence == Presence::Passed || presence == Presence::Set;
}

}  // namespace

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
  return result;
}

bool Egress::Closed() const {
  if (mode != NetworkMode::None) return false;
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
