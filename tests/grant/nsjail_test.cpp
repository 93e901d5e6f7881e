// nsjail by its line and its config, codex sandbox, and the sandboxes that are only known.

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"
#include "paths.h"
#include "scanner/parse/text_proto.h"
#include "scanner/peel/nsjail_settings.h"
#include "tests/grant/evaluate.h"

namespace sandlint {
namespace {

constexpr const char* kSecretKey = "/home/user/.ssh/id_rsa";

constexpr const char* kJail = R"(
name: "x" # comment
mode: ONCE
time_limit: 0
envar: "A=1" envar: "HOME"
mount { src: "/usr" dst: "/usr" is_bind: true }
mount < src: "/home/user/project", dst: '/work'; is_bind: true rw: true >
mount { dst: "/tmp" fstype: "tmpfs" rw: true }
exec_bin { path: "/usr/bin/node" arg: ["x.js", "y"] }
)";

}  // namespace

TEST_CASE("nsjail shows nothing but its mounts, and passes no variable on") {
  const auto jail = Evaluate({"nsjail", "-R", "/usr", "-B", "/home/user/project:/w", "-E", "A=1",
                              "--", "/usr/bin/node", "x.js"});
  CHECK(jail->Read(kSecretKey) == "no");
  CHECK(jail->Write("/home/user/project/x") == "yes");
  CHECK(jail->Write("/usr/bin/node") == "no");
  CHECK(jail->Connect("tcp", "192.0.2.1", 443) == "no");
  CHECK(jail->launch.grant.paths->OfHost(kSecretKey).confidence == Confidence::Medium);
  CHECK(jail->launch.grant.environment.own.Find("AWS_SECRET_ACCESS_KEY").presence ==
        Presence::Absent);
  CHECK(jail->launch.layers[0].timeout->text == "600");
  CHECK(jail->launch.layers.back().words.size() == 1);
  const auto open = Evaluate({"nsjail", "-N", "-e", "-c", "/", "--rw", "-t", "0", "--", "x"});
  CHECK(open->Write(kSecretKey) == "yes");
  CHECK(open->Connect("tcp", "192.0.2.1", 443) == "yes");
  CHECK(!open->launch.layers[0].timeout);
  CHECK(Evaluate({"nsjail", "-c", "/", "--", "x"})->Write(kSecretKey) == "no");
  CHECK(Evaluate({"nsjail", "--user_net", "--", "x"})->Connect("tcp", "a", 1) == "unknown");
  CHECK(Evaluate({"nsjail", "--nope", "--", "x"})->Read(kSecretKey) == "unknown");
}

TEST_CASE("The config of nsjail is read in both of its forms") {
  const auto jail = Evaluate({"nsjail", "-C", "j.cfg"}, {{"j.cfg", kJail}});
  CHECK(jail->Read(kSecretKey) == "no");
  CHECK(jail->Write("/home/user/project/x") == "yes");
  CHECK(!jail->launch.layers[0].timeout);
  CHECK(jail->launch.layers.back().words.front().text == "x.js");
  const std::string json =
      R"({"mount": [{"src": "/home/user", "dst": "/h", "isBind": true}], "keepEnv": true})";
  const auto other = Evaluate({"nsjail", "--config", "j.json", "--", "x"}, {{"j.json", json}});
  CHECK(other->Read(kSecretKey) == "yes");
  CHECK(other->Write(kSecretKey) == "no");
  CHECK(Evaluate({"nsjail", "-C", "no.cfg", "--", "x"})->Read(kSecretKey) == "unknown");
  const auto odd = Evaluate({"nsjail", "-C", "j.cfg"}, {{"j.cfg", "nonsense: 1\nmount { src: "}});
  CHECK(odd->Read(kSecretKey) == "unknown");
  CHECK(odd->HasNote("nonsense"));
}

