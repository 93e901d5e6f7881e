// Variables, choices and doubts of one way through a script.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "scanner/parse/bounds.h"
#include "scanner/peel/options.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxChoices = 24;
constexpr std::size_t kMaxIndex = 4096;

/// Their values come from the shell, whatever is assigned.
constexpr auto kDynamic = std::to_array<std::string_view>({"BASHPID",
                                                           "BASH_COMMAND",
                                                           "BASH_LINENO",
                                                           "BASH_SUBSHELL",
                                                           "COMP_WORDBREAKS",
                                                           "DIRSTACK",
                                                           "EPOCHREALTIME",
                                                           "EPOCHSECONDS",
                                                           "EUID",
                                                           "FUNCNAME",
                                                           "GROUPS",
                                                           "HISTCMD",
                                                           "LINENO",
                                                           "OPTARG",
                                                           "OPTIND",
                                                           "PIPESTATUS",
                                                           "PPID",
                                                           "RANDOM",
                                                           "SECONDS",
                                                           "SRANDOM",
                                                           "UID",
                                                           "_"});

bool ChangesByItself(std::string_view name) {
  return std::ranges::find(kDynamic, name) != kDynamic.end();
}

Word UnknownIn(const Word& word, std::string text, std::string name, bool splits) {
  Word hole = word;
  hole.text = std::move(text);
  hole.holes = {{0, static_cast<std::uint32_t>(hole.text.size()), std::move(name), false, splits}};
  return hole;
}

}  // namespace

int ScriptPath::Choose(const std::string& key, const std::vector<std::string>& texts,
                       const Span& span) {
  if (const auto known = facts_.find(key); known != facts_.end()) return known->second;
  if (chosen_ >= kMaxChoices) {
    if (flow_ == Flow::On) LaunchUnknown(WordAt("", span), bound::kTaint);
    flow_ = Flow::Ended;
    return 0;
  }
  if (chosen_ == plan_.steps.size()) plan_.steps.push_back({0, static_cast<int>(texts.size())});
  const int taken = plan_.steps[chosen_++].taken;
  facts_[key] = taken;
  const std::string& text = texts[static_cast<std::size_t>(taken) % texts.size()];
  if (!text.empty()) {
    conditions_.push_back(text);
    if (!condition_) condition_ = span;
  }
  return taken;
}

bool ScriptPath::ChooseStatus(const Span& span, const std::string& text) {
  const std::string name = text.empty() ? std::string(span.Text().substr(0, 60)) : text;
  const std::string key = fmt::format("status:{}:{}", chosen_, name);
  const bool success = Choose(key, {name + " succeeds", name + " fails"}, span) == 0;
  status_ = success ? Answer::Yes : Answer::No;
  code_ = success ? 0 : -1;
  return success;
}

void ScriptPath::Doubt(const Word& word, std::string why, Facet facets) {
  const bool known = std::ranges::any_of(
      doubts_, [&](const Note& note) { return note.why == why && note.word.span == word.span; });
  if (known || doubts_.size() >= 20) return;
  // What it hides may start something itself, and nothing may come behind it.
  if (facets == Facet::All) LaunchUnknown(word, why);
  doubts_.push_back({Support::Unknown, word, facets, std::move(why)});
}

Word ScriptPath::WordAt(std::string text, const Span& span) const {
  Word word;
  word.text = std::move(text);
  word.span = span ? span : call_.cause.span;
  return word;
}

Word ScriptPath::Hole(std::string name, const Span& span, bool splits) const {
  const bool plain =
      name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") ==
      std::string::npos;
  std::string text = plain ? "${" + name + "}" : name;
  if (text.empty()) text = "?";
  return UnknownIn(WordAt("", span), std::move(text), std::move(name), splits);
}

const ShellVariable* ScriptPath::Find(std::string_view name) const {
  const auto found = state_.variables.find(name);
  return found == state_.variables.end() ? nullptr : &found->second;
}

