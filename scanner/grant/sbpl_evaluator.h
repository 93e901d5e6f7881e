#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/grant/sbpl.h"
#include "scanner/grant/sbpl_value.h"

namespace sandlint {

/// Runs the forms of a profile: what it defines, and the rules that it states on the way.
class SbplEvaluator {
 public:
  SbplEvaluator(const Profile& profile, std::string home)
      : profile_(profile), home_(std::move(home)) {}

  SbplProfile Run();

 private:
  using Values = std::vector<SbplValue>;
  using Results = std::vector<SbplResult>;
  using Frame = std::map<std::string, SbplResult, std::less<>>;
  using Handler = SbplResult (SbplEvaluator::*)(const SbplValue& form);
  struct Special {
    std::string_view name;
    Handler handle;
  };
  static const Special* FindSpecial(std::string_view name);

  void RunText(const Word& text);
  SbplResult Eval(const SbplValue& value);
  SbplResult EvalList(const SbplValue& list);
  SbplResult EvalBody(std::span<const SbplValue> body);
  SbplResult Call(const SbplFunction& function, const Results& arguments, const SbplValue& form);
  SbplResult CallNamed(const SbplValue& form);
  Results EvalAll(std::span<const SbplValue> values, bool symbols_are_text);
  const SbplResult* Lookup(std::string_view name) const;

  SbplResult Rule(const SbplValue& form);
  SbplResult Define(const SbplValue& form);
  SbplResult Let(const SbplValue& form);
  SbplResult Begin(const SbplValue& form);
  SbplResult If(const SbplValue& form);
  SbplResult Lambda(const SbplValue& form);
  SbplResult ForEach(const SbplValue& form);
  SbplResult Parameter(const SbplValue& form);
  SbplResult Peer(const SbplValue& form);
  SbplResult Import(const SbplValue& form);
  SbplResult WithFilter(const SbplValue& form);
  SbplResult Ignore(const SbplValue& form);
  SbplResult Defined(const SbplValue& form);

  void AddRule(const Word& operation, SbplRule rule);
  /// What `form` does is not known: any later verdict may be another one.
  SbplResult Unevaluated(const SbplValue& form, std::string why);
  SbplResult UnknownAt(const Word& word, std::string why) const;
  void NoteWord(Support support, const Word& word, Facet facets, std::string why);
  void NoteUnknown(const SbplFilter& filter, Facet facets);
  void Check(const SbplFilter& filter, std::string_view operation);

  const Profile& profile_;
  std::string home_;
  SbplProfile out_;
  std::deque<SbplText> texts_;  ///< functions point into them
  Frame globals_;
  std::vector<Frame> frames_;
  std::vector<SbplFilter> conditions_;  ///< of the with-filter forms around
  const Word* imported_by_ = nullptr;
  int depth_ = 0;
  int steps_ = 0;
};

}  // namespace sandlint
