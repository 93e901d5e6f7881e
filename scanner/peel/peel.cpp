// The loop that takes wrapper after wrapper off a launch until the program is reached.

#include "scanner/peel/peel.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scanner/parse/bounds.h"
#include "scanner/peel/code_variables.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/program.h"
#include "scanner/peel/reread.h"
#include "scanner/peel/tool_path.h"
#include "scanner/peel/user.h"

namespace sandlint {
namespace {

/// Real launches have five layers at most; what nests deeper is hostile.
constexpr std::size_t kMaxLayers = 32;
constexpr std::size_t kMaxLaunches = 32;

/// A launch that is half peeled.
struct Pending {
  Launch launch;
  std::vector<Word> argv;
  PeelContext context;
  std::optional<ProgramRef> package;  ///< what the last launcher or interpreter starts
  std::vector<Note> doubts;           ///< of the layers so far, for the last one
  /// Names that may be another program's, by the layer that begins with them.
  std::vector<std::pair<std::size_t, Note>> names;
  bool is_program = false;
};

Word Plain(std::string text) {
  Word word;
  word.text = std::move(text);
  return word;
}

void AddHostVariables(PeelContext& context) {
  if (context.host == nullptr) return;
  const HostUser caller = context.host->Caller();
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) context.variables.try_emplace(name, Plain(value));
  };
  add("HOME", caller.home);
  add("USER", caller.name);
  add("LOGNAME", caller.name);
  add("PWD", context.host->WorkingDirectory());
}

/// What the layers further in may expand.
void ApplyEnvironment(const Layer& layer, PeelContext& context) {
  auto& variables = context.variables;
  if (layer.clears_on_exec || layer.login_shell) variables.clear();
  if (layer.user) {
    for (const char* name : {"HOME", "USER", "LOGNAME", "SHELL", "MAIL"}) variables.erase(name);
  }
  for (const EnvEdit& edit : layer.environment) {
    switch (edit.kind) {
      case EnvKind::Reset:
        std::erase_if(variables, [&](const auto& pair) {
          return std::ranges::find(edit.keep, pair.first) == edit.keep.end();
        });
        break;
      case EnvKind::Set:
        if (edit.name.Known()) variables[edit.name.text] = edit.value;
        break;
      case EnvKind::Unset:
        variables.erase(edit.name.text);
        break;
      case EnvKind::Copy:
      case EnvKind::CopyAll:
      case EnvKind::FromFile:
        break;
    }
  }
  if (layer.chdir || layer.kind == LayerKind::Container) variables.erase("PWD");
}

/// Where the layers behind find relative names.
void FollowDirectory(const Layer& layer, PeelContext& context) {
  const bool moves = layer.kind == LayerKind::Shell || layer.kind == LayerKind::Environment ||
                     layer.kind == LayerKind::User || layer.kind == LayerKind::Transparent ||
                     layer.kind == LayerKind::Launcher;
  if (!moves || !context.sandbox.empty()) return;
  if (!layer.chdir) {
    context.lost_directory =
        context.lost_directory || (layer.login_shell && layer.kind == LayerKind::User);
    return;
  }
  const bool absolute = layer.chdir->text.starts_with('/');
  if (!layer.chdir->Known() || (!absolute && context.lost_directory)) {
    context.lost_directory = true;
    return;
  }
  const std::string before = WorkingDirectoryOf(context);
  // Without a host it stays relative to the root of the tree.
  const bool whole = absolute || before.empty();
  context.working_directory = whole ? layer.chdir->text : before + "/" + layer.chdir->text;
  context.lost_directory = false;
}

