#pragma once

#include <vector>

#include "scanner/peel/peel.h"
#include "scanner/peel/srt_settings.h"

namespace sandlint {

/// The settings that a layer of srt has: a file's, or those that a client wrote for this launch.
SrtSettings SrtSettingsOf(const Profile& profile);

/// `argv` as a client starts it that sandboxes its servers itself: by srt, with settings of its own
/// and without `--` before the command (VS Code, mcpSandboxService.ts).
std::vector<Word> InClientSandbox(std::vector<Word> argv, const ClientSandbox& sandbox,
                                  PeelContext& context);

/// The sandbox of the client, where `settings` is the word that it put in; else null.
const ClientSandbox* ClientSandboxOf(const Word& settings, const PeelContext& context);

}  // namespace sandlint
