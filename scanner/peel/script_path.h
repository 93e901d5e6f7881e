#pragma once

// One way through a script: an interpreter of the bash grammar over words that may have unknown
// parts. Where it cannot tell which way a script goes it asks a plan, and the plan is followed
// again with the other answer later.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/peel/script.h"
#include "scanner/peel/script_expansion.h"

namespace sandlint {

/// The answers to the choices of one way, in order, and how many there were.
struct ScriptPlan {
  struct Step {
    int taken = 0;
    int ways = 1;
  };
  std::vector<Step> steps;
  std::size_t work = 0;  ///< spent on matching patterns, over all ways

  /// The next way that was not gone yet; false when there is none.
  bool Next();
};

struct ShellVariable {
  std::vector<Word> items;
  bool array = false;
  bool exported = false;
  bool unknown_items = false;  ///< an array of which not every item is known
};

/// Data on a descriptor: known text, or not known (`known` false).
struct ShellData {
  bool known = false;
  Word text;
  std::size_t at = 0;
  std::optional<Word> download;   ///< the command that fetched it
  std::vector<HandedFile> files;  ///< what is open here, or where the data comes from
};

class ScriptPath {
 public:
  ScriptPath(const ScriptCall& call, const PeelContext& context, ScriptPlan& plan);

  void Run();
  std::vector<ScriptLaunch> TakeLaunches() { return std::move(launches_); }

 private:
  using Fields = std::vector<Word>;

  /// What a subshell does not give back.
  struct State {
    std::map<std::string, ShellVariable, std::less<>> variables;
    std::set<std::string, std::less<>> unset;  ///< names that are surely not set
    std::vector<Word> positional;
    std::map<std::string, std::shared_ptr<const ShellNode>, std::less<>> functions;
    std::vector<EnvEdit> environment;
    std::map<int, ShellData> descriptors;
    std::optional<Word> directory;
    std::optional<Word> exit_trap;
    std::map<std::string, Word, std::less<>> traps;  ///< of signals, ERR, DEBUG, RETURN
    std::set<std::string, std::less<>> readonly;
    std::set<std::string, std::less<>> exports;  ///< once they are set
    bool errexit = false, nounset = false, pipefail = false, allexport = false, noglob = false;
    bool execfail = false;
    bool inherits_errexit = false;
  };
  /// What a subshell does give back.
  struct Effects {
    std::vector<TempDirectory> temps;
    std::vector<MadePath> made;
    std::vector<Mount> mounts;
    std::map<std::string, ShellData, std::less<>> written;
    std::vector<std::string> rewritten;
    bool rewrites_all = false;
  };
  struct Frame {
    std::map<std::string, std::optional<ShellVariable>, std::less<>> saved;
  };
  enum class Flow : std::uint8_t { On, Break, Continue, Return, Ended };
  struct Command {
    const ShellNode* node = nullptr;
    Fields words;
    std::vector<EnvEdit> environment;
    bool bypass_functions = false;
    bool exec = false;
  };
  using Builtin = void (ScriptPath::*)(Command&);
  struct BuiltinRow {
    std::string_view name;
    Builtin run;
  };
  static const std::vector<BuiltinRow>& Builtins();
  static const std::vector<BuiltinRow>& Helpers();

  // script_run.cpp: statements
  void RunNode(const ShellNode& node);
  void RunKind(const ShellNode& node);
  void RunRedirected(const ShellNode& node, const std::function<void()>& run);
  void RunList(const ShellNode& node);
  void RunArithmetic(const ShellNode& node);
  void RunSequence(const ShellNode& node);
  void RunIf(const ShellNode& node);
  void RunCase(const ShellNode& node);
  void DefineFunction(const ShellNode& node);
  void RunText(const Word& text);
  void RunScript(const std::shared_ptr<const ShellScript>& script);
  bool RunCondition(const ShellNode& node, const Span& span);
  bool IsIdle(const ShellNode& node) const;
  void CheckErrexit();
  bool Step(const Span& span);

  // script_loop.cpp
  void RunFor(const ShellNode& node);
  void RunUnknownRounds(const ShellNode& node, const Word& field);
  void RunWhile(const ShellNode& node);
  bool StopsLoop();
  std::string StateKey() const;
  bool Widen(const State& before);

  // script_subshell.cpp
  void RunSubshell(const ShellNode& node);
  void RunBackground(const ShellNode& node);
  void RunPipeline(const ShellNode& node);
  void RunSeparately(const std::function<void()>& run);
  void RunFunction(const std::shared_ptr<const ShellNode>& body, Command& command);
  void RunExitTrap();
  void RunTraps();
  void RunTrap(const std::string& signal, const Word& action);
  bool IsDynamic(const ShellNode& node, int& budget) const;

  // script_dialect.cpp
  /// Is this shell one that does not know `construct`? `sh` may be.
  bool Lacks(std::string_view construct, const Span& span);
  bool IsMissing(std::string_view builtin, const Span& span);
  bool RunAsDash(const ShellNode& node);

