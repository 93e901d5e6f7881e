#include "cli/probe_place.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "rules/observed.h"
#include "scanner/grant/grant.h"

namespace sandlint {
namespace {

namespace fs = std::filesystem;

/// `launch` without the layers between `last` and the server.
Launch UpTo(const Launch& launch, std::size_t last, const HostFacts& host, const ServerDecl* decl) {
  Launch part;
  part.argv = launch.argv;
  part.layers.assign(launch.layers.begin(),
                     launch.layers.begin() + static_cast<std::ptrdiff_t>(last) + 1);
  part.layers.push_back(launch.layers.back());
  ClientSide client;
  client.host = &host;
  EvaluateGrant(part, decl, client);
  return part;
}

bool IsRunnable(const Launch& launch, const std::string& path) {
  const PathAnswer answer = launch.grant.paths->OfHost(path);
  return answer.backing == Backing::Host && answer.rights.Has(Right::Read) &&
         answer.rights.Has(Right::Exec) && (answer.alias.empty() || answer.alias == path);
}

/// Made from files of a project or a registry: what they start is part of the server.
bool RunsPackage(const Layer& layer) {
  constexpr auto kTools = std::to_array<std::string_view>({"npm", "pnpm", "uv", "yarn"});
  return layer.kind == LayerKind::Transparent &&
         std::ranges::find(kTools, layer.tool) != kTools.end();
}

}  // namespace

bool IsShebang(const Layer& layer) {
  const Span& span = layer.program.span;
  return span && std::string_view(span.source->text).substr(span.begin).starts_with("#!");
}

bool IsProgram(const Layer& layer) {
  return layer.kind == LayerKind::Launcher || layer.kind == LayerKind::Interpreter ||
         layer.kind == LayerKind::Program || RunsPackage(layer);
}

std::optional<std::string> PlaceInBwrap(const Layer& bwrap, const std::string& place) {
  const auto root = std::ranges::find_if(bwrap.mounts, [](const Mount& mount) {
    return mount.target.text == "/" && mount.kind == MountKind::Bind;
  });
  const bool closed = std::ranges::any_of(bwrap.mounts, [](const Mount& mount) {
    return mount.target.text == "/" && mount.kind == MountKind::RemountReadOnly;
  });
  const bool whole = root != bwrap.mounts.end();
  if (!whole && !closed) return kProbeInside;
  // It stands in the view outside of this one, which is shown.
  if (whole && root->source.text == "/" && place == kProbeInside) return place;
  // The root is that of the host, or closed: the probe covers a program that is there.
  std::error_code error;
  const fs::path covered = fs::canonical("/bin/true", error);
  if (error) return std::nullopt;
  return covered.string();
}

std::optional<std::string> PlaceOfProbe(const Launch& launch, std::size_t last,
                                        const std::string& probe, const HostFacts& host,
                                        const ServerDecl* decl) {
  const Launch part = UpTo(launch, last, host, decl);
  if (IsRunnable(part, probe)) return probe;
  Server server;
  server.launches.push_back(launch);
  const ServerPlaces places = PlacesOfServer(server, host);
  std::vector<std::string> folders = places.arguments;
  folders.push_back(places.project);
  folders.push_back(fs::path(places.program).parent_path().string());
  for (const std::string& folder : folders) {
    std::error_code error;
    if (!fs::is_directory(folder, error) || !IsRunnable(part, folder)) continue;
    if (access(folder.c_str(), W_OK) != 0) continue;
    return fmt::format("{}/.sandlint-probe-{}", folder, getpid());
  }
  return std::nullopt;
}

}  // namespace sandlint
