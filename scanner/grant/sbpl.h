#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/server.h"
#include "scanner/grant/sbpl_filter.h"
#include "scanner/grant/view.h"

namespace sandlint {

/// What an operation's name is known as; parents are listed in sbpl_operations.cpp.
struct SbplOperation {
  std::string_view name;
  std::string_view parent;  ///< empty for `default`
};
/// Null where no such operation is known.
const SbplOperation* FindSbplOperation(std::string_view name);

struct SbplRule {
  bool allow = false;
  /// False for a form that could not be evaluated: it may allow or deny anything.
  bool evaluated = true;
  std::vector<SbplFilter> filters;  ///< any of them; empty: every use
  Word word;                        ///< the whole form
  std::size_t order = 0;            ///< its place among all rules
};

/// One profile after its forms have been evaluated.
struct SbplProfile {
  std::map<std::string, std::vector<SbplRule>, std::less<>> rules;  ///< by operation, in order
  std::vector<SbplRule> unevaluated;
  std::vector<Note> notes;
  std::vector<StartProblem> problems;
  std::vector<Evidence> no_effect;  ///< lines that match nothing
  std::size_t count = 0;

  void Add(std::string_view operation, SbplRule rule);
};

/// Evaluates the forms of a profile. `home` is what `(home-subpath …)` is relative to.
SbplProfile CompileSbpl(const Profile& profile, const std::string& home);

/// May `operation` be done to `subject`? Sound over the orders in which releases of macOS take
/// rules: where they differ, Unknown.
struct SbplVerdict {
  Answer allowed = Answer::Unknown;
  Because because;
};
SbplVerdict DecideSbpl(const SbplProfile& profile, std::string_view operation,
                       const SbplSubject& subject);

/// What the profile lets through of the network, as a filter over the host's.
NetworkFilter SbplNetwork(const SbplProfile& profile, const Word& word);

/// What an Apple file of this name, or a function that it defines, stands for: SBPL text of ours;
/// nothing where the name is not known.
std::optional<std::string_view> SbplImport(std::string_view name);
bool IsSbplImportedFunction(std::string_view name);

/// A view in which `profile` decides over each path. `word` is what a report shows for a default.
std::shared_ptr<const View> MakeSbplView(SbplProfile profile, std::shared_ptr<const View> outside,
                                         const Word& word);

/// What a program needs to start under a profile, and does not get.
std::vector<StartProblem> SbplStartProblems(const SbplProfile& profile, const Launch& launch,
                                            const std::string& home);

/// `/tmp/x` -> `/private/tmp/x`: what the kernel of macOS compares after following links.
std::string MacPath(std::string_view path);

}  // namespace sandlint
