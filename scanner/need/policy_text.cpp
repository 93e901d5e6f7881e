#include "scanner/need/policy_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "scanner/need/policy.h"
#include "scanner/parse/node.h"
#include "scanner/parse/unicode.h"

namespace sandlint {
namespace {

using Strings = std::vector<std::string>;

/// A TOML basic string; empty for what is no text.
std::string Quoted(std::string_view text) {
  if (FirstInvalidUtf8(text) != std::string_view::npos) return {};
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      quoted += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string KeyText(std::string_view name) {
  const bool bare = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
  return bare ? std::string(name) : Quoted(name);
}

std::string List(const Strings& values) {
  std::string text;
  for (const std::string& value : values) {
    const std::string quoted = Quoted(value);
    if (!quoted.empty()) text += (text.empty() ? "" : ", ") + quoted;
  }
  return "[" + text + "]";
}

std::string Remark(std::string_view text) {
  std::string line = "# ";
  for (const char c : text) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return FirstInvalidUtf8(line) == line.npos ? line + '\n' : "# (a name that is no text)\n";
}

std::string Remarks(const PolicyEntry& entry) {
  std::string text;
  for (const auto& [what, why] : entry.remarks) {
    text += Remark(fmt::format("not written: {} ({})", what, why));
  }
  return text;
}

/// The lists of an entry that are to be written, by key.
std::vector<std::pair<const char*, Strings>> Lists(const PolicyEntry& entry) {
  std::vector<std::pair<const char*, Strings>> lists;
  if (entry.paths) lists.emplace_back("paths", *entry.paths);
  if (entry.hosts) lists.emplace_back("hosts", *entry.hosts);
  if (!entry.traces.empty()) lists.emplace_back("traces", entry.traces);
  return lists;
}

/// What an array lacks, as text behind its last item.
std::string Addition(const Node& array, const Strings& values) {
  std::string text;
  for (const std::string& value : values) {
    const std::string quoted = Quoted(value);
    const bool there =
        std::ranges::any_of(array.items, [&](const Node& item) { return item.word.text == value; });
    if (there || quoted.empty()) continue;
    text += (array.items.empty() && text.empty() ? "" : ", ") + quoted;
  }
  return text;
}

/// Position -> text that goes there.
using Insertions = std::map<std::size_t, std::string>;

Insertions InsertionsInto(const std::string& text, const Node& table, const PolicyEntry& entry) {
  Insertions insertions;
  const std::size_t first = table.members.front().key.span.begin;
  const std::size_t before = first == 0 ? std::string::npos : text.rfind('\n', first - 1);
  const std::size_t line = before == std::string::npos ? 0 : before + 1;
  for (const auto& [key, values] : Lists(entry)) {
    const Member* member = table.Find(key);
    if (member == nullptr) {
      insertions[line] += fmt::format("{} = {}\n", key, List(values));
      continue;
    }
    const Node& array = member->value;
    const std::size_t at = array.items.empty() ? array.span.begin + 1 : array.items.back().span.end;
    insertions[at] += Addition(array, values);
  }
  if (std::string remarks = Remarks(entry); text.find(remarks) == std::string::npos) {
    insertions[line] += remarks;
  }
  return insertions;
}

const ServerPolicy* RowOf(const Policy& policy, const std::string& server) {
  const auto row = std::ranges::find_if(
      policy.servers, [&](const ServerPolicy& one) { return one.name.text == server; });
  return row == policy.servers.end() ? nullptr : &*row;
}

bool Holds(const std::vector<Word>& words, const Strings& values) {
  return std::ranges::all_of(values, [&](const std::string& value) {
    return Quoted(value).empty() || std::ranges::find(words, value, &Word::text) != words.end();
  });
}

/// Does the new text say all that the old one did, and the entry?
bool SaysBoth(const std::string& before, const std::string& after, const PolicyEntry& entry) {
  const Source old_source{"before", before, false};
  const Source new_source{"after", after, false};
  const Policy was = ReadPolicy(old_source);
  const Policy is = ReadPolicy(new_source);
  const ServerPolicy* row = RowOf(is, entry.server);
  const bool kept = is.problems.size() <= was.problems.size() &&
                    is.suppressions.size() == was.suppressions.size() &&
                    is.attestations.size() == was.attestations.size() &&
                    is.severities.size() == was.severities.size() &&
                    is.excludes.size() == was.excludes.size() &&
                    is.servers.size() >= was.servers.size();
  return kept && row != nullptr && Holds(row->paths, entry.paths.value_or(Strings{})) &&
         Holds(row->hosts, entry.hosts.value_or(Strings{})) && Holds(row->traces, entry.traces);
}

}  // namespace

std::string PolicyTable(const PolicyEntry& entry) {
  std::string text = fmt::format("[server.{}]\n", KeyText(entry.server));
  for (const auto& [key, values] : Lists(entry))
    text += fmt::format("{} = {}\n", key, List(values));
  return text + Remarks(entry);
}

std::optional<std::string> MergePolicy(const std::string& text, const PolicyEntry& entry,
                                       std::string& problem) {
  const Source source{"policy", text, false};
  const Document document = ParseToml(source);
  if (!text.empty() && !document.Ok()) {
    problem = fmt::format("the policy file is not valid TOML: {}", document.problems.front().text);
    return std::nullopt;
  }
  const Node& table = document.root.Get("server").Get(entry.server);
  std::string merged = text;
  if (table.Is(NodeType::Missing)) {
    const char* gap = text.empty() ? "" : text.ends_with('\n') ? "\n" : "\n\n";
    merged += gap + PolicyTable(entry);
  } else if (!table.members.empty()) {
    Insertions insertions = InsertionsInto(text, table, entry);
    for (auto row = insertions.rbegin(); row != insertions.rend(); ++row) {
      merged.insert(row->first, row->second);
    }
  }
  if (SaysBoth(text, merged, entry)) return merged;
  problem = fmt::format("the table of {} is written in a way that cannot be added to",
                        KeyText(entry.server));
  return std::nullopt;
}

}  // namespace sandlint
