#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/console.h"
#include "cli/nearest.h"

namespace sandlint {

std::span<const Command* const> AllCommands() {
  static constexpr std::array kCommands{&kCheck, &kAudit, &kCan, &kShow, &kObserve,
                                        &kHarden, &kProbe, &kRules, &kExplain};
  return kCommands;
}

namespace {

constexpr const char* kIntroduction =
    "Says what each declared MCP server can reach, what it needs, and where the two differ.\n"
    "Reads only: nothing that it looks at is executed, and no connection is opened.";

constexpr const char* kEpilogue =
    "Examples:\n"
    "  sandlint check                          lint the repository in this directory\n"
    "  sandlint check --output sarif=out.sarif also write SARIF for code scanning\n"
    "  sandlint can read ~/.ssh -- bwrap --ro-bind / / node server.js\n"
    "  sandlint explain unsandboxed-server     why a rule exists and how to satisfy it\n"
    "\n"
    "Exit code: 0 nothing to report, 1 findings, 2 usage error, unreadable input or incomplete\n"
    "analysis. `sandlint COMMAND --help` says more.";

/// Everything behind the first `--` of `can` belongs to the launch, further `--` included.
std::vector<std::string> TakeLaunch(std::vector<std::string> words, Invocation& invocation) {
  if (words.empty() || words.front() != "can") return words;
  const auto dashes = std::ranges::find(words, "--");
  if (dashes == words.end()) return words;
  invocation.launch.emplace(dashes + 1, words.end());
  words.erase(dashes, words.end());
  return words;
}

/// A first word that is no command gets the nearest one as advice.
bool IsUnknownCommand(const std::vector<std::string>& words) {
  if (words.empty() || words.front().starts_with('-')) return false;
  std::vector<std::string_view> names;
  for (const Command* command : AllCommands()) names.emplace_back(command->name);
  if (std::ranges::find(names, words.front()) != names.end()) return false;
  Complain("there is no command '{}'{}", Visible(words.front()),
           Advice(words.front(), names, "; `sandlint --help` lists them"));
  return true;
}

/// An option with nothing in it is a variable that was not set where the line was written: what it
/// was to restrict would be left off in silence.
bool HasEmptyValue(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& value : option->results()) {
      if (!value.empty()) continue;
      Complain("{} is empty; give it a value or leave it out", option->get_name());
      return true;
    }
  }
  return false;
}

int ExitAfter(bool written) { return written ? kDone : kIncomplete; }

/// The exit code where parsing already was all that is to be done.
std::optional<int> Parse(CLI::App& app, std::vector<std::string> words) {
  std::ranges::reverse(words);  // CLI11 takes the last word first
  try {
    app.parse(std::move(words));
  } catch (const CLI::CallForVersion&) {
    return ExitAfter(WriteOut("sandlint " SANDLINT_VERSION "\n"));
  } catch (const CLI::Success&) {
    const CLI::App* shown = app.get_subcommands().empty() ? &app : app.get_subcommands().front();
    return ExitAfter(WriteOut(shown->help("sandlint")));
  } catch (const CLI::ParseError& error) {
    const auto chosen = app.get_subcommands();
    Complain("{}; `sandlint {}--help` shows the usage", Visible(error.what()),
             chosen.empty() ? "" : chosen.front()->get_name() + " ");
    return kIncomplete;
  }
  return std::nullopt;
}

int Main(std::vector<std::string> words) {
  Invocation invocation;
  words = TakeLaunch(std::move(words), invocation);
  if (IsUnknownCommand(words)) return kIncomplete;

  CLI::App app(kIntroduction, "sandlint");
  app.footer(kEpilogue);
  app.set_version_flag("--version", "sandlint " SANDLINT_VERSION, "Print the version and stop");
  app.require_subcommand(0, 1);
  std::function<int()> action;
  for (const Command* command : AllCommands()) {
    CLI::App* sub = app.add_subcommand(command->name, command->title);
    sub->footer(command->examples);
    std::function<int()> run = command->declare(*sub, invocation);
    sub->callback([&action, run] { action = run; });
  }
  if (const auto code = Parse(app, std::move(words))) return *code;
  for (const CLI::App* chosen : app.get_subcommands()) {
    if (HasEmptyValue(*chosen)) return kIncomplete;
  }
  if (action) return action();
  WriteOut(app.help("sandlint"));
  return kIncomplete;
}

}  // namespace
}  // namespace sandlint

int main(int argc, char** argv) {
  // A reader that went away shows as a failed write, which is no news to anybody.
  std::signal(SIGPIPE, SIG_IGN);
  sandlint::KeepStandardDescriptors();
  return sandlint::Main(std::vector<std::string>(argv + 1, argv + argc));
}
