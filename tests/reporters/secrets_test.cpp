// No value of a secret in any report, wherever it is written and however it is known.

#include <string>
#include <vector>

#include "catch.h"
#include "reporters/mask.h"
#include "reviewed.h"

using namespace sandlint;

namespace {

/// Put together here, so that no scanner takes this file for a leak.
const std::string kToken = std::string("ghp_") + "a8Kd3Rz9Qw7Xe2Lm5Tn4Vb6Yc1Ug0HsJp3Fo";

struct Row {
  const char* what;
  Files files;
  std::string secret;
};

std::string ServerWith(const std::string& entry) {
  return "{\"mcpServers\": {\"x\": {\n" + entry + "}}}\n";
}

std::vector<Row> Rows() {
  const std::string npx = "\"command\": \"npx\", \"args\": [\"-y\", \"mcp-x\"";
  return {
      {"a variable",
       {{".mcp.json", ServerWith(npx + "], \"env\": {\"API_KEY\": \"zq7Tonic\"}")}},
       "zq7Tonic"},
      {"a token in a variable of any name",
       {{".mcp.json", ServerWith(npx + "], \"env\": {\"X\": \"" + kToken + "\"}")}},
       kToken},
      {"two tokens in one word",
       {{".mcp.json", ServerWith(npx + ", \"" + kToken + " sk-ant-" + kToken.substr(4) + "\"]")}},
       kToken.substr(4)},
      {"an option's operand",
       {{".mcp.json", ServerWith(npx + ", \"--api-key\", \"zq7Tonic\"]")}},
       "zq7Tonic"},
      {"an option", {{".mcp.json", ServerWith(npx + ", \"--password=zq7Tonic\"]")}}, "zq7Tonic"},
      {"escaped in the file",
       {{".mcp.json", ServerWith(npx + ", \"--password=zq7\\u0054onic\"]")}},
       "7\\u0054onic"},
      {"escaped in the file, decoded in a report",
       {{".mcp.json", ServerWith(npx + ", \"--password=zq7\\u0054onic\"]")}},
       "zq7Tonic"},
      {"--setenv",
       {{".mcp.json",
         ServerWith("\"command\": \"bwrap\", \"args\": [\"--setenv\", \"DB_PASSWORD\", "
                    "\"zq7Tonic\", \"--bind\", \"/\", \"/\", \"x\"]")}},
       "zq7Tonic"},
      {"docker -e",
       {{".mcp.json", ServerWith("\"command\": \"docker\", \"args\": [\"run\", \"-e\", "
                                 "\"DB_PASSWORD=zq7Tonic\", \"mcp/x\"]")}},
       "zq7Tonic"},
      {"a shell string",
       {{".mcp.json", ServerWith("\"command\": \"sh\", \"args\": [\"-c\", "
                                 "\"DB_PASSWORD=zq7Tonic npx mcp-x\"]")}},
       "zq7Tonic"},
      {"a URL",
       {{".mcp.json", ServerWith("\"type\": \"http\", "
                                 "\"url\": \"http://u:zq7Tonic@x.example/\"")}},
       "zq7Tonic"},
      {"a query",
       {{".mcp.json", ServerWith("\"type\": \"http\", "
                                 "\"url\": \"http://x.example/?api_key=zq7Tonic\"")}},
       "zq7Tonic"},
      {"a header",
       {{".mcp.json",
         ServerWith("\"type\": \"http\", \"url\": \"http://x.example/\", "
                    "\"headers\": {\"Authorization\": \"Bearer zq7Tonic-zq7Tonic\"}")}},
       "zq7Tonic"},
      {"a file that is cut off",
       {{".mcp.json", "{\"mcpServers\": {\"x\": {\"env\": {\"API_KEY\": \"zq7Tonic\""}},
       "zq7Tonic"},
      {"a file that is no JSON", {{".mcp.json", "API_KEY = 'zq7Tonic' oops"}}, "zq7Tonic"},
      {"a client's settings",
       {{".claude/settings.json",
         "{\"env\": {\"API_KEY\": \"zq7Tonic\"}, \"enableAllProjectMcpServers\": true}"}},
       "zq7Tonic"},
      {"a private key",
       {{".mcp.json", ServerWith(npx + "], \"env\": {\"K\": \"-----BEGIN RSA PRIVATE "
                                       "KEY-----\\nzq7Tonic\\n-----END RSA PRIVATE KEY-----\"}")}},
       "zq7Tonic"},
  };
}

}  // namespace

TEST_CASE("secrets: no report quotes one") {
  for (const Row& row : Rows()) {
    Reviewed review(row.files);
    // Every line of the file is shown once, whatever the rules say about it.
    for (const auto& source : review.workspace.sources) {
      Finding finding;
      finding.rule = "config-unreadable";
      finding.message = "shown";
      finding.where = {source.get(), 0, 1};
      review.run.findings.push_back(finding);
    }
    for (const Reporter& reporter : AllReporters()) {
      INFO(row.what << " as " << reporter.name);
      const std::string text = review.As(reporter.name);
      CHECK(!Has(text, row.secret));
    }
  }
}

TEST_CASE("secrets: a line keeps its columns") {
  const Reviewed review(
      Files{{".mcp.json", ServerWith("\"command\": \"npx\", \"args\": [\"--password\", "
                                     "\"zq7é\", \"mcp-x\"]")}});
  const std::string text = review.As("text");
  CHECK(Has(text, R"("--password", "****", "mcp-x"])"));
}

TEST_CASE("secrets: words around a secret stay") {
  Run run;
  const Source source{"f", "say hunter hunt hunters", false};
  run.secrets.push_back({{&source, 4, 10}, "hunter", 3});
  const Masker masker(run);
  CHECK(masker.Piece(source, 0, source.text) == "say ****** hunt hunters");
  CHECK(masker.Piece(source, 6, "nter h") == "**** h");
  CHECK(masker.Text(source.text, 3) == "say *** hunt hunters");
  CHECK(masker.Text(source.text, 2) == source.text);
  CHECK(masker.Text({"hunter", {&source, 4, 10}, {}, -1}) == "***");
  CHECK(masker.Text({"spelt otherwise", {&source, 4, 10}, {}, -1}) == "***");
  CHECK(masker.Text({"say", {&source, 0, 3}, {}, -1}) == "say");
}
