// Statements of a script: order, conditions, loops, functions, subshells.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scanner/peel/options.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxSteps = 6000;
constexpr int kMaxDepth = 60;
constexpr int kMaxRounds = 300;

/// Words such as `true` and `echo` behind `||`: whether they run makes no difference.
bool IsIdle(const ShellNode& node) {
  const ShellNode* at = &node;
  while (at->kind == ShellKind::Sequence && at->children.size() == 1) at = &at->children.front();
  if (at->kind != ShellKind::Simple || at->words.empty()) return false;
  const std::string& name = at->words.front().raw;
  return name == "true" || name == ":" || name == "echo" || name == "printf";
}

}  // namespace

ScriptPath::ScriptPath(const ScriptCall& call, const PeelContext& context, ScriptPlan& plan)
    : call_(call), context_(context), plan_(plan), dialect_(call.dialect) {
  for (const auto& [name, word] : context.variables) {
    state_.variables[name] = {{word}, false, true, false};
  }
  // Exported wherever a client starts something: a change of it reaches what the script starts.
  state_.variables.try_emplace("PATH",
                               ShellVariable{{Hole("PATH", call.cause.span)}, false, true, false});
  state_.positional = call.positional;
  if (context.lost_directory) {
    state_.directory = Hole("PWD", call.cause.span);
  } else if (!context.working_directory.empty()) {
    state_.directory = WordAt(context.working_directory, call.cause.span);
  }
  state_.errexit = call.errexit;
  state_.nounset = call.nounset;
  for (const auto& [number, word] : context.descriptors) {
    state_.descriptors[number] = {true, word, 0, std::nullopt, {}};
  }
  for (const auto& [path, word] : context.written)
    written_[path] = {true, word, 0, std::nullopt, {}};
  state_.variables["BASH_SOURCE"] = {{call.zero}, true, false, false};
}

void ScriptPath::Run() {
  scripts_.push_back(call_.script);
  RunSequence(call_.script->body);
  Finish();
}

bool ScriptPath::Step(const Span& span) {
  if (flow_ != Flow::On) return false;
  if (++steps_ <= kMaxSteps && depth_ <= kMaxDepth) return true;
  LaunchUnknown(WordAt("", span), "the script goes on for too long");
  flow_ = Flow::Ended;
  return false;
}

void ScriptPath::RunSequence(const ShellNode& node) {
  for (const ShellNode& child : node.children) {
    if (flow_ != Flow::On) return;
    RunNode(child);
  }
}

/// Does it use what dash does not know? Then it depends on which shell `sh` is.
bool ScriptPath::NeedsBash(const ShellNode& node) {
  const auto has_process = [](const ShellWord& word) {
    return std::ranges::any_of(
        word.parts, [](const ShellPart& part) { return part.kind == ShellPartKind::Process; });
  };
  const bool bracket = node.kind == ShellKind::Test && node.words.front().raw == "[[";
  const bool arrays = std::ranges::any_of(node.assignments, [](const ShellAssignment& assignment) {
    return assignment.is_array || assignment.append || !assignment.subscript.empty();
  });
  const bool redirects = std::ranges::any_of(node.redirects, [&](const ShellRedirect& redirect) {
    return redirect.op == "<<<" || redirect.op == "&>" || redirect.op == "&>>" ||
           has_process(redirect.target);
  });
  const bool word = !node.words.empty() && node.kind == ShellKind::Simple &&
                    (node.words.front().raw == "source" || node.words.front().raw == "shopt" ||
                     node.words.front().raw == "mapfile" || node.words.front().raw == "readarray");
  return bracket || arrays || redirects || word || std::ranges::any_of(node.words, has_process);
}

