#include "scanner/peel/podman_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "scanner/parse/node.h"

namespace sandlint {
namespace {

struct KeyRow {
  std::string_view key;  ///< of the table [containers]
  Facet facets;
};
/// All others limit, log or name something.
const auto kKeys = std::to_array<KeyRow>({
    {"annotations", Facet::All},
    {"cgroupns", Facet::Identity},
    {"default_capabilities", Facet::Paths | Facet::Identity},
    {"devices", Facet::Paths},
    {"env", Facet::Environment},
    {"env_host", Facet::Environment},
    {"http_proxy", Facet::Environment},
    {"ipcns", Facet::Paths | Facet::Identity},
    {"mounts", Facet::Paths},
    {"netns", Facet::Egress},
    {"no_hosts", Facet::Egress},
    {"pidns", Facet::Paths | Facet::Identity},
    {"privileged", Facet::All},
    {"seccomp_profile", Facet::Identity},
    {"userns", Facet::Paths | Facet::Identity},
    {"volumes", Facet::Paths},
});

void NoteSettings(ContainerDraft& draft, const std::string& path, std::string text) {
  Source source;
  source.path = path;
  source.text = std::move(text);
  const Document document = ParseToml(source);
  const Word& cause = draft.layer.program;
  if (!document.Ok()) {
    draft.AddNote(Support::Unknown, cause, Facet::All, fmt::format("{} is no TOML", path));
    return;
  }
  const Member* table = document.root.Find("containers");
  if (table == nullptr) return;
  for (const KeyRow& row : kKeys) {
    if (table->value.Find(row.key) == nullptr) continue;
    draft.AddNote(Support::Unmodelled, cause, row.facets,
                  fmt::format("{} of {} changes what every container gets", row.key, path));
  }
}

void NoteMounts(ContainerDraft& draft, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line[first] == '#') continue;
    draft.AddNote(Support::Unmodelled, draft.layer.program, Facet::Paths,
                  fmt::format("{} mounts more into every container", path));
    return;
  }
}

}  // namespace

void NotePodmanConfig(ContainerDraft& draft) {
  const HostFacts* host = draft.context.host;
  if (!draft.Podman() || host == nullptr) return;
  for (const std::string& folder :
       {std::string("/etc/containers"), host->Caller().home + "/.config/containers"}) {
    std::vector<std::string> files{folder + "/containers.conf"};
    for (const std::string& name : host->List(folder + "/containers.conf.d")) {
      if (name.ends_with(".conf")) files.push_back(folder + "/containers.conf.d/" + name);
    }
    for (const std::string& path : files) {
      if (auto text = host->ReadText(path)) NoteSettings(draft, path, std::move(*text));
    }
    const std::string mounts = folder + "/mounts.conf";
    if (const auto text = host->ReadText(mounts)) NoteMounts(draft, mounts, *text);
  }
}

}  // namespace sandlint