  // script_form.cpp
  bool CheckForm(Command& command);
  void AssignUnknown(const Word& name);
  void AssignNamed(const Word& name, Word value);

  // script_arithmetic.cpp
  void Arithmetic(std::string_view text, const Span& span);
  void CheckInjection(const Span& span);
  void RunInner(const ShellPart& part);
  void LetBuiltin(Command&);

  // script_redirect.cpp
  void Redirect(const ShellNode& node, std::map<int, ShellData>& saved, std::optional<Word>& file);
  Word ExpandTarget(const ShellWord& target);
  ShellData ReadFile(const Word& path);
  void WriteFile(const Word& path, const ShellData& data, bool append);
  void Redirect(const ShellRedirect& redirect, int number, std::map<int, ShellData>& saved,
                std::optional<Word>& file);
  ShellData Duplicate(const Word& from, int number) const;
  ShellData OpenFile(const Word& path, int number, bool write) const;
  void Open(int number, ShellData data, std::map<int, ShellData>& saved);
  /// What the words of a helper name is read, and what is read may reach what is started later.
  void Reads(const Word& path, const Word& by, Answer certain = Answer::Unknown);
  void ReadsOperands(const Command& command);
  void ReadsInput(int descriptor, const Word& by);

  // script_command.cpp
  void RunSimple(const ShellNode& node);
  void RunCommand(Command& command);
  bool RunBuiltin(Command& command);
  bool RunHelper(Command& command);
  std::vector<EnvEdit> Environment(const Command& command) const;
  bool KeepsAssignments(std::string_view builtin) const;
  bool RunWrappedHelper(Command& command);

  // script_search.cpp: names that PATH leads elsewhere
  std::optional<PeelContext> SearchContext(const std::vector<EnvEdit>& own) const;
  bool RunPlanted(Command& command);
  void DoubtPlanted(const Word& name, const Command& command);
  bool FindSourced(Command& command, Word& path);
  void RunWithVariables(Command& command, const std::function<void()>& run);
  void Launch(Command& command);
  void LaunchUnknown(const Word& word, std::string why);
  void EndCommand(Answer status, int code = -1);

  // script_expand.cpp
  Fields Expand(const std::vector<ShellWord>& words);
  Fields ExpandOne(const ShellWord& word);
  Word ExpandText(const ShellWord& word, bool assignment = false);  ///< without splitting
  std::string ExpandPattern(const ShellWord& word, bool& known);
  std::optional<bool> Matches(std::string_view text, std::string_view pattern);
  ShellData Capture(const ShellNode& commands);
  bool CheckSize(const Word& word);
  std::string Separators() const;
  void AddUnquoted(const ShellPart& part, const Word& value,
                   const std::function<void(const Word&, bool)>& add);

  // script_declare.cpp
  void RunDeclaration(const ShellNode& node);
  void ExportFunction(const Word& name);

  // script_values.cpp
  ShellValue ValueOf(const ShellPart& part, bool first, const ShellWord& word);
  Word Tilde(const ShellPart& part, bool first);
  std::optional<ShellValue> Parameter(const ShellExpansion& expansion, const Span& span);
  std::optional<ShellValue> Alternative(const ShellExpansion& expansion, const ShellPart& part);
  ShellValue Argument(const ShellWord& word, bool quoted);
  ShellValue ExpansionOf(const ShellExpansion& expansion, const ShellPart& part);
  ShellValue PlainExpansion(const ShellExpansion& expansion, const ShellPart& part);
  Word Joined(const std::vector<Word>& items, const Span& span);
  Word Changed(const Word& item, const std::string& op, const std::string& pattern, bool known,
               const Word& replacement, const ShellPart& part);
  ShellValue Slice(const ShellExpansion& expansion, const ShellPart& part, ShellValue value);
  ShellValue Indirect(const ShellExpansion& expansion, const ShellPart& part);
  ShellValue NotSet(const ShellExpansion& expansion, const ShellPart& part);
  bool IsParameterSet(const ShellExpansion& expansion, bool not_empty, const Span& span);

  // script_variables.cpp
  const ShellVariable* Find(std::string_view name) const;
  void Assign(const ShellAssignment& assignment, bool local = false, bool exports = false);
  void Set(const std::string& name, ShellVariable variable);
  void ForgetFacts(const std::string& name, const ShellVariable& variable);
  void SetText(const std::string& name, Word text);
  void Export(const std::string& name);
  void AssignItem(ShellVariable& variable, const ShellAssignment& assignment);
  void Unset(const std::string& name);
  Word Special(char name, const Span& span);

  // script_test.cpp
  Answer Test(const ShellNode& node);
  Answer TestWords(const Fields& words, bool patterns, const std::vector<ShellWord>* raw);
  Answer FileTest(char op, const Word& path);
  Answer TextTest(const Word& word);
  bool IsInTree(const std::string& path) const;
  bool MayBeRewritten(const std::string& path) const;
  Answer TestChoice(const std::string& text, const Span& span);

