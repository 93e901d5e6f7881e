#include "scanner/parse/firejail_profile.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"

namespace sandlint {
namespace {

/// `keyword|argument|cut` of every line.
std::vector<std::string> Shape(const std::string& text) {
  const Source source{"x.profile", text, false};
  std::vector<std::string> shape;
  for (const ProfileLine& line : ParseFirejailProfile(source)) {
    const Directive& directive = *line.directive;
    std::string one = line.condition ? line.condition.text + ": " : "";
    one += directive.keyword.text + '|' + directive.argument.text;
    if (directive.cut) one += '|' + directive.cut.text;
    shape.push_back(line.no_colon ? one + " (no colon)" : one);
  }
  return shape;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("firejail profiles: a line is a keyword and what follows") {
  CHECK(Shape("blacklist ${HOME}/.ssh\n") == Lines{"blacklist|${HOME}/.ssh"});
  CHECK(Shape("private-tmp") == Lines{"private-tmp|"});
  CHECK(Shape("  \t blacklist \t  ~/.ssh  \t\r\n\n\tnet   none\r\n") ==
        Lines{"blacklist|~/.ssh", "net|none"});
  CHECK(Shape("blacklist ${HOME}/sp \t ace\n") == Lines{"blacklist|${HOME}/sp ace"});
  CHECK(Shape("# a comment\n\n   # another\n").empty());
  CHECK(Shape("").empty());
}

TEST_CASE("firejail profiles: a # starts a comment anywhere") {
  CHECK(Shape("blacklist /x # why\n") == Lines{"blacklist|/x"});
  CHECK(Shape("blacklist /a#b c\n") == Lines{"blacklist|/a|#b"});
  CHECK(Shape("net none#x") == Lines{"net|none|#x"});
  CHECK(Shape("blacklist #x\n") == Lines{"blacklist|"});
}

TEST_CASE("firejail profiles: conditions") {
  CHECK(Shape("?HAS_NET: blacklist /x\n") == Lines{"?HAS_NET: blacklist|/x"});
  CHECK(Shape("?HAS_NET : net none\n") == Lines{"?HAS_NET: net|none"});
  CHECK(Shape("?HAS_NET net none\n") == Lines{"?HAS_NET: net|none (no colon)"});
}

TEST_CASE("firejail profiles: what fgets does to long lines and NUL bytes") {
  const std::string comment = "#" + std::string(8190, 'x');
  CHECK(Shape(comment + "ignore net\n") == Lines{"ignore|net"});
  CHECK(Shape(comment.substr(1) + "\n").size() == 1);
  CHECK(Shape(std::string("net none\0x\nnonewprivs\n", 21)) == Lines{"net|none", "nonewprivs|"});
}

TEST_CASE("firejail profiles: words know their place") {
  const Source source{"x.profile", "# c\n  blacklist   ${HOME}/a  b#c\n", false};
  const auto lines = ParseFirejailProfile(source);
  REQUIRE(lines.size() == 1);
  const Directive& line = *lines[0].directive;
  CHECK(line.keyword.span.Text() == "blacklist");
  CHECK(line.argument.span.Text() == "${HOME}/a  b");
  CHECK(line.argument.text == "${HOME}/a b");
  CHECK(line.cut.span.Text() == "#c");
  CHECK(PositionOf(source, line.argument.span.begin).line == 2);
}

}  // namespace sandlint
