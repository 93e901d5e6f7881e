// Data flows one way between the folders. CMake links each library in that order, but a header of
// any folder can be included from any other: this test reads the #include lines themselves.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "catch.h"
#include "paths.h"

namespace {

namespace fs = std::filesystem;

/// What a folder may include from, beside itself and the libraries of the system. An entry is a
/// folder or a single header; a folder does not stand for the folders in it.
struct Arrows {
  std::string_view folder;
  std::vector<std::string_view> to;
};

const std::vector<Arrows>& Table() {
  static const std::vector<Arrows> table{
      {"model", {}},
      {"scanner/files", {"model"}},
      {"scanner/parse", {"model"}},
      {"scanner/peel", {"model", "scanner/parse", "scanner/files"}},
      {"scanner/need", {"model", "scanner/parse"}},
      {"scanner/discover", {"model", "scanner/parse", "scanner/files"}},
      {"scanner/clients", {"model", "scanner/parse", "scanner/files", "scanner/discover"}},
      {"scanner/egress", {"model", "scanner/parse", "scanner/files"}},
      {"scanner/grant",
       {"model", "scanner/parse", "scanner/peel", "scanner/files", "scanner/egress"}},
      {"scanner",
       {"model", "scanner/files", "scanner/parse", "scanner/peel", "scanner/need",
        "scanner/discover", "scanner/clients", "scanner/egress", "scanner/grant"}},
      {"rules", {"model"}},
      {"harden", {"model"}},
      {"reporters", {"model", "rules/rule.h"}},
      {"cli",
       {"model", "scanner", "scanner/files", "scanner/parse", "scanner/peel", "scanner/need",
        "scanner/discover", "scanner/clients", "scanner/egress", "scanner/grant", "rules",
        "reporters", "harden"}},
  };
  return table;
}

const Arrows* RowOf(std::string_view folder) {
  const auto row = std::ranges::find(Table(), folder, &Arrows::folder);
  return row == Table().end() ? nullptr : &*row;
}

std::string FolderOf(std::string_view path) {
  return std::string(path.substr(0, std::min(path.rfind('/'), path.size())));
}

/// The operand of `#include "…"`, or nothing.
std::string QuotedInclude(std::string_view line) {
  const std::size_t start = line.find_first_not_of(" \t");
  if (start == std::string_view::npos || line[start] != '#') return {};
  const std::size_t word = line.find_first_not_of(" \t", start + 1);
  if (word == std::string_view::npos || !line.substr(word).starts_with("include")) return {};
  const std::size_t open = line.find('"', word);
  if (open == std::string_view::npos) return {};
  return std::string(line.substr(open + 1, line.find('"', open + 1) - open - 1));
}

/// Why `file` may not include `header`; empty when it may.
std::string Objection(const std::string& file, const std::string& header) {
  const std::string from = FolderOf(file);
  const std::string to = FolderOf(header);
  if (from == to) return {};
  const Arrows* row = RowOf(from);
  if (row == nullptr) return "the folder " + from + " is not in the table";
  for (const std::string_view allowed : row->to) {
    if (allowed == to || allowed == header) return {};
  }
  return from + " may not include from " + (to.empty() ? header : to);
}

std::vector<std::string> ObjectionsTo(const std::string& file, std::istream& text) {
  std::vector<std::string> objections;
  std::string line;
  for (int number = 1; std::getline(text, line); ++number) {
    const std::string header = QuotedInclude(line);
    if (header.empty()) continue;
    const std::string objection = Objection(file, header);
    if (objection.empty()) continue;
    objections.push_back(file + ":" + std::to_string(number) + ": " + objection + " (" + header +
                         ")");
  }
  return objections;
}

bool IsCode(const fs::path& path) { return path.extension() == ".cpp" || path.extension() == ".h"; }

}  // namespace

TEST_CASE("every include goes with the flow of data") {
  const fs::path root = kSourceDir;
  std::vector<std::string> objections;
  std::size_t files = 0;
  for (const char* top : {"model", "scanner", "rules", "reporters", "harden", "cli"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      if (!entry.is_regular_file() || !IsCode(entry.path())) continue;
      std::ifstream text(entry.path());
      const auto found = ObjectionsTo(fs::relative(entry.path(), root).generic_string(), text);
      objections.insert(objections.end(), found.begin(), found.end());
      ++files;
    }
  }
  for (const std::string& objection : objections) CHECK(objection == "");
  CHECK(files > 30);
}

TEST_CASE("an include against the flow is named with its line") {
  const auto check = [](const std::string& file, const std::string& text) {
    std::istringstream stream(text);
    return ObjectionsTo(file, stream);
  };
  CHECK(check("rules/a.cpp", "#include <map>\n#include \"model/word.h\"\n").empty());
  CHECK(check("rules/a.cpp", "#include \"rules/all.h\"\n").empty());
  CHECK(check("reporters/text.cpp", "#include \"rules/rule.h\"\n").empty());

  const auto rule = check("rules/a.cpp", "\n#include \"scanner/parse/node.h\"\n");
  REQUIRE(rule.size() == 1);
  CHECK(rule[0] ==
        "rules/a.cpp:2: rules may not include from scanner/parse (scanner/parse/node.h)");

  CHECK(check("model/a.h", "#  include \"rules/rule.h\"\n").size() == 1);
  CHECK(check("reporters/text.cpp", "#include \"rules/all.h\"\n").size() == 1);
  CHECK(check("scanner/parse/json.cpp", "#include \"scanner/scan.h\"\n").size() == 1);
  CHECK(check("scanner/need/need.cpp", "#include \"scanner/peel/peel.h\"\n").size() == 1);
  CHECK(check("model/a.h", "#include \"word.h\"\n").size() == 1);
  CHECK(check("newfolder/a.h", "#include \"model/word.h\"\n").size() == 1);
}
