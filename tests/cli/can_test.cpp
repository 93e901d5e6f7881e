// `sandlint can`: the contract that tests, users and other programs lean on.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"
#include "cli/program.h"

namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

Outcome Can(Words question, const Words& argv, const How& how = {}) {
  question.insert(question.begin(), "can");
  question.emplace_back("--");
  question.insert(question.end(), argv.begin(), argv.end());
  return Sandlint(question, how);
}

std::vector<Json> Batch(const std::string& lines, int expected_code, const Words& options = {}) {
  Words words{"can", "--batch", "-"};
  words.insert(words.end(), options.begin(), options.end());
  const Outcome outcome = Sandlint(words, {{}, lines});
  INFO(outcome.err);
  CHECK(outcome.code == expected_code);
  std::vector<Json> answers;
  std::istringstream stream(outcome.out);
  for (std::string line; std::getline(stream, line);) {
    answers.push_back(Json::parse(line, nullptr, false));
    REQUIRE(answers.back().is_object());
  }
  return answers;
}

const Words kOpen{"node", "x.js"};
const Words kClosed{"bwrap", "--unshare-all", "--ro-bind", "/usr",       "/usr",          "--proc",
                    "/proc", "--dev",         "/dev",      "--clearenv", "/usr/bin/node", "x.js"};

}  // namespace

TEST_CASE("the exit code is the answer") {
  CHECK(Can({"read", "/home/user/.ssh/id_rsa"}, kOpen).code == 0);
  CHECK(Can({"read", "/home/user/.ssh/id_rsa"}, kClosed).code == 1);
  CHECK(Can({"read", "/home/user/.ssh/id_rsa"}, {"mystery-wrapper", "--x", "node"}).code != 1);
  CHECK(Can({"read", "inside:relative"}, kOpen).code == 2);
  CHECK(Can({"connect", "tcp://192.0.2.1:443"}, kOpen).code == 0);
  CHECK(Can({"connect", "tcp://192.0.2.1:443"}, kClosed).code == 1);
  CHECK(Can({"getenv", "AWS_SECRET_ACCESS_KEY"}, kOpen).code == 0);
  CHECK(Can({"getenv", "AWS_SECRET_ACCESS_KEY"},
            {"env", "-i", "bwrap", "--unshare-all", "--ro-bind", "/usr", "/usr", "node"})
            .code == 1);
  // The client runs as the same user, and its environment can be read.
  CHECK(Can({"getenv", "AWS_SECRET_ACCESS_KEY"}, {"env", "-i", "node", "x.js"}).code == 0);
}

TEST_CASE("the answer comes first, then the words that decide") {
  const Outcome outcome =
      Can({"read", "/home/user/.ssh"}, {"bwrap", "--ro-bind", "/", "/", "node", "x.js"});
  CHECK(outcome.out.starts_with("yes: read /home/user/.ssh\n"));
  CHECK(Has(outcome.out, "argv["));
  CHECK(Has(outcome.out, "--ro-bind"));
}

TEST_CASE("a tilde is the home of the user in question") {
  CHECK(Can({"read", "~/.ssh", "--home", "/home/ann"},
            {"bwrap", "--ro-bind", "/home/ann/.ssh", "/k", "--ro-bind", "/usr", "/usr", "node"})
            .code == 0);
  CHECK(Can({"read", "~/.ssh", "--home", "/home/bob"},
            {"bwrap", "--ro-bind", "/home/ann/.ssh", "/k", "--ro-bind", "/usr", "/usr", "node"})
            .code == 1);
}

TEST_CASE("a path inside is another question than one on the host") {
  const Words argv{"bwrap", "--ro-bind", "/usr", "/usr", "--tmpfs", "/tmp", "/usr/bin/node"};
  CHECK(Can({"write", "inside:/tmp"}, argv).code == 0);
  CHECK(Can({"write", "/tmp/x"}, argv).code == 1);
  CHECK(Can({"read", "inside:/home/user/.ssh"}, argv).code == 1);
}

TEST_CASE("the order of mounts decides") {
  const Words undone{"bwrap",     "--tmpfs",   "/home/ann/.ssh", "--bind", "/home/ann",
                     "/home/ann", "--ro-bind", "/usr",           "/usr",   "node"};
  const Words masked{"bwrap",          "--bind",    "/home/ann", "/home/ann", "--tmpfs",
                     "/home/ann/.ssh", "--ro-bind", "/usr",      "/usr",      "node"};
  CHECK(Can({"read", "/home/ann/.ssh/id_rsa"}, undone).code == 0);
  CHECK(Can({"read", "/home/ann/.ssh/id_rsa"}, masked).code == 1);
}