/// A program of the tree is read as the script that it is before it is taken for the tool of its
/// name; what is neither leaves a doubt.
std::optional<Peeled> PeelOne(Pending& pending) {
  if (pending.is_program || pending.argv.empty()) return std::nullopt;
  std::vector<Word>& argv = pending.argv;
  const std::optional<Note> doubt = DoubtOfTool(argv.front(), pending.context);
  if (doubt) {
    if (auto found = FoundInTree(argv.front(), pending.context)) argv.front() = std::move(*found);
    if (auto script = PeelScript(argv, pending.context)) return script;
  }
  for (const PeelerRow& row : AllPeelers()) {
    auto peeled = row.peel(argv, pending.context);
    if (!peeled) continue;
    const bool by_name =
        peeled->layer.kind != LayerKind::Interpreter && std::string_view(row.tool) != "script";
    if (doubt && by_name) pending.names.emplace_back(pending.launch.layers.size(), *doubt);
    return peeled;
  }
  return std::nullopt;
}

/// Does it take anything away from what is behind it?
bool TakesAway(const Layer& layer) {
  return layer.kind == LayerKind::Sandbox || layer.kind == LayerKind::Container ||
         layer.kind == LayerKind::User || layer.network.mode != NetworkMode::Inherit ||
         !layer.mounts.empty() || std::ranges::any_of(layer.environment, [](const EnvEdit& edit) {
           return edit.kind == EnvKind::Reset || edit.kind == EnvKind::Unset;
         });
}

/// Where nothing is taken away it makes no difference which program it is.
void DoubtNames(Pending& pending) {
  const std::vector<Layer>& layers = pending.launch.layers;
  for (auto& [from, note] : pending.names) {
    const auto begin = layers.begin() + static_cast<std::ptrdiff_t>(std::min(from, layers.size()));
    if (!std::any_of(begin, layers.end(), TakesAway)) continue;
    pending.doubts.push_back(std::move(note));
    // What the tool would stop at need not stop another program.
    for (std::size_t index = from; index < layers.size(); ++index) {
      for (StartProblem& problem : pending.launch.layers[index].start_problems) {
        if (problem.fatal == Answer::Yes) problem.fatal = Answer::Unknown;
      }
    }
  }
}

/// A word that a shell may make several words of moves everything behind it.
void DoubtSplits(Layer& layer) {
  const bool options_count = layer.kind == LayerKind::Sandbox ||
                             layer.kind == LayerKind::Container || layer.kind == LayerKind::User ||
                             layer.kind == LayerKind::Environment;
  if (!options_count) return;
  for (const Word& word : layer.words) {
    const bool splits =
        std::ranges::any_of(word.holes, [](const Hole& hole) { return hole.splits; });
    if (splits) return NotUnderstood(layer, word, "it may be several words, or none");
  }
}

std::string Both(const std::string& first, const std::string& second) {
  if (first.empty() || second.empty()) return first + second;
  return first + " and " + second;
}

/// `pending` with one more layer.
Pending Advance(Pending pending, Peeled peeled) {
  pending.context.more_descriptors |= peeled.more_descriptors;
  // A shell knows all that it leaves open, and what it has closed.
  if (peeled.layer.kind == LayerKind::Shell) pending.context.descriptors.clear();
  for (auto& [number, data] : peeled.descriptors) pending.context.descriptors[number] = data;
  for (auto& [path, text] : peeled.written) pending.context.written[path] = text;
  pending.doubts.insert(pending.doubts.end(), peeled.doubts.begin(), peeled.doubts.end());
  DoubtSplits(peeled.layer);
  ApplyEnvironment(peeled.layer, pending.context);
  FollowDirectory(peeled.layer, pending.context);
  if (peeled.layer.user) pending.context.user = peeled.layer.user;
  // What only root may do, a user with capabilities may do as well.
  if (peeled.layer.tool == "setpriv" && HandsCapabilities(peeled.layer)) {
    pending.context.user = UnknownValue("USER", peeled.layer.program);
  }
  if (peeled.layer.kind == LayerKind::Sandbox || peeled.layer.container) {
    pending.context.sandbox = peeled.layer.tool;
  }
  for (auto& [name, value] : peeled.variables) {
    pending.context.variables.insert_or_assign(name, std::move(value));
  }
  if (!pending.launch.condition) pending.launch.condition = peeled.condition;
  pending.launch.condition_text = Both(pending.launch.condition_text, peeled.condition_text);
  const LayerKind kind = peeled.layer.kind;
  const bool starts_package = kind == LayerKind::Container || peeled.is_program;
  pending.package = starts_package ? peeled.layer.package : std::nullopt;
  if (peeled.layer.container && peeled.layer.container->entrypoint) pending.package.reset();
  pending.argv = std::move(peeled.rest);
  pending.is_program = peeled.is_program;
  const bool opaque = pending.argv.empty() && kind != LayerKind::Opaque;
  pending.launch.layers.push_back(std::move(peeled.layer));
  if (!opaque && peeled.unread.empty()) return pending;
  const Layer& last = pending.launch.layers.back();
  if (last.container && last.package && peeled.unread.empty()) {
    // An image's own command.
    Layer program =
        MakeLayer(LayerKind::Program, "",
                  last.container->image.text.empty() ? last.program : last.container->image);
    program.package = last.package;
    pending.launch.layers.push_back(std::move(program));
  } else {
    pending.launch.layers.push_back(OpaqueLayer(std::move(peeled.unread), last.program));
  }
  pending.argv.clear();
  return pending;
}

