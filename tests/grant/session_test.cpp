// What the user's own files make of a launch: the login files of a shell, the settings of npm.

#include <map>
#include <string>

#include "catch.h"
#include "grant/evaluate.h"

namespace sandlint {
namespace {

constexpr const char* kKey = "/home/user/.ssh/id_rsa";
using Texts = std::map<std::string, std::string, std::less<>>;

/// An ordinary machine with these files, which can be read.
class TextMachine final : public HostFacts {
 public:
  explicit TextMachine(Texts texts)
      : base_(MakeSymbolicHost({"/home/user", {}, {}})), texts_(std::move(texts)) {}
  std::optional<HostNode> Lstat(std::string_view path) const override {
    if (texts_.contains(path)) return HostNode{NodeKind::File, 0644, 1000, 1000, {}};
    return base_->Lstat(path);
  }
  bool MayExist(std::string_view) const override { return false; }
  std::vector<std::string> List(std::string_view directory) const override {
    return base_->List(directory);
  }
  std::vector<std::string> MountPoints() const override { return base_->MountPoints(); }
  std::optional<HostUser> UserByName(std::string_view name) const override {
    return base_->UserByName(name);
  }
  std::optional<HostUser> UserById(std::uint32_t uid) const override {
    return base_->UserById(uid);
  }
  HostUser Caller() const override { return base_->Caller(); }
  std::string WorkingDirectory() const override { return base_->WorkingDirectory(); }
  std::vector<std::string> Homes() const override { return base_->Homes(); }
  std::optional<std::string> ToolVersion(std::string_view tool) const override {
    return base_->ToolVersion(tool);
  }
  std::optional<std::string> ReadText(std::string_view path) const override {
    const auto found = texts_.find(path);
    return found == texts_.end() ? std::nullopt : std::optional(found->second);
  }
  std::vector<std::string> Assumptions() const override { return {}; }
  bool Symbolic() const override { return false; }