void ScriptPath::RunNode(const ShellNode& node) {
  if (!Step(node.span)) return;
  if (NeedsBash(node) && dialect_ == Dialect::Sh) {
    dialect_ =
        Choose("sh", {"sh is dash", "sh is bash"}, node.span) == 0 ? Dialect::Dash : Dialect::Bash;
  }
  if (dialect_ == Dialect::Dash) {
    const bool stops =
        std::ranges::any_of(node.assignments, &ShellAssignment::is_array) ||
        std::ranges::any_of(node.redirects, [](const ShellRedirect& r) { return r.op == "<<<"; });
    const bool process = std::ranges::any_of(node.redirects, [](const ShellRedirect& redirect) {
      return std::ranges::any_of(redirect.target.parts, [](const ShellPart& part) {
        return part.kind == ShellPartKind::Process;
      });
    });
    if (stops || process) {  // a syntax error: dash ends here
      flow_ = Flow::Ended;
      return;
    }
  }
  ++depth_;
  if (node.background) {
    const State saved = state_;
    ShellNode front = node;
    front.background = false;
    RunNode(front);
    state_ = saved;
    if (flow_ != Flow::On) flow_ = Flow::On;
    EndCommand(Answer::Yes, 0);
    --depth_;
    return;
  }
  std::map<int, ShellData> saved;
  std::optional<Word> file;
  const bool redirects = !node.redirects.empty() && node.kind != ShellKind::Function;
  const ShellData outer_output = output_;
  const bool outer_captures = captures_output_;
  const bool exec_only =
      node.kind == ShellKind::Simple && node.words.size() == 1 && node.words.front().raw == "exec";
  if (redirects) Redirect(node, saved, file);
  switch (node.kind) {
    case ShellKind::Simple:
      RunSimple(node);
      break;
    case ShellKind::Declaration:
      RunDeclaration(node);
      break;
    case ShellKind::Test:
      EndCommand(Test(node));
      status_text_ = std::string(node.span.Text().substr(0, 80));
      CheckErrexit();
      break;
    case ShellKind::Sequence:
      RunSequence(node);
      break;
    case ShellKind::And:
    case ShellKind::Or: {
      const bool is_or = node.kind == ShellKind::Or;
      if (is_or && IsIdle(node.children[1])) {
        const bool outer = std::exchange(in_condition_, true);
        RunNode(node.children[0]);
        in_condition_ = outer;
        if (flow_ == Flow::On) EndCommand(Answer::Yes, 0);
        break;
      }
      const bool left = RunCondition(node.children[0], node.children[0].span);
      if (flow_ == Flow::On && left != is_or) RunNode(node.children[1]);
      break;
    }
    case ShellKind::Not:
      EndCommand(RunCondition(node.children.front(), node.span) ? Answer::No : Answer::Yes);
      break;
    case ShellKind::Pipeline:
      RunPipeline(node);
      break;
    case ShellKind::Subshell:
      RunSubshell(node);
      break;
    case ShellKind::Group:
      RunSequence(node.children.front());
      break;
    case ShellKind::If:
      RunIf(node);
      break;
    case ShellKind::Case:
      RunCase(node);
      break;
    case ShellKind::For:
      RunFor(node);
      break;
    case ShellKind::While:
    case ShellKind::Until:
      RunWhile(node);
      break;
    case ShellKind::Function:
      state_.functions[node.name] = std::make_shared<ShellNode>(node);
      EndCommand(Answer::Yes, 0);
      break;
    case ShellKind::Arithmetic:
      EndCommand(Answer::Unknown);
      break;
    case ShellKind::Unknown:
      Doubt(WordAt(node.name, node.span), fmt::format("{} is not followed", node.name));
      LaunchUnknown(WordAt("", node.span), fmt::format("{} is not followed", node.name));
      EndCommand(Answer::Unknown);
      break;
  }
  if (redirects) {
    if (file) {
      WriteFile(*file, output_, false);
      output_ = outer_output;
      captures_output_ = outer_captures;
    }
    if (!exec_only) {
      for (auto& [number, data] : saved) state_.descriptors[number] = data;
    }
  }
  --depth_;
}

