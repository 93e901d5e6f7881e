// Packages of npm that bring a sandbox: what they start is taken off like the tool itself. The
// names are those of the `bin` entries of the packages.

#include "scanner/peel/npm_sandbox.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "scanner/peel/options.h"

namespace sandlint {
namespace {

struct PackageRow {
  std::string_view package;
  std::string_view tool;
};
constexpr auto kPackages = std::to_array<PackageRow>({
    {"@anthropic-ai/sandbox-runtime", "srt"},
    {"@openai/codex", "codex"},
    {"deno", "deno"},
    {"node", "node"},
});

}  // namespace

std::optional<std::vector<Word>> ToolOfPackage(const ProgramRef& package, bool named,
                                               const std::vector<Word>& words) {
  if (package.ecosystem != "npm") return std::nullopt;
  const auto row = std::ranges::find(kPackages, package.name, &PackageRow::package);
  if (row == kPackages.end() || words.empty()) return std::nullopt;
  std::vector<Word> argv = words;
  if (!named) {
    argv.front() = MadeUp(std::string(row->tool), words.front());
    return argv;
  }
  return argv.front().text == row->tool ? std::optional(argv) : std::nullopt;
}

}  // namespace sandlint
