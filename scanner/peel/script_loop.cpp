// Loops of a script. A loop that comes back to a state in which it has been is done: what follows
// from that state was gone through already, with every choice.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scanner/parse/bounds.h"
#include "scanner/peel/options.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

constexpr int kMaxRounds = 300;
constexpr int kMaxWidened = 3;

bool SameVariable(const ShellVariable& a, const ShellVariable& b) {
  return a.array == b.array && a.unknown_items == b.unknown_items && a.exported == b.exported &&
         std::ranges::equal(a.items, b.items, [](const Word& x, const Word& y) {
           return x.text == y.text && x.Known() == y.Known();
         });
}

void AddKey(std::string& key, const ShellVariable& variable) {
  key += fmt::format("{}{}{}", variable.array, variable.unknown_items, variable.exported);
  for (const Word& item : variable.items) key += fmt::format("{}\1{}\1", item.text, item.Known());
}

}  // namespace

/// All that can make the next round another one, as text.
std::string ScriptPath::StateKey() const {
  std::string key;
  for (const auto& [name, variable] : state_.variables) {
    key += name + "=";
    AddKey(key, variable);
  }
  for (const auto& name : state_.unset) key += name + "\2";
  for (const Word& word : state_.positional) key += word.text + "\3";
  for (const auto& [name, body] : state_.functions) {
    key += fmt::format("{}\4{}", name, static_cast<const void*>(body.get()));
  }
  for (const auto& [number, data] : state_.descriptors) {
    key += fmt::format("{}\5{}\5{}\5{}", number, data.known, data.at, data.text.text);
  }
  for (const auto& [path, data] : written_) {
    key += fmt::format("{}\6{}\6{}", path, data.known, data.text.text);
  }
  const auto counts =
      std::ranges::count_if(rewritten_, [&](const std::string& path) { return IsInTree(path); });
  key += fmt::format("{}{}", counts, rewrites_all_);
  if (state_.directory) key += "\7" + state_.directory->text;
  if (state_.exit_trap) key += "\b" + state_.exit_trap->text;
  for (const auto& [signal, action] : state_.traps) key += signal + "\v" + action.text;
  return key + fmt::format("{}{}{}{}{}", state_.errexit, state_.nounset, state_.pipefail,
                           state_.allexport, state_.noglob);
}

/// Makes of the state one that stands for `before` and now; false where that cannot be told.
bool ScriptPath::Widen(const State& before) {
  const auto same = [](const std::vector<Word>& a, const std::vector<Word>& b) {
    return std::ranges::equal(a, b, {}, &Word::text, &Word::text);
  };
  const auto texts = [](const State& state) {
    return std::pair(state.directory.value_or(Word{}).text, state.exit_trap.value_or(Word{}).text);
  };
  if (!same(before.positional, state_.positional) || before.functions != state_.functions ||
      texts(before) != texts(state_) || before.traps.size() != state_.traps.size() ||
      before.errexit != state_.errexit || before.noglob != state_.noglob) {
    return false;
  }
  std::set<std::string> names;
  for (const auto& [name, variable] : state_.variables) {
    const auto old = before.variables.find(name);
    if (old == before.variables.end() || !SameVariable(old->second, variable)) names.insert(name);
  }
  for (const auto& [name, variable] : before.variables) {
    if (!state_.variables.contains(name)) names.insert(name);
  }
  for (const std::string& name : names) {
    ShellVariable& variable = state_.variables[name];
    const bool array = variable.array || variable.unknown_items;
    variable.unknown_items = array;
    variable.array = array;
    if (!array) SetText(name, Hole(name, condition_));
  }
  for (auto& [number, data] : state_.descriptors) {
    const auto old = before.descriptors.find(number);
    if (old == before.descriptors.end() || old->second.at != data.at) data.known = false;
  }
  for (auto& [path, data] : written_) data.known = false;
  return true;
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
  ++loop_depth_;
  int rounds = 0;
  for (const Word& field : fields) {
    if (flow_ != Flow::On) break;
    if (++rounds > kMaxRounds) {
      LaunchUnknown(WordAt("", node.span), bound::kLoop);
      flow_ = Flow::Ended;
      break;
    }
    const bool splits =
        std::ranges::any_of(field.holes, [](const auto& hole) { return hole.splits; });
    if (splits) {
      RunUnknownRounds(node, field);
      if (StopsLoop()) break;
      continue;
    }
    SetText(node.name, field);
    RunNode(node.children.front());
    if (StopsLoop()) break;
  }
  --loop_depth_;
}

/// Over words that are not known: any number of rounds leaves what two of them leave.
void ScriptPath::RunUnknownRounds(const ShellNode& node, const Word& field) {
  for (int round = 0; round < kMaxWidened; ++round) {
    const State before = state_;
    const std::string head = StateKey();
    SetText(node.name, field);
    RunNode(node.children.front());
    if (flow_ != Flow::On) return;
    if (StateKey() == head) return;
    if (!Widen(before)) break;
  }
  Doubt(field, "it goes over words that are not known here");
}

void ScriptPath::RunWhile(const ShellNode& node) {
  const ShellArm& arm = node.arms.front();
  const bool wanted = node.kind == ShellKind::While;
  std::set<std::string> heads;
  int widened = 0;
  ++loop_depth_;
  for (int round = 0; flow_ == Flow::On; ++round) {
    if (round > kMaxRounds) {
      LaunchUnknown(WordAt("", arm.span), bound::kLoop);
      flow_ = Flow::Ended;
      break;
    }
    const State before = state_;
    const std::string head = StateKey();
    if (!heads.insert(head).second) {
      flow_ = Flow::Ended;  // it never ends
      break;
    }
    const std::size_t choices = chosen_;
    const bool go = RunCondition(arm.condition.front(), arm.span) == wanted;
    if (StopsLoop() || !go) break;
    const bool by_choice = chosen_ != choices;
    for (const ShellNode& body : arm.body) RunNode(body);
    if (StopsLoop()) break;
    if (!by_choice) continue;
    if (StateKey() == head) break;
    if (++widened <= kMaxWidened && Widen(before)) continue;
    Doubt(WordAt("", arm.span), "a loop that depends on what is there at run time");
    break;
  }
  --loop_depth_;
  if (flow_ == Flow::On) EndCommand(Answer::Yes, 0);
}

}  // namespace sandlint
