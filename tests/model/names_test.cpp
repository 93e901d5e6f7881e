// Everything lives in one namespace, so two headers that define a type of one name break the
// one-definition rule: the linker merges their inline functions in silence.

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"
#include "paths.h"

namespace {

namespace fs = std::filesystem;

/// Types that start a line: nested ones are indented.
std::vector<std::string> TypesIn(const std::string& text) {
  static const std::regex kType(
      R"((?:struct|class|enum class) (\w+)(?: final)?(?: : [^;{]*)?\s*\{)");
  std::vector<std::string> names;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_search(line, match, kType, std::regex_constants::match_continuous)) {
      names.push_back(match[1]);
    }
  }
  return names;
}

std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a type has one definition in all headers") {
  std::map<std::string, std::string> seen;
  std::string twice;
  const fs::path root = kSourceDir;
  for (const char* folder : {"model", "scanner", "rules", "reporters", "harden", "cli"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() != ".h") continue;
      const std::string path = entry.path().lexically_relative(root).string();
      for (const std::string& name : TypesIn(ReadAll(entry.path()))) {
        const auto [at, fresh] = seen.emplace(name, path);
        if (!fresh) twice += name + " in " + at->second + " and " + path + "\n";
      }
    }
  }
  CHECK(seen.size() > 100);
  CHECK(twice == "");
}

TEST_CASE("definitions are told from uses") {
  CHECK(TypesIn("struct A {\n  struct B {\nclass C final : public A {\nstruct D;\nstruct E e{};\n"
                "enum class F : int { X };\n") == std::vector<std::string>{"A", "C", "F"});
}
