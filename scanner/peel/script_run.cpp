// Statements of a script: order, conditions, functions.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scanner/parse/bounds.h"
#include "scanner/peel/options.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxSteps = 6000;
constexpr int kMaxDepth = 60;

bool IsPlainText(const ShellWord& word) {
  return std::ranges::all_of(word.parts, [](const ShellPart& part) {
    if (part.kind == ShellPartKind::Literal) return true;
    return part.kind == ShellPartKind::Expansion && part.commands == nullptr &&
           part.expansion->op.empty() && part.expansion->prefix == 0 &&
           part.expansion->subscript.empty();
  });
}

/// `>&2`, `>/dev/null`.
bool IsQuiet(const ShellRedirect& redirect) {
  const auto& parts = redirect.target.parts;
  if (parts.size() != 1 || parts[0].kind != ShellPartKind::Literal) return false;
  return parts[0].text == "/dev/null" || redirect.op == ">&";
}

}  // namespace

/// `echo text` and the like behind `||`: whether they run makes no difference.
bool ScriptPath::IsIdle(const ShellNode& node) const {
  const ShellNode* at = &node;
  while (at->kind == ShellKind::Sequence && at->children.size() == 1) at = &at->children.front();
  if (at->kind != ShellKind::Simple || at->words.empty() || at->background) return false;
  const std::string& name = at->words.front().raw;
  if (name != "true" && name != ":" && name != "echo" && name != "printf") return false;
  if (name == "printf" && at->words.size() > 1 && at->words[1].raw.starts_with('-')) return false;
  return !captures_output_ && at->assignments.empty() && !state_.functions.contains(name) &&
         std::ranges::all_of(at->words, IsPlainText) && std::ranges::all_of(at->redirects, IsQuiet);
}

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
  state_.variables.erase("IFS");  // no shell takes it from its environment
}

void ScriptPath::Run() {
  RunScript(call_.script);
  Finish();
}

bool ScriptPath::Step(const Span& span) {
  if (flow_ != Flow::On) return false;
  if (++steps_ <= kMaxSteps && depth_ <= kMaxDepth) return true;
  LaunchUnknown(WordAt("", span), bound::kSteps);
  flow_ = Flow::Ended;
  return false;
}

void ScriptPath::RunSequence(const ShellNode& node) {
  for (const ShellNode& child : node.children) {
    if (flow_ != Flow::On) return;
    RunNode(child);
  }
}

/// Text that is no shell syntax may hide anything.
void ScriptPath::RunScript(const std::shared_ptr<const ShellScript>& script) {
  scripts_.push_back(script);
  if (!script->problems.empty()) {
    const ParseProblem& problem = script->problems.front();
    LaunchUnknown(WordAt("", problem.where), problem.text);
  }
  RunSequence(script->body);
}

void ScriptPath::RunNode(const ShellNode& node) {
  if (!Step(node.span)) return;
  ++depth_;
  if (RunAsDash(node)) {
    --depth_;
    return;
  }
  if (node.background) {
    RunBackground(node);
    --depth_;
    return;
  }
  // Those of a function are made at each of its calls.
  if (node.kind == ShellKind::Function) {
    RunKind(node);
  } else {
    RunRedirected(node, [&] { RunKind(node); });
  }
  --depth_;
}

void ScriptPath::RunRedirected(const ShellNode& node, const std::function<void()>& run) {
  std::map<int, ShellData> saved;
  std::optional<Word> file;
  const ShellData outer_output = output_;
  const bool outer_captures = captures_output_;
  const bool outer_merges = std::exchange(merges_errors_, false);
  if (!node.redirects.empty()) Redirect(node, saved, file);
  if (flow_ == Flow::On) run();
  if (merges_errors_) output_.known = false;
  merges_errors_ = outer_merges;
  if (file) {
    WriteFile(*file, output_, false);
    output_ = outer_output;
    captures_output_ = outer_captures;
  }
  // `exec` without a command, in whatever spelling, keeps what its own redirections open.
  if (std::exchange(keeps_opened_, nullptr) == &node) return;
  for (auto& [number, data] : saved) state_.descriptors[number] = data;
}