bool ScriptPath::RunCondition(const ShellNode& node, const Span& span) {
  const bool outer = std::exchange(in_condition_, true);
  RunNode(node);
  in_condition_ = outer;
  if (flow_ != Flow::On) return false;
  if (status_ == Answer::Unknown) return ChooseStatus(span, status_text_);
  return status_ == Answer::Yes;
}

void ScriptPath::CheckErrexit() {
  if (state_.errexit && !in_condition_ && flow_ == Flow::On && status_ == Answer::No) {
    flow_ = Flow::Ended;
  }
}

void ScriptPath::RunIf(const ShellNode& node) {
  for (const ShellArm& arm : node.arms) {
    const bool taken = arm.condition.empty() || RunCondition(arm.condition.front(), arm.span);
    if (flow_ != Flow::On) return;
    if (!taken) continue;
    for (const ShellNode& body : arm.body) RunNode(body);
    return;
  }
  EndCommand(Answer::Yes, 0);
}

void ScriptPath::RunCase(const ShellNode& node) {
  if (node.words.empty()) return;
  const Word value = ExpandText(node.words.front());
  std::vector<const ShellArm*> possible;
  std::vector<std::string> texts;
  bool certain = false;
  for (const ShellArm& arm : node.arms) {
    bool maybe = false;
    for (const ShellWord& word : arm.patterns) {
      bool known = true;
      const std::string pattern = ExpandPattern(word, known);
      if (pattern == "*" && known) {
        certain = true;
      } else if (!known || !value.Known()) {
        maybe = true;
      } else {
        certain = certain || MatchesPattern(value.text, pattern);
      }
    }
    if (!maybe && !certain) continue;
    possible.push_back(&arm);
    texts.push_back(fmt::format("{} is {}", node.words.front().raw,
                                arm.patterns.empty() ? "" : arm.patterns.front().raw));
    if (certain) break;
  }
  if (!certain) {
    possible.push_back(nullptr);
    texts.push_back(fmt::format("{} is something else", node.words.front().raw));
  }
  const int taken =
      possible.size() == 1 ? 0 : Choose(fmt::format("case:{}", value.text), texts, node.span);
  EndCommand(Answer::Yes, 0);
  const ShellArm* arm = possible[static_cast<std::size_t>(taken) % possible.size()];
  if (arm == nullptr) return;
  if (arm->falls_through) Doubt(WordAt("", arm->span), "an arm that falls through is not followed");
  for (const ShellNode& body : arm->body) RunNode(body);
}

/// After the body: is the loop at its end?
bool ScriptPath::StopsLoop() {
  if (flow_ == Flow::Continue) {
    flow_ = --loops_ > 0 ? Flow::Continue : Flow::On;
    return flow_ != Flow::On;
  }
  if (flow_ == Flow::Break) {
    if (--loops_ <= 0) flow_ = Flow::On;
    return true;
  }
  return flow_ != Flow::On;
}

void ScriptPath::RunFor(const ShellNode& node) {
  const Fields fields = node.in_given ? Expand(node.words) : state_.positional;
  EndCommand(Answer::Yes, 0);
  if (node.children.empty()) return;
  int rounds = 0;
  for (const Word& field : fields) {
    if (flow_ != Flow::On || ++rounds > kMaxRounds) break;
    const bool splits =
        std::ranges::any_of(field.holes, [](const auto& hole) { return hole.splits; });
    if (splits) Doubt(field, "it goes over words that are not known here");
    SetText(node.name, field);
    RunNode(node.children.front());
    if (StopsLoop()) break;
  }
}

