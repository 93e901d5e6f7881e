// The program itself reports on the small trees what the reporters' tests hold: it judges servers
// while it scans, and keeps less of them.

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "catch.h"
#include "cli/program.h"
#include "paths.h"

namespace sandlint {
namespace {

namespace fs = std::filesystem;

std::string Read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// The reporters' tests are of no version.
std::string Unversioned(std::string text) {
  for (const std::string_view version : {"\"0.1.0\"", "0.1.0"}) {
    for (std::size_t at = 0; (at = text.find(version, at)) != text.npos;) {
      text[at + version.find('1')] = '0';
    }
  }
  return text;
}

}  // namespace

TEST_CASE("the program reports on the small trees what is written down") {
  const fs::path trees = fs::path(kSourceDir) / "fixtures/trees";
  int compared = 0;
  for (const auto& entry : fs::directory_iterator(trees)) {
    const std::string tree = entry.path().filename();
    if (tree == "expected") continue;
    for (const auto& [format, extension] :
         {std::pair{"text", ".txt"}, {"json", ".json"}, {"markdown", ".md"}}) {
      INFO(tree << " as " << format);
      const Outcome outcome = Sandlint({"check", entry.path(), "--format", format});
      CHECK((outcome.code >= 0 && outcome.code <= 2));
      CHECK((Unversioned(outcome.out) == Read(trees / "expected" / (tree + extension))));
      ++compared;
    }
  }
  CHECK(compared >= 18);
}

}  // namespace sandlint
