#include <fmt/format.h>

#include <map>
#include <string>

#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "grant-has-no-effect",
    .title = "A grant has no effect",
    .checklist_item = 0,
    .severity = Severity::Note,
    .since = "0.1",
    .why =
        "A line that does nothing misleads the next reader: it looks as if the server had, "
        "or needed, what it names.",
    .fix = "Remove the line, or the one that makes it useless.",
};

constexpr std::string_view kResolverFiles[] = {"/etc/resolv.conf", "/etc/nsswitch.conf",
                                               "/run/systemd/resolve", "/run/nscd"};

/// `~/x` and `${HOME}/x` are one spelling for firejail.
std::string Spelled(const Directive& line) {
  const std::string& path = line.argument.text;
  return path.starts_with('~') ? "${HOME}" + path.substr(1) : path;
}

/// A noblacklist counts for the lines behind it only: one that stands behind the blacklist that it
/// is to lift does nothing (observed with firejail 0.9.72).
Findings LateExceptions(const Server& server, const Layer& layer) {
  std::map<std::string, std::size_t> last;  // of each blacklisted path
  std::map<std::string, const Directive*> first;
  for (std::size_t index = 0; index < layer.directives.size(); ++index) {
    const Directive& line = *layer.directives[index];
    if (!line.keyword.text.starts_with("blacklist")) continue;
    last[Spelled(line)] = index;
    first.try_emplace(Spelled(line), &line);
  }
  Findings findings;
  for (std::size_t index = 0; index < layer.directives.size(); ++index) {
    const Directive& line = *layer.directives[index];
    if (line.keyword.text != "noblacklist") continue;
    const auto found = last.find(Spelled(line));
    if (found == last.end() || found->second > index) continue;
    findings.push_back(MakeFinding(
        kInfo, server, line.keyword.span,
        fmt::format("`noblacklist {}` of '{}' does nothing: the path is blacklisted before it.",
                    Quote(line.argument.text), server.Name())));
    findings.back().related.push_back(
        {FirstLine(first[Spelled(line)]->keyword.span), "blacklisted here"});
    findings.back().detail = Quote(line.argument.text);
  }
  return findings;
}

Findings Resolvers(const Server& server, const Launch& launch) {
  if (launch.grant.egress.mode != NetworkMode::None) return {};
  for (const Layer& layer : launch.layers) {
    for (const Mount& mount : layer.mounts) {
      for (const std::string_view file : kResolverFiles) {
        if (mount.kind != MountKind::Bind || mount.source.text != file) continue;
        Finding finding =
            MakeFinding(kInfo, server, mount.option.span,
                        fmt::format("'{}' is given {} to resolve names, but has no network.",
                                    server.Name(), mount.source.text));
        for (const Evidence& evidence : launch.grant.egress.because) {
          finding.related.push_back({evidence.span, "this cuts the network"});
        }
        finding.detail = file;
        return {finding};
      }
    }
  }
  return {};
}

/// Lines of a profile that match nothing.
Findings DeadLines(const Server& server, const Launch& launch) {
  Findings findings;
  for (const Evidence& line : launch.grant.no_effect) {
    Finding finding = MakeFinding(
        kInfo, server, FirstLine(line.span),
        fmt::format("a line of the profile of '{}' does nothing: {}", server.Name(), line.note));
    finding.detail = line.text;
    findings.push_back(std::move(finding));
  }
  return findings;
}

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    if (!launch.grant.no_effect.empty()) return DeadLines(server, launch);
    Findings findings = Resolvers(server, launch);
    for (const Layer& layer : launch.layers) {
      for (Finding& finding : LateExceptions(server, layer)) {
        findings.push_back(std::move(finding));
      }
    }
    return findings;
  });
}

}  // namespace

const Rule kGrantHasNoEffect{kInfo, Check, nullptr};

}  // namespace sandlint
