// A profile for sandbox-exec of macOS: everything denied, then what a process needs to start, then
// what the server needs. /tmp, /var and /etc are links there: rules name /private.

#include <fmt/format.h>

#include "harden/firewall.h"
#include "harden/own_files.h"
#include "harden/script.h"
#include "harden/words.h"

namespace sandlint {
namespace {

constexpr std::string_view kBase =
    "(version 1)\n"
    "(deny default)\n"
    "(allow process-fork)\n"
    "(allow signal (target same-sandbox))\n"
    "(allow sysctl-read)\n"
    "(allow process-info* (target same-sandbox))\n"
    "; The system's own programs and libraries.\n"
    "(allow file-read-metadata)\n"
    "(allow file-read* process-exec (subpath \"/usr\") (subpath \"/bin\") (subpath \"/sbin\")\n"
    "  (subpath \"/System\") (subpath \"/Library/Apple\") (subpath \"/opt/homebrew\")\n"
    "  (subpath \"/private/var/db/dyld\") (literal \"/\"))\n"
    "(allow file-map-executable (subpath \"/usr\") (subpath \"/System\") (subpath "
    "\"/opt/homebrew\"))\n"
    "(allow file-read* (literal \"/private/etc/hosts\") (literal \"/private/etc/localtime\")\n"
    "  (subpath \"/private/etc/ssl\") (subpath \"/private/var/db/timezone\"))\n"
    "(allow file-read* file-write* (literal \"/dev/null\") (literal \"/dev/tty\"))\n"
    "(allow file-read* (literal \"/dev/urandom\") (literal \"/dev/random\"))\n"
    "; Its own temporary directory.\n"
    "(allow file-read* file-write* (subpath (param \"TMP\")))\n";

constexpr std::string_view kNetwork =
    "; The firewall of its user decides which hosts.\n"
    "(allow network-outbound (remote tcp \"*:*\") (literal \"/private/var/run/mDNSResponder\"))\n"
    "(allow file-read* (literal \"/private/etc/resolv.conf\"))\n"
    "(allow mach-lookup (global-name \"com.apple.trustd.agent\"))\n";

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

/// What a profile cannot spell comes as a parameter of the launch.
std::string Expression(const PlanWord& word) {
  std::string parts;
  for (const PlanPiece& piece : word) {
    switch (piece.kind) {
      case PlanPiece::Kind::Text:
        parts += ' ' + Quoted(piece.text);
        break;
      case PlanPiece::Kind::Home:
        parts += " (param \"HOME\")";
        break;
      case PlanPiece::Kind::Project:
        parts += " (param \"PROJECT\")";
        break;
      case PlanPiece::Kind::Variable:
      case PlanPiece::Kind::Unknown:
        parts += fmt::format(" (param \"V_{}\")", piece.text);
        break;
    }
  }
  return word.size() == 1 ? parts.substr(1) : fmt::format("(string-append{})", parts);
}

std::string Parameters(const HardenPlan& plan) {
  std::string options = " -D HOME=\"$HOME\" -D PROJECT=\"$PWD\" -D TMP=\"/private$tmp\"";
  for (const PlanPath& path : plan.paths) {
    for (const PlanPiece& piece : path.path) {
      if (piece.kind != PlanPiece::Kind::Variable) continue;
      options += fmt::format(" -D V_{0}=\"${{{0}}}\"", piece.text);
    }
  }
  return options;
}

}  // namespace

Hardened HardenWithSandboxExec(const HardenPlan& plan) {
  std::string profile = Headline(plan, ";") + std::string(kBase);
  for (const PlanPath& path : plan.paths) {
    if (path.system) continue;
    profile += fmt::format("; {}\n(allow file-read* {}(subpath {}))\n", CommentText(path.why),
                           path.write ? "file-write* " : "process-exec file-map-executable ",
                           Expression(path.path));
    if (!path.write && IsInWritable(plan, path.path)) {
      profile += fmt::format("(deny file-write* (subpath {}))\n", Expression(path.path));
    }
  }
  if (plan.network) profile += kNetwork;
  const std::string path = fmt::format("{}/{}.sb", kHardenFolder, plan.name);
  const std::string launch =
      fmt::format("{} \\\n  sandbox-exec -f {}{} \\\n  {}\n", EnvironmentWords(plan), path,
                  Parameters(plan), ProgramText(plan));
  Hardened result = WrapperResult(plan, "sandbox-exec", launch, Temp::OfWrapper);
  result.files.insert(result.files.begin(), {path, std::move(profile), false});
  AddPfFirewall(plan, result);
  return result;
}

}  // namespace sandlint
