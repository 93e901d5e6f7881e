#include <algorithm>
#include <array>

#include "reporters/formats.h"
#include "reporters/reporter.h"

namespace sandlint {
namespace {

constexpr std::array kReporters{
    Reporter{"text", "for a reader at a terminal", WriteText},
    Reporter{"sarif", "SARIF 2.1.0, for code scanning", WriteSarif},
    Reporter{"markdown", "the guide's checklist and a table, for a job summary", WriteMarkdown},
    Reporter{"junit", "JUnit XML, for test reports", WriteJunit},
    Reporter{"json", "everything, for programs (docs/report.schema.json)", WriteJson, true},
    Reporter{"github", "workflow annotations", WriteGithub},
};

}  // namespace

std::span<const Reporter> AllReporters() { return kReporters; }

const Reporter* FindReporter(std::string_view name) {
  const auto found = std::ranges::find(kReporters, name, &Reporter::name);
  return found == kReporters.end() ? nullptr : &*found;
}

}  // namespace sandlint
