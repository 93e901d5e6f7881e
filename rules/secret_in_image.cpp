#include <fmt/format.h>

#include "model/image.h"
#include "rules/all.h"
#include "rules/facts.h"
#include "rules/launches.h"
#include "rules/token_formats.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "secret-in-image",
    .title = "A Dockerfile writes a secret into an image",
    .checklist_item = 10,
    .severity = Severity::Error,
    .since = "0.1",
    .why =
        "Whoever has the image has the secret: ENV and ARG stay in its configuration and its "
        "history, and a file that was copied stays in its layer even if a later line removes it.",
    .fix =
        "Revoke the secret. Use `RUN --mount=type=secret` while the image is built, `-e NAME` when "
        "it is started, and a .dockerignore for files.",
};

Finding FindingOf(const Server& server, const ImageBuild& build, const Word& word,
                  std::string message) {
  Finding finding = MakeFinding(kInfo, server, word.span, std::move(message));
  if (!build.certain) finding.confidence = Confidence::Medium;
  return finding;
}

Findings Check(const Server& server, const Workspace&) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* layer = ContainerLayer(launch);
    if (layer == nullptr || layer->container->build == nullptr) return {};
    const ImageBuild& build = *layer->container->build;
    Findings findings;
    for (const BakedValue& baked : build.values) {
      const auto secret = SecretIn(baked.name.text, baked.value);
      if (!secret) continue;
      findings.push_back(
          FindingOf(server, build, secret->word,
                    fmt::format("the image of '{}' holds {} in {} {}", server.Name(),
                                secret->format != nullptr ? secret->format->name : "a secret",
                                baked.argument ? "the default of ARG" : "ENV", baked.name.text)));
      findings.back().detail = baked.name.text;
    }
    for (const Word& file : build.copied_secrets) {
      findings.push_back(FindingOf(
          server, build, file,
          fmt::format("the image of '{}' gets a copy of {}, which holds secrets by its name",
                      server.Name(), Quote(file.text))));
      findings.back().confidence = Confidence::Medium;
      findings.back().severity = Severity::Warning;
      findings.back().detail = file.text;
    }
    return findings;
  });
}

}  // namespace

const Rule kSecretInImage{kInfo, Check, nullptr};

}  // namespace sandlint
