#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "scanner/parse/text_proto.h"
#include "scanner/peel/peel.h"

namespace sandlint {

/// What nsjail is told, by its config and by its line; the last word counts.
struct NsjailSettings {
  Word root;           ///< -c DIR
  Word writable_root;  ///< --rw
  std::vector<Mount> mounts;
  std::vector<EnvEdit> environment;
  Word keeps_environment, keeps_capabilities, shares_network, shares_users, shares_processes;
  Word user_network, gains_privileges, no_proc, time_limit, directory, user;
  std::vector<Word> capabilities;
  std::vector<Word> command;  ///< exec_bin
  std::vector<Note> notes;
};

/// The fields of a config (config.proto of 2026). What is not modelled leaves a note.
void ApplyNsjailConfig(NsjailSettings& settings, const std::vector<ProtoField>& fields);

/// `src[:dst[:options]]` of -R and -B.
Mount NsjailBind(const Word& option, const Word& value, bool writable);

/// `NAME` or `NAME=value` of -E and `envar`.
EnvEdit NsjailVariable(const Word& option, const Word& value);

}  // namespace sandlint
