// A file of variables that an entry names: the names that it sets. Its values are never kept.

#include "scanner/clients/env_file.h"

#include <algorithm>

namespace sandlint {
namespace {

constexpr std::size_t kMaxVariables = 1000;

std::string_view Trim(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r"), text.size());
  text.remove_prefix(begin);
  return text;
}

bool NamePart(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

void AddEnvFile(ClientFile& file, const std::string& path, std::vector<EnvEdit>& edits) {
  const Source* source = file.Beside(path);
  if (source == nullptr) return;
  const std::string_view text = source->text;
  std::size_t count = 0;
  for (std::size_t begin = 0; begin < text.size() && count < kMaxVariables;) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = Trim(text.substr(begin, end - begin));
    begin = end + 1;
    if (line.starts_with("export ")) line = Trim(line.substr(7));
    std::size_t length = 0;
    while (length < line.size() && NamePart(line[length])) ++length;
    if (length == 0 || !Trim(line.substr(length)).starts_with('=')) continue;
    ++count;
    EnvEdit edit;
    edit.name.text = std::string(line.substr(0, length));
    const auto at = static_cast<std::uint32_t>(line.data() - text.data());
    edit.name.span = {source, at, at + static_cast<std::uint32_t>(length)};
    edit.option = edit.name;
    edit.value = UnknownWord(edit.name, "a value of " + path);
    edits.push_back(std::move(edit));
  }
}

}  // namespace sandlint