void ScriptPath::RunWhile(const ShellNode& node) {
  const ShellArm& arm = node.arms.front();
  const bool wanted = node.kind == ShellKind::While;
  const std::size_t launched = launches_.size();
  for (int round = 0;; ++round) {
    const std::size_t choices = chosen_;
    const bool go = RunCondition(arm.condition.front(), arm.span) == wanted;
    if (flow_ != Flow::On || !go) break;
    const bool by_choice = chosen_ != choices;
    for (const ShellNode& body : arm.body) RunNode(body);
    if (StopsLoop()) return;
    if (launches_.size() > launched + 1) {  // a server that is started again and again
      flow_ = Flow::Ended;
      return;
    }
    if (by_choice) {
      Doubt(WordAt("", arm.span), "a loop that depends on what is there at run time");
      break;
    }
    if (round > kMaxRounds) {
      LaunchUnknown(WordAt("", arm.span), "a loop goes on for too long");
      flow_ = Flow::Ended;
      return;
    }
  }
  if (flow_ == Flow::On) EndCommand(Answer::Yes, 0);
}

void ScriptPath::RunPipeline(const ShellNode& node) {
  ShellData data;
  bool has_data = false;
  Answer status = Answer::Yes;
  for (std::size_t index = 0; index < node.children.size(); ++index) {
    const bool last = index + 1 == node.children.size();
    const State saved = state_;
    const ShellData outer = output_;
    const bool outer_captures = captures_output_;
    const bool outer_condition = std::exchange(in_condition_, true);
    if (has_data) state_.descriptors[0] = data;
    if (!last) {
      captures_output_ = true;
      output_ = {true, {}, 0, std::nullopt, {}};
    }
    RunNode(node.children[index]);
    in_condition_ = outer_condition;
    if (flow_ == Flow::Ended || flow_ == Flow::Return) flow_ = Flow::On;
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
      output_ = outer;
      captures_output_ = outer_captures;
    }
    has_data = true;
    state_ = saved;
    if (last || (state_.pipefail && status_ != Answer::Yes)) status = status_;
  }
  EndCommand(status);
  CheckErrexit();
}

void ScriptPath::RunSubshell(const ShellNode& node) {
  const State saved = state_;
  ++subshells_;
  for (const ShellNode& child : node.children) RunNode(child);
  --subshells_;
  state_ = saved;
  if (flow_ != Flow::On) flow_ = Flow::On;
  CheckErrexit();
}

void ScriptPath::RunFunction(const std::shared_ptr<const ShellNode>& body, Command& command) {
  if (!Step(body->span) || body->children.empty()) return;
  const std::vector<Word> outer(std::move(state_.positional));
  state_.positional.assign(command.words.begin() + 1, command.words.end());
  frames_.emplace_back();
  const int loops = std::exchange(loops_, 0);
  ++depth_;
  const std::shared_ptr<const ShellNode> keep = body;
  RunNode(keep->children.front());
  --depth_;
  loops_ = loops;
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

void ScriptPath::RunText(const Word& text) {
  auto script = std::make_shared<ShellScript>(ParseShell(text));
  if (!text.Known()) Doubt(text, "a part of what it evaluates is not known");
  scripts_.push_back(script);
  ++depth_;
  if (Step(text.span)) RunSequence(script->body);
  --depth_;
}

void ScriptPath::Finish() {
  if (state_.exit_trap && !in_exit_trap_ && subshells_ == 0) {
    in_exit_trap_ = true;
    flow_ = Flow::On;
    const Word text = *state_.exit_trap;
    state_.exit_trap.reset();
    in_condition_ = true;
    RunText(text);
  }
  launched_at_.resize(launches_.size(), steps_);
  for (std::size_t index = 0; index < launches_.size(); ++index) {
    ScriptLaunch& launch = launches_[index];
    launch.goes_on = steps_ > launched_at_[index];
    for (TempDirectory& directory : launch.temp_directories) {
      for (const TempDirectory& now : temps_) {
        if (now.path.text != directory.path.text) continue;
        if (directory.removal == Removal::LostTrap) continue;
        directory.removal = now.removal;
        directory.removed_by = now.removed_by;
      }
    }
  }
}

}  // namespace sandlint
