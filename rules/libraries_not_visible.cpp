#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rules/all.h"
#include "rules/launches.h"
#include "rules/shortfall.h"

namespace sandlint {
namespace {

constexpr RuleInfo kInfo{
    .id = "libraries-not-visible",
    .title = "A sandbox hides the shared libraries of the program that it is to start",
    .checklist_item = 0,
    .severity = Severity::Warning,
    .since = "0.1",
    .why =
        "The kernel starts a program through the dynamic linker that it names. Without that file, "
        "or without the C library, it ends with a misleading \"No such file or directory\", and "
        "the usual repair is to take the sandbox away.",
    .fix =
        "Show the folders of shared libraries and the links to them: `--ro-bind /usr/lib /usr/lib "
        "--symlink usr/lib /lib --ro-bind /usr/lib64 /usr/lib64 --symlink usr/lib64 /lib64`.",
};

/// The names under which programs of Linux ask for their dynamic linker.
constexpr auto kLinkers = std::to_array<std::string_view>(
    {"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-linux-armhf.so.3",
     "/lib64/ld64.so.2", "/lib/ld64.so.1", "/lib/ld-linux-riscv64-lp64d.so.1",
     "/lib64/ld-linux-loongarch-lp64d.so.1", "/lib/ld-musl-x86_64.so.1",
     "/lib/ld-musl-aarch64.so.1"});
/// Where it looks for the C library; that of musl is its linker.
constexpr auto kLibraries = std::to_array<std::string_view>(
    {"/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib/x86_64-linux-gnu/libc.so.6",
     "/lib/aarch64-linux-gnu/libc.so.6", "/usr/lib/aarch64-linux-gnu/libc.so.6", "/lib64/libc.so.6",
     "/usr/lib64/libc.so.6", "/lib/libc.so.6", "/usr/lib/libc.so.6",
     "/lib/arm-linux-gnueabihf/libc.so.6", "/usr/lib/arm-linux-gnueabihf/libc.so.6",
     "/lib/riscv64-linux-gnu/libc.so.6", "/usr/lib/riscv64-linux-gnu/libc.so.6",
     "/lib/powerpc64le-linux-gnu/libc.so.6", "/usr/lib/powerpc64le-linux-gnu/libc.so.6",
     "/lib/s390x-linux-gnu/libc.so.6", "/usr/lib/s390x-linux-gnu/libc.so.6",
     "/lib/ld-musl-x86_64.so.1", "/lib/ld-musl-aarch64.so.1"});

/// Linked dynamically wherever they come from a distribution. What is not listed may be static.
constexpr auto kDynamic =
    std::to_array<std::string_view>({"node", "npx", "npm", "python", "python3", "bash", "sh",
                                     "dash", "zsh", "env", "ruby", "perl", "php", "java", "deno"});

/// Asked of the files too that scripts name in their first line.
bool IsDynamic(const Launch& launch, const HostFacts& host) {
  return std::ranges::any_of(StartFiles(launch, host), [](const StartFile& file) {
    return std::ranges::find(kDynamic, BaseName(file.path)) != kDynamic.end();
  });
}

/// Linkers of Nix and Guix stand in their own stores.
bool HasStore(const Launch& launch) {
  return !IsHidden(launch, "/nix") || !IsHidden(launch, "/gnu/store");
}

Findings Check(const Server& server, const Workspace& workspace) {
  return FirstOfLaunches(server, [&](const Launch& launch) -> Findings {
    const Layer* sandbox = InnermostSandbox(launch);
    if (sandbox == nullptr || sandbox->kind == LayerKind::Container) return {};
    if (sandbox->tool == "sandbox-exec" || !IsDynamic(launch, *workspace.host) || HasStore(launch))
      return {};
    const auto hidden = [&](std::string_view path) { return IsHidden(launch, path); };
    const bool linker = std::ranges::all_of(kLinkers, hidden);
    if (!linker && !std::ranges::all_of(kLibraries, hidden)) return {};
    Finding finding =
        MakeFinding(kInfo, server, sandbox->program.span,
                    fmt::format("'{}' cannot start: its sandbox shows no {}", server.Name(),
                                linker ? "dynamic linker under any name that programs ask for"
                                       : "C library where the dynamic linker looks"));
    return {finding};
  });
}

}  // namespace

const Rule kLibrariesNotVisible{kInfo, Check, nullptr};

}  // namespace sandlint
