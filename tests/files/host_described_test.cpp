#include <string>

#include "catch.h"
#include "scanner/files/host.h"

namespace sandlint {
namespace {

constexpr const char* kHost = R"({
  // comments are allowed
  "users": [{"name": "root", "uid": 0, "home": "/root"},
            {"name": "alice", "uid": 1000, "gid": 1001, "home": "/home/alice", "groups": [7, "kvm"]}],
  "groups": {"kvm": 104},
  "caller": "alice",
  "working_directory": "~/project",
  "homes": ["/home/bob"],
  "directories": ["~/project", "/tmp"],
  "files": ["~/.ssh/id", "/etc/passwd"],
  "sockets": ["/run/x.sock"],
  "devices": ["/dev/null"],
  "others": ["/run/fifo"],
  "links": {"~/keys": ".ssh", "/bin": "usr/bin"},
  "modes": {"~/.ssh": "0700", "/tmp": "1777", "/": "0755"},
  "owners": {"/tmp": "alice", "/etc/passwd": "5:6"},
  "mounts": ["/srv", "/proc"],
  "tools": {"bwrap": "0.8.0"},
  "images": {"img:1": {"user": "app", "variables": ["A"], "entrypoint": true,
                       "users": [{"name": "app", "uid": 9, "home": "/app"}],
                       "groups": {"g": 3}, "volumes": ["/data"], "files": ["/app/x"]}},
  "assumptions": ["it is a test"],
  "complete": true
})";

TEST_CASE("A described host answers as its file says") {
  std::string problem;
  const auto host = MakeDescribedHost(kHost, problem);
  INFO(problem);
  REQUIRE(host != nullptr);
  CHECK(host->Caller().uid == 1000);
  CHECK(host->Caller().groups == std::vector<std::uint32_t>{7, 104});
  CHECK(host->WorkingDirectory() == "/home/alice/project");
  CHECK(host->Homes() == std::vector<std::string>{"/home/alice", "/home/bob"});
  CHECK(host->MountPoints() == std::vector<std::string>{"/proc", "/srv"});
  CHECK(host->ToolVersion("bwrap") == "0.8.0");
  CHECK_FALSE(host->ToolVersion("firejail"));
  CHECK(host->UserByName("root")->uid == 0);
  CHECK(host->UserById(1000)->name == "alice");
  CHECK_FALSE(host->Symbolic());
  CHECK_FALSE(host->MayExist("/nothing"));
  CHECK(host->Lstat("/")->kind == NodeKind::Directory);
  CHECK(host->Lstat("/home/alice/.ssh")->mode == 0700);
  CHECK(host->Lstat("/home/alice/.ssh")->uid == 1000);
  CHECK(host->Lstat("/home/alice/.ssh/id")->gid == 1001);
  CHECK(host->Lstat("/home")->uid == 0);
  CHECK(host->Lstat("/home/alice/keys")->link == ".ssh");
  CHECK(host->Lstat("/run/x.sock")->kind == NodeKind::Socket);
  CHECK(host->Lstat("/dev/null")->kind == NodeKind::CharDevice);
  CHECK(host->Lstat("/run/fifo")->kind == NodeKind::Other);
  CHECK(host->Lstat("/tmp")->mode == 01777);
  CHECK(host->Lstat("/tmp")->uid == 1000);
  CHECK(host->Lstat("/etc/passwd")->gid == 6);
  CHECK(host->List("/home/alice") == std::vector<std::string>{".ssh", "keys", "project"});
  CHECK(host->List("/nothing").empty());
  const auto image = host->Image("img:1");
  REQUIRE(image);
  CHECK(image->user == "app");
  CHECK(image->has_entrypoint);
  CHECK(image->groups.at("g") == 3);
  CHECK(image->nodes.at("/app/x").uid == 9);
  CHECK_FALSE(image->nodes.contains("/"));
  CHECK_FALSE(image->nodes.contains("/home"));
  CHECK_FALSE(host->Image("img:2"));
}

TEST_CASE("What a host file does not list may exist unless it is complete") {
  std::string problem;
  const auto host =
      MakeDescribedHost(R"({"caller": {"name": "a", "uid": 1, "home": "/home/a"}})", problem);
  REQUIRE(host != nullptr);
  CHECK(host->MayExist("/nothing"));
  CHECK_FALSE(host->MayExist("/home/a"));
  CHECK(host->WorkingDirectory() == "/home/a");
}

TEST_CASE("What is no host file is refused") {
  const std::string user = R"("caller": {"name": "a", "uid": 1, "home": "/home/a"})";
  std::string deep;
  for (int i = 0; i < 20'000; ++i) deep += "[";
  std::string many = "{" + user + R"(, "files": [)";
  for (int i = 0; i < 120'000; ++i) many += "\"/f" + std::to_string(i) + "\",";
  many += "\"/x\"]}";
  std::string folders = "{" + user + R"(, "files": [)";
  for (int i = 0; i < 400; ++i) {
    folders += "\"/" + std::to_string(i);
    for (int part = 0; part < 400; ++part) folders += "/a";
    folders += "\",";
  }
  folders += "\"/x\"]}";
  for (const std::string& text : {std::string(),
                                  std::string("{"),
                                  std::string("[]"),
                                  std::string("{}"),
                                  deep,
                                  "{" + deep + "}",
                                  many,
                                  folders,
                                  std::string(R"({"caller": "nobody"})"),
                                  std::string(R"({"caller": 5})"),
                                  std::string(R"({"caller": {"name": "a", "home": "x"}})"),
                                  "{" + user + R"(, "files": "x"})",
                                  "{" + user + R"(, "files": [1]})",
                                  "{" + user + R"(, "files": ["relative"]})",
                                  "{" + user + R"(, "files": ["/a/../b"]})",
                                  "{" + user + R"(, "files": ["/a//b"]})",
                                  "{" + user + R"(, "links": {"/a": 1}})",
                                  "{" + user + R"(, "modes": {"/": "9"}})",
                                  "{" + user + R"(, "modes": {"/none": "0700"}})",
                                  "{" + user + R"(, "owners": {"/": "nobody"}})",
                                  "{" + user + R"(, "groups": {"a": -1}})",
                                  "{" + user + R"(, "tools": {"bwrap": 1}})",
                                  "{" + user + R"(, "complete": 1})",
                                  "{" + user + R"(, "images": {"a": 1}})",
                                  "{" + user + R"(, "images": {"a": {"x": 1}}})",
                                  "{" + user + R"(, "users": [1]})",
                                  "{" + user + R"(, "user": []})",
                                  "{" + user + R"(, "files": ["/\u0000"]})",
                                  std::string("\xFF\xFE")}) {
    std::string problem;
    INFO(text.substr(0, 100));
    CHECK(MakeDescribedHost(text, problem) == nullptr);
    CHECK_FALSE(problem.empty());
  }
}

}  // namespace
}  // namespace sandlint