 private:
  std::shared_ptr<const HostFacts> base_;
  Texts texts_;
};

std::string On(Texts texts, const std::vector<std::string>& argv, Texts files = {}) {
  return Evaluate(argv, std::move(files), std::make_shared<TextMachine>(std::move(texts)))
      ->Read(kKey);
}

const std::string kExec = "exec bwrap --ro-bind /usr /usr node s.js";
const std::vector<std::string> kLogin{"bash", "-lc", kExec};

}  // namespace

TEST_CASE("On no machine of its own a launch takes the login files for granted, and says so") {
  for (const std::vector<std::string>& argv :
       {kLogin, {"bash", "-ic", kExec}, {"sh", "-lc", kExec}, {"zsh", "-c", kExec}}) {
    const auto answer = Evaluate(argv);
    CHECK(answer->Read(kKey) == "no");
    const PathAnswer key = answer->launch.grant.paths->OfHost(kKey);
    CHECK(key.confidence == Confidence::Medium);
    CHECK(key.assuming.back().find("called bwrap") != std::string::npos);
    CHECK(answer->launch.grant.assuming.back() == key.assuming.back());
  }
  for (const std::vector<std::string>& argv :
       {std::vector<std::string>{"bash", "-c", kExec}, {"bash", "-lc", "exec node s.js"}}) {
    const auto answer = Evaluate(argv);
    for (const std::string& assumed : answer->launch.grant.assuming) {
      CHECK(assumed.find("login") == std::string::npos);
    }
  }
}

TEST_CASE("On a machine that is there the login files are read") {
  const std::string profile = "/home/user/.profile";
  CHECK(On({}, kLogin) == "no");
  const std::string ordinary = R"(# ~/.profile
if [ -n "$BASH_VERSION" ]; then
    if [ -f "$HOME/.bashrc" ]; then
	. "$HOME/.bashrc"
    fi
fi
if [ -d "$HOME/bin" ] ; then
    PATH="$HOME/bin:$PATH"
fi
)";
  const std::string rc = "case $- in\n  *i*) ;;\n  *) return;;\nesac\nalias ls='ls --color'\n";
  CHECK(On({{profile, ordinary}, {"/home/user/.bashrc", rc + "bwrap() { :; }\n"}}, kLogin) == "no");
  CHECK(On({{profile, ordinary}, {"/home/user/.bashrc", "bwrap() { :; }\n"}}, kLogin) == "unknown");
  CHECK(On({{profile, ordinary}, {"/home/user/bin/bwrap", "#!/bin/sh\n"}}, kLogin) == "unknown");
  CHECK(On({{profile, ordinary}, {"/home/user/bin/other", "#!/bin/sh\n"}}, kLogin) == "no");
  CHECK(On({{profile, ordinary}, {"/home/user/bin/bwrap", ""}},
           {"bash", "-lc", "exec /usr/bin/bwrap --ro-bind /usr /usr node s.js"}) == "no");
  for (const char* text :
       {"bwrap() { node s.js; }", "export PATH=$TOOLS:$PATH", "eval \"$(direnv hook bash)\"",
        "exec fish", ". $X/env", "if true; then bwrap() { :; }; fi", "export BASH_ENV=~/x"}) {
    INFO(text);
    CHECK(On({{profile, text}}, kLogin) == "unknown");
    CHECK(On({{"/home/user/.bash_profile", text}}, kLogin) == "unknown");
    CHECK(On({{"/home/user/.bash_profile", ":"}, {profile, text}}, kLogin) == "no");
    CHECK(On({{profile, text}}, {"bash", "--noprofile", "-lc", kExec}) == "no");
    CHECK(On({{profile, text}}, {"bash", "-c", kExec}) == "no");
    CHECK(On({{"/home/user/.bashrc", text}}, {"bash", "-ic", kExec}) == "unknown");
    CHECK(On({{"/home/user/.bashrc", text}}, {"bash", "--norc", "-ic", kExec}) == "no");
    CHECK(On({{"/home/user/.zshenv", text}}, {"zsh", "-c", kExec}) == "unknown");
  }
  CHECK(On({{"/home/user/.bashrc", rc + "alias bwrap=node"}}, {"bash", "-ic", kExec}) == "unknown");
  CHECK(On({{"/home/user/.bashrc", rc + "alias bwrap=node"}}, kLogin) == "no");
}

TEST_CASE("npm asks the user's settings as well which shell it starts") {
  const Texts package{
      {"package.json", R"({"scripts":{"a":"/usr/bin/bwrap --ro-bind /usr /usr node s.js"}})"}};
  const std::vector<std::string> run{"npm", "run", "a"};
  CHECK(On({}, run, package) == "no");
  CHECK(On({{"/home/user/.npmrc", "prefix=~/.npm-global\n"}}, run, package) == "no");
  CHECK(On({{"/home/user/.npmrc", "prefix=x\nscript-shell=/home/user/sh\n"}}, run, package) ==
        "unknown");
}

TEST_CASE("helpers and sourced files of the tree come first where PATH says so") {
  const std::string bash =
      "PATH=\"$PWD/bin:$PATH\"; M=$(dirname /home/user/x); exec "
      "/usr/bin/bwrap --ro-bind / / --tmpfs $M node s.js";
  CHECK(On({}, {"bash", "-c", bash}) == "no");
  CHECK(On({}, {"bash", "-c", bash}, {{"bin/dirname", "#!/bin/sh\necho /srv\n"}}) != "no");
  CHECK(On({{"/home/user/project/bin/dirname",
             "\x7f"
             "ELF"}},
           {"bash", "-c", bash}) == "unknown");
  const Texts libs{{"lib.sh", "M=/home/user\n"}, {"bin/lib.sh", "M=/srv\n"}};
  const std::string sources =
      "source lib.sh; exec /usr/bin/bwrap --ro-bind / / --tmpfs $M node s.js";
  CHECK(On({}, {"bash", "-c", sources}, libs) == "no");
  CHECK(On({}, {"bash", "-c", "PATH=$PWD/bin:$PATH; " + sources}, libs) == "yes");
}

}  // namespace sandlint
