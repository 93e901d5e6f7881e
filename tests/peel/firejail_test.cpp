#include "scanner/peel/firejail.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"
#include "scanner/files/host.h"
#include "scanner/peel/firejail_directives.h"
#include "scanner/peel/firejail_files.h"
#include "scanner/peel/firejail_options.h"

namespace sandlint {
namespace {

using Strings = std::vector<std::string>;
using Files = std::map<std::string, std::string, std::less<>>;

struct Result {
  Workspace workspace;
  Layer layer;
  Strings rest;
  Strings lines;  ///< keyword and argument of every directive

  bool Fatal() const {
    return std::ranges::any_of(layer.start_problems, [](const StartProblem& problem) {
      return problem.fatal == Answer::Yes;
    });
  }
  bool Unknown() const {
    return std::ranges::any_of(layer.notes, [](const Note& note) {
      return note.support == Support::Unknown && note.facets == Facet::All;
    });
  }
};

/// In a tree with `files`, on a machine of which nothing is known.
std::unique_ptr<Result> Peel(const Strings& words, Files files = {}) {
  auto result = std::make_unique<Result>();
  const auto reader = MakeMemoryReader(std::move(files));
  const auto host = MakeSymbolicHost({});
  PeelContext context;
  context.host = host.get();
  context.files = reader.get();
  context.workspace = &result->workspace;
  std::vector<Word> argv;
  for (const std::string& text : words) {
    Word word;
    word.text = text;
    word.argv_index = static_cast<int>(argv.size());
    argv.push_back(word);
  }
  auto peeled = PeelFirejail(argv, context);
  REQUIRE(peeled);
  result->layer = std::move(peeled->layer);
  for (const Word& word : peeled->rest) result->rest.push_back(word.text);
  for (const auto& line : result->layer.directives) {
    result->lines.push_back(line->keyword.text + (line->argument ? ' ' + line->argument.text : ""));
  }
  return result;
}

std::unique_ptr<Result> OfProfile(const std::string& text) {
  return Peel({"firejail", "--profile=./p.profile", "node"}, {{"p.profile", text}});
}

}  // namespace

TEST_CASE("firejail: options end at the first word without dashes, or behind --") {
  CHECK(Peel({"firejail", "--noprofile", "--net=none", "node", "--x"})->rest ==
        Strings{"node", "--x"});
  CHECK(Peel({"firejail", "--noprofile", "--", "--odd", "x"})->rest == Strings{"--odd", "x"});
  const auto wrong = Peel({"firejail", "--nonsense", "node"});
  CHECK(wrong->Fatal());
  CHECK(wrong->Unknown());
  CHECK(Peel({"firejail", "--noprofile", "--blacklist=/x", "node"})->lines ==
        Strings{"blacklist /x"});
}

TEST_CASE("firejail: the lines of a profile in the order of the tool") {
  const auto all = Peel(
      {"firejail", "--noblacklist=/a", "--profile=./p.profile", "--read-only=/b", "node"},
      {{"p.profile", "blacklist /x\ninclude ./q.inc\nnet none\n"}, {"q.inc", "whitelist /y\n"}});
  CHECK(all->lines ==
        Strings{"noblacklist /a", "blacklist /x", "whitelist /y", "net none", "read-only /b"});
  CHECK(all->layer.network.mode == NetworkMode::None);
  CHECK_FALSE(all->Fatal());
}

TEST_CASE("firejail: ignore takes whole words away from what is read after it") {
  CHECK(OfProfile("ignore net\nnet none\nnetfilter\n")->lines == Strings{"netfilter"});
  CHECK(OfProfile("net none\nignore net\n")->layer.network.mode == NetworkMode::None);
  CHECK(OfProfile("ignore blacklist /x\nblacklist /x\nblacklist /xy\nblacklist /x y\n")->lines ==
        Strings{"blacklist /xy"});
  const auto option = Peel({"firejail", "--ignore=net none", "--profile=./p.profile", "x"},
                           {{"p.profile", "net none\n"}});
  CHECK(option->layer.network.mode == NetworkMode::Inherit);
  CHECK(Peel({"firejail", "--profile=./p.profile", "--ignore=net", "x"}, {{"p.profile", "tab\n"}})
            ->Fatal());
}

TEST_CASE("firejail: conditions ask for what stands before them") {
  CHECK(OfProfile("?HAS_NET: blacklist /x\nnet none\n")->lines == Strings{"net none"});
  CHECK(OfProfile("net none\n?HAS_NET: blacklist /x\n")->lines ==
        Strings{"net none", "blacklist /x"});
  CHECK(OfProfile("?HAS_NOTHING: tab\n")->Fatal());
  CHECK(OfProfile("?HAS_NET tab\n")->Fatal());
  CHECK(OfProfile("private\n?HAS_PRIVATE: include x\n")->Fatal());
}

TEST_CASE("firejail: what stops it") {
  for (const char* line :
       {"nonsense", "net", "private-tmp x", "blacklist /a/../b", "blacklist $HOME/x",
        "blacklist ${XDG}/x", "blacklist ${HOME}/{a,b}", "blacklist \"/x\"", "env A",
        "caps.drop foo", "bind /a,/b", "dbus-user foo", "x11 foo", "${DOWNLOADS}/d"}) {
    INFO(line);
    CHECK(OfProfile(std::string(line) + '\n')->Fatal());
  }
  for (const char* line : {"blacklist ${DOWNLOADS}", "blacklist ${HOME}/a b", "caps.drop all",
                           "env A=", "dbus-user none", "blacklist /x # y", "shell none"}) {
    INFO(line);
    CHECK_FALSE(OfProfile(std::string(line) + '\n')->Fatal());
  }
}

TEST_CASE("firejail: files that are not there") {
  const auto gone = Peel({"firejail", "--profile=./gone.profile", "node"});
  REQUIRE(gone->layer.missing_files.size() == 1);
  CHECK(gone->layer.missing_files[0].missing == Answer::Yes);
  CHECK(gone->Fatal());
  const auto home = Peel({"firejail", "--profile=~/.config/firejail/none-of-mine.profile", "node"});
  CHECK(home->Unknown());
  const auto include = OfProfile("include nobody-has-this.inc\n");
  CHECK(include->Unknown());
  CHECK(include->layer.missing_files[0].name == "nobody-has-this.inc");
  CHECK_FALSE(OfProfile("include nobody-has-this.local\n")->Unknown());
}

TEST_CASE("firejail: the repository's own copies, where the home is not known") {
  const auto copy = Peel({"firejail", "--profile=~/.config/firejail/mine.profile", "node"},
                         {{".config/firejail/mine.profile", "net none\n"}});
  CHECK(copy->lines == Strings{"net none"});
  const auto named =
      Peel({"firejail", "--profile=mine", "node"}, {{"firejail/mine.profile", "private\n"}});
  CHECK(named->lines == Strings{"private"});
}

TEST_CASE("firejail: includes without end stop somewhere") {
  CHECK(OfProfile("include ./p.profile\n")->Fatal());
  const auto bomb = Peel({"firejail", "--profile=./p.profile", "x"},
                         {{"p.profile", "include ./p.profile\ninclude ./p.profile\ntab\n"}});
  CHECK(bomb->Fatal());
}

TEST_CASE("firejail: sockets that a filter leaves") {
  const auto internet = OfProfile("protocol inet,inet6\n");
  CHECK(internet->layer.no_unix_sockets);
  CHECK(internet->layer.network.mode == NetworkMode::Inherit);
  const auto local = OfProfile("protocol unix\n");
  CHECK_FALSE(local->layer.no_unix_sockets);
  CHECK(local->layer.network.mode == NetworkMode::None);
  CHECK(local->layer.network.keeps_abstract_sockets);
  CHECK_FALSE(OfProfile("protocol inet\nprotocol unix\n")->layer.no_unix_sockets);
  CHECK(OfProfile("seccomp.drop connect\n")->layer.unix_sockets_perhaps);
  CHECK(OfProfile("seccomp.drop socket\n")->layer.unix_sockets_perhaps);
  CHECK_FALSE(OfProfile("seccomp-error-action log\nseccomp.drop socket\n")->layer.no_unix_sockets);
}

TEST_CASE("firejail: a network of its own is no cut for a user on Debian") {
  CHECK(OfProfile("net eth0\nnetfilter\n")->layer.network.mode == NetworkMode::Inherit);
  CHECK(OfProfile("netns foo\n")->layer.network.mode == NetworkMode::Inherit);
}

TEST_CASE("firejail: the tables are sorted and name no one twice") {
  CHECK(std::ranges::is_sorted(FirejailDirectives(), {}, &FirejailDirective::name));
  CHECK(std::ranges::is_sorted(FirejailOptions(), {}, &FirejailOption::name));
  CHECK(std::ranges::adjacent_find(FirejailDirectives(), {}, &FirejailDirective::name) ==
        FirejailDirectives().end());
}

TEST_CASE("firejail: every option that stands for a line has its directive") {
  for (const FirejailOption& option : FirejailOptions()) {
    if (option.role != FirejailRole::Line) continue;
    std::string name(option.name.substr(2));
    const bool value = name.ends_with('=');
    if (value) name.pop_back();
    const FirejailDirective* row = FindFirejailDirective(name);
    INFO(option.name);
    REQUIRE(row != nullptr);
    CHECK(row->arg != (value ? DirectiveArg::None : DirectiveArg::Required));
  }
}

TEST_CASE("firejail: every installed profile has known directives only") {
  namespace fs = std::filesystem;
  if (!fs::exists("/etc/firejail/disable-common.inc")) {
    if (std::getenv("SANDLINT_REQUIRE_ORACLES") != nullptr) FAIL("firejail-profiles is missing");
    WARN("skipped: the profiles of firejail are not installed");
    return;
  }
  int files = 0;
  int lines = 0;
  for (const auto& entry : fs::directory_iterator("/etc/firejail")) {
    const std::string extension = entry.path().extension();
    if (extension != ".profile" && extension != ".inc") continue;
    ++files;
    std::ifstream in(entry.path());
    std::ostringstream text;
    text << in.rdbuf();
    const Source source{entry.path(), text.str(), false};
    for (const ProfileLine& line : ParseFirejailProfile(source)) {
      ++lines;
      const std::string& keyword = line.directive->keyword.text;
      const bool reader = keyword == "include" || keyword == "ignore";
      INFO(source.path << ": " << keyword);
      CHECK((reader || FindFirejailDirective(keyword) != nullptr));
    }
  }
  WARN(files << " profiles, " << lines << " lines");
  CHECK(files > 1000);
}

}  // namespace sandlint
