#include "cli/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "cli/withhold.h"
#include "rules/secret_paths.h"

namespace sandlint {
namespace {

template <typename... Values>
void Line(std::string& text, fmt::format_string<Values...> format, Values&&... values) {
  text += fmt::format(format, std::forward<Values>(values)...);
  text += '\n';
}

std::string PlaceOf(const Span& span) {
  if (!span) return {};
  const Position at = PositionOf(*span.source, span.begin);
  return fmt::format("{}:{}:{}", Visible(span.source->path), at.line, at.column);
}

std::string Joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

/// Masked before it is cut: half a secret is one.
std::string WordsOf(const Layer& layer, const Masker& masker) {
  std::vector<std::string> words;
  for (const Word& word : layer.words) words.push_back(masker.Text(word));
  std::string text = Visible(Withheld(fmt::format("{}", fmt::join(words, " "))));
  constexpr std::size_t kMost = 400;
  if (text.size() > kMost) {
    text.resize(kMost);
    text += fmt::format(" … ({} words)", layer.words.size());
  }
  return text;
}

std::string WhyOf(const Because& because) {
  if (because.empty()) return {};
  const Evidence& first = because.front();
  std::string why = Visible(first.text);
  if (!first.note.empty()) why += (why.empty() ? "" : ": ") + Visible(first.note);
  return why.empty() ? why : fmt::format("  ({})", why);
}

void DescribePath(std::string& text, std::string_view name, const PathAnswer& answer) {
  const bool sure = answer.possible == answer.rights;
  std::string access = answer.rights.None() ? "nothing" : NamesOf(answer.rights);
  if (!sure) access = fmt::format("{} for sure, perhaps {}", access, NamesOf(answer.possible));
  if (answer.backing != Backing::None) access += fmt::format(", {}", NameOf(answer.backing));
  Line(text, "    {:<16} {}{}", name, access, WhyOf(answer.because));
}

void DescribePaths(std::string& text, const Grant& grant) {
  Line(text, "  paths of the host");
  DescribePath(text, "/", grant.paths->OfRoot());
  const std::string& home = grant.homes.empty() ? "" : grant.homes.front();
  if (!home.empty()) {
    DescribePath(text, "~", grant.paths->OfHost(home));
    for (const SecretPath& secret : SecretPaths()) {
      if (secret.severity != Severity::Error || !AppliesTo(secret, home)) continue;
      DescribePath(text, fmt::format("~/{}", secret.path),
                   grant.paths->OfHost(UnderHome(home, secret.path)));
    }
  }
  if (!grant.working_directory.empty()) {
    DescribePath(text, "the project", grant.paths->OfHost(grant.working_directory));
  }
  DescribePath(text, "/tmp", grant.paths->OfHost("/tmp"));
}

void DescribeEgress(std::string& text, const Egress& egress) {
  Line(text, "  network    {}{}{}", NameOf(egress.mode),
       egress.reaches_host_loopback ? ", the host's loopback is reachable" : "",
       WhyOf(egress.because));
  for (const std::string& line : egress.firewall.allowed) {
    Line(text, "    leaves     {}", Visible(line));
  }
  for (const std::string& line : egress.firewall.assuming) {
    Line(text, "    assuming   {}", Visible(line));
  }
  for (const Delegate& delegate : egress.delegated) {
    if (delegate.reachable == Answer::No) continue;
    Line(text, "    delegates  {} at {}: {}{}", delegate.kind, Visible(delegate.path),
         delegate.reachable == Answer::Yes ? "reachable" : "perhaps reachable",
         WhyOf(delegate.because));
  }
}

void DescribeEnvironment(std::string& text, const Environment& environment) {
  std::vector<std::string> names;
  for (const auto& [name, variable] : environment.own.known) {
    names.push_back(fmt::format("{} {}", Visible(name), NameOf(variable.presence)));
  }
  Line(text, "  variables  of the client: {}{}", NameOf(environment.own.others),
       WhyOf(environment.own.others_because));
  if (!names.empty()) Line(text, "    {}", Joined(names));
  if (environment.through_proc) {
    Line(text, "    through /proc of another process: {}{}",
         NameOf(environment.through_proc->others), WhyOf(environment.proc_because));
  }
}

void DescribeIdentity(std::string& text, const Identity& identity) {
  Line(text, "  user       {}{}{}",
       identity.outer_user.empty() ? "the caller" : Visible(identity.outer_user),
       identity.root_inside == Answer::No
           ? ""
           : fmt::format(", root inside: {}", NameOf(identity.root_inside)),
       WhyOf(identity.user_because));
  static constexpr const char* kSets[] = {"none", "some", "a container's defaults", "all",
                                          "unknown"};
  Line(text, "    capabilities {}; no new privileges {}; own pids {}",
       identity.capabilities == CapabilitySet::Some
           ? Visible(Joined(identity.capability_names))
           : kSets[static_cast<std::size_t>(identity.capabilities)],
       NameOf(identity.no_new_privileges), identity.own_pid_namespace ? "yes" : "no");
}

void DescribeLaunch(std::string& text, const Launch& launch, const Masker& masker) {
  if (!launch.condition_text.empty()) Line(text, "  when {}", Visible(launch.condition_text));
  for (const Layer& layer : launch.layers) {
    Line(text, "  layer      {:<11} {}", NameOf(layer.kind), WordsOf(layer, masker));
  }
  if (launch.starts != Answer::Yes) Line(text, "  starts     {}", NameOf(launch.starts));
  for (const StartProblem& problem : launch.start_problems) {
    Line(text, "    {}", Visible(problem.text));
  }
  if (launch.grant.paths != nullptr) DescribePaths(text, launch.grant);
  DescribeEgress(text, launch.grant.egress);
  DescribeEnvironment(text, launch.grant.environment);
  DescribeIdentity(text, launch.grant.identity);
  Line(text, "  confidence {}", NameOf(launch.grant.confidence));
  for (const Note& note : launch.notes) {
    if (note.support != Support::Unmodelled && note.support != Support::Unknown) continue;
    Line(text, "  not modelled  {} {} ({}): {}", PlaceOf(note.word.span), Visible(note.word.text),
         NamesOf(note.facets), Visible(note.why));
  }
}

/// Who says so, where it is not who says the rest.
std::string OriginOf(const std::string& origin, const Need& need) {
  return origin.empty() || origin == need.origin ? "" : fmt::format(" ({})", origin);
}

void DescribeNeed(std::string& text, const Need& need) {
  Line(text, "  needs      class {}, network {}{}", NameOf(need.server_class), NameOf(need.network),
       need.origin.empty() ? "" : fmt::format("  ({})", need.origin));
  std::vector<std::string> names;
  for (const std::string& host : need.hosts) {
    const auto origin = need.host_origins.find(host);
    names.push_back(host +
                    (origin == need.host_origins.end() ? "" : OriginOf(origin->second, need)));
  }
  if (!names.empty()) Line(text, "    hosts {}", Visible(Joined(names)));
  names.clear();
  for (const NeededVariable& variable : need.variables) {
    names.push_back(variable.name + OriginOf(variable.origin, need));
  }
  if (!names.empty()) Line(text, "    variables {}", Visible(Joined(names)));
  names.clear();
  for (const NeededPath& path : need.paths) {
    names.push_back(path.path + (path.write ? " (write)" : "") + OriginOf(path.origin, need));
  }
  if (!names.empty()) Line(text, "    paths {}", Visible(Joined(names)));
}

}  // namespace

std::string Describe(const Server& server, int index, const Workspace& workspace,
                     const Masker& masker) {
  std::string text;
  Line(text, "{}  {}  {}, {} scope, {}", Visible(server.Name()), PlaceOf(server.decl.entry),
       NameOf(server.decl.transport), NameOf(server.decl.scope),
       Visible(Joined(server.decl.clients)));
  if (!server.decl.loads) Line(text, "  does not load: {}", Visible(server.decl.why_not));
  if (server.Remote()) {
    Line(text, "  remote     {}", Visible(masker.Text(server.decl.url)));
  }
  for (const Launch& launch : server.launches) DescribeLaunch(text, launch, masker);
  DescribeNeed(text, server.need);
  if (workspace.host != nullptr && !server.launches.empty()) {
    for (const std::string& assumption : workspace.host->Assumptions()) {
      Line(text, "  assuming   {}", Visible(assumption));
    }
  }
  // What is put together from several words: reasons, conditions, notes.
  return masker.Text(text, index);
}

}  // namespace sandlint
