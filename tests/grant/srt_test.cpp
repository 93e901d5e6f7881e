#include <filesystem>
#include <fstream>
#include <sstream>

#include "catch.h"
#include "paths.h"
#include "tests/grant/evaluate.h"

namespace sandlint {
namespace {

std::string Settings(const std::string& filesystem, const std::string& domains = "",
                     const std::string& more = "") {
  return "{\"network\":{\"allowedDomains\":[" + domains + "],\"deniedDomains\":[]" + more +
         "},\"filesystem\":{" + filesystem + "}}";
}
const std::string kOpen = "\"denyRead\":[],\"allowWrite\":[],\"denyWrite\":[]";

std::unique_ptr<Evaluated> Under(const std::string& settings,
                                 const std::string& home = "/home/user") {
  return Evaluate({"srt", "-s", "s.json", "--", "node", "x.js"}, {{"s.json", settings}}, nullptr,
                  home);
}

TEST_CASE("srt reads everything but what is denied, and writes nothing but what is allowed") {
  struct Row {
    const char* filesystem;
    const char* path;
    const char* read;
    const char* write;
  };
  const Row rows[] = {
      {R"("denyRead":[],"allowWrite":[],"denyWrite":[])", "/home/user/.ssh/id_rsa", "yes", "no"},
      {R"("denyRead":["~/.ssh"],"allowWrite":[],"denyWrite":[])", "/home/user/.ssh/id_rsa", "no",
       "no"},
      {R"("denyRead":["~/.ssh/**"],"allowWrite":[],"denyWrite":[])", "/home/user/.ssh", "no", "no"},
      {R"("denyRead":["~/.ssh/"],"allowWrite":[],"denyWrite":[])", "/home/user/.ssh/id_rsa", "no",
       "no"},
      {R"("denyRead":["~/.ssh"],"allowRead":["~/.ssh/config"],"allowWrite":[],"denyWrite":[])",
       "/home/user/.ssh/config", "yes", "no"},
      {R"("denyRead":["~/.ssh"],"allowRead":["~/.ssh/config"],"allowWrite":[],"denyWrite":[])",
       "/home/user/.ssh/id_rsa", "no", "no"},
      {R"("denyRead":["~/.netrc"],"allowRead":["~"],"allowWrite":[],"denyWrite":[])",
       "/home/user/.netrc", "no", "no"},
      {R"("denyRead":["~/.ssh/id_*"],"allowWrite":[],"denyWrite":[])", "/home/user/.ssh/id_rsa",
       "no", "no"},
      {R"("denyRead":[],"allowWrite":["~/.aws"],"denyWrite":[])", "/home/user/.aws/config", "yes",
       "yes"},
      {R"("denyRead":[],"allowWrite":["~"],"denyWrite":["~/.ssh"])", "/home/user/.ssh/config",
       "yes", "no"},
      {R"("denyRead":["~/.ssh"],"allowWrite":["~"],"denyWrite":[])", "/home/user/.ssh/config", "no",
       "no"},
      {R"("denyRead":["~"],"allowWrite":["~/.aws"],"denyWrite":[])", "/home/user/.aws/config",
       "yes", "yes"},
      {R"("denyRead":["~"],"allowWrite":["~/.aws"],"denyWrite":[])", "/home/user/.ssh", "no", "no"},
      {R"("denyRead":[],"allowWrite":["."],"denyWrite":[])", "/home/user/project/x.txt", "yes",
       "yes"},
      {R"("denyRead":[],"allowWrite":["."],"denyWrite":[])", "/home/user/project/.bashrc", "yes",
       "no"},
      {R"("disabled":true,"denyRead":["~/.ssh"],"allowWrite":[],"denyWrite":[])", "/home/user/.ssh",
       "yes", "yes"},
  };
  for (const Row& row : rows) {
    const auto result = Under(Settings(row.filesystem));
    INFO(row.filesystem << " " << row.path);
    CHECK(result->launch.starts != Answer::No);
    CHECK(result->Read(row.path) == row.read);
    CHECK(result->Write(row.path) == row.write);
  }
}

TEST_CASE("srt's ~ is $HOME, and its .. goes by name where nothing leads elsewhere") {
  const std::string settings = Settings(R"("denyRead":["~/.ssh"],"allowWrite":[],"denyWrite":[])");
  const char* key = "/home/user/.ssh/id_rsa";
  const std::vector<std::string> srt{"srt", "-s", "s.json", "--", "node", "x.js"};
  const auto behind = [&](std::vector<std::string> before) {
    before.insert(before.end(), srt.begin(), srt.end());
    return Evaluate(before, {{"s.json", settings}})->Read(key);
  };
  CHECK(behind({"env", "HOME=/home/other"}) == "yes");
  CHECK(behind({"env", "HOME=/home/user"}) == "no");
  CHECK(behind({"env", "-i"}) == "no");
  CHECK(Evaluate({"sh", "-c", "HOME=/home/other exec srt -s s.json -- node x.js"},
                 {{"s.json", settings}})
            ->Read(key) == "yes");
  CHECK(Evaluate({"sh", "-c", "HOME=$X exec srt -s s.json -- node x.js"}, {{"s.json", settings}})
            ->Read(key) == "unknown");
  for (const char* path : {"~/project/../notes", "/home/user/project/../notes"}) {
    INFO(path);
    const auto open = Under(
        Settings(R"("denyRead":[],"denyWrite":[],"allowWrite":[")" + std::string(path) + "\"]"));
    CHECK(open->Write("/home/user/notes/x") != "no");
  }
}

TEST_CASE("srt on macOS obeys the same settings by a Seatbelt profile") {
  const auto result =
      Under(Settings(R"("denyRead":["~/.ssh","**/.env"],"allowWrite":["."],"denyWrite":["./x"])",
                     "", R"(,"allowUnixSockets":["/var/run/docker.sock"])"),
            "/Users/dev");
  CHECK(result->Read("/Users/dev/.ssh/id_rsa") == "no");
  CHECK(result->Read("/Users/dev/.aws") == "yes");
  CHECK(result->Read("/Users/dev/project/a/.env") == "no");
  CHECK(result->Write("/Users/dev/project/a.txt") == "yes");
  CHECK(result->Write("/Users/dev/project/x/y") == "no");
  CHECK(result->Write("/Users/dev/project/sub/.bashrc") == "no");
  CHECK(result->Write("/Users/dev/.bashrc") == "no");
  CHECK(result->Of(Right::Connect, "/run/docker.sock") == "yes");
  CHECK(result->launch.grant.openings.size() == 1);
}

TEST_CASE("no socket can be made behind srt on Linux unless all are allowed") {
  CHECK(Under(Settings(kOpen))->Of(Right::Connect, "/run/docker.sock") == "no");
  CHECK(Under(Settings(kOpen, "", R"(,"allowUnixSockets":["/run/docker.sock"])"))
            ->Of(Right::Connect, "/run/docker.sock") == "no");
  CHECK(Under(Settings(kOpen, "", R"(,"allowAllUnixSockets":true)"))
            ->Of(Right::Connect, "/run/docker.sock") == "yes");
}

TEST_CASE("srt lets out what its lists name") {
  const auto none = Under(Settings(kOpen));
  CHECK(none->Connect("tcp", "evil.example", 443) == "no");
  CHECK(none->launch.grant.egress.Closed());
  const auto some = Under(Settings(kOpen, R"("api.example.com:443","*.example.org")"));
  CHECK(some->Connect("tcp", "api.example.com", 443) == "yes");
  CHECK(some->Connect("tcp", "api.example.com", 80) == "no");
  CHECK(some->Connect("tcp", "example.org", 443) == "no");
  CHECK(some->Connect("tcp", "a.b.EXAMPLE.org", 8443) == "yes");
  CHECK(some->Connect("udp", "api.example.com", 443) == "no");
  CHECK(some->Connect("tcp", "127.0.0.1", 80) == "no");
  CHECK(some->launch.grant.egress.ReachesAnyHost() == Answer::No);
  const auto outer = Under(Settings(kOpen, R"("api.example.com")", R"(,"httpProxyPort":8080)"));
  CHECK(outer->Connect("tcp", "evil.example", 443) == "unknown");
}

TEST_CASE("srt takes its options from anywhere before the dashes") {
  const auto rest = [](std::vector<std::string> argv) {
    const auto result = Evaluate(argv, {{"s.json", Settings(kOpen)}});
    std::string text;
    for (std::size_t at = 1; at < result->launch.layers.size(); ++at) {
      for (const Word& word : result->launch.layers[at].words) text += word.text + " ";
    }
    return text;
  };
  CHECK(rest({"srt", "node", "x.js"}) == "node x.js ");
  CHECK(rest({"srt", "--", "node", "-s", "x"}) == "node -s x ");
  CHECK(rest({"srt", "node", "-s", "s.json", "x.js"}) == "node x.js ");
  CHECK(rest({"srt", "node", "-d", "x.js", "--settings=s.json"}) == "node x.js ");
  CHECK(rest({"srt", "node", "--flag", "x.js"}) == "node --flag x.js ");
  CHECK(rest({"srt", "node", "--flag", "--", "x.js"}) == "node --flag -- x.js ");
  const auto swallowed = Evaluate({"srt", "python", "-c", "print(1)"});
  CHECK(swallowed->HasProblem("takes -c for itself", Answer::Unknown));
  CHECK(Evaluate({"srt", "node x.js"})->HasProblem("no program has this name"));
  CHECK(Evaluate({"srt", "-s", "s.json"}, {{"s.json", Settings(kOpen)}})->HasProblem("no command"));
}

TEST_CASE("settings that srt refuses start nothing and prove nothing") {
  const std::string bad[] = {
      "",
      "{",
      "{}",
      "// x\n" + Settings(kOpen),
      Settings(R"("denyRead":[],"allowWrite":[])"),
      Settings(R"("denyRead":"~/.ssh","allowWrite":[],"denyWrite":[])"),
      Settings(R"("denyRead":[""],"allowWrite":[],"denyWrite":[])"),
      Settings(R"("denyRead":["/x/*/"],"allowWrite":[],"denyWrite":[])"),
      Settings(kOpen, "\"*\""),
      Settings(kOpen, "\"*.com\""),
      Settings(kOpen, "\"https://example.com\""),
      Settings(kOpen, "\"localhost2\""),
      Settings(kOpen, "\"::1\""),
      Settings(kOpen, "", ",\"httpProxyPort\":\"80\""),
  };
  for (const std::string& text : bad) {
    const auto result = Under(text);
    INFO(text);
    CHECK(result->launch.starts == Answer::No);
    CHECK(result->Read("/home/user/.ssh") == "unknown");
    CHECK(result->Connect("tcp", "evil.example", 443) == "unknown");
  }
  const auto missing = Evaluate({"srt", "-s", "none.json", "node"});
  CHECK(missing->Read("/home/user/.ssh") == "unknown");
  CHECK(missing->HasNote("none.json"));
}

TEST_CASE("without settings srt reads the whole host") {
  const auto result = Evaluate({"srt", "node", "x.js"});
  CHECK(result->Read("/home/user/.ssh/id_rsa") == "yes");
  CHECK(result->HasNote(".srt-settings.json"));
  CHECK(result->launch.grant.environment.Ask("AWS_SECRET_ACCESS_KEY").answer == Answer::Yes);
}

TEST_CASE("srt passes the environment but what its settings name") {
  const auto result =
      Under("{\"network\":{\"allowedDomains\":[],\"deniedDomains\":[]},\"filesystem\":{" + kOpen +
            "},\"credentials\":{\"envVars\":[{\"name\":\"A\",\"mode\":\"deny\"}]}}");
  CHECK(result->launch.starts == Answer::Yes);
  CHECK(result->launch.grant.environment.Ask("A").answer == Answer::No);
  CHECK(result->launch.grant.environment.Ask("B").answer == Answer::Yes);
}

TEST_CASE("the settings of the corpus are read, and their unknown keys named") {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(kSourceDir) / "../shared/corpus/srt";
  if (!fs::is_directory(folder)) {
    WARN("skipped: there is no corpus");
    return;
  }
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    const auto result = Under(bytes.str());
    INFO(entry.path().filename().string());
    CHECK(result->launch.starts != Answer::No);
    const bool comment = bytes.str().find("\"_comment\"") != std::string::npos;
    CHECK(result->HasNote("_comment") == comment);
  }
}

}  // namespace
}  // namespace sandlint
