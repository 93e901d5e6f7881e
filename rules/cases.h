#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sandlint {

/// One file of a fixture case, markers still in it.
struct CaseFile {
  std::string language;
  std::string path;
  std::string text;
};

/// One `## pass: …` or `## fail: …` of fixtures/<rule>/cases.md.
struct FixtureCase {
  bool fails = false;
  std::string title;
  std::string prose;  ///< the text between heading and files, one paragraph a line
  std::vector<CaseFile> files;
  /// Of `changed: 2026-01-31 path` lines: path to date, for readers that know when files changed.
  std::map<std::string, std::string, std::less<>> changed;
  std::vector<std::string> allowed;  ///< ids of an `allow: a, b` line: may be found, unmarked
};

/// Headings that start with neither `pass:` nor `fail:` are prose.
std::vector<FixtureCase> ParseCases(std::string_view markdown);

/// `//~ rule: words` (or `#~ …`) at the end of a line: the finding that is expected there.
struct Marker {
  std::string path;
  std::uint32_t line = 0;
  std::string rule;
  std::string words;
};

/// Takes the markers out of a file. With `keep_columns` blanks stand where they stood, so that
/// nothing moves; without it the line ends before them.
std::string TakeMarkers(const CaseFile& file, bool keep_columns, std::vector<Marker>& markers);

}  // namespace sandlint
