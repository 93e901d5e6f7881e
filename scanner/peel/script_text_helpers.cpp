// Helpers whose output counts: cat, dirname, basename, readlink, tr, id.

#include <fmt/format.h>

#include <algorithm>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/program.h"
#include "scanner/peel/script_path.h"
#include "scanner/peel/script_words.h"

namespace sandlint {

void ScriptPath::Cat(Command& command) {
  EndCommand(Answer::Yes, 0);
  const std::vector<Word> operands = OperandsOf(command.words);
  if (operands.empty()) {
    const auto input = state_.descriptors.find(0);
    if (input != state_.descriptors.end() && captures_output_) {
      ReadsInput(0, command.words.front());
      output_.files = input->second.files;
    }
    if (input == state_.descriptors.end() || !input->second.known) {
      output_.known = false;
      EndCommand(Answer::Unknown);
      return;
    }
    Print(Part(input->second.text, input->second.at));
    if (!HasOnlyOptions(command.words, "u")) output_.known = false;
    input->second.at = input->second.text.text.size();
    return;
  }
  for (const Word& operand : operands) {
    const ShellData data = operand.text == "-" && state_.descriptors.contains(0)
                               ? state_.descriptors[0]
                               : ReadFile(operand);
    if (operand.text == "-" && captures_output_) {
      ReadsInput(0, command.words.front());
      if (const auto input = state_.descriptors.find(0); input != state_.descriptors.end()) {
        const auto& files = input->second.files;
        output_.files.insert(output_.files.end(), files.begin(), files.end());
      }
    } else if (captures_output_) {
      Reads(operand, command.words.front());
      output_.files.push_back(
          {Absolute(operand), command.words.front(), -1, false, false, Answer::Yes});
    }
    if (!data.known) {
      output_.known = false;
      EndCommand(Answer::Unknown);
      continue;
    }
    Print(data.text);
  }
  // Options such as -n and -E change what is printed.
  if (!HasOnlyOptions(command.words, "u")) output_.known = false;
}

void ScriptPath::Dirname(Command& command) {
  if (!HasOnlyOptions(command.words, "")) {
    output_.known = false;
    return EndCommand(Answer::Unknown);
  }
  const std::vector<Word> operands = OperandsOf(command.words);
  EndCommand(Answer::Yes, 0);
  for (const Word& operand : operands) {
    std::size_t end = operand.text.size();
    while (end > 1 && operand.text[end - 1] == '/') --end;
    const std::size_t slash = operand.text.rfind('/', end - 1);
    Word parent;
    if (slash == std::string::npos || end == 0) {
      parent = operand.Known() ? WordAt(".", operand.span) : Hole("dirname", operand.span);
    } else {
      std::size_t stop = slash;
      while (stop > 0 && operand.text[stop - 1] == '/') --stop;
      parent = Part(operand, 0, std::max<std::size_t>(stop, 1));
      const bool cut = std::ranges::any_of(
          operand.holes, [&](const auto& hole) { return !hole.assumed && hole.end > slash; });
      if (cut) parent = Hole("dirname", operand.span);
    }
    AppendText(parent, "\n");
    Print(std::move(parent));
  }
}

void ScriptPath::Basename(Command& command) {
  if (!HasOnlyOptions(command.words, "")) {
    output_.known = false;
    return EndCommand(Answer::Unknown);
  }
  const std::vector<Word> operands = OperandsOf(command.words);
  EndCommand(Answer::Yes, 0);
  if (operands.empty()) return;
  const bool root = operands[0].text.find_first_not_of('/') == std::string::npos;
  if (root || operands.size() > 2 || operands[0].text.ends_with('/')) {
    return Print(Hole("basename", operands[0].span));
  }
  const std::size_t slash = operands[0].text.rfind('/');
  Word name = slash == std::string::npos ? operands[0] : Part(operands[0], slash + 1);
  if (operands.size() > 1 && name.Known() && name.text.ends_with(operands[1].text) &&
      name.text.size() > operands[1].text.size()) {
    name = Part(name, 0, name.text.size() - operands[1].text.size());
  }
  AppendText(name, "\n");
  Print(std::move(name));
}

/// `readlink -f`, `realpath`: links in the tree are not followed.
void ScriptPath::Readlink(Command& command) {
  if (!HasOnlyOptions(command.words, "-acefilmnoqs") ||
      HasOption(command.words, 'n', "no-newline")) {
    output_.known = false;
    return EndCommand(Answer::Unknown);
  }
  const std::vector<Word> operands = OperandsOf(command.words);
  const bool resolves = command.words.front().text.find("realpath") != std::string::npos ||
                        HasOption(command.words, 'f', "canonicalize") ||
                        HasOption(command.words, 'e', "canonicalize-existing") ||
                        HasOption(command.words, 'm', "canonicalize-missing");
  EndCommand(Answer::Yes, 0);
  if (operands.empty() || !resolves) {
    output_.known = false;
    EndCommand(Answer::Unknown);
    return;
  }
  for (const Word& operand : operands) {
    Word path = Absolute(operand);
    if (path.Certain()) path.text = CleanAbsolute(operand);
    AppendText(path, "\n");
    Print(std::move(path));
  }
}

/// `tr '\n' '\0'` and other pairs of single characters; `tr -d x`.
void ScriptPath::Translate(Command& command) {
  if (captures_output_) ReadsInput(0, command.words.front());
  const auto input = state_.descriptors.find(0);
  EndCommand(Answer::Yes, 0);
  const auto one = [](const std::string& text) -> std::optional<char> {
    if (text == "\\n") return '\n';
    if (text == "\\0" || text == "\\000") return '\0';
    if (text == "\\t") return '\t';
    if (text.size() == 1) return text[0];
    return std::nullopt;
  };
  const auto& words = command.words;
  const bool deletes = words.size() == 3 && words[1].text == "-d";
  const auto from = words.size() == 3 ? one(words[deletes ? 2 : 1].text) : std::nullopt;
  const auto to = words.size() == 3 && !deletes ? one(words[2].text) : std::nullopt;
  if (input == state_.descriptors.end() || !input->second.known || !from || (!to && !deletes)) {
    output_.known = false;
    return;
  }
  Word text = Part(input->second.text, input->second.at);
  if (deletes) {
    if (!text.holes.empty()) {
      output_.known = false;
      return;
    }
    std::erase(text.text, *from);
  } else {
    std::ranges::replace(text.text, *from, *to);
  }
  Print(std::move(text));
}

void ScriptPath::Id(Command& command) {
  if (!HasOnlyOptions(command.words, "-aemnrsu")) {
    output_.known = false;
    return EndCommand(Answer::Unknown);
  }
  EndCommand(Answer::Yes, 0);
  const HostFacts* host = context_.host;
  const bool name = command.words.front().text == "whoami" || HasOption(command.words, 'n', "name");
  const bool user = command.words.front().text == "whoami" || HasOption(command.words, 'u', "user");
  if (host == nullptr || host->Symbolic() || !user || OperandsOf(command.words).size() > 0) {
    Word hole = Hole(std::string(command.node->span.Text()), command.node->span);
    AppendText(hole, "\n");
    Print(std::move(hole));
    return;
  }
  const HostUser caller = host->Caller();
  Print(WordAt((name ? caller.name : std::to_string(caller.uid)) + "\n", command.node->span));
}

}  // namespace sandlint
