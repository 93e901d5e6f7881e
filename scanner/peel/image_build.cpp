#include "scanner/peel/image_build.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <utility>

#include "scanner/peel/container_finish.h"
#include "scanner/peel/image_stage.h"
#include "scanner/peel/program.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxStages = 200;
/// Both builders set it where nothing is below (observed with podman 4.3.1).
constexpr const char* kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::string Lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Word Unknown(std::string_view name) {
  Word word;
  word.text = fmt::format("${{{}}}", name);
  word.holes = {{0, static_cast<std::uint32_t>(word.text.size()), std::string(name), false}};
  return word;
}

bool Put(const BuildVariables& from, std::string_view name, std::optional<Word>& value) {
  const auto found = from.find(name);
  if (found == from.end()) return false;
  value = found->second;
  return true;
}

/// FROM lines see the arguments before the first of them, and those that BuildKit makes itself.
Word ExpandGlobal(const BuildState& state, const Word& word) {
  return ExpandDockerWord(word, state.text.escape, [&](std::string_view name) {
    std::optional<Word> value;
    if (Put(state.global, name, value)) return value;
    const bool made = name.starts_with("TARGET") || name.starts_with("BUILD");
    return made ? std::optional(Unknown(name)) : std::nullopt;
  });
}

/// What the stage below asks for with ONBUILD. docker does it; podman only in docker's own format
/// (observed with 4.3.1): who runs the image is then not known.
void RunTriggers(BuildState& state) {
  for (const DockerInstruction* trigger : std::exchange(state.Stage().triggers, {})) {
    DockerInstruction made = *trigger;
    made.on_build = false;
    if (made.keyword == DockerKeyword::User) {
      state.Stage().image.user = Unknown("ONBUILD");
      state.Stage().image.user->span = made.span;
    } else {
      ApplyInstruction(state, made);
    }
  }
}

/// `FROM image AS name`.
void BeginStage(BuildState& state, const DockerInstruction& from) {
  BuildStage stage;
  Word base = from.words.empty() ? Word{} : ExpandGlobal(state, from.words.front());
  const auto earlier = state.StageOf(Lower(base.text));
  if (earlier) {
    stage = state.stages[*earlier];
    stage.command_set = false;
    stage.name.clear();
    stage.uses.insert(*earlier);
  } else if (base.text == "scratch") {
    stage.image.scratch = true;
    stage.image.entrypoint.emplace();
    stage.environment["PATH"].text = kDefaultPath;
  } else {
    stage.other_base = true;
    stage.image.bases.push_back(ImageRef(base));
  }
  if (from.words.size() >= 3 && Lower(from.words[1].text) == "as") {
    stage.name = Lower(from.words[2].text);
  }
  state.stages.push_back(std::move(stage));
  RunTriggers(state);
}

void AddGlobal(BuildState& state, const DockerInstruction& argument) {
  for (const Word& word : argument.words) {
    const auto pair = SplitAssignment(word);
    const std::string& name = pair ? pair->key.text : word.text;
    Word value = pair ? ExpandGlobal(state, pair->value) : Word{};
    value.holes.push_back({0, static_cast<std::uint32_t>(value.text.size()), name, true});
    for (const KeyValue& given : state.request.arguments) {
      if (given.key.text == name) value = given.value;
    }
    state.global.insert_or_assign(name, std::move(value));
  }
}

/// Images of others in the stages that `stage` is made of or copies from.
void CollectBases(const BuildState& state, std::size_t at, std::set<std::size_t>& seen,
                  ImageBuild& image) {
  if (!seen.insert(at).second) return;
  const BuildStage& stage = state.stages[at];
  if (seen.size() > 1) {
    const auto add = [&](const std::vector<ProgramRef>& bases) {
      for (const ProgramRef& base : bases) {
        const bool known = std::ranges::any_of(image.bases, [&](const ProgramRef& other) {
          return other.word.text == base.word.text;
        });
        if (!known) image.bases.push_back(base);
      }
    };
    add(stage.image.bases);
    add(stage.borrowed);
    const auto& more = stage.image.run_downloads;
    image.run_downloads.insert(image.run_downloads.end(), more.begin(), more.end());
    const auto& files = stage.image.downloads;
    image.downloads.insert(image.downloads.end(), files.begin(), files.end());
  }
  for (const std::size_t used : stage.uses) CollectBases(state, used, seen, image);
}

ImageBuild Finish(BuildState& state) {
  if (state.stages.empty()) return {};
  std::size_t target = state.stages.size() - 1;
  bool found = true;
  if (state.request.target) {
    const auto stage = state.StageOf(Lower(state.request.target.text));
    found = stage.has_value();
    target = stage.value_or(target);
  }
  ImageBuild image = state.stages[target].image;
  const auto& borrowed = state.stages[target].borrowed;
  image.bases.insert(image.bases.end(), borrowed.begin(), borrowed.end());
  std::set<std::size_t> seen;
  CollectBases(state, target, seen, image);
  if (!found) {
    image.notes.push_back({Support::Unknown, state.request.target, Facet::All,
                           "the Dockerfile has no stage of this name"});
  }
  return image;
}

}  // namespace

Word BuildState::Expand(const Word& word) const {
  const BuildStage& stage = stages.back();
  return ExpandDockerWord(word, text.escape, [&](std::string_view name) {
    std::optional<Word> value;
    if (Put(stage.environment, name, value) || Put(stage.arguments, name, value)) return value;
    // An image of others may have set it.
    if (stage.other_base) value = Unknown(name);
    return value;
  });
}

std::optional<std::size_t> BuildState::StageOf(const std::string& name) const {
  for (std::size_t at = stages.size(); at-- > 0;) {
    if (!name.empty() && stages[at].name == name) return at;
  }
  return std::nullopt;
}

ImageBuild EvaluateDockerfile(const DockerText& text, const BuildRequest& request,
                              const PeelContext& context) {
  BuildState state{text, request, context};
  for (const DockerInstruction& made : text.instructions) {
    if (made.keyword == DockerKeyword::From) {
      if (state.stages.size() >= kMaxStages) break;
      BeginStage(state, made);
    } else if (!state.stages.empty()) {
      ApplyInstruction(state, made);
    } else if (made.keyword == DockerKeyword::Arg) {
      AddGlobal(state, made);
    }
  }
  ImageBuild image = Finish(state);
  image.path = request.path;
  image.linked_by = request.linked_by;
  image.certain = request.certain;
  for (const ParseProblem& problem : text.problems) {
    Word word;
    word.text = problem.where.Text();
    word.span = problem.where;
    image.notes.push_back({Support::Unknown, std::move(word), Facet::All, problem.text});
  }
  return image;
}

std::shared_ptr<const ImageBuild> BuildOf(const BuildRequest& request, const PeelContext& context) {
  auto text = ReadInTree(request.path, context);
  if (!text || context.workspace == nullptr) return nullptr;
  const Source* source = nullptr;
  for (const auto& known : context.workspace->sources) {
    if (known->path == request.path && known->text == *text) source = known.get();
  }
  if (source == nullptr) source = &context.workspace->Add(request.path, std::move(*text));
  const DockerText parsed = ParseDockerfile(*source);
  const bool has_stage = std::ranges::any_of(
      parsed.instructions, [](const auto& made) { return made.keyword == DockerKeyword::From; });
  if (!has_stage) return nullptr;
  return std::make_shared<const ImageBuild>(EvaluateDockerfile(parsed, request, context));
}

}  // namespace sandlint
