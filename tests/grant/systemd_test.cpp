// systemd-run and unit files: what a service may reach.

#include <string>
#include <vector>

#include "catch.h"
#include "scanner/parse/systemd_unit.h"
#include "tests/grant/evaluate.h"

namespace sandlint {
namespace {

std::unique_ptr<Evaluated> Service(const std::vector<std::string>& properties) {
  std::vector<std::string> argv{"sudo", "systemd-run", "--pipe", "-q"};
  for (const std::string& one : properties) argv.insert(argv.end(), {"-p", one});
  argv.insert(argv.end(), {"node", "x.js"});
  return Evaluate(argv);
}

std::string Env(const Evaluated& evaluated, const std::string& name) {
  return NameOf(evaluated.launch.grant.environment.Ask(name).answer);
}

}  // namespace

TEST_CASE("A service starts anew, as root, with none of the client's variables") {
  const auto plain = Service({});
  CHECK(plain->Read("/root/.ssh/id_rsa") == "yes");
  CHECK(plain->launch.grant.identity.outer_uid == 0U);
  CHECK(plain->launch.grant.environment.own.Find("AWS_SECRET_ACCESS_KEY").presence ==
        Presence::Absent);
  const auto user = Service({"User=bob", "Environment=A=1"});
  CHECK(user->Read("/home/user/.ssh/id_rsa") == "no");
  CHECK(Env(*user, "A") == "yes");
  const auto scope = Evaluate({"systemd-run", "--user", "--scope", "-p", "MemoryMax=1G", "node"});
  CHECK(scope->Read("/home/user/.ssh/id_rsa") == "yes");
  CHECK(Env(*scope, "AWS_SECRET_ACCESS_KEY") == "yes");
  CHECK(scope->launch.starts == Answer::Yes);
  CHECK(Evaluate({"systemd-run", "--user", "--scope", "-p", "ProtectHome=yes", "x"})
            ->HasProblem("a scope takes no such"));
  CHECK(Evaluate({"systemd-run", "--user", "node"})->HasProblem("--pipe", Answer::Unknown));
  CHECK(Evaluate({"systemd-run", "--nope", "node"})->Read("/home/user/x") == "unknown");
}

TEST_CASE("The strict way to protect the system leaves the homes alone") {
  // Without a user namespace of its own it would look into the client.
  const auto strict = Service({"User=user", "PrivateUsers=yes", "ProtectSystem=strict"});
  CHECK(strict->Write("/home/user/project/x") == "yes");
  CHECK(strict->Write("/srv") == "no");
  const auto home =
      Service({"User=user", "PrivateUsers=yes", "ProtectSystem=strict", "ProtectHome=read-only"});
  CHECK(home->Write("/home/user/project/x") == "no");
  CHECK(home->Read("/home/user/.ssh/id_rsa") == "yes");
  const auto hidden =
      Service({"User=user", "PrivateUsers=yes", "ProtectHome=yes", "BindPaths=/home/user/project"});
  CHECK(hidden->Read("/home/user/project/x") == "no");
  const auto open = Service(
      {"User=user", "PrivateUsers=yes", "ProtectHome=tmpfs", "BindPaths=/home/user/project"});
  CHECK(open->Read("/home/user/project/x") == "yes");
  CHECK(open->Read("/home/user/.ssh/id_rsa") == "no");
  CHECK(Service({"User=user", "ProtectHome=%i"})->Read("/home/user/.ssh/id_rsa") == "unknown");
  CHECK(Service({"User=user", "InaccessiblePaths=%i"})->Read("/home/user/.ssh") == "unknown");
}

TEST_CASE("Addresses of a service are an allow-list only where all others are denied") {
  const auto list = Service({"IPAddressAllow=localhost"});
  CHECK(list->Connect("tcp", "192.0.2.1", 443) == "yes");
  const auto local = Service({"IPAddressAllow=localhost", "IPAddressDeny=any"});
  CHECK(local->Connect("tcp", "192.0.2.1", 443) == "no");
  CHECK(local->Connect("tcp", "127.0.0.1", 443) == "yes");
  const auto some = Service({"IPAddressAllow=192.0.2.0/24", "IPAddressDeny=any"});
  CHECK(some->Connect("tcp", "192.0.2.1", 443) == "unknown");
  CHECK(Service({"PrivateNetwork=yes"})->Connect("tcp", "192.0.2.1", 443) == "no");
  CHECK(Service({"IPAddressDeny=any", "IPAddressDeny="})->Connect("tcp", "192.0.2.1", 1) == "yes");
  CHECK(
      Service({"User=bob", "RestrictAddressFamilies=AF_UNIX"})->Connect("tcp", "192.0.2.1", 443) ==
      "no");
  CHECK(Service({"Nonsense=1"})->Connect("tcp", "192.0.2.1", 443) == "unknown");
  const auto user = Evaluate(
      {"systemd-run", "--user", "-P", "-p", "IPAddressDeny=any", "-p", "PrivateNetwork=1", "x"});
  CHECK(user->Connect("tcp", "192.0.2.1", 443) == "unknown");
}

TEST_CASE("A unit file of the tree is read") {
  const std::string unit =
      "[Unit]\nDescription=x\n[Service]\n# comment\nUser=bob\nProtectHome=yes\n"
      "ExecStart=-/usr/bin/node \\\n  \"a b.js\" x\n";
  const auto started =
      Evaluate({"sudo", "systemctl", "start", "mcp"}, {{"systemd/mcp.service", unit}});
  std::string words;
  for (const Word& word : started->launch.layers.back().words) words += word.text + "|";
  CHECK(started->Read("/home/user/.ssh/id_rsa") == "no");
  CHECK(started->HasProblem("no standard input"));
  CHECK(started->launch.layers.back().tool == "a b.js");
  const auto missing = Evaluate({"systemctl", "start", "mcp"});
  CHECK(missing->Read("/home/user/.ssh/id_rsa") == "unknown");
  CHECK(missing->HasNote("no unit file"));
  const Source source{"u", "[Service]\nA=1\n;x\nB = a\\\n#c\n b \nC\n", false};
  const std::vector<UnitLine> lines = ParseSystemdUnit(source);
  REQUIRE(lines.size() == 2);
  CHECK(lines[1].key.text == "B");
  CHECK(lines[1].value.text == "a b");
  CHECK(lines[1].value.span.Text() == "a\\\n#c\n b");
}

TEST_CASE("A service of the client's own user looks into the client") {
  const auto reads = [](std::vector<std::string> properties) {
    properties.push_back("InaccessiblePaths=/home/user/.ssh");
    properties.push_back("NoNewPrivileges=yes");
    return Service(properties)->Read("/home/user/.ssh/id_rsa");
  };
  CHECK(reads({"User=user"}) == "unknown");
  CHECK(reads({"User=1000", "ProtectProc=invisible"}) == "unknown");
  CHECK(reads({"User=user", "PrivateUsers=yes"}) == "no");
  CHECK(reads({"User=user", "InaccessiblePaths=/proc"}) == "no");
  CHECK(reads({"User=mcp-svc"}) == "no");
  CHECK(reads({"DynamicUser=yes"}) == "no");
  const auto sealed = Service({"User=user", "ReadOnlyPaths=/home"});
  CHECK(sealed->Read("/home/user/.ssh/id_rsa") == "yes");
  CHECK(sealed->Write("/home/user/.ssh/id_rsa") == "unknown");
  CHECK(sealed->Write("/root/x") == "no");
}

}  // namespace sandlint
