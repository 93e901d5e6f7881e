#include <fmt/format.h>

#include <algorithm>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "secret-directory-visible",
    .title = "A sandbox leaves a place of secrets visible",
    .checklist_item = 2,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "~/.ssh, ~/.aws, ~/.config and ~/.claude hold keys and tokens in plain files; so do "
        "~/.netrc, ~/.docker, ~/.kube and others. Reading one file is all that a compromised "
        "server has to do.",
    .fix =
        "Bind only what the server needs instead of a directory above it, or put a mask after the "
        "bind that shows it: `--tmpfs \"$HOME/.ssh\"`.",
};

std::string NameOf(const VisibleSecret& secret, const std::vector<std::string>& homes) {
  return Tilde(UnderHome(secret.home, secret.secret->path), homes);
}

/// Those that nothing documents; where there are none, all of them make a note.
std::vector<VisibleSecret> WorthTelling(const std::vector<VisibleSecret>& visible) {
  std::vector<VisibleSecret> excess;
  std::copy_if(visible.begin(), visible.end(), std::back_inserter(excess),
               [](const VisibleSecret& one) { return !one.documented; });
  return excess.empty() ? visible : excess;
}

Severity WorstOf(const std::vector<VisibleSecret>& visible) {
  Severity worst = Severity::Note;
  for (const VisibleSecret& one : visible) {
    if (!one.documented) worst = std::max(worst, one.secret->severity);
  }
  return worst;
}

const char* VerbOf(const PathAnswer& answer) {
  const bool write = answer.Has(Right::Write) == Answer::Yes;
  if (answer.Has(Right::Read) == Answer::Yes) return write ? "read and write" : "read";
  return write ? "write" : "connect to";
}

Finding Tell(const Server& server, const Launch& launch, const std::vector<VisibleSecret>& told) {
  std::vector<std::string> names;
  for (const VisibleSecret& one : told) names.push_back(NameOf(one, launch.grant.homes));
  const VisibleSecret& first = told.front();
  std::string message = fmt::format("'{}' can {} {}{}", server.Name(), VerbOf(first.answer),
                                    JoinSome(names, 6), WhenOf(launch));
  if (!first.answer.because.empty()) {
    message += ": " + WordsOf(first.answer.because);
    const std::string host = UnderHome(first.home, first.secret->path);
    if (!first.answer.alias.empty() && first.answer.alias != host) {
      message += fmt::format(" shows it as {}", Quote(first.answer.alias));
    }
  }
  Finding finding =
      MakeFinding(kInfo, server, PlaceOf(first.answer.because, launch), std::move(message));
  finding.severity = WorstOf(told);
  finding.confidence = first.answer.confidence;
  finding.detail = JoinWords(names);
  for (const VisibleSecret& one : told) {
    AddRelated(finding, one.answer.because, NameOf(one, launch.grant.homes) + " is visible");
  }
  return finding;
}

Findings Check(const Server& server, const Workspace& workspace) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    if (!Confines(launch)) return {};
    if (!WholeHomes(launch, workspace).empty()) return {};  // told by home-directory-visible
    const SecretView view = LookForSecrets(server, launch);
    if (view.visible.empty()) return {};
    return {Tell(server, launch, WorthTelling(view.visible))};
  });
}

}  // namespace

const Rule kSecretDirectoryVisible{kInfo, Check, nullptr};

}  // namespace sandlint