bool ScriptPath::IsParameterSet(const ShellExpansion& expansion, bool not_empty, const Span& span) {
  const auto value = Parameter(expansion, span);
  const std::string& name = expansion.name;
  if (value) {
    if (value->list) {
      return !value->items.empty() &&
             (!not_empty || value->items.size() > 1 || !value->items[0].text.empty());
    }
    if (!not_empty) return true;
    if (value->items.empty()) return false;
    const Word& word = value->items[0];
    if (word.Known()) return !word.text.empty();
    const bool whole = word.holes.front().begin == 0 && word.holes.front().end == word.text.size();
    if (!whole) return true;
    return Choose("empty:" + word.text, {name + " is not empty", name + " is empty"}, span) == 0;
  }
  const bool from_client = Find(name) == nullptr && !state_.unset.contains(name) && !name.empty() &&
                           std::isdigit(static_cast<unsigned char>(name[0])) == 0;
  if (!from_client) return false;
  if (Choose("set:" + name, {name + " is set", name + " is not set"}, span) == 0) {
    state_.variables[name] = {{Hole(name, span)}, false, true, false};
    facts_["empty:" + Hole(name, span).text] = 0;
    facts_["vanishes:" + Hole(name, span).text] = 0;
    return true;
  }
  state_.unset.insert(name);
  return false;
}

void ScriptPath::Set(const std::string& name, ShellVariable variable) {
  const auto known = state_.variables.find(name);
  if (state_.readonly.contains(name)) {
    LaunchUnknown(WordAt(name, {}),
                  fmt::format("{} cannot be changed, and that is an error", name));
    return;
  }
  if (ChangesByItself(name) && !variable.array) variable.items = {Hole(name, {})};
  ForgetFacts(name, variable);
  const bool exported = variable.exported || state_.allexport || state_.exports.contains(name) ||
                        (known != state_.variables.end() && known->second.exported);
  variable.exported = exported;
  state_.unset.erase(name);
  if (exported && !variable.items.empty() && !variable.array) {
    state_.environment.push_back({EnvKind::Set,
                                  variable.items[0],
                                  WordAt(name, variable.items[0].span),
                                  variable.items[0],
                                  {}});
  }
  state_.variables[name] = std::move(variable);
}

/// What was found out about the old value says nothing about another one of the same name.
void ScriptPath::ForgetFacts(const std::string& name, const ShellVariable& variable) {
  const bool unknown = variable.unknown_items || !std::ranges::all_of(variable.items, &Word::Known);
  if (unknown) {
    const std::string hole = "${" + name + "}";
    std::erase_if(facts_, [&](const auto& fact) {
      return fact.first.find(hole) != std::string::npos || fact.first == "set:" + name;
    });
  }
  if (name == "POSIXLY_CORRECT" || name == "BASH_COMPAT") {
    LaunchUnknown(WordAt(name, {}), fmt::format("{} makes another shell of this one", name));
  }
  if (name == "EXECIGNORE") {
    LaunchUnknown(WordAt(name, {}), "EXECIGNORE hides programs from the shell's search");
  }
  if (name == "PATH") {
    std::erase_if(facts_, [](const auto& fact) { return fact.first.starts_with("tool:"); });
  }
  const auto runs = [](const Word& word) {
    return !word.Known() || word.text.find("$(") != std::string::npos ||
           word.text.find('`') != std::string::npos;
  };
  if (name == "PS4" && std::ranges::any_of(variable.items, runs)) {
    LaunchUnknown(variable.items.front(), "PS4 runs commands where the shell prints what it does");
  }
}

void ScriptPath::SetText(const std::string& name, Word text) {
  Set(name, {{std::move(text)}, false, false, false});
}

void ScriptPath::Export(const std::string& name) {
  const auto known = state_.variables.find(name);
  if (known == state_.variables.end()) return;
  ShellVariable variable = known->second;
  variable.exported = true;
  Set(name, std::move(variable));
}

void ScriptPath::Unset(const std::string& name) {
  if (state_.readonly.contains(name)) return;
  state_.variables.erase(name);
  if (!ChangesByItself(name)) state_.unset.insert(name);
  Word word = WordAt(name, {});
  state_.environment.push_back({EnvKind::Unset, word, word, {}, {}});
}

