// The part of Scheme that profiles use. What is beyond it is named, and counts as if it could be
// any rule.

#include "scanner/grant/sbpl_evaluator.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sandlint {
namespace {

using Kind = SbplResult::Kind;
/// Profiles nest functions a few levels deep and hold some hundred forms.
constexpr int kMaxDepth = 120;
constexpr int kMaxSteps = 200'000;

/// Filters whose arguments are bare words: `(target self)`.
constexpr auto kTakesSymbols = std::to_array<std::string_view>(
    {"control-name", "info-type", "iokit-property", "target", "vnode-type"});

SbplResult Text(const Word& word, bool raw) {
  SbplResult result;
  result.kind = Kind::Text;
  result.text = word.text;
  result.raw = raw;
  result.word = word;
  return result;
}

SbplResult Nothing() {
  SbplResult result;
  result.kind = Kind::Nothing;
  return result;
}

}  // namespace

SbplResult SbplEvaluator::UnknownAt(const Word& word, std::string why) const {
  SbplResult result;
  result.word = word;
  result.why = std::move(why);
  return result;
}

SbplProfile SbplEvaluator::Run() {
  RunText(profile_.text);
  return std::move(out_);
}

void SbplEvaluator::RunText(const Word& text) {
  texts_.push_back(ParseSbpl(text));
  const SbplText& parsed = texts_.back();
  for (const SbplValue& form : parsed.forms) {
    const SbplResult result = Eval(form);
    if (result.kind == Kind::Unknown) {
      Unevaluated(form, result.why.empty() ? "what it does is not known" : result.why);
    }
  }
  for (const ParseProblem& problem : parsed.problems) {
    Word word;
    word.span = problem.where;
    word.text = problem.where.Text();
    out_.problems.push_back({word, "the profile cannot be read: " + problem.text, Answer::Yes});
    SbplValue rest;
    rest.word = word;
    Unevaluated(rest, problem.text);
  }
}

const SbplResult* SbplEvaluator::Lookup(std::string_view name) const {
  if (!frames_.empty()) {
    const auto local = frames_.back().find(name);
    if (local != frames_.back().end()) return &local->second;
  }
  const auto global = globals_.find(name);
  return global == globals_.end() ? nullptr : &global->second;
}

SbplResult SbplEvaluator::Eval(const SbplValue& value) {
  if (depth_ > kMaxDepth) return Unevaluated(value, "it nests too deep");
  if (++steps_ > kMaxSteps) {
    if (steps_ == kMaxSteps + 1) Unevaluated(value, "it runs too long");
    return UnknownAt(value.word, "it runs too long");
  }
  switch (value.type) {
    case SbplType::String:
    case SbplType::Raw: {
      if (!value.word.Known()) return UnknownAt(value.word, "a part of it is not known here");
      return Text(value.word, value.type == SbplType::Raw);
    }
    case SbplType::Bool: {
      SbplResult result;
      result.kind = Kind::Bool;
      result.truth = value.word.text == "#t";
      result.word = value.word;
      return result;
    }
    case SbplType::Symbol: {
      const SbplResult* known = Lookup(value.word.text);
      return known != nullptr ? *known : UnknownAt(value.word, "no such name is defined");
    }
    case SbplType::Quoted:
      return UnknownAt(value.word, "a quoted value");
    case SbplType::List:
      break;
  }
  ++depth_;
  SbplResult result = EvalList(value);
  --depth_;
  return result;
}

SbplResult SbplEvaluator::EvalList(const SbplValue& list) {
  if (list.items.empty() || list.items[0].type != SbplType::Symbol) {
    return Unevaluated(list, "what it calls is not known");
  }
  const std::string& name = list.items[0].word.text;
  // What a profile defines itself comes before what the language has.
  const SbplResult* own = Lookup(name);
  if (own == nullptr) {
    if (const Special* special = FindSpecial(name)) return (this->*special->handle)(list);
  }
  return CallNamed(list);
}

SbplResult SbplEvaluator::CallNamed(const SbplValue& form) {
  const std::string name = form.items[0].word.text;
  const std::span<const SbplValue> rest = std::span(form.items).subspan(1);
  if (const SbplResult* own = Lookup(name); own != nullptr) {
    if (own->kind != Kind::Function) return Unevaluated(form, "what it calls is no function");
    const std::shared_ptr<const SbplFunction> function = own->function;
    return Call(*function, EvalAll(rest, false), form);
  }
  const bool symbols = std::ranges::find(kTakesSymbols, name) != kTakesSymbols.end();
  const Results arguments = EvalAll(rest, symbols);
  std::string problem;
  if (auto filter = BuildSbplFilter(name, form.word, arguments, home_, problem)) {
    if (!problem.empty()) out_.problems.push_back({form.word, problem, Answer::Yes});
    SbplResult result;
    result.kind = Kind::Filter;
    result.filter = std::move(*filter);
    result.word = form.word;
    return result;
  }
  if (auto result = CallSbplBuiltin(name, arguments)) {
    if (!result->word) result->word = form.word;
    return *result;
  }
  if (IsSbplImportedFunction(name)) {
    NoteWord(Support::Unmodelled, form.word, Facet::None, "a function of Apple's profiles");
    return Nothing();
  }
  return UnknownAt(form.word, fmt::format("{} is not known", name));
}

SbplEvaluator::Results SbplEvaluator::EvalAll(std::span<const SbplValue> values,
                                              bool symbols_are_text) {
  Results results;
  for (const SbplValue& value : values) {
    const bool as_text = symbols_are_text && value.type == SbplType::Symbol;
    results.push_back(as_text ? Text(value.word, false) : Eval(value));
    if (!results.back().word) results.back().word = value.word;
  }
  return results;
}

SbplResult SbplEvaluator::EvalBody(std::span<const SbplValue> body) {
  SbplResult last = Nothing();
  for (const SbplValue& value : body) {
    last = Eval(value);
    // In a body a form that is not known could be a rule.
    if (last.kind == Kind::Unknown && &value != &body.back()) Unevaluated(value, last.why);
  }
  return last;
}

SbplResult SbplEvaluator::Call(const SbplFunction& function, const Results& arguments,
                               const SbplValue& form) {
  if (arguments.size() != function.parameters.size()) {
    return Unevaluated(form, "it is called with another number of arguments");
  }
  Frame frame;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    frame.insert_or_assign(function.parameters[at], arguments[at]);
  }
  frames_.push_back(std::move(frame));
  SbplResult result = EvalBody(function.body);
  frames_.pop_back();
  return result;
}

SbplResult SbplEvaluator::Unevaluated(const SbplValue& form, std::string why) {
  SbplRule rule;
  rule.evaluated = false;
  rule.word = form.word;
  rule.order = out_.count++;
  out_.unevaluated.push_back(std::move(rule));
  NoteWord(Support::Unmodelled, form.word, Facet::Paths | Facet::Egress,
           "this form is not evaluated: " + why);
  return UnknownAt(form.word, std::move(why));
}

void SbplEvaluator::NoteWord(Support support, const Word& word, Facet facets, std::string why) {
  const auto same = [&](const Note& note) { return note.word.span == word.span; };
  if (std::ranges::any_of(out_.notes, same)) return;
  out_.notes.push_back({support, word, facets, std::move(why)});
}

SbplProfile CompileSbpl(const Profile& profile, const std::string& home) {
  return SbplEvaluator(profile, home).Run();
}

}  // namespace sandlint