TEST_CASE("words behind the dashes are the launch, as they are") {
  // A further `--` belongs to the launch, and so do words that look like options of ours.
  const Outcome outcome = Can({"read", "/home/user/.ssh"},
                              {"bwrap", "--ro-bind", "/usr", "/usr", "--", "node", "--host"});
  CHECK(outcome.code == 1);
  CHECK(Sandlint({"can", "read", "/etc", "--"}).code == 2);
}

TEST_CASE("connect takes every kind of target and explains a wrong one") {
  for (const char* target : {"tcp://api.github.com:443", "udp://[2001:db8::1]:53",
                             "icmp://192.0.2.1", "unix:/run/docker.sock", "unix:@dbus"}) {
    DYNAMIC_SECTION(target) {
      CHECK(Can({"connect", target}, kOpen).code == 0);
      CHECK(Can({"connect", target}, kClosed).code == 1);
    }
  }
  for (const char* target :
       {"tcp://host", "tcp://host:0", "tcp://host:99999", "tcp://:443", "tcp://2001:db8::1:443",
        "http://host:80", "icmp://host:1", "unix:@", "unix:relative", "host:443", ""}) {
    DYNAMIC_SECTION("wrong " << target) {
      const Outcome outcome = Can({"connect", target}, kOpen);
      CHECK(outcome.code == 2);
      CHECK(!outcome.err.empty());
    }
  }
}

TEST_CASE("a reachable socket that starts processes opens a closed network") {
  const Words argv{"bwrap",  "--unshare-all",    "--ro-bind",        "/usr", "/usr",
                   "--bind", "/run/docker.sock", "/run/docker.sock", "node"};
  const Outcome outcome = Can({"connect", "tcp://192.0.2.1:443"}, argv);
  CHECK(outcome.code != 1);
}

TEST_CASE("a firewall of unknown syntax makes a yes unknown, and is named") {
  const Tree tree{{"fw.rules", "deny everything\n"}};
  const Words open{"connect", "tcp://192.0.2.1:443", "--firewall", tree / "fw.rules"};
  const Outcome outcome = Can(open, kOpen);
  CHECK(outcome.code == 3);
  CHECK(Has(outcome.out, "fw.rules"));
  CHECK(Can(open, kClosed).code == 1);
  CHECK(Can({"connect", "tcp://192.0.2.1:443", "--firewall", "/nonexistent"}, kOpen).code == 2);
}

TEST_CASE("nftables rules answer by user, with the deciding line") {
  const Tree tree{{"fw.nft",
                   "table inet t {\n  chain out {\n    type filter hook output priority 0;\n"
                   "    meta skuid mcp ip daddr 140.82.112.0/20 tcp dport 443 accept\n"
                   "    meta skuid mcp drop\n  }\n}\n"},
                  {"passwd", "root:x:0:0::/root:/bin/sh\nmcp:x:2001:2001::/home/mcp:/bin/sh\n"}};
  const auto ask = [&](const char* target, const char* user) {
    return Sandlint({"can", "connect", target, "--firewall", tree / "fw.nft", "--user", user,
                     "--passwd", tree / "passwd"});
  };
  const Outcome yes = ask("tcp://140.82.112.5:443", "mcp");
  CHECK(yes.code == 0);
  CHECK(Has(yes.out, "fw.nft:4:"));
  const Outcome no = ask("tcp://93.184.216.34:443", "mcp");
  CHECK(no.code == 1);
  CHECK(Has(no.out, "fw.nft:5:"));
  CHECK(ask("udp://[2001:db8::1]:53", "2001").code == 1);
  CHECK(ask("udp://[2001:db8::1]:53", "root").code == 0);
  CHECK(ask("tcp://127.0.0.1:443", "mcp").code == 1);
  // A name can be any address, and who asks is not known without --user.
  CHECK(ask("tcp://api.github.com:443", "mcp").code == 3);
  CHECK(ask("tcp://api.github.com:80", "mcp").code == 1);
  const Words nobody{"connect", "tcp://93.184.216.34:443", "--firewall", tree / "fw.nft"};
  CHECK(Can(nobody, kOpen).code == 3);
  const Words sudo{"sudo", "-u", "mcp", "node", "x.js"};
  CHECK(Can(nobody, sudo).code != 0);
}

TEST_CASE("a user who does not exist leaves no rule active") {
  const Tree tree{{"fw.nft",
                   "table inet t {\n  chain out {\n    type filter hook output priority 0; policy "
                   "drop;\n    meta skuid nosuch accept\n  }\n}\n"},
                  {"passwd", "mcp:x:2001:2001::/home/mcp:/bin/sh\n"}};
  const Words ask{"can",    "connect", "tcp://192.0.2.1:443", "--firewall", tree / "fw.nft",
                  "--user", "mcp"};
  CHECK(Sandlint(ask).code == 1);
  Words with_users = ask;
  with_users.insert(with_users.end(), {"--passwd", tree / "passwd"});
  const Outcome open = Sandlint(with_users);
  CHECK(open.code == 0);
  CHECK(Has(open.out, "there is no user nosuch"));
}

