// Settings of srt that a client writes for one launch: each value is a parameter of the profile,
// with the word of the client's config that asked for it.

#include "scanner/peel/srt_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "scanner/peel/options.h"

namespace sandlint {
namespace {

constexpr auto kPaths =
    std::to_array<std::pair<std::string_view, std::vector<Word> SrtSettings::*>>({
        {"filesystem.allowWrite", &SrtSettings::allow_write},
        {"filesystem.denyRead", &SrtSettings::deny_read},
        {"filesystem.denyWrite", &SrtSettings::deny_write},
    });

void Refuse(SrtSettings& settings, const Word& word, std::string_view list) {
  settings.valid = false;
  settings.problems.push_back(
      {word, fmt::format("srt refuses its settings: {} cannot be in {}", word.text, list),
       Answer::Yes});
}

void AddDomain(SrtSettings& settings, const KeyValue& pair, bool denied) {
  if (!IsSrtDomain(pair.value.text, denied)) Refuse(settings, pair.value, pair.key.text);
  NetworkRule rule = SrtRule(pair.value, denied ? Answer::No : Answer::Yes);
  if (denied) {
    settings.network.insert(settings.network.begin(), std::move(rule));
    return;
  }
  settings.domains = pair.key;
  settings.network.push_back(std::move(rule));
}

/// A value that is not known could be any: what it allows is not known, what it denies is nothing.
void AddUnknown(SrtSettings& settings, const KeyValue& pair) {
  const bool paths = pair.key.text.starts_with("filesystem.");
  settings.notes.push_back({Support::Unknown, pair.value, paths ? Facet::Paths : Facet::Egress,
                            "its value is not known here"});
}

void Add(SrtSettings& settings, const KeyValue& pair) {
  if (pair.key.text == "npm-registry") {
    // The host is not named here: what is called like it may be it.
    settings.network.push_back({Answer::Unknown, "", "*npm*", 0, pair.value});
    settings.lets_out = true;
    if (!settings.domains) settings.domains = pair.key;
    return;
  }
  if (!pair.key.text.starts_with("filesystem.") && !pair.key.text.starts_with("network.")) return;
  if (!pair.value.Known()) return AddUnknown(settings, pair);
  for (const auto& [key, list] : kPaths) {
    if (key != pair.key.text) continue;
    if (pair.value.text.empty()) Refuse(settings, pair.value, key);
    (settings.*list).push_back(pair.value);
  }
  if (pair.key.text == "network.allowedDomains") AddDomain(settings, pair, false);
  if (pair.key.text == "network.deniedDomains") AddDomain(settings, pair, true);
}

}  // namespace

SrtSettings SrtSettingsOf(const Profile& profile) {
  SrtSettings settings;
  for (const KeyValue& pair : profile.parameters) Add(settings, pair);
  if (profile.text.span.source == nullptr) return settings;
  return ReadSrtSettings(*profile.text.span.source, profile.named_by);
}

std::vector<Word> InClientSandbox(std::vector<Word> argv, const ClientSandbox& sandbox,
                                  PeelContext& context) {
  context.client_sandbox = &sandbox;
  argv.insert(argv.begin(), {MadeUp("srt", sandbox.enabled), MadeUp("--settings", sandbox.enabled),
                             MadeUp("(the settings that the client writes)", sandbox.enabled)});
  for (std::size_t index = 0; index < 3; ++index) argv[index].argv_index = -1;
  return argv;
}

const ClientSandbox* ClientSandboxOf(const Word& settings, const PeelContext& context) {
  const ClientSandbox* sandbox = context.client_sandbox;
  const bool own = sandbox != nullptr && settings.argv_index == -1 && settings.span &&
                   settings.span == sandbox->enabled.span;
  return own ? sandbox : nullptr;
}

}  // namespace sandlint