void ScriptPath::RunKind(const ShellNode& node) {
  using Statement = void (ScriptPath::*)(const ShellNode&);
  static const std::map<ShellKind, Statement> kRuns = {
      {ShellKind::And, &ScriptPath::RunList},
      {ShellKind::Arithmetic, &ScriptPath::RunArithmetic},
      {ShellKind::Case, &ScriptPath::RunCase},
      {ShellKind::Declaration, &ScriptPath::RunDeclaration},
      {ShellKind::For, &ScriptPath::RunFor},
      {ShellKind::Function, &ScriptPath::DefineFunction},
      {ShellKind::If, &ScriptPath::RunIf},
      {ShellKind::Or, &ScriptPath::RunList},
      {ShellKind::Pipeline, &ScriptPath::RunPipeline},
      {ShellKind::Sequence, &ScriptPath::RunSequence},
      {ShellKind::Simple, &ScriptPath::RunSimple},
      {ShellKind::Subshell, &ScriptPath::RunSubshell},
      {ShellKind::Until, &ScriptPath::RunWhile},
      {ShellKind::While, &ScriptPath::RunWhile},
  };
  if (const auto row = kRuns.find(node.kind); row != kRuns.end()) return (this->*row->second)(node);
  if (node.kind == ShellKind::Test) {
    EndCommand(Test(node));
    status_text_ = std::string(node.span.Text().substr(0, 80));
    return CheckErrexit();
  }
  if (node.kind == ShellKind::Group) return RunSequence(node.children.front());
  if (node.kind == ShellKind::Not) {
    const bool success = RunCondition(node.children.front(), node.span);
    return EndCommand(success ? Answer::No : Answer::Yes);
  }
  Doubt(WordAt(node.name, node.span), fmt::format("{} is not followed", node.name));
  EndCommand(Answer::Unknown);
}

/// `a && b`, `a || b`.
void ScriptPath::RunList(const ShellNode& node) {
  const bool is_or = node.kind == ShellKind::Or;
  if (is_or && IsIdle(node.children[1])) {
    const bool outer = std::exchange(in_condition_, true);
    RunNode(node.children[0]);
    in_condition_ = outer;
    if (flow_ == Flow::On) EndCommand(Answer::Yes, 0);
    return;
  }
  const bool left = RunCondition(node.children[0], node.children[0].span);
  if (flow_ == Flow::On && left != is_or) RunNode(node.children[1]);
}

void ScriptPath::RunArithmetic(const ShellNode& node) {
  for (const ShellNode& inner : node.children) RunNode(inner);
  Arithmetic(node.name, node.span);
  EndCommand(Answer::Unknown);
}

void ScriptPath::DefineFunction(const ShellNode& node) {
  if (state_.functions.contains(node.name)) RunTraps();
  state_.functions[node.name] = std::make_shared<ShellNode>(node);
  if (state_.allexport && dialect_ != Dialect::Dash) ExportFunction(WordAt(node.name, node.span));
  EndCommand(Answer::Yes, 0);
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
      } else if (const auto matches = Matches(value.text, pattern)) {
        certain = certain || *matches;
      } else {
        maybe = true;
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
  const std::string key = fmt::format("case:{}:{}", value.text, fmt::join(texts, ":"));
  const int taken = possible.size() == 1 ? 0 : Choose(key, texts, node.span);
  EndCommand(Answer::Yes, 0);
  const ShellArm* arm = possible[static_cast<std::size_t>(taken) % possible.size()];
  if (arm == nullptr) return;
  if (arm->falls_through) Doubt(WordAt("", arm->span), "an arm that falls through is not followed");
  for (const ShellNode& body : arm->body) RunNode(body);
}

void ScriptPath::RunText(const Word& text) {
  auto script = std::make_shared<ShellScript>(ParseShell(text));
  if (!text.Known()) Doubt(text, "a part of what it evaluates is not known");
  ++depth_;
  if (Step(text.span)) RunScript(script);
  --depth_;
}

void ScriptPath::Finish() {
  if (!in_exit_trap_ && subshells_ == 0) {
    flow_ = Flow::On;
    RunTraps();
    in_exit_trap_ = true;
    RunExitTrap();
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