TEST_CASE("a server of a config is asked about by name") {
  const Tree tree{{".mcp.json", R"({"mcpServers": {
  "open": {"command": "node", "args": ["x.js"]},
  "shut": {"command": "bwrap", "args": ["--unshare-all", "--ro-bind", "/usr", "/usr", "node"]},
  "web": {"type": "http", "url": "https://example.org/mcp"}}})"}};
  const How here{tree.root};
  CHECK(Sandlint({"can", "read", "~/.ssh", "--server", "open"}, here).code == 0);
  const Outcome shut = Sandlint({"can", "read", "~/.ssh", "--server", "shut"}, here);
  CHECK(shut.code == 1);
  const Outcome open = Sandlint(
      {"can", "connect", "tcp://h.example:1", "--server", "open", "--config", tree / ".mcp.json"});
  CHECK(open.code == 0);

  const Outcome which = Sandlint({"can", "read", "~/.ssh"}, here);
  CHECK(which.code == 2);
  CHECK(Has(which.err, "open, shut, web"));
  CHECK(Sandlint({"can", "read", "~/.ssh", "--server", "none"}, here).code == 2);
  const Outcome remote = Sandlint({"can", "read", "~/.ssh", "--server", "web"}, here);
  CHECK(remote.code == 2);
  CHECK(Has(remote.err, "remote"));
}

TEST_CASE("evidence of a config has its line and column") {
  const Tree tree{{".mcp.json",
                   "{\"mcpServers\": {\"a\": {\"command\": \"bwrap\",\n"
                   "  \"args\": [\"--ro-bind\", \"/\", \"/\", \"node\"]}}}\n"}};
  const Outcome outcome =
      Sandlint({"can", "read", "/home/user/.ssh", "--format", "json"}, {tree.root});
  CHECK(outcome.code == 0);
  const Json answer = Json::parse(outcome.out);
  REQUIRE(!answer["because"].empty());
  bool found = false;
  for (const Json& because : answer["because"]) {
    if (because.value("line", 0) != 2) continue;
    found = true;
    CHECK(because["file"] == ".mcp.json");
    CHECK(because["column"].get<int>() > 1);
  }
  CHECK(found);
}

TEST_CASE("a batch answers in order, with the shape of the contract") {
  const auto answers = Batch(
      R"({"id": 1, "op": "read", "target": "/home/user/.ssh", "argv": ["node", "x.js"]}
{"id": "two", "op": "getenv", "target": "HOME", "argv": ["env", "-i", "bwrap", "--unshare-all", "--ro-bind", "/usr", "/usr", "node"]}
{"id": 3, "op": "connect", "target": "tcp://192.0.2.1:443", "argv": ["bwrap", "--unshare-net", "--ro-bind", "/usr", "/usr", "node"]}
)",
      0);
  REQUIRE(answers.size() == 3);
  CHECK(answers[0]["id"] == 1);
  CHECK(answers[1]["id"] == "two");
  CHECK(answers[2]["id"] == 3);
  CHECK(answers[0]["answer"] == "yes");
  CHECK(answers[1]["answer"] == "no");
  CHECK(answers[2]["answer"] == "no");
  CHECK(answers[0]["backing"] == "host");
  CHECK(answers[0]["rights"].is_array());
  CHECK(!answers[1].contains("rights"));
  for (const Json& answer : answers) {
    CHECK(answer["because"].is_array());
    CHECK(answer["assuming"].is_array());
    CHECK((answer["confidence"] == "high" || answer["confidence"] == "medium" ||
           answer["confidence"] == "low"));
    CHECK((answer["starts"] == "yes" || answer["starts"] == "no" || answer["starts"] == "unknown"));
  }
}

