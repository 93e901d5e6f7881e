// `sh` is dash, bash or busybox. Where they differ both ways are gone: one that knows a construct
// and one that does not.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

/// Builtins of bash that dash 0.5.12 has not: it looks for a program of that name.
constexpr auto kMissing = std::to_array<std::string_view>(
    {"bind",   "builtin",   "caller", "compgen", "complete", "compopt", "declare", "dirs",
     "disown", "enable",    "help",   "history", "let",      "logout",  "mapfile", "popd",
     "pushd",  "readarray", "shopt",  "source",  "suspend",  "typeset"});

bool HasProcess(const ShellWord& word) {
  return std::ranges::any_of(
      word.parts, [](const ShellPart& part) { return part.kind == ShellPartKind::Process; });
}

/// What ends dash with a syntax error, or an empty text.
std::string_view SyntaxOfBash(const ShellNode& node) {
  if (std::ranges::any_of(node.assignments, &ShellAssignment::is_array)) return "arrays";
  if (node.kind == ShellKind::Pipeline && node.bash_only) return "|&";
  const bool here = std::ranges::any_of(
      node.redirects, [](const ShellRedirect& redirect) { return redirect.op == "<<<"; });
  if (here) return "<<<";
  const bool process = std::ranges::any_of(node.words, HasProcess) ||
                       std::ranges::any_of(node.redirects, [](const ShellRedirect& redirect) {
                         return HasProcess(redirect.target);
                       });
  return process ? "<(…)" : "";
}

bool IsBoth(const ShellRedirect& redirect) { return redirect.op == "&>" || redirect.op == "&>>"; }

}  // namespace

bool ScriptPath::Lacks(std::string_view construct, const Span& span) {
  if (dialect_ == Dialect::Dash) return true;
  if (dialect_ != Dialect::Sh) return false;
  return Choose(fmt::format("sh:{}", construct),
                {fmt::format("sh is one without {}", construct),
                 fmt::format("sh is one with {}", construct)},
                span) == 0;
}

bool ScriptPath::IsMissing(std::string_view builtin, const Span& span) {
  return std::ranges::find(kMissing, builtin) != kMissing.end() && Lacks(builtin, span);
}

/// True where a shell without the extensions of bash has done with `node`.
bool ScriptPath::RunAsDash(const ShellNode& node) {
  if (dialect_ != Dialect::Dash && dialect_ != Dialect::Sh) return false;
  if (const auto syntax = SyntaxOfBash(node); !syntax.empty() && Lacks(syntax, node.span)) {
    flow_ = Flow::Ended;
    return true;
  }
  const bool subscripts = node.words.empty() && node.kind == ShellKind::Simple &&
                          std::ranges::any_of(node.assignments, [](const ShellAssignment& one) {
                            return one.append || !one.subscript.empty();
                          });
  if (subscripts && Lacks("+= and a[i]=", node.span)) {  // the name of a program there
    EndCommand(Answer::No, 127);
    CheckErrexit();
    return true;
  }
  if (std::ranges::any_of(node.redirects, IsBoth) && Lacks("&>", node.span)) {
    ShellNode front = node;  // `command &` and `> file`
    std::erase_if(front.redirects, IsBoth);
    RunBackground(front);
    return true;
  }
  if (node.kind == ShellKind::Test && node.words.front().raw == "[[" && Lacks("[[", node.span)) {
    const bool commands = std::ranges::any_of(node.words, [](const ShellWord& word) {
      return word.raw == "||" || word.raw == "<" || word.raw == ">" || word.raw == "(";
    });
    if (commands) LaunchUnknown(WordAt("[[", node.span), "a part of this test is a command to sh");
    EndCommand(Answer::No, 127);
    CheckErrexit();
    return true;
  }
  const bool function = node.kind == ShellKind::Function && node.bash_only;
  const bool arithmetic = node.kind == ShellKind::Arithmetic;
  if ((function && Lacks("function", node.span)) || (arithmetic && Lacks("((…))", node.span))) {
    LaunchUnknown(WordAt("", node.span), "this is a command to a sh that does not know it");
    EndCommand(Answer::Unknown);
    return true;
  }
  return false;
}

}  // namespace sandlint