TEST_CASE("Text of protocol buffers is read with places, however broken") {
  const Source source{"c", "a: 1 b { c: 'x' \"y\\n\" } b <> d: [1, 2]", false};
  const ProtoText text = ParseProtoText(source);
  REQUIRE(text.fields.size() == 5);
  CHECK(!text.problem);
  CHECK(text.fields[1].fields[0].value.text == "xy\n");
  CHECK(text.fields[1].fields[0].value.span.Text() == "'x' \"y\\n\"");
  CHECK(text.fields[4].value.text == "2");
  for (const char* broken : {"a", "a:", "a: \"x", "b { ", "}", "d: [1", "\x01", "a: [", "a: {"}) {
    const Source bad{"c", broken, false};
    INFO(broken);
    CHECK(ParseProtoText(bad).problem);
  }
  std::string deep;
  for (int level = 0; level < 5000; ++level) deep += "a {";
  const Source nested{"c", deep, false};
  CHECK(ParseProtoText(nested).problem);
}

TEST_CASE("Every config of nsjail that others wrote is read") {
  const std::filesystem::path folder =
      std::filesystem::path(kSourceDir) / "../shared/corpus/nsjail";
  if (!std::filesystem::exists(folder)) {
    WARN("skipped: there are no such files here");
    return;
  }
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path());
    std::ostringstream bytes;
    bytes << file.rdbuf();
    const Source source{entry.path().filename().string(), bytes.str(), false};
    INFO(source.path);
    const bool json = source.path.ends_with(".json");
    const ProtoText text = json ? ParseProtoJson(source) : ParseProtoText(source);
    CHECK(!text.problem);
    NsjailSettings settings;
    ApplyNsjailConfig(settings, text.fields);
    for (const Note& note : settings.notes) {
      INFO(note.word.text);
      CHECK(note.support != Support::Unknown);
    }
    CHECK(settings.mounts.size() > 3);
    ++count;
  }
  CHECK(count >= 3);
}

TEST_CASE("codex reads everything, passes every variable on and leaves sockets open") {
  const auto read = Evaluate({"codex", "sandbox", "-P", ":read-only", "--", "node", "x.js"});
  CHECK(read->Read(kSecretKey) == "yes");
  CHECK(read->Write(kSecretKey) == "no");
  CHECK(read->Connect("tcp", "192.0.2.1", 443) == "no");
  CHECK(read->Of(Right::Connect, "/run/user/1000/bus") == "yes");
  CHECK(read->launch.grant.environment.Ask("AWS_SECRET_ACCESS_KEY").answer == Answer::Yes);
  const auto work = Evaluate({"codex", "sandbox", "-P", ":workspace", "--", "node", "x.js"});
  CHECK(work->Write("/home/user/project/x") == "yes");
  CHECK(work->Write("/home/user/project/.git/config") == "no");
  const auto open = Evaluate({"codex", "sandbox", "-P", ":danger-full-access", "--", "node"});
  CHECK(open->Write(kSecretKey) == "yes");
  CHECK(open->Connect("tcp", "192.0.2.1", 443) == "yes");
  CHECK(Evaluate({"codex", "sandbox", "--", "x"})->Write(kSecretKey) == "unknown");
  CHECK(Evaluate({"codex", "sandbox", "-P", "mine", "--", "x"})->Write(kSecretKey) == "unknown");
  CHECK(Evaluate({"codex", "sandbox", "linux", "--", "x"})->HasProblem("newer", Answer::Unknown));
  CHECK(Evaluate({"npx", "@openai/codex", "sandbox", "-P", ":read-only", "--", "x"})
            ->Write(kSecretKey) == "no");
}

TEST_CASE("Of sandboxes that are not followed nothing is hidden for sure") {
  for (const std::vector<std::string>& argv : std::vector<std::vector<std::string>>{
           {"nono", "run", "--allow", "/srv", "--", "node", "x.js"},
           {"thv", "run", "--isolate-network", "fetch"},
           {"docker", "mcp", "gateway", "run", "--servers", "github"},
           {"docker", "mcp", "gateway", "run"}}) {
    const auto launch = Evaluate(argv);
    INFO(argv[0]);
    CHECK(launch->Read(kSecretKey) == "unknown");
    CHECK(launch->Connect("tcp", "192.0.2.1", 443) == "unknown");
    CHECK(HasSandbox(launch->launch));
  }
}

}  // namespace sandlint