void ScriptPath::Assign(const ShellAssignment& assignment, bool local, bool exports) {
  const std::string& name = assignment.name;
  ShellVariable variable;
  const auto known = state_.variables.find(name);
  const bool have = known != state_.variables.end();
  if (local && !frames_.empty()) {
    auto& saved = frames_.back().saved;
    if (!saved.contains(name)) {
      saved[name] = have ? std::optional(known->second) : std::nullopt;
    }
  }
  // `local x+=` begins anew.
  if (have && !(local && !assignment.append)) variable = known->second;
  if (assignment.is_array) {
    if (!assignment.append) variable.items.clear();
    if (!assignment.append) variable.unknown_items = false;
    for (Word& item : Expand(assignment.elements)) {
      const bool keyed = item.text.starts_with('[') && item.text.find("]=") != std::string::npos;
      if (keyed) variable.unknown_items = true;
      variable.items.push_back(std::move(item));
    }
    variable.array = true;
  } else if (!assignment.subscript.empty()) {
    AssignItem(variable, assignment);
  } else {
    Word value = ExpandText(assignment.value, true);
    if (assignment.append && !variable.items.empty()) {
      Word joined = variable.items.front();
      joined.span = assignment.span;
      AppendWord(joined, value);
      value = std::move(joined);
    } else if (assignment.append && !have && !state_.unset.contains(name)) {
      Word joined = Hole(name, assignment.span);
      AppendWord(joined, value);
      value = std::move(joined);
    }
    if (!CheckSize(value)) return;
    if (variable.array && !variable.items.empty()) {
      variable.items.front() = std::move(value);
    } else {
      variable.items = {std::move(value)};
    }
  }
  variable.exported = variable.exported || exports;
  Set(name, std::move(variable));
}

/// `a[i]=value`.
void ScriptPath::AssignItem(ShellVariable& variable, const ShellAssignment& assignment) {
  if (assignment.commands != nullptr) Capture(*assignment.commands);
  Word value = ExpandText(assignment.value, true);
  std::string_view inner = assignment.subscript;
  if (inner.starts_with('[')) inner.remove_prefix(1);
  if (inner.ends_with(']')) inner.remove_suffix(1);
  std::size_t index = variable.items.size();
  variable.array = true;
  if (inner != "${#" + assignment.name + "[@]}" && inner != "${#" + assignment.name + "[*]}") {
    const auto [end, error] = std::from_chars(inner.data(), inner.data() + inner.size(), index);
    if (error != std::errc() || end != inner.data() + inner.size() || index > kMaxIndex ||
        (inner.size() > 1 && inner[0] == '0')) {
      variable.unknown_items = true;
      Arithmetic(inner, assignment.span);
      return;
    }
  }
  // A hole in an array is no word of `"${a[@]}"`; which ones there are is not kept.
  if (index > variable.items.size()) variable.unknown_items = true;
  if (index >= variable.items.size()) {
    variable.items.push_back(std::move(value));
  } else {
    variable.items[index] = std::move(value);
  }
}

Word ScriptPath::Special(char name, const Span& span) {
  switch (name) {
    case '#':
      return WordAt(std::to_string(state_.positional.size()), span);
    case '?':
      if (status_ == Answer::Yes) return WordAt("0", span);
      if (status_ == Answer::No && code_ > 0) return WordAt(std::to_string(code_), span);
      return UnknownIn(WordAt("", span), "$?(" + status_text_ + ")",
                       "the status of " + status_text_, false);
    case '$':
    case '!':
    default:
      break;
  }
  return UnknownIn(WordAt("", span), std::string("$") + name, std::string("$") + name, false);
}

void ScriptPath::Print(Word text) {
  if (!captures_output_) return;
  if (!output_.known && !output_.text.text.empty()) return;
  if (output_.text.text.empty()) output_.text.span = text.span;
  AppendWord(output_.text, text);
  if (!CheckSize(output_.text)) output_.known = false;
}

}  // namespace sandlint
