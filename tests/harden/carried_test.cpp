// What the present sandbox of a server shows it stays, where it was meant for this server.

#include "catch.h"
#include "harden/made.h"

namespace sandlint {
namespace {

std::string Bwrap(const std::string& options) {
  return R"({"command": "bwrap", "args": ["--ro-bind", "/usr", "/usr", "--tmpfs", "/tmp", )" +
         options + R"(, "--", "node", "/opt/mcp/index.js"]})";
}

TEST_CASE("binds of a present sandbox are carried over with their rights") {
  const std::string entry = Bwrap(
      R"("--bind", "/srv/data", "/srv/data", "--ro-bind", "/home/user/notes", "/home/user/notes")");
  const std::string script = Make("bwrap", entry).File(".sh");
  CHECK(script.find("--bind /srv/data /srv/data") != script.npos);
  CHECK(script.find("--ro-bind \"$HOME/notes\" \"$HOME/notes\"") != script.npos);
  const std::string profile = Make("firejail", entry).File(".profile");
  CHECK(profile.find("whitelist ${HOME}/notes\nread-only ${HOME}/notes\n") != profile.npos);
  CHECK(profile.find("read-only /srv/data") == profile.npos);
}

TEST_CASE("neither the home nor what hides in it is carried over") {
  for (const char* path : {"/", "/home", "/home/user", "/home/user/.ssh", "/home/user/.config/x"}) {
    CAPTURE(path);
    const std::string bind = std::string("\"--bind\", \"") + path + "\", \"" + path + "\"";
    const Made made = Make("bwrap", Bwrap(bind));
    CHECK(made.Says("not carried over"));
    CHECK(made.File(".sh").find("its present sandbox shows it") == std::string::npos);
  }
}

TEST_CASE("variables of a present sandbox keep their values, but those that steer the wrapper") {
  const Made made = Make("bwrap", Bwrap(R"("--clearenv", "--setenv", "MODE", "a b'c",
      "--setenv", "PATH", "/evil", "--setenv", "WHO", "${USER}", "--setenv", "X;touch", "1")"));
  const std::string script = made.File(".sh");
  CHECK(script.find(" MODE='a b'\\''c'") != script.npos);
  CHECK(script.find(" WHO=\"${USER}\"") != script.npos);
  CHECK(script.find("/evil") == script.npos);
  CHECK(script.find("touch") == script.npos);
}

TEST_CASE("what a firejail profile whitelists is carried over") {
  const Made made = Make("bwrap", R"({"command": "firejail", "args": ["--noprofile",
      "--whitelist=/srv/data", "--whitelist=~/notes", "--read-only=~/notes", "--whitelist=~/.ssh",
      "--", "node", "/opt/mcp/index.js"]})");
  const std::string script = made.File(".sh");
  CHECK(script.find("--bind /srv/data") != script.npos);
  CHECK(script.find("--ro-bind \"$HOME/notes\"") != script.npos);
  CHECK(script.find("$HOME/.ssh") == script.npos);
}

TEST_CASE("a server that asks for the whole home is told what that shows") {
  const Made made =
      Make("bwrap",
           R"({"command": "npx", "args": ["@modelcontextprotocol/server-filesystem@1.0.0",
      "/home/user"]})");
  CHECK(made.Says("~ shows every secret in it"));
}

}  // namespace
}  // namespace sandlint