  // script_builtins.cpp, script_helpers.cpp
  void Cd(Command&);
  void Pwd(Command&);
  void Echo(Command&);
  void Printf(Command&);
  Word Formatted(const std::vector<Word>& words, std::size_t begin);
  bool AppendConverted(Word& text, char conversion, const Word& value);
  void True(Command&);
  void False(Command&);
  void SetOptions(Command&);
  void SetArguments(const Fields& words, std::size_t from);
  void SetOption(const Word& word, char letter, std::string_view name, bool on);
  void EndWithStatus(Command&);
  void LeaveLoop(Command& command, Flow flow);
  void Unfollowed(Command&);
  void Shift(Command&);
  void Exit(Command&);
  void Return(Command&);
  void Break(Command&);
  void Continue(Command&);
  void SourceFile(Command&);
  void Eval(Command&);
  void Exec(Command&);
  void CommandBuiltin(Command&);
  void TypeBuiltin(Command&);
  void Trap(Command&);
  void Read(Command&);
  void SplitLine(Word line, const std::vector<Word>& names, const std::optional<Word>& array);
  void Getopts(Command&);
  void Wait(Command&);
  void MapFile(Command&);
  void TestBuiltin(Command&);
  void UnsetBuiltin(Command&);
  void Shopt(Command&);
  void Nothing(Command&);
  void Mktemp(Command&);
  void Mkdir(Command&);
  void Chmod(Command&);
  void ChangeOwner(Command&);
  void ModeOfTemp(const Word& path, const Word& mode_word);
  void OpensToOthers(const Command& command, const Word& path);
  void Remove(Command&);
  void Touch(Command&);
  void Cat(Command&);
  void Dirname(Command&);
  void Basename(Command&);
  void Readlink(Command&);
  void Translate(Command&);
  void Id(Command&);
  void MountCommand(Command&);
  void Helper(Command&);
  void Download(Command&);
  void ChangesFiles(Command&);
  void MayRewrite(const Word& path);
  bool WritesFiles(Command& command, const std::string& tool);
  void Xargs(Command&);
  void Alias(Command&);
  void Umount(Command&);

  // choices and doubts
  /// One of `ways`, remembered under `key`; `texts` say what each means.
  int Choose(const std::string& key, const std::vector<std::string>& texts, const Span& span);
  bool ChooseStatus(const Span& span, const std::string& text);
  void Doubt(const Word& word, std::string why, Facet facets = Facet::All);
  void Print(Word text);
  Word WordAt(std::string text, const Span& span) const;
  Word Hole(std::string name, const Span& span, bool splits = false) const;
  Word Absolute(const Word& path) const;
  std::string CleanAbsolute(const Word& path) const;
  const Source& SourceOf(const std::string& path, std::string text);
  std::optional<std::string> ReadTree(const Word& path, std::string& tree_path) const;
  void Finish();

  const ScriptCall& call_;
  PeelContext context_;
  ScriptPlan& plan_;
  std::size_t chosen_ = 0;
  std::map<std::string, int, std::less<>> facts_;
  std::vector<std::string> conditions_;
  Span condition_;

  State state_;
  std::vector<Frame> frames_;
  std::vector<std::shared_ptr<const ShellScript>> scripts_;
  Dialect dialect_;
  Flow flow_ = Flow::On;
  Answer status_ = Answer::Yes;
  int code_ = 0;
  std::string status_text_;
  Span status_span_;
  bool in_condition_ = false;
  bool merges_errors_ = false;  ///< a `2>&1` adds what is not known to the output
  int loops_ = 0;
  int loop_depth_ = 0;
  int sourced_ = 0;
  bool in_trap_ = false;
  int depth_ = 0;
  int subshells_ = 0;
  int captures_ = 0;
  std::size_t steps_ = 0;
  bool sets_arguments_ = false;              ///< `set --` was reached
  const ShellNode* keeps_opened_ = nullptr;  ///< the last `exec` that starts nothing
  ShellData output_;
  bool captures_output_ = false;
  std::vector<Note> doubts_;
  std::vector<TempDirectory> temps_;
  std::vector<MadePath> made_;
  std::vector<Mount> mounts_;
  std::vector<HandedFile> read_;
  std::map<std::string, ShellData, std::less<>> written_;
  std::vector<std::string> rewritten_;  ///< paths, and all below them, that may have changed
  bool rewrites_all_ = false;           ///< any file may have changed
  std::vector<ScriptLaunch> launches_;
  std::vector<std::size_t> launched_at_;  ///< the step of each
  bool in_exit_trap_ = false;
  int next_descriptor_ = 63;
  bool append_ = false;
  std::map<std::string, Word, std::less<>> downloads_;  ///< by the text of the hole that holds it
};

/// Appends `piece` with its unknown parts.
void AppendWord(Word& to, const Word& piece);
void AppendText(Word& to, std::string_view text);

}  // namespace sandlint
