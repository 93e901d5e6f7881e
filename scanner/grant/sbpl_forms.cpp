// The special forms of a profile: rules, definitions, conditions, imports.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/grant/sbpl_evaluator.h"

namespace sandlint {
namespace {

using Kind = SbplResult::Kind;

SbplResult Nothing() {
  SbplResult result;
  result.kind = Kind::Nothing;
  return result;
}

bool IsModifier(const SbplValue& value) {
  return value.type == SbplType::List && !value.items.empty() && value.items[0].IsSymbol("with");
}

/// The facets that rules of an operation touch.
Facet FacetOf(std::string_view operation) {
  if (operation.starts_with("file") || operation.starts_with("process")) return Facet::Paths;
  if (operation.starts_with("network")) return Facet::Paths | Facet::Egress;
  return operation == "default" ? Facet::Paths | Facet::Egress : Facet::None;
}

}  // namespace

const SbplEvaluator::Special* SbplEvaluator::FindSpecial(std::string_view name) {
  static constexpr auto kSpecials = std::to_array<Special>({
      {"allow", &SbplEvaluator::Rule},
      {"begin", &SbplEvaluator::Begin},
      {"debug", &SbplEvaluator::Ignore},
      {"define", &SbplEvaluator::Define},
      {"define-once", &SbplEvaluator::Define},
      {"defined?", &SbplEvaluator::Defined},
      {"deny", &SbplEvaluator::Rule},
      {"for-each", &SbplEvaluator::ForEach},
      {"if", &SbplEvaluator::If},
      {"import", &SbplEvaluator::Import},
      {"lambda", &SbplEvaluator::Lambda},
      {"let", &SbplEvaluator::Let},
      {"let*", &SbplEvaluator::Let},
      {"letrec", &SbplEvaluator::Let},
      {"local", &SbplEvaluator::Peer},
      {"map", &SbplEvaluator::ForEach},
      {"param", &SbplEvaluator::Parameter},
      {"remote", &SbplEvaluator::Peer},
      {"unless", &SbplEvaluator::If},
      {"version", &SbplEvaluator::Ignore},
      {"when", &SbplEvaluator::If},
      {"with-filter", &SbplEvaluator::WithFilter},
  });
  const auto row = std::ranges::find(kSpecials, name, &Special::name);
  return row == kSpecials.end() ? nullptr : &*row;
}

SbplResult SbplEvaluator::Ignore(const SbplValue&) { return Nothing(); }

/// `(allow op… (with …)… filter…)`.
SbplResult SbplEvaluator::Rule(const SbplValue& form) {
  SbplRule rule;
  rule.allow = form.items[0].word.text == "allow";
  rule.word = form.word;
  std::vector<Word> operations;
  std::vector<const SbplValue*> filters;
  for (std::size_t at = 1; at < form.items.size(); ++at) {
    const SbplValue& item = form.items[at];
    if (IsModifier(item)) continue;
    if (item.type == SbplType::Symbol && Lookup(item.word.text) == nullptr) {
      operations.push_back(item.word);
    } else {
      filters.push_back(&item);
    }
  }
  if (operations.empty()) return Unevaluated(form, "it names no operation");
  for (const SbplValue* value : filters) {
    SbplResult result = Eval(*value);
    if (!result.word) result.word = value->word;
    SbplFilter filter = SbplFilterOf(result);
    Facet facets = Facet::None;
    for (const Word& operation : operations) facets = facets | FacetOf(operation.text);
    NoteUnknown(filter, facets);
    rule.filters.push_back(std::move(filter));
  }
  for (const Word& operation : operations) AddRule(operation, rule);
  return Nothing();
}

/// Names every part of a filter that may match or not.
void SbplEvaluator::NoteUnknown(const SbplFilter& filter, Facet facets) {
  for (const SbplFilter& part : filter.parts) NoteUnknown(part, facets);
  if (filter.kind != SbplFilterKind::Unknown || imported_by_ != nullptr) return;
  NoteWord(Support::Unmodelled, filter.word, facets,
           filter.why.empty() ? "what it matches is not modelled" : filter.why);
}

void SbplEvaluator::AddRule(const Word& operation, SbplRule rule) {
  if (FindSbplOperation(operation.text) == nullptr) {
    NoteWord(Support::Unknown, operation, Facet::None, "no such operation is known");
    out_.problems.push_back(
        {operation,
         fmt::format("no operation {} is known: a release without it does not load the profile",
                     operation.text),
         Answer::Unknown});
  }
  for (const SbplFilter& filter : rule.filters) Check(filter, operation.text);
  for (const SbplFilter& condition : conditions_) {
    SbplFilter both;
    both.kind = SbplFilterKind::All;
    SbplFilter any;
    any.kind = rule.filters.empty() ? SbplFilterKind::Always : SbplFilterKind::Any;
    any.parts = std::move(rule.filters);
    both.parts = {condition, std::move(any)};
    rule.filters = {std::move(both)};
  }
  if (imported_by_ != nullptr) rule.word = *imported_by_;
  out_.Add(operation.text, std::move(rule));
}

SbplResult SbplEvaluator::Define(const SbplValue& form) {
  if (form.items.size() < 3) return Unevaluated(form, "it defines nothing");
  const SbplValue& target = form.items[1];
  SbplResult value;
  std::string name = target.word.text;
  if (target.type == SbplType::List && !target.items.empty()) {
    auto function = std::make_shared<SbplFunction>();
    name = target.items[0].word.text;
    for (std::size_t at = 1; at < target.items.size(); ++at) {
      function->parameters.push_back(target.items[at].word.text);
    }
    function->body = std::span(form.items).subspan(2);
    value.kind = Kind::Function;
    value.function = std::move(function);
  } else {
    value = Eval(form.items[2]);
  }
  Frame& frame = frames_.empty() ? globals_ : frames_.back();
  if (form.items[0].IsSymbol("define-once") && frame.contains(name)) return Nothing();
  frame.insert_or_assign(name, std::move(value));
  return Nothing();
}

SbplResult SbplEvaluator::Lambda(const SbplValue& form) {
  if (form.items.size() < 3) return Unevaluated(form, "it has no body");
  auto function = std::make_shared<SbplFunction>();
  for (const SbplValue& parameter : form.items[1].items) {
    function->parameters.push_back(parameter.word.text);
  }
  function->body = std::span(form.items).subspan(2);
  SbplResult result;
  result.kind = Kind::Function;
  result.function = std::move(function);
  return result;
}

SbplResult SbplEvaluator::Let(const SbplValue& form) {
  if (form.items.size() < 3 || form.items[1].type != SbplType::List) {
    return Unevaluated(form, "a named let");
  }
  frames_.push_back(frames_.empty() ? Frame{} : frames_.back());
  for (const SbplValue& binding : form.items[1].items) {
    if (binding.items.size() != 2) continue;
    SbplResult value = Eval(binding.items[1]);
    frames_.back().insert_or_assign(binding.items[0].word.text, std::move(value));
  }
  SbplResult result = EvalBody(std::span(form.items).subspan(2));
  frames_.pop_back();
  return result;
}

SbplResult SbplEvaluator::Begin(const SbplValue& form) {
  return EvalBody(std::span(form.items).subspan(1));
}

/// if, when, unless.
SbplResult SbplEvaluator::If(const SbplValue& form) {
  if (form.items.size() < 3) return Unevaluated(form, "it is not complete");
  const SbplResult condition = Eval(form.items[1]);
  if (condition.kind == Kind::Unknown) return Unevaluated(form, "its condition is not known");
  const bool truth = condition.kind != Kind::Bool || condition.truth;
  const std::span<const SbplValue> items(form.items);
  if (form.items[0].IsSymbol("if")) {
    if (truth) return Eval(items[2]);
    return items.size() > 3 ? Eval(items[3]) : Nothing();
  }
  return truth == form.items[0].IsSymbol("when") ? EvalBody(items.subspan(2)) : Nothing();
}

/// for-each and map over one list.
SbplResult SbplEvaluator::ForEach(const SbplValue& form) {
  if (form.items.size() != 3) return Unevaluated(form, "it goes over several lists");
  const SbplResult function = Eval(form.items[1]);
  const SbplResult list = Eval(form.items[2]);
  if (function.kind != Kind::Function || list.kind != Kind::List) {
    return Unevaluated(form, "what it goes over is not known");
  }
  SbplResult results;
  results.kind = Kind::List;
  results.word = form.word;
  for (const SbplResult& item : list.items) {
    results.items.push_back(Call(*function.function, {item}, form));
  }
  return results;
}

SbplResult SbplEvaluator::Parameter(const SbplValue& form) {
  const bool named = form.items.size() == 2 && form.items[1].IsText();
  if (!named) return Unevaluated(form, "which parameter it takes is not known");
  const std::string& name = form.items[1].word.text;
  // The last of equal keys counts.
  for (auto pair = profile_.parameters.rbegin(); pair != profile_.parameters.rend(); ++pair) {
    if (pair->key.text != name) continue;
    if (!pair->value.Known()) return UnknownAt(form.word, "the value of -D is not known here");
    SbplResult result;
    result.kind = Kind::Text;
    result.text = pair->value.text;
    result.word = form.word;
    return result;
  }
  return UnknownAt(form.word, fmt::format("no -D {}=… is given", name));
}

SbplResult SbplEvaluator::Peer(const SbplValue& form) {
  if (form.items.size() < 2) return UnknownAt(form.word, "it names no protocol");
  const Results arguments = EvalAll(std::span(form.items).subspan(2), false);
  std::string problem;
  SbplResult result;
  result.kind = Kind::Filter;
  result.word = form.word;
  result.filter = BuildSbplPeer(form.items[0].IsSymbol("local"), form.items[1].word.text, form.word,
                                arguments, problem);
  if (!problem.empty()) {
    out_.problems.push_back({form.word, problem + ": the profile does not load", Answer::Yes});
  }
  return result;
}

SbplResult SbplEvaluator::Import(const SbplValue& form) {
  if (form.items.size() != 2 || !form.items[1].IsText()) {
    return Unevaluated(form, "which file it imports is not known");
  }
  const auto text = SbplImport(form.items[1].word.text);
  if (!text) return Unevaluated(form, "what this file holds is not known");
  NoteWord(Support::Unmodelled, form.word, Facet::None,
           "Apple's file is known by what it holds on ordinary releases");
  const Word* outer = imported_by_;
  imported_by_ = &form.word;
  Word word;
  word.text = *text;
  RunText(word);
  imported_by_ = outer;
  return Nothing();
}

SbplResult SbplEvaluator::WithFilter(const SbplValue& form) {
  if (form.items.size() < 2) return Unevaluated(form, "it names no filter");
  SbplResult condition = Eval(form.items[1]);
  if (!condition.word) condition.word = form.items[1].word;
  conditions_.push_back(SbplFilterOf(condition));
  SbplResult result = EvalBody(std::span(form.items).subspan(2));
  conditions_.pop_back();
  return result;
}

SbplResult SbplEvaluator::Defined(const SbplValue& form) {
  if (form.items.size() != 2) return Unevaluated(form, "which name it asks for is not known");
  const SbplValue& name = form.items[1];
  const SbplValue& symbol =
      name.type == SbplType::Quoted && !name.items.empty() ? name.items[0] : name;
  SbplResult result;
  result.kind = Kind::Bool;
  result.truth = Lookup(symbol.word.text) != nullptr;
  return result;
}

}  // namespace sandlint
