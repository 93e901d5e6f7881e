#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "catch.h"
#include "paths.h"
#include "reviewed.h"

using namespace sandlint;
using Json = nlohmann::json;

namespace {

/// 0 when the document is what the schema says, 1 when not, 2 when there is nobody to ask.
int Validate(const std::string& schema, const std::string& document) {
  namespace fs = std::filesystem;
  const fs::path file = fs::temp_directory_path() / ("report-" + std::to_string(getpid()));
  std::ofstream(file) << document;
  // Debian's Python has the module; another one in PATH may not.
  const std::string program =
      "import json, sys\n"
      "try: import jsonschema\n"
      "except ImportError: sys.exit(2)\n"
      "schema, document = (json.load(open(name)) for name in sys.argv[1:])\n"
      "check = jsonschema.Draft202012Validator\n"
      "check.check_schema(schema)\n"
      "for error in check(schema).iter_errors(document):\n"
      "  print(error.message[:200], list(error.path))\n"
      "  sys.exit(1)\n";
  const std::string python = fs::exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
  const int status = std::system(
      (python + " -c '" + program + "' '" + schema + "' '" + file.string() + "'").c_str());
  fs::remove(file);
  return status == -1 ? 2 : WEXITSTATUS(status);
}

void CheckAgainstSchema(const std::string& document) {
  const int code = Validate(std::string(kSourceDir) + "/docs/report.schema.json", document);
  if (code == 2 || code == 127) {
    REQUIRE(std::getenv("SANDLINT_REQUIRE_ORACLES") == nullptr);
    WARN("skipped: no python3 with jsonschema");
    return;
  }
  CHECK(code == 0);
}

}  // namespace

TEST_CASE("json: the fields that others build on") {
  const Reviewed review(OpenServer("open"));
  const Json report = Json::parse(review.As("json"));
  CHECK(report["schema_version"] == 1);
  CHECK(report["tool"]["name"] == "sandlint");
  CHECK(report["complete"] == true);
  CHECK(report["files"][0] ==
        Json({{"path", ".mcp.json"}, {"kind", "claude-mcp"}, {"status", "read"}}));
  const Json& server = report["servers"][0];
  CHECK(server["name"] == "open");
  CHECK(server["config"] == Json({{"file", ".mcp.json"}, {"line", 2}}));
  CHECK(server["launches"][0]["layers"][0]["words"][0] == "npx");
  CHECK(server["launches"][0]["grant"]["egress"]["mode"] == "host");
  CHECK(server["checklist"]["1"] == "fail");
  const Json& finding = report["findings"][0];
  CHECK(finding["rule"] == "unsandboxed-server");
  CHECK(finding["checklist_item"] == 1);
  CHECK(finding["location"] ==
        Json({{"file", ".mcp.json"}, {"line", 2}, {"column", 24}, {"end_column", 27}}));
  CHECK(finding["key"].get<std::string>().size() == 32);
  CHECK(!finding.contains("baseline"));
  CHECK(report["repository"]["checklist"].size() == 12);
  CHECK(report["suppressed"] == Json::array());
  CHECK(report["not_modelled"] == Json::array());
}

TEST_CASE("json: the published schema describes it") {
  CheckAgainstSchema(Reviewed(OpenServer("open")).As("json"));
  auto files = OpenServer(kHostile);
  files["a/.mcp.json"] = "{";
  files["b/.mcp.json"] = R"({"mcpServers": {
    "a": {"command": "bwrap", "args": ["--frobnicate", "x"]},
    "b": {"command": "env", "args": ["-i", "docker", "run", "-v", "/:/x", "mcp/x@sha256:0"]},
    "c": {"type": "http", "url": "http://c.example/"}, "d": {"type": "gopher"}, "e": 1}})";
  Reviewed review(files);
  for (Finding& finding : review.run.findings) finding.baseline = Baseline::New;
  CheckAgainstSchema(review.As("json"));
}

TEST_CASE("json: the schema refuses what is no report") {
  const std::string schema = std::string(kSourceDir) + "/docs/report.schema.json";
  Json report = Json::parse(Reviewed(OpenServer("open")).As("json"));
  if (const int code = Validate(schema, report.dump()); code != 0) return;  // told above
  const auto refused = [&](const Json& changed) { return Validate(schema, changed.dump()) != 0; };
  Json changed = report;
  changed["servers"][0]["checklist"]["1"] = "perhaps";
  CHECK(refused(changed));
  changed = report;
  changed["findings"][0].erase("location");
  CHECK(refused(changed));
}

TEST_CASE("json: names are exact, and no byte of the text surprises who looks at it") {
  const std::string name =
      "\u202E\x1b\x7f\u0085"
      "a\u00e9";
  const std::string text = Reviewed(OpenServer(name)).As("json");
  CHECK(Json::parse(text)["servers"][0]["name"] == name);
  for (const char* raw : {"\u202E", "\x1b", "\x7f", "\u0085"}) CHECK(!Has(text, raw));
  CHECK(Has(text, "\u00e9"));
}
