#include "rules/cases.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace sandlint {
namespace {

constexpr std::string_view kBlank = " \t\r";

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

/// Takes the next line off `text`, without its line feed.
std::string_view NextLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

void SplitList(std::string_view list, std::vector<std::string>& into) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    into.emplace_back(Trim(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

/// The lines up to the closing fence; `fence` is "```json .mcp.json".
CaseFile ReadFence(std::string_view fence, std::string_view& markdown) {
  const std::size_t ticks = std::min(fence.find_first_not_of('`'), fence.size());
  const std::string_view closing = fence.substr(0, ticks);
  const std::string_view info = Trim(fence.substr(ticks));
  const std::size_t blank = std::min(info.find(' '), info.size());
  CaseFile file{std::string(info.substr(0, blank)), std::string(Trim(info.substr(blank))), {}};
  while (!markdown.empty()) {
    const std::string_view line = NextLine(markdown);
    if (line == closing) break;
    file.text += line;
    file.text += '\n';
  }
  return file;
}

/// `## fail: title`, or nothing.
bool ReadHeading(std::string_view line, FixtureCase& found) {
  for (const bool fails : {true, false}) {
    const std::string_view prefix = fails ? "## fail:" : "## pass:";
    if (!line.starts_with(prefix)) continue;
    found = {};
    found.fails = fails;
    found.title = Trim(line.substr(prefix.size()));
    return true;
  }
  return false;
}

/// Where the first marker of `line` starts, or npos.
std::size_t MarkerAt(std::string_view line) {
  return std::min(line.find("//~ "), line.find("#~ "));
}

}  // namespace

std::vector<FixtureCase> ParseCases(std::string_view markdown) {
  constexpr std::string_view kAllow = "allow:";
  constexpr std::string_view kChanged = "changed:";
  std::vector<FixtureCase> cases;
  while (!markdown.empty()) {
    const std::string_view line = NextLine(markdown);
    FixtureCase next;
    if (ReadHeading(line, next)) {
      cases.push_back(std::move(next));
    } else if (cases.empty()) {
      continue;
    } else if (line.starts_with("```")) {
      cases.back().files.push_back(ReadFence(line, markdown));
    } else if (line.starts_with(kAllow)) {
      SplitList(line.substr(kAllow.size()), cases.back().allowed);
    } else if (line.starts_with(kChanged)) {
      const std::string_view words = Trim(line.substr(kChanged.size()));
      const std::size_t blank = std::min(words.find(' '), words.size());
      cases.back().changed.emplace(Trim(words.substr(blank)), words.substr(0, blank));
    } else if (!Trim(line).empty()) {
      std::string& prose = cases.back().prose;
      prose += prose.empty() ? "" : " ";
      prose += Trim(line);
    }
  }
  return cases;
}

std::string TakeMarkers(const CaseFile& file, bool keep_columns, std::vector<Marker>& markers) {
  std::string result;
  std::string_view rest = file.text;
  for (std::uint32_t number = 1; !rest.empty(); ++number) {
    const std::string_view line = NextLine(rest);
    const std::size_t begin = std::min(MarkerAt(line), line.size());
    std::string_view kept = line.substr(0, begin);
    if (!keep_columns && begin < line.size()) kept = kept.substr(0, kept.find_last_not_of(' ') + 1);
    result += kept;
    if (keep_columns) result.append(line.size() - begin, ' ');
    result += '\n';

    for (std::string_view tail = line.substr(begin); !tail.empty();) {
      tail.remove_prefix(tail.find('~') + 1);
      const std::size_t next = std::min(MarkerAt(tail), tail.size());
      const std::string_view marker = tail.substr(0, next);
      const std::size_t colon = std::min(marker.find(':'), marker.size());
      markers.push_back({file.path, number, std::string(Trim(marker.substr(0, colon))),
                         std::string(Trim(marker.substr(std::min(colon + 1, marker.size()))))});
      tail.remove_prefix(next);
    }
  }
  return result;
}

}  // namespace sandlint
