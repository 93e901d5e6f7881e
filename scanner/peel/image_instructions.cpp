#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "scanner/peel/image_stage.h"

namespace sandlint {
namespace {

void SetValue(BuildStage& stage, const Word& name, Word value, bool argument) {
  auto& values = stage.image.values;
  std::erase_if(values, [&](const BakedValue& known) {
    return known.argument == argument && known.name.text == name.text;
  });
  (argument ? stage.arguments : stage.environment).insert_or_assign(name.text, value);
  if (value || !argument) values.push_back({name, std::move(value), argument});
}

/// `K=V K2=V2`, or the old form `K all the rest`; values see what was set before this line.
void ApplyEnv(BuildState& state, const DockerInstruction& made) {
  if (made.words.empty()) return;
  std::vector<KeyValue> pairs;
  if (made.words.front().text.find('=') == std::string::npos) {
    std::size_t begin = made.words.front().text.size();
    begin = std::min(made.text.text.find_first_not_of(" \t", begin), made.text.text.size());
    pairs.push_back({made.words.front(), state.Expand(Part(made.text, begin))});
  } else {
    for (const Word& word : made.words) {
      if (auto pair = SplitAssignment(word)) {
        pairs.push_back({state.Expand(pair->key), state.Expand(pair->value)});
      }
    }
  }
  for (KeyValue& pair : pairs) SetValue(state.Stage(), pair.key, std::move(pair.value), false);
}

void ApplyArg(BuildState& state, const DockerInstruction& made) {
  for (const Word& word : made.words) {
    const auto pair = SplitAssignment(word);
    const Word name = pair ? pair->key : word;
    Word value = pair ? state.Expand(pair->value) : Word{};
    if (const auto global = state.global.find(name.text); !pair && global != state.global.end()) {
      value = global->second;
    }
    // --build-arg decides when the image is built.
    value.holes.push_back({0, static_cast<std::uint32_t>(value.text.size()), name.text, true});
    for (const KeyValue& given : state.request.arguments) {
      if (given.key.text == name.text) value = given.value;
    }
    SetValue(state.Stage(), name, std::move(value), true);
  }
}

void ApplyUserLine(BuildState& state, const DockerInstruction& made) {
  state.Stage().image.user = state.Expand(made.text);
}

void ApplyDirectory(BuildState& state, const DockerInstruction& made) {
  Word directory = state.Expand(made.text);
  const auto& before = state.Stage().image.directory;
  if (!directory.text.starts_with('/') && !directory.StartsUnknown()) {
    std::string base = before ? before->text : "/";
    if (!before && state.Stage().other_base) base = "${WORKDIR}";
    const auto shift = static_cast<std::uint32_t>(base.size() + (base.ends_with('/') ? 0 : 1));
    for (Hole& hole : directory.holes) hole.begin += shift, hole.end += shift;
    if (before) {
      directory.holes.insert(directory.holes.begin(), before->holes.begin(), before->holes.end());
    } else if (state.Stage().other_base) {
      directory.holes.insert(directory.holes.begin(), {0, shift - 1, "WORKDIR of the base", false});
    }
    directory.text = base + (base.ends_with('/') ? "" : "/") + directory.text;
  }
  state.Stage().image.directory = std::move(directory);
}

std::vector<Word> CommandWords(const BuildState& state, const DockerInstruction& made) {
  if (made.json) return made.words;
  std::vector<Word> words = state.stages.back().shell;
  if (words.empty()) {
    for (const char* text : {"/bin/sh", "-c"}) words.push_back({text, made.text.span, {}, -1});
  }
  words.push_back(made.text);
  return words;
}

void ApplyEntrypoint(BuildState& state, const DockerInstruction& made) {
  BuildStage& stage = state.Stage();
  stage.image.entrypoint = CommandWords(state, made);
  // What the image below runs is forgotten.
  if (!stage.command_set) stage.image.command.emplace();
}

void ApplyCmd(BuildState& state, const DockerInstruction& made) {
  state.Stage().image.command = CommandWords(state, made);
  state.Stage().command_set = true;
}

void ApplyShell(BuildState& state, const DockerInstruction& made) {
  if (made.json) state.Stage().shell = made.words;
}

void ApplyVolumes(BuildState& state, const DockerInstruction& made) {
  for (const Word& word : made.words) {
    state.Stage().image.volumes.push_back(state.Expand(word));
  }
}

struct InstructionRow {
  DockerKeyword keyword;
  Support support;
  void (*apply)(BuildState&, const DockerInstruction&) = nullptr;
};

/// FROM, and ARG before it, are read where stages begin.
constexpr auto kRows = std::to_array<InstructionRow>({
    {DockerKeyword::Add, Support::Modelled, ApplyCopy},
    {DockerKeyword::Arg, Support::Modelled, ApplyArg},
    {DockerKeyword::Cmd, Support::Modelled, ApplyCmd},
    {DockerKeyword::Copy, Support::Modelled, ApplyCopy},
    {DockerKeyword::Entrypoint, Support::Modelled, ApplyEntrypoint},
    {DockerKeyword::Env, Support::Modelled, ApplyEnv},
    {DockerKeyword::Expose, Support::Irrelevant},
    {DockerKeyword::Healthcheck, Support::Irrelevant},
    {DockerKeyword::Label, Support::Irrelevant},
    {DockerKeyword::Maintainer, Support::Irrelevant},
    {DockerKeyword::Onbuild, Support::Irrelevant},
    {DockerKeyword::Run, Support::Modelled, ApplyRun},
    {DockerKeyword::Shell, Support::Modelled, ApplyShell},
    {DockerKeyword::Stopsignal, Support::Irrelevant},
    {DockerKeyword::User, Support::Modelled, ApplyUserLine},
    {DockerKeyword::Volume, Support::Modelled, ApplyVolumes},
    {DockerKeyword::Workdir, Support::Modelled, ApplyDirectory},
});

}  // namespace

void ApplyInstruction(BuildState& state, const DockerInstruction& made) {
  if (made.on_build) return state.Stage().triggers.push_back(&made);
  const auto row = std::ranges::find(kRows, made.keyword, &InstructionRow::keyword);
  if (row != kRows.end() && row->apply != nullptr) row->apply(state, made);
}

}  // namespace sandlint
