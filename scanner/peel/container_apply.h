#pragma once

#include <optional>
#include <vector>

#include "scanner/peel/container_draft.h"

namespace sandlint {

/// The word of a boolean or scalar that decides; the last one wins, `=false` takes it away.
template <std::optional<Word> ContainerRun::*field>
void Keep(ContainerDraft& draft, const OptionUse& use) {
  draft.Run().*field = use.on ? std::optional<Word>(use.Deciding()) : std::nullopt;
}

/// The operand of a scalar; the last one wins.
template <std::optional<Word> ContainerRun::*field>
void KeepValue(ContainerDraft& draft, const OptionUse& use) {
  draft.Run().*field = use.value;
}
template <std::optional<Word> Layer::*field>
void KeepValue(ContainerDraft& draft, const OptionUse& use) {
  draft.layer.*field = use.value;
}

/// Lists that podman splits at commas and docker does not.
std::vector<Word> Operands(const ContainerDraft& draft, const OptionUse& use);

template <std::vector<Word> ContainerRun::*field>
void Collect(ContainerDraft& draft, const OptionUse& use) {
  for (Word& word : Operands(draft, use)) (draft.Run().*field).push_back(std::move(word));
}

template <std::vector<OptionUse> ContainerDraft::*field>
void Defer(ContainerDraft& draft, const OptionUse& use) {
  (draft.*field).push_back(use);
}
template <std::optional<OptionUse> ContainerDraft::*field>
void Defer(ContainerDraft& draft, const OptionUse& use) {
  draft.*field = use.on ? std::optional<OptionUse>(use) : std::nullopt;
}
template <bool ContainerDraft::*field>
void Switch(ContainerDraft& draft, const OptionUse& use) {
  draft.*field = use.on;
}

void ApplyHelp(ContainerDraft& draft, const OptionUse& use);
void ApplyUser(ContainerDraft& draft, const OptionUse& use);
void ApplyUserNamespace(ContainerDraft& draft, const OptionUse& use);
void ApplyIdMap(ContainerDraft& draft, const OptionUse& use);
void ApplyPid(ContainerDraft& draft, const OptionUse& use);
void ApplyIpc(ContainerDraft& draft, const OptionUse& use);
void ApplyUts(ContainerDraft& draft, const OptionUse& use);
void ApplyCgroupNamespace(ContainerDraft& draft, const OptionUse& use);
void ApplyCapAdd(ContainerDraft& draft, const OptionUse& use);
void ApplyCapDrop(ContainerDraft& draft, const OptionUse& use);
void ApplySecurity(ContainerDraft& draft, const OptionUse& use);
void ApplyPull(ContainerDraft& draft, const OptionUse& use);
void ApplyRuntime(ContainerDraft& draft, const OptionUse& use);
void ApplyAddHost(ContainerDraft& draft, const OptionUse& use);
void ApplyHost(ContainerDraft& draft, const OptionUse& use);
void ApplyVolume(ContainerDraft& draft, const OptionUse& use);
void ApplyMount(ContainerDraft& draft, const OptionUse& use);
void ApplyTmpfs(ContainerDraft& draft, const OptionUse& use);

}  // namespace sandlint
