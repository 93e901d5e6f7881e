#pragma once

#include <optional>
#include <vector>

#include "scanner/peel/container_draft.h"

namespace sandlint {

/// The word of a boolean or scalar that decides; the last one wins, `=false` takes it away.
template <Boxed<Word> ContainerRun::*field>
void Keep(ContainerDraft& draft, const FlagUse& use) {
  draft.Run().*field = use.on ? std::optional<Word>(use.Deciding()) : std::nullopt;
}

/// The operand of a scalar; the last one wins.
template <Boxed<Word> ContainerRun::*field>
void KeepValue(ContainerDraft& draft, const FlagUse& use) {
  draft.Run().*field = use.value;
}
template <Boxed<Word> Layer::*field>
void KeepValue(ContainerDraft& draft, const FlagUse& use) {
  draft.layer.*field = use.value;
}

/// Lists that podman splits at commas and docker does not.
std::vector<Word> Operands(const ContainerDraft& draft, const FlagUse& use);

template <std::vector<Word> ContainerRun::*field>
void Collect(ContainerDraft& draft, const FlagUse& use) {
  for (Word& word : Operands(draft, use)) (draft.Run().*field).push_back(std::move(word));
}

template <std::vector<FlagUse> ContainerDraft::*field>
void Defer(ContainerDraft& draft, const FlagUse& use) {
  (draft.*field).push_back(use);
}
template <std::optional<FlagUse> ContainerDraft::*field>
void Defer(ContainerDraft& draft, const FlagUse& use) {
  draft.*field = use.on ? std::optional<FlagUse>(use) : std::nullopt;
}
template <bool ContainerDraft::*field>
void Switch(ContainerDraft& draft, const FlagUse& use) {
  draft.*field = use.on;
}

void ApplyHelp(ContainerDraft& draft, const FlagUse& use);
void ApplyUser(ContainerDraft& draft, const FlagUse& use);
void ApplyUserNamespace(ContainerDraft& draft, const FlagUse& use);
void ApplyIdMap(ContainerDraft& draft, const FlagUse& use);
void ApplyPid(ContainerDraft& draft, const FlagUse& use);
void ApplyIpc(ContainerDraft& draft, const FlagUse& use);
void ApplyUts(ContainerDraft& draft, const FlagUse& use);
void ApplyCgroupNamespace(ContainerDraft& draft, const FlagUse& use);
void ApplyCapAdd(ContainerDraft& draft, const FlagUse& use);
void ApplyCapDrop(ContainerDraft& draft, const FlagUse& use);
void ApplySecurity(ContainerDraft& draft, const FlagUse& use);
void ApplyPull(ContainerDraft& draft, const FlagUse& use);
void ApplyRuntime(ContainerDraft& draft, const FlagUse& use);
void ApplyAddHost(ContainerDraft& draft, const FlagUse& use);
void ApplyHost(ContainerDraft& draft, const FlagUse& use);
void ApplyVolume(ContainerDraft& draft, const FlagUse& use);
void ApplyMount(ContainerDraft& draft, const FlagUse& use);
void ApplyTmpfs(ContainerDraft& draft, const FlagUse& use);

}  // namespace sandlint
