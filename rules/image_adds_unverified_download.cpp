#include <fmt/format.h>

#include "model/image.h"
#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "image-adds-unverified-download",
    .title = "A Dockerfile adds a download without a checksum",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "ADD of an address takes whatever is there at the next build: nobody has reviewed it, and "
        "the same Dockerfile gives another image tomorrow.",
    .fix = "Write `ADD --checksum=sha256:… https://…`, or keep the file in the repository.",
};

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* layer = ContainerLayer(launch);
    if (layer == nullptr || layer->container->build == nullptr) return {};
    Findings findings;
    for (const Word& word : layer->container->build->downloads) {
      findings.push_back(MakeFinding(
          kInfo, server, word.span,
          fmt::format("the image of '{}' is built with a download that nothing checks: {}",
                      server.Name(), Quote(word.text))));
      findings.back().detail = word.text;
    }
    return findings;
  });
}

}  // namespace

const Rule kImageAddsUnverifiedDownload{kInfo, Check, nullptr};

}  // namespace sandlint
