#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/console.h"
#include "cli/nearest.h"
#include "rules/page.h"
#include "rules/rule.h"

namespace sandlint {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  sandlint explain unsandboxed-server\n"
    "  sandlint explain --all --markdown\n"
    "  sandlint explain --write docs/rules";

struct Options {
  std::string rule;
  std::string write;
  bool all = false;
  bool markdown = false;
};

/// The page without the marks of Markdown that only a renderer needs; files are indented.
std::string TerminalPage(const Rule& rule) {
  const std::string page = RulePage(rule);
  std::string text;
  bool in_file = false;
  for (std::string_view rest = page; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end);
    if (line.starts_with("```")) {
      in_file = !in_file;
      continue;
    }
    if (!in_file && line.starts_with('#')) line.remove_prefix(line.find_first_not_of("# "));
    text += in_file ? "    " : "";
    text += line;
  }
  return text;
}

int WritePages(const std::string& directory) {
  std::string problem;
  bool written = WriteFile(directory + "/README.md", RuleIndex(), problem);
  for (const Rule* rule : AllRules()) {
    const std::string file = fmt::format("{}/{}.md", directory, rule->info.id);
    written = written && WriteFile(file, RulePage(*rule), problem);
  }
  if (!written) Complain("--write {}; make the directory first", problem);
  return written ? kDone : kIncomplete;
}

int ExplainAll(bool markdown) {
  std::string text;
  for (const Rule* rule : AllRules()) {
    if (!text.empty()) text += '\n';
    text += markdown ? RulePage(*rule) : TerminalPage(*rule);
  }
  return WriteOut(text) ? kDone : kIncomplete;
}

int RunExplain(const Options& options) {
  if (!options.write.empty()) return WritePages(options.write);
  if (options.all) return ExplainAll(options.markdown);
  if (options.rule.empty()) {
    Complain("name a rule, or --all; `sandlint rules` lists them");
    return kIncomplete;
  }
  const Rule* rule = FindRule(options.rule);
  if (rule == nullptr) {
    std::vector<std::string_view> names;
    for (const Rule* known : AllRules()) names.push_back(known->info.id);
    Complain("there is no rule '{}'{}", Visible(options.rule),
             Advice(options.rule, names, "; `sandlint rules` lists them"));
    return kIncomplete;
  }
  return WriteOut(options.markdown ? RulePage(*rule) : TerminalPage(*rule)) ? kDone : kIncomplete;
}

std::function<int()> DeclareExplain(CLI::App& app, const Invocation&) {
  auto options = std::make_shared<Options>();
  app.add_option("RULE", options->rule, "The id of a rule, as a finding shows it in brackets");
  app.add_flag("--all", options->all, "Every rule");
  app.add_flag("--markdown", options->markdown, "As Markdown");
  app.add_option("--write", options->write, "Write a page for each rule, and their index, to DIR")
      ->type_name("DIR");
  return [options] { return RunExplain(*options); };
}

}  // namespace

const Command kExplain{"explain", "Say why a rule exists and how to satisfy it", kExamples,
                       DeclareExplain};

}  // namespace sandlint
