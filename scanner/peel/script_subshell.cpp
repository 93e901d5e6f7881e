// What runs in a process of its own, functions, and the traps that run at any time.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "scanner/peel/options.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

/// What a trap may do with words that are computed when it runs.
constexpr auto kRunsItsWords =
    std::to_array<std::string_view>({".", "builtin", "command", "eval", "exec", "source", "trap"});

bool IsLiteral(const ShellWord& word) {
  return std::ranges::all_of(
      word.parts, [](const ShellPart& part) { return part.kind == ShellPartKind::Literal; });
}

}  // namespace

/// In a child: the state comes back, traps of its own run at its end.
void ScriptPath::RunSeparately(const std::function<void()>& run) {
  const State saved = state_;
  state_.exit_trap.reset();
  state_.traps.clear();
  ++subshells_;
  const int loops = loop_depth_;
  run();
  loop_depth_ = loops;
  if (state_.exit_trap || !state_.traps.empty()) {
    const Answer status = status_;
    const int code = code_;
    flow_ = Flow::On;
    RunTraps();
    RunExitTrap();
    status_ = status;
    code_ = code;
  }
  --subshells_;
  state_ = saved;
  flow_ = Flow::On;
}

void ScriptPath::RunSubshell(const ShellNode& node) {
  RunSeparately([&] {
    for (const ShellNode& child : node.children) RunNode(child);
  });
  CheckErrexit();
}

void ScriptPath::RunBackground(const ShellNode& node) {
  RunSeparately([&] {
    ShellNode front = node;
    front.background = false;
    RunNode(front);
  });
  EndCommand(Answer::Yes, 0);
}

void ScriptPath::RunPipeline(const ShellNode& node) {
  ShellData data;
  bool has_data = false;
  Answer status = Answer::Yes;
  for (std::size_t index = 0; index < node.children.size(); ++index) {
    const bool last = index + 1 == node.children.size();
    const ShellData outer = output_;
    const bool outer_captures = captures_output_;
    const bool outer_condition = std::exchange(in_condition_, true);
    if (!last) {
      captures_output_ = true;
      output_ = {true, {}, 0, std::nullopt, {}};
    }
    RunSeparately([&] {
      if (has_data) state_.descriptors[0] = data;
      RunNode(node.children[index]);
    });
    in_condition_ = outer_condition;
    if (!last) {
      std::vector<HandedFile> before = std::move(data.files);
      data = output_;
      data.at = 0;
      // What went in may come out again.
      for (HandedFile& file : before) file.certain = Answer::Unknown;
      data.files.insert(data.files.end(), before.begin(), before.end());
      for (HandedFile& file : data.files) {
        file.descriptor = 0;
        file.open = false;
      }
      // `|&` takes what it says about errors as well.
      if (node.bash_only) data.known = false;
      output_ = outer;
      captures_output_ = outer_captures;
    }
    has_data = true;
    if (!state_.pipefail) {
      status = status_;
    } else if (status != Answer::No && status_ != Answer::Yes) {
      status = status_;  // one failure is that of all
    }
  }
  EndCommand(status);
  CheckErrexit();
}

void ScriptPath::RunFunction(const std::shared_ptr<const ShellNode>& body, Command& command) {
  if (!Step(body->span) || body->children.empty()) return;
  const std::vector<Word> outer(std::move(state_.positional));
  state_.positional.assign(command.words.begin() + 1, command.words.end());
  frames_.emplace_back();
  const int loops = std::exchange(loops_, 0);
  const int loop_depth = std::exchange(loop_depth_, 0);
  ++depth_;
  const std::shared_ptr<const ShellNode> keep = body;
  RunRedirected(*keep, [&] { RunNode(keep->children.front()); });
  --depth_;
  loops_ = loops;
  loop_depth_ = loop_depth;
  for (auto& [name, variable] : frames_.back().saved) {
    if (variable) {
      state_.variables[name] = std::move(*variable);
    } else {
      state_.variables.erase(name);
    }
  }
  frames_.pop_back();
  state_.positional = outer;
  if (flow_ == Flow::Return) flow_ = Flow::On;
}

void ScriptPath::RunExitTrap() {
  if (!state_.exit_trap) return;
  const Word text = *state_.exit_trap;
  state_.exit_trap.reset();
  flow_ = Flow::On;
  const bool outer = std::exchange(in_condition_, true);
  RunText(text);
  in_condition_ = outer;
}

/// A signal comes when it likes: at each program that runs, at the end, and where a trap changes.
void ScriptPath::RunTraps() {
  if (in_trap_) return;
  const auto traps = state_.traps;
  for (const auto& [signal, action] : traps) RunTrap(signal, action);
}

void ScriptPath::RunTrap(const std::string& signal, const Word& action) {
  const auto script = std::make_shared<ShellScript>(ParseShell(action));
  int budget = 500;
  if (!action.Known() || IsDynamic(script->body, budget)) {
    LaunchUnknown(action, fmt::format("what the trap on {} runs is not known", signal));
    return;
  }
  const State state = state_;
  const Effects effects{temps_, made_, mounts_, written_, rewritten_, rewrites_all_};
  const ShellData output = output_;
  const bool captures = std::exchange(captures_output_, false);
  const auto status = std::tuple(flow_, status_, code_, loops_);
  const std::string key = StateKey();
  const bool condition = std::exchange(in_condition_, true);
  in_trap_ = true;
  flow_ = Flow::On;
  RunScript(script);
  in_trap_ = false;
  in_condition_ = condition;
  if (flow_ == Flow::On && StateKey() != key) {
    LaunchUnknown(action, fmt::format("a trap on {} changes what follows", signal));
  }
  std::tie(flow_, status_, code_, loops_) = status;
  output_ = output;
  captures_output_ = captures;
  state_ = state;
  temps_ = effects.temps;
  made_ = effects.made;
  mounts_ = effects.mounts;
  written_ = effects.written;
  rewritten_ = effects.rewritten;
  rewrites_all_ = effects.rewrites_all;
}

/// Does it run what its variables hold when the signal comes?
bool ScriptPath::IsDynamic(const ShellNode& node, int& budget) const {
  if (--budget < 0) return true;
  const auto dynamic = [&](const ShellNode& inner) { return IsDynamic(inner, budget); };
  if (node.kind == ShellKind::Simple && !node.words.empty()) {
    const ShellWord& first = node.words.front();
    if (!IsLiteral(first)) return true;
    const bool runs = std::ranges::find(kRunsItsWords, first.raw) != kRunsItsWords.end();
    if (runs && !std::ranges::all_of(node.words, IsLiteral)) return true;
    if (const auto function = state_.functions.find(first.raw);
        function != state_.functions.end() && dynamic(*function->second)) {
      return true;
    }
  }
  const auto arm = [&](const ShellArm& one) {
    return std::ranges::any_of(one.condition, dynamic) || std::ranges::any_of(one.body, dynamic);
  };
  return std::ranges::any_of(node.children, dynamic) || std::ranges::any_of(node.arms, arm);
}

}  // namespace sandlint
