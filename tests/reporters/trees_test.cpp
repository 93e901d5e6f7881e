// Whole reports on small trees: fixtures/trees/<tree>, expected/<tree>.<ext> beside them. After a
// change that is meant, UPDATE_GOLDEN=1 writes them anew; the diff is the review.

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "catch.h"
#include "paths.h"
#include "reviewed.h"

using namespace sandlint;

namespace {

const std::string kTrees = std::string(kSourceDir) + "/fixtures/trees/";

struct Format {
  const char* name;
  const char* extension;
};
constexpr Format kFormats[] = {
    {"text", "txt"}, {"sarif", "sarif"}, {"markdown", "md"}, {"json", "json"}};

/// The rules have tests of their own, and are the same for every tree.
std::string WithoutRules(const std::string& sarif) {
  auto log = nlohmann::ordered_json::parse(sarif);
  log["runs"][0]["tool"]["driver"].erase("rules");
  for (auto& result : log["runs"][0]["results"]) result.erase("ruleIndex");
  return log.dump(1) + "\n";
}

std::string Read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("trees: reports are what they were") {
  for (const char* tree : {"open", "tight", "containers", "broken", "hostile", "editors"}) {
    const Reviewed review(*MakeDiskReader(kTrees + tree));
    CHECK(!review.workspace.files.empty());
    for (const Format& format : kFormats) {
      std::string report = review.As(format.name);
      CHECK(report == review.As(format.name));
      if (format.name == std::string("sarif")) report = WithoutRules(report);
      const std::string path = kTrees + "expected/" + tree + "." + format.extension;
      if (std::getenv("UPDATE_GOLDEN") != nullptr) {
        std::ofstream(path) << report;
      }
      INFO(path << " (UPDATE_GOLDEN=1 writes it anew)");
      CHECK((Read(path) == report));
    }
  }
}