TEST_CASE("a bad line of a batch has an error, and the others their answers") {
  const std::vector<std::string> bad{
      "not json",
      "[1]",
      R"({"id": 2, "op": "read"})",
      R"({"id": 2, "target": "/etc"})",
      R"({"id": 2, "op": "smell", "target": "/etc", "argv": ["node"]})",
      R"({"id": 2, "op": "read", "target": "/etc", "argv": []})",
      R"({"id": 2, "op": "read", "target": "/etc", "argv": "node"})",
      R"({"id": 2, "op": "read", "target": "/etc", "argv": ["node", 1]})",
      R"({"id": 2, "op": "read", "target": 5, "argv": ["node"]})",
      R"({"id": 2, "op": "read", "target": "/etc", "argv": ["node"], "env": {"A": 1}})",
      R"({"id": 2, "op": "read", "target": "/etc", "argv": ["node"], "host": "/nonexistent"})",
      R"({"id": 2, "op": "read", "target": "/etc", "config": "/nonexistent"})",
      R"({"id": 2, "op": "read", "target": "/etc", "argv": ["node"], "host": "live", "user": "nobody-of-that-name"})",
      R"({"id": 2, "op": "connect", "target": "tcp://h", "argv": ["node"]})",
      R"({"id": [2], "op": "read", "target": "/etc", "argv": ["node"]})",
      std::string(100000, '['),
  };
  const std::string good = R"({"id": "good", "op": "read", "target": "/etc", "argv": ["node"]})";
  for (const std::string& line : bad) {
    DYNAMIC_SECTION(line.substr(0, 90)) {
      const auto answers = Batch(good + "\n" + line + "\n" + good + "\n", 2);
      REQUIRE(answers.size() == 3);
      CHECK(answers[0]["answer"] == "yes");
      CHECK(answers[1]["error"].is_string());
      CHECK(answers[1].contains("id"));
      CHECK(!answers[1].contains("answer"));
      CHECK(answers[2]["answer"] == "yes");
    }
  }
}

TEST_CASE("a key of a question that means nothing is said, not dropped") {
  const auto answers =
      Batch(R"({"id": 1, "op": "read", "target": "/etc", "argv": ["node"], "expect": "yes"})", 0);
  REQUIRE(answers.size() == 1);
  CHECK(Has(answers[0]["assuming"].dump(), "expect"));
}

TEST_CASE("the environment and the directory of a question count") {
  const auto answers = Batch(
      R"({"id": 1, "op": "getenv", "target": "TOKEN", "argv": ["node"], "env": {"PATH": "/usr/bin"}}
{"id": 2, "op": "getenv", "target": "TOKEN", "argv": ["node"], "env": {"TOKEN": "x"}}
{"id": 3, "op": "getenv", "target": "TOKEN", "argv": ["node"]}
{"id": 4, "op": "write", "target": "sub/f", "argv": ["bwrap", "--ro-bind", "/", "/", "--bind", "/w/sub", "/w/sub", "node"], "cwd": "/w"}
{"id": 5, "op": "write", "target": "sub/f", "argv": ["bwrap", "--ro-bind", "/", "/", "--bind", "/w/sub", "/w/sub", "node"], "cwd": "/elsewhere"}
)",
      0);
  REQUIRE(answers.size() == 5);
  CHECK(answers[0]["answer"] == "no");
  CHECK(answers[1]["answer"] == "yes");
  CHECK(answers[1]["via"] == "environment");
  CHECK(answers[2]["answer"] == "yes");
  CHECK(answers[3]["answer"] == "yes");
  CHECK(answers[4]["answer"] == "no");
}

TEST_CASE("a secret in a launch is not repeated") {
  const std::string token = "ghp_" + std::string(36, 'a').replace(3, 9, "B7cD9eF1g");
  for (const Words& argv :
       {Words{"bwrap", "--ro-bind", "/", "/", "--setenv", "GITHUB_TOKEN", token, "node"},
        Words{"env", "API_KEY=hunter2-hunter2", "node"},
        Words{"docker", "run", "-e", "GITHUB_TOKEN=" + token, "image"}}) {
    DYNAMIC_SECTION(argv[0]) {
      for (const char* name : {"GITHUB_TOKEN", "API_KEY"}) {
        for (const char* format : {"text", "json"}) {
          const Outcome outcome = Can({"getenv", name, "--format", format}, argv);
          CHECK(outcome.code != 2);
          CHECK(!Has(outcome.out + outcome.err, token));
          CHECK(!Has(outcome.out + outcome.err, "hunter2"));
        }
      }
    }
  }
}

TEST_CASE("a launch that cannot start is answered as if it did, and says so") {
  const auto answers = Batch(
      R"({"id": 1, "op": "read", "target": "/home/user/.ssh", "argv": ["bwrap", "--ro-bind=/", "/", "node"]})",
      0);
  REQUIRE(answers.size() == 1);
  CHECK(answers[0]["starts"] == "no");
}

TEST_CASE("ten thousand questions take seconds, not minutes") {
  std::string lines;
  for (int index = 0; index < 10000; ++index) {
    lines += R"({"id": )" + std::to_string(index) +
             R"(, "op": "read", "target": "/home/user/.ssh/id_)" + std::to_string(index) +
             R"(", "argv": ["bwrap", "--ro-bind", "/", "/", "--tmpfs", "/home/user", "node"]})" +
             "\n";
  }
  const Outcome outcome = Sandlint({"can", "--batch", "-"}, {{}, lines});
  CHECK(outcome.code == 0);
  CHECK(!outcome.late);
  CHECK(std::count(outcome.out.begin(), outcome.out.end(), '\n') == 10000);
}
