// /tmp, /var and /etc are links on macOS, and the kernel compares paths behind links.

#include <fmt/format.h>

#include <array>

#include "scanner/grant/sbpl_evaluator.h"

namespace sandlint {
namespace {

struct MacLink {
  std::string_view path;
  std::string_view real;
};
constexpr auto kLinks = std::to_array<MacLink>({
    {"/etc", "/private/etc"},
    {"/run", "/private/var/run"},
    {"/tmp", "/private/tmp"},
    {"/var", "/private/var"},
});

}  // namespace

std::string MacPath(std::string_view path) {
  for (const MacLink& link : kLinks) {
    if (IsBelow(path, link.path)) {
      return std::string(link.real) + std::string(path.substr(link.path.size()));
    }
  }
  return std::string(path);
}

/// Lines that look as if they did something.
void SbplEvaluator::Check(const SbplFilter& filter, std::string_view operation) {
  for (const SbplFilter& part : filter.parts) Check(part, operation);
  const bool literal = filter.kind == SbplFilterKind::Literal;
  const bool path =
      literal || filter.kind == SbplFilterKind::Subpath || filter.kind == SbplFilterKind::Prefix;
  if ((!path && filter.kind != SbplFilterKind::Regex) || imported_by_ != nullptr) return;
  std::string start = filter.text;
  if (!path && !start.starts_with('^')) return;
  if (!path) start = start.substr(1, start.find_first_of("[](){}|*+?$\\", 1) - 1);
  // The link itself is a node of its own, which `(literal "/tmp")` names.
  if (MacPath(start) != start && (!literal || start.find('/', 1) != std::string::npos)) {
    out_.no_effect.push_back(
        EvidenceOf(filter.word,
                   fmt::format("{} is a link: the kernel compares {}, so that this matches nothing",
                               start.substr(0, start.find('/', 1)), MacPath(start))));
  } else if (path && !start.starts_with('/')) {
    out_.no_effect.push_back(
        EvidenceOf(filter.word, "only absolute paths are compared: this matches nothing"));
  }
}

}  // namespace sandlint
