#pragma once

#include <optional>
#include <span>

#include "scanner/peel/peel.h"

namespace sandlint {

// One function per wrapper or family of wrappers; the table of AllPeelers lists them.
using Argv = std::span<const Word>;

std::optional<Peeled> PeelSandboxExec(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelChroot(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelIpNetns(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelNsenter(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelSystemctl(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelSystemdRun(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelCodex(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelMcpGateway(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelNono(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelThv(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelNsjail(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelUnshare(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelBusybox(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelDeno(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelDoas(Argv argv, const PeelContext& context);  ///< and pkexec
std::optional<Peeled> PeelEnv(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelFlock(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelInterpreter(Argv argv, const PeelContext& context);  ///< node, python …
std::optional<Peeled> PeelNpm(Argv argv, const PeelContext& context);  ///< npx, pnpm, yarn, bunx
std::optional<Peeled> PeelScript(Argv argv, const PeelContext& context);  ///< a script of the tree
std::optional<Peeled> PeelSetpriv(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelShell(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelSu(Argv argv, const PeelContext& context);  ///< and runuser
std::optional<Peeled> PeelSudo(Argv argv, const PeelContext& context);
std::optional<Peeled> PeelTransparent(Argv argv, const PeelContext& context);  ///< timeout, nice …
std::optional<Peeled> PeelUv(Argv argv, const PeelContext& context);  ///< uvx, pipx
std::optional<Peeled> PeelSrt(Argv argv, const PeelContext& context);

/// Is this a program that AllPeelers takes off?
bool IsKnownTool(const Word& program);

}  // namespace sandlint
