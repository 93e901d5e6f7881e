// Builtins that read: read, mapfile, getopts, wait.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "scanner/peel/options.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

struct ReadCall {
  std::vector<Word> names;
  std::optional<Word> array;
  char delimiter = '\n';
  int from = 0;
  bool raw = false;
  bool counts = false;  ///< -n, -N, -i: how much of the line it takes is not followed
};

void TakeValue(ReadCall& call, char letter, const Word& value) {
  if (letter == 'd') call.delimiter = value.text.empty() ? '\0' : value.text[0];
  if (letter == 'a') call.array = value;
  if (letter == 'n' || letter == 'N' || letter == 'i') call.counts = true;
  if (letter != 'u') return;
  const char* end = value.text.data() + value.text.size();
  const auto [stop, error] = std::from_chars(value.text.data(), end, call.from);
  if (error != std::errc() || stop != end) call.from = -1;
}

ReadCall ReadOptionsOf(const std::vector<Word>& words) {
  ReadCall call;
  std::size_t at = 1;
  for (; at < words.size(); ++at) {
    const std::string& text = words[at].text;
    if (text.size() < 2 || text[0] != '-') break;
    if (text == "--") {
      ++at;
      break;
    }
    for (std::size_t letter = 1; letter < text.size(); ++letter) {
      if (text[letter] == 'r') call.raw = true;
      if (std::string_view("aduptnNi").find(text[letter]) == std::string_view::npos) continue;
      const bool glued = letter + 1 < text.size();
      if (!glued && at + 1 >= words.size()) break;
      TakeValue(call, text[letter], glued ? Part(words[at], letter + 1) : words[at + 1]);
      if (!glued) ++at;
      break;
    }
  }
  call.names.assign(words.begin() + static_cast<std::ptrdiff_t>(std::min(at, words.size())),
                    words.end());
  return call;
}

}  // namespace

/// One line of what stands on a descriptor.
void ScriptPath::Read(Command& command) {
  ReadCall call = ReadOptionsOf(command.words);
  if (call.names.empty()) call.names.push_back(WordAt("REPLY", command.words.front().span));
  ReadsInput(call.from, command.words.front());
  const auto found = state_.descriptors.find(call.from);
  const bool known = found != state_.descriptors.end() && found->second.known;
  const std::size_t at = known ? std::min(found->second.at, found->second.text.text.size()) : 0;
  const std::string text = known ? found->second.text.text : std::string();
  const bool more = at < text.size();
  const std::size_t end = std::min(text.find(call.delimiter, at), text.size());
  Word line = known && more ? Part(found->second.text, at, end - at) : WordAt("", {});
  const bool plain =
      known && !call.counts && (call.raw || line.text.find('\\') == std::string::npos);
  if (!plain) {
    for (const Word& name : call.names) AssignUnknown(name);
    if (call.array) {
      ShellVariable variable;
      variable.array = variable.unknown_items = true;
      if (call.array->Known()) Set(call.array->text, std::move(variable));
    }
    if (known) found->second.known = false;
    return EndCommand(Answer::Unknown);
  }
  found->second.at = std::min(end + 1, text.size());
  if (call.names.size() == 1 && call.names[0].text == "REPLY" && command.words.size() == 1) {
    AssignNamed(call.names[0], std::move(line));
  } else {
    SplitLine(std::move(line), call.names, call.array);
  }
  const bool ended = more && end < text.size();
  EndCommand(ended ? Answer::Yes : Answer::No, ended ? 0 : 1);
}

/// The fields of a line go to the names, the rest of it to the last.
void ScriptPath::SplitLine(Word line, const std::vector<Word>& names,
                           const std::optional<Word>& array) {
  const std::string separators = Separators();
  const ShellVariable* ifs = Find("IFS");
  const bool odd = ifs != nullptr && !ifs->items.empty() && !ifs->items[0].Known();
  const auto blank = [&](std::size_t at) {
    const char c = line.text[at];
    return (c == ' ' || c == '\t' || c == '\n') && separators.find(c) != std::string::npos;
  };
  std::vector<Word> fields;
  std::size_t at = 0;
  std::size_t size = line.text.size();
  while (size > 0 && blank(size - 1)) --size;
  // A separator at the end of the rest may stay or go.
  const bool ends_hard = size > 0 && separators.find(line.text[size - 1]) != std::string::npos;
  while (at < size && blank(at)) ++at;
  const std::size_t limit = array ? line.text.size() + 1 : names.size();
  while (at < size) {
    if (fields.size() + 1 == limit || separators.empty()) {
      fields.push_back(Part(line, at, size - at));
      break;
    }
    const std::size_t stop = std::min(line.text.find_first_of(separators, at), size);
    fields.push_back(Part(line, at, stop - at));
    at = stop;
    while (at < size && blank(at)) ++at;
    if (at < size && at >= stop && separators.find(line.text[at]) != std::string::npos) ++at;
    while (at < size && blank(at)) ++at;
  }
  if (array) {
    ShellVariable variable{std::move(fields), true, false, odd};
    if (array->Known()) Set(array->text, std::move(variable));
    return;
  }
  for (std::size_t index = 0; index < names.size(); ++index) {
    if (odd || (ends_hard && index + 1 == names.size())) {
      AssignUnknown(names[index]);
    } else {
      AssignNamed(names[index], index < fields.size() ? fields[index] : WordAt("", line.span));
    }
  }
}

void ScriptPath::MapFile(Command& command) {
  ReadsInput(0, command.words.front());
  std::string name = "MAPFILE";
  char delimiter = '\n';
  bool trims = false;
  for (std::size_t at = 1; at < command.words.size(); ++at) {
    const std::string& text = command.words[at].text;
    if (text == "-t") {
      trims = true;
    } else if (text == "-d" && at + 1 < command.words.size()) {
      const std::string& value = command.words[++at].text;
      delimiter = value.empty() ? '\0' : value[0];
    } else if (!text.starts_with('-')) {
      name = text;
    }
  }
  ShellVariable variable;
  variable.array = true;
  const auto found = state_.descriptors.find(0);
  if (found == state_.descriptors.end() || !found->second.known || !trims) {
    variable.unknown_items = true;
  } else {
    const std::string& text = found->second.text.text;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find(delimiter, at), text.size());
      variable.items.push_back(Part(found->second.text, at, end - at));
      at = end + 1;
    }
  }
  Set(name, std::move(variable));
  EndCommand(Answer::Yes, 0);
}

/// `getopts LETTERS NAME`: which option comes next is not followed.
void ScriptPath::Getopts(Command& command) {
  if (command.words.size() > 2) AssignUnknown(command.words[2]);
  state_.unset.erase("OPTARG");
  EndCommand(Answer::Unknown);
}

void ScriptPath::Wait(Command& command) {
  for (std::size_t at = 1; at < command.words.size(); ++at) {
    const std::string& text = command.words[at].text;
    if (!text.starts_with('-') || text.find('p') == std::string::npos) continue;
    if (text.ends_with('p')) {
      if (at + 1 < command.words.size()) AssignUnknown(command.words[at + 1]);
    } else {
      AssignUnknown(Part(command.words[at], text.find('p') + 1));
    }
  }
  EndCommand(Answer::Unknown);
}

}  // namespace sandlint