void PutDoubts(Pending& pending) {
  DoubtNames(pending);
  auto& notes = pending.launch.layers.back().notes;
  notes.insert(notes.end(), pending.doubts.begin(), pending.doubts.end());
}

void Finish(Pending& pending) {
  const bool done = pending.argv.empty() && !pending.launch.layers.empty();
  if (!done) {
    pending.launch.layers.push_back(
        ProgramLayer(std::move(pending.argv), pending.package, pending.context));
  }
  PutDoubts(pending);
}

/// Code that a variable makes the next layer run: a launch of its own, beside the one that is
/// meant.
std::optional<Launch> LaunchOfVariable(Pending pending, const Layer& layer) {
  if (!pending.context.sandbox.empty()) return std::nullopt;
  auto note = FindCodeVariable(layer, pending.context);
  if (!note) return std::nullopt;
  Layer code = OpaqueLayer({}, note->word);
  code.notes.push_back(std::move(*note));
  pending.launch.layers.push_back(std::move(code));
  return std::move(pending.launch);
}

void StopHere(Pending& pending, const char* why) {
  Layer layer = OpaqueLayer(std::move(pending.argv), {});
  NotUnderstood(layer, layer.program, why);
  pending.launch.layers.push_back(std::move(layer));
  pending.argv.clear();
}

}  // namespace

std::vector<Launch> PeelLaunches(std::vector<Word> argv, const PeelContext& context) {
  Pending first;
  first.launch.argv = argv;
  first.argv = std::move(argv);
  first.context = context;
  AddHostVariables(first.context);

  std::vector<Launch> launches;
  std::optional<Launch> by_variable;
  std::vector<Pending> stack{std::move(first)};
  while (!stack.empty()) {
    Pending pending = std::move(stack.back());
    stack.pop_back();
    const bool too_deep = pending.launch.layers.size() >= kMaxLayers;
    std::optional<Peeled> peeled = too_deep ? std::nullopt : PeelOne(pending);
    if (!peeled) {
      if (too_deep && !pending.argv.empty()) StopHere(pending, bound::kLayers);
      Finish(pending);
      launches.push_back(std::move(pending.launch));
      continue;
    }
    if (!by_variable) by_variable = LaunchOfVariable(pending, peeled->layer);
    std::vector<Peeled> ways = std::move(peeled->others);
    ways.insert(ways.begin(), std::move(*peeled));
    if (launches.size() + stack.size() + ways.size() > kMaxLaunches) {
      StopHere(pending, bound::kWays);
      PutDoubts(pending);
      launches.push_back(std::move(pending.launch));
      continue;
    }
    // The first way is to be peeled first: the stack takes them from behind.
    for (auto way = ways.rbegin(); way != ways.rend(); ++way) {
      stack.push_back(Advance(pending, std::move(*way)));
    }
  }
  if (by_variable) launches.push_back(std::move(*by_variable));
  return launches;
}

}  // namespace sandlint
