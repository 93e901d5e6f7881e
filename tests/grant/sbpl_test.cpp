#include <filesystem>
#include <fstream>
#include <sstream>

#include "catch.h"
#include "paths.h"
#include "tests/grant/evaluate.h"

namespace sandlint {
namespace {

constexpr const char* kHome = "/Users/dev";

std::unique_ptr<Evaluated> Under(const std::string& profile, std::vector<std::string> options = {},
                                 std::vector<std::string> command = {"/usr/bin/node",
                                                                     "/srv/x.js"}) {
  std::vector<std::string> argv{"sandbox-exec", "-f", "p.sb"};
  argv.insert(argv.end(), options.begin(), options.end());
  argv.insert(argv.end(), command.begin(), command.end());
  return Evaluate(argv, {{"p.sb", "(version 1)\n" + profile}}, nullptr, kHome);
}

struct PathRow {
  const char* profile;
  const char* path;
  const char* read;
  const char* write;
};

TEST_CASE("SBPL path rules") {
  const PathRow rows[] = {
      // defaults, wherever they stand
      {"(allow default)", "/Users/dev/.ssh/id_rsa", "yes", "yes"},
      {"(deny default)", "/Users/dev/.ssh/id_rsa", "no", "no"},
      {"(allow file-read*)(deny default)", "/Users/dev/.ssh", "yes", "no"},
      {"(deny default)(allow file-read* (subpath \"/Users/dev/project\"))", "/Users/dev/.ssh", "no",
       "no"},
      // no default at all: nothing is proven
      {"(allow file-read* (subpath \"/usr\"))", "/Users/dev/.ssh", "unknown", "unknown"},
      // the last match within one operation
      {"(allow default)(deny file-read* (subpath \"/Users/dev/.ssh\"))", "/Users/dev/.ssh/id_rsa",
       "no", "yes"},
      {"(allow default)(deny file-read* (subpath \"/Users/dev\"))"
       "(allow file-read* (subpath \"/Users/dev/.ssh\"))",
       "/Users/dev/.ssh", "yes", "yes"},
      {"(allow default)(allow file-read* (subpath \"/Users/dev/.ssh\"))"
       "(deny file-read* (subpath \"/Users/dev\"))",
       "/Users/dev/.ssh", "no", "yes"},
      // a hole below the asked directory counts
      {"(deny default)(allow file-read* (literal \"/Users/dev/.ssh/id_rsa\"))", "/Users/dev/.ssh",
       "yes", "no"},
      {"(deny default)(allow file-write* (subpath \"/Users/dev/.ssh/deep/er\"))", "/Users/dev/.ssh",
       "no", "yes"},
      // operations: a family, a leaf, one leaf of several
      {"(deny default)(allow file*)", "/Users/dev/.ssh", "yes", "yes"},
      {"(deny default)(allow file-read-metadata)", "/Users/dev/.ssh", "no", "no"},
      {"(deny default)(allow file-write-create (subpath \"/Users/dev\"))", "/Users/dev/.ssh", "no",
       "yes"},
      {"(allow default)(deny file-read* file-write* (subpath \"/Users/dev/.ssh\"))",
       "/Users/dev/.ssh/id_rsa", "no", "no"},
      // a specific operation against a later family: releases may differ
      {"(allow default)(deny file-read-data (subpath \"/Users/dev/.ssh\"))(allow file-read*)",
       "/Users/dev/.ssh", "unknown", "yes"},
      // the links of macOS: a rule on them matches nothing
      {"(allow default)(deny file* (subpath \"/tmp\"))", "/tmp/x", "yes", "yes"},
      {"(allow default)(deny file* (subpath \"/private/tmp\"))", "/tmp/x", "no", "no"},
      {"(allow default)(deny file-read* (literal \"/etc/passwd\"))", "/etc/passwd", "yes", "no"},
      {"(deny default)(allow file-read* (subpath \"/var/folders\"))", "/var/folders/x", "no", "no"},
      // filters
      {"(deny default)(allow file-read* (prefix \"/Users/dev/.cla\"))",
       "/Users/dev/.claude/settings.json", "yes", "no"},
      {"(deny default)(allow file-read* (literal \"/Users/dev/.claude\"))",
       "/Users/dev/.claude/settings.json", "no", "no"},
      {"(deny default)(allow file-read* (regex #\"^/Users/[^/]+/\\.ssh/\"))",
       "/Users/dev/.ssh/id_rsa", "yes", "no"},
      {"(allow default)(deny file-read* (regex #\"/\\.ssh(/|$)\"))", "/Users/dev/.ssh/id_rsa", "no",
       "yes"},
      {"(allow default)(deny file-read* (regex #\"/\\.ssh/id_rsa$\"))", "/Users/dev/.ssh/config",
       "yes", "yes"},
      {"(deny default)(allow file-read* (regex #\"^/opt/\"))", "/Users/dev/.ssh", "no", "no"},
      {"(allow default)(deny file-read* (regex #\"^/Users/dev/\\.ssh(/.*)?$\"))", "/Users/dev/.ssh", "no",
       "yes"},
      {"(deny default)(allow file-read* (home-subpath \"/.ssh\"))", "/Users/dev/.ssh/id_rsa", "yes",
       "no"},
      {"(deny default)(allow file-read* (home-literal \"/.netrc\"))", "/Users/dev/.netrc", "yes",
       "no"},
      {"(deny default)(allow file-read* (require-all (subpath \"/Users\")"
       "(require-not (subpath \"/Users/dev/.ssh\"))))",
       "/Users/dev/.ssh/id_rsa", "no", "no"},
      {"(deny default)(allow file-read* (require-all (subpath \"/Users\")"
       "(require-not (subpath \"/Users/dev/.ssh\"))))",
       "/Users/dev/.aws", "yes", "no"},
      {"(deny default)(allow file-read* (require-any (literal \"/x\") (subpath \"/Users\")))",
       "/Users/dev/.aws", "yes", "no"},
      {"(deny default)(allow file-read* (require-all (vnode-type DIRECTORY) (subpath \"/Users\")))",
       "/Users/dev/.ssh/id_rsa", "no", "no"},
      {"(deny default)(allow file-read* (require-all (vnode-type REGULAR-FILE)"
       "(subpath \"/Users\")))",
       "/Users/dev/.ssh/id_rsa", "yes", "no"},
      {"(deny default)(allow file-read* (extension \"com.apple.app\"))", "/Users/dev/.ssh",
       "unknown", "no"},
      {"(allow default)(deny file-read* (subpath \"/Users/dev/.ssh/\"))", "/Users/dev/.ssh",
       "unknown", "yes"},
      // modifiers change nothing that counts
      {"(allow default)(deny file-read* (with no-log) (subpath \"/Users/dev/.ssh\"))",
       "/Users/dev/.ssh", "no", "yes"},
      // definitions
      {"(deny default)(define H \"/Users/dev\")"
       "(define (home p) (subpath (string-append H p)))(allow file-read* (home \"/.ssh\"))",
       "/Users/dev/.ssh", "yes", "no"},
      {"(deny default)(let ((d \"/Users/dev/.ssh\")) (allow file-read* (subpath d)))",
       "/Users/dev/.ssh", "yes", "no"},
      {"(deny default)(define (open p) (allow file-read* (subpath p)))(open \"/Users/dev/.ssh\")",
       "/Users/dev/.ssh", "yes", "no"},
      {"(deny default)(for-each (lambda (p) (allow file-read* (subpath p)))"
       " (list \"/a\" \"/Users/dev/.ssh\"))",
       "/Users/dev/.ssh", "yes", "no"},
      {"(deny default)(if (equal? \"a\" \"b\") (allow file-read*) (allow file-write*))",
       "/Users/dev/.ssh", "no", "yes"},
      // what is not evaluated makes the rest unknown
      {"(deny default)(if (getenv \"X\") (allow file-read*))", "/Users/dev/.ssh", "unknown",
       "unknown"},
      {"(deny default)(call-with-list-of-rules)", "/Users/dev/.ssh", "unknown", "unknown"},
      {"(deny default)(define (f x) (f x))(f 1)", "/Users/dev/.ssh", "unknown", "unknown"},
      {"(deny default)__REPLACE_ME__", "/Users/dev/.ssh", "unknown", "unknown"},
      {"(deny default)(import \"mine.sb\")", "/Users/dev/.ssh", "unknown", "unknown"},
      {"(deny default)(import \"system.sb\")", "/Users/dev/.ssh", "no", "no"},
      {"(deny default)(import \"system.sb\")", "/usr/lib/x.dylib", "yes", "no"},
      {"(deny default)(allow file-read*", "/Users/dev/.ssh", "unknown", "unknown"},
  };
  for (const PathRow& row : rows) {
    const auto result = Under(row.profile);
    INFO(row.profile << " " << row.path);
    CHECK(result->Read(row.path) == row.read);
    CHECK(result->Write(row.path) == row.write);
    const PathAnswer answer = result->launch.grant.paths->OfHost(row.path);
    CHECK(answer.confidence < Confidence::High);
    CHECK(!answer.because.empty());
  }
}

TEST_CASE("SBPL parameters come from -D, and a missing one is unknown by name") {
  const char* profile = "(allow default)(deny file-read* (subpath (param \"SECRET\")))";
  CHECK(Under(profile, {"-D", "SECRET=/Users/dev/.ssh"})->Read("/Users/dev/.ssh") == "no");
  CHECK(Under(profile, {"-DSECRET=/Users/dev/.ssh"})->Read("/Users/dev/.ssh/id_rsa") == "no");
  CHECK(Under(profile, {"-D", "SECRET=/a", "-D", "SECRET=/Users/dev"})->Read("/Users/dev/.ssh") ==
        "no");
  const auto missing = Under(profile);
  CHECK(missing->Read("/Users/dev/.ssh") == "unknown");
  CHECK(missing->HasNote("-D SECRET"));
}

TEST_CASE("SBPL network rules know ports and localhost only") {
  struct Row {
    const char* profile;
    const char* protocol;
    const char* host;
    std::uint32_t port;
    const char* answer;
  };
  const Row rows[] = {
      {"(allow default)", "tcp", "evil.example", 80, "yes"},
      {"(deny default)", "tcp", "evil.example", 80, "no"},
      {"(allow default)(deny network*)", "udp", "8.8.8.8", 53, "no"},
      {"(deny default)(allow network-outbound (remote tcp \"*:443\"))", "tcp", "evil.example", 443,
       "yes"},
      {"(deny default)(allow network-outbound (remote tcp \"*:443\"))", "tcp", "evil.example", 80,
       "no"},
      {"(deny default)(allow network-outbound (remote tcp \"*:443\"))", "udp", "evil.example", 443,
       "no"},
      {"(deny default)(allow network-outbound (remote ip \"*:443\"))", "udp", "evil.example", 443,
       "yes"},
      {"(deny default)(allow network-outbound (remote ip \"localhost:*\"))", "tcp", "127.0.0.1",
       8080, "yes"},
      {"(deny default)(allow network-outbound (remote ip \"localhost:*\"))", "tcp", "evil.example",
       8080, "no"},
      {"(deny default)(allow network-outbound (local ip \"localhost:*\"))", "tcp", "evil.example",
       443, "yes"},
      {"(deny default)(allow network*)", "tcp", "evil.example", 22, "yes"},
      {"(deny default)(allow network-outbound)(deny network-outbound (remote tcp \"*:22\"))", "tcp",
       "evil.example", 22, "no"},
      {"(deny default)(allow network-outbound (literal \"/private/var/run/mDNSResponder\"))", "tcp",
       "evil.example", 443, "no"},
      {"(deny default)(allow network-outbound (remote unix-socket))", "tcp", "evil.example", 443,
       "no"},
      {"(deny default)(allow network-inbound)", "tcp", "evil.example", 443, "no"},
      {"(deny default)(allow network-outbound (remote tcp \"api.example.com:443\"))", "tcp",
       "api.example.com", 443, "unknown"},
  };
  for (const Row& row : rows) {
    const auto result = Under(row.profile);
    INFO(row.profile << " " << row.protocol << " " << row.host << ":" << row.port);
    CHECK(result->Connect(row.protocol, row.host, row.port) == row.answer);
  }
  CHECK(Under("(deny default)(allow network-outbound (remote tcp \"api.example.com:443\"))")
            ->HasProblem("can only be * or localhost"));
}

TEST_CASE("a socket is reached by network-outbound, whatever is said of files") {
  const char* socket = "/run/docker.sock";
  const auto connect = [&](const char* profile) {
    return Under(profile)->Of(Right::Connect, socket);
  };
  CHECK(connect("(allow default)") == "yes");
  CHECK(connect("(allow default)(deny file-read* file-write* (subpath \"/private/var/run\"))") ==
        "yes");
  CHECK(connect("(allow default)(deny network*)") == "no");
  CHECK(connect("(deny default)(allow network-outbound (remote unix-socket))") == "yes");
  CHECK(connect(
            "(deny default)(allow network-outbound (literal \"/private/var/run/docker.sock\"))") ==
        "yes");
  CHECK(connect("(deny default)(allow network-outbound (literal \"/var/run/docker.sock\"))") ==
        "no");
  CHECK(connect("(deny default)(allow network-outbound (remote ip))") == "no");
}

TEST_CASE("lines that match nothing are told") {
  const auto dead = [](const char* profile) {
    const auto result = Under(profile);
    return result->launch.grant.no_effect.size();
  };
  CHECK(dead("(deny default)(allow file-write* (subpath \"/tmp/work\"))") == 1);
  CHECK(dead("(deny default)(allow file-write* (subpath \"/tmp\") (subpath \"/private/tmp\"))") ==
        1);
  CHECK(dead("(allow default)(deny file-read* (regex #\"^/var/log/\"))") == 1);
  CHECK(dead("(allow default)(deny file-read* (subpath \"~/.ssh\"))") == 1);
  CHECK(dead("(deny default)(allow file-read-metadata (literal \"/tmp\") (literal \"/etc\"))") ==
        0);
  CHECK(dead("(deny default)(allow file-read* (subpath \"/private/etc\") (subpath \"/vari\"))") ==
        0);
}

constexpr const char* kGuide =
    "(deny default)\n"
    "(allow process-exec)\n"
    "(allow file-read* (literal \"/usr/lib\") (subpath \"/usr/lib\"))\n"
    "(allow file-read* (literal \"/usr/local/lib\") (subpath \"/usr/local/lib\"))\n"
    "(allow file-read* (subpath \"/private/tmp/mcp-server-work\"))\n"
    "(allow file-write* (subpath \"/private/tmp/mcp-server-work\"))\n"
    "(allow network-outbound (remote tcp \"*:443\"))\n"
    "(allow mach-lookup)\n"
    "(allow signal)\n";

TEST_CASE("the guide's profile cannot start node, and leaves every service open") {
  const auto result = Under(kGuide, {}, {"node", "/path/to/mcp-server/index.js"});
  CHECK(result->launch.starts == Answer::No);
  CHECK(result->HasProblem("the program node may not be read anywhere"));
  CHECK_FALSE(result->HasProblem("the program node may not be executed"));
  CHECK(result->HasProblem("below /System"));
  CHECK(result->HasProblem("/ itself", Answer::Unknown));
  CHECK(result->HasProblem("sysctl-read", Answer::Unknown));
  REQUIRE(result->launch.grant.openings.size() == 1);
  CHECK(result->launch.grant.openings[0].text == "(allow mach-lookup)");
  for (const char* secret : {"/.ssh", "/.aws", "/.config", "/.claude"}) {
    INFO(secret);
    CHECK(result->Read(std::string(kHome) + secret) == "no");
  }
  CHECK(result->Write("/tmp/mcp-server-work") == "yes");
  CHECK(result->Write("/private/tmp/mcp-server-work/x") == "yes");
  CHECK(result->Connect("tcp", "evil.example", 443) == "yes");
  CHECK(result->Connect("udp", "8.8.8.8", 53) == "no");
  CHECK(result->Of(Right::Exec, "/usr/bin/python3") == "yes");
}

TEST_CASE("an ordinary profile lets node start") {
  const auto result =
      Under("(allow default)(deny file-read* (subpath \"/Users/dev/.ssh\"))(deny mach-lookup)", {},
            {"node", "/Users/dev/project/index.js"});
  CHECK(result->launch.starts == Answer::Yes);
  CHECK(result->launch.grant.openings.empty());
}

TEST_CASE("the command line of sandbox-exec") {
  const auto none = Evaluate({"sandbox-exec", "node", "x.js"});
  CHECK(none->HasProblem("needs a profile"));
  const auto text = Evaluate({"sandbox-exec", "-p", "(version 1)(deny default)", "node", "x.js"},
                             {}, nullptr, kHome);
  CHECK(text->Read("/Users/dev/.ssh") == "no");
  const auto both = Evaluate({"sandbox-exec", "-p", "(version 1)", "-n", "no-network", "node"});
  CHECK(both->HasProblem("takes one of"));
  const auto named =
      Evaluate({"sandbox-exec", "-n", "no-network", "node", "x.js"}, {}, nullptr, kHome);
  CHECK(named->Connect("tcp", "evil.example", 443) == "no");
  CHECK(named->Read("/Users/dev/.ssh") == "yes");
  const auto missing =
      Evaluate({"sandbox-exec", "-f", "/tmp/p.sb", "node", "x.js"}, {}, nullptr, kHome);
  CHECK(missing->Read("/Users/dev/.ssh") == "unknown");
  CHECK(missing->Connect("tcp", "evil.example", 443) == "unknown");
  CHECK(missing->HasNote("/tmp/p.sb"));
  const auto unknown =
      Evaluate({"sandbox-exec", "-x", "-p", "(deny default)", "node"}, {}, nullptr, kHome);
  CHECK(unknown->Read("/Users/dev/.ssh") == "unknown");
}

TEST_CASE("every profile of the corpus evaluates, and names what it leaves open") {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(kSourceDir) / "../shared/corpus/sbpl";
  if (!fs::is_directory(folder)) {
    WARN("skipped: there is no corpus");
    return;
  }
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    const auto result = Evaluate({"sandbox-exec", "-f", "p.sb", "/bin/node", "/x.js"},
                                 {{"p.sb", bytes.str()}}, nullptr, kHome);
    INFO(entry.path().filename().string());
    for (const Note& note : result->launch.notes) {
      CHECK(note.word);
      CHECK_FALSE(note.why.empty());
      CHECK(note.support != Support::Unknown);
    }
    CHECK_FALSE(result->HasProblem("cannot be read: "));
  }
}

}  // namespace
}  // namespace sandlint
