// Scripts that are made to break the parser: the runtime of tree-sitter corrupts memory when its
// stack grows beyond 65535 entries, and its recovery from errors can take quadratic time.

#include <chrono>
#include <string>
#include <string_view>

#include "catch.h"
#include "scanner/parse/shell.h"

namespace {

using namespace sandlint;

std::string Repeated(std::string_view unit, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += unit;
  return text;
}

bool IsUnknown(const ShellScript& script) {
  return !script.problems.empty() && script.body.children.size() == 1 &&
         script.body.children.front().kind == ShellKind::Unknown &&
         script.body.children.front().span.begin == 0;
}

constexpr std::string_view kUnits[] = {
    "if true; then ", "(",        "${a:-", "$(",     "\"$(", "`",    "a`",    "{ ",  "<<a ",
    "$((1+",          "((",       "<(",    "a() { ", "${a[", "+(",   "[[ ! ", "a(",  "((a ? b : ",
    "case a in a) ",  "for a;do", "a=(",   "a|",     "a) ",  "a() ", ")",     "<<<", "<<a\n"};

}  // namespace

TEST_CASE("a script cannot overflow the parser's stack") {
  for (const std::string_view unit : kUnits) {
    INFO(unit);
    const Source source{"w.sh", Repeated(unit, std::size_t{1} << 19), false};
    CHECK(IsUnknown(ParseShell(source)));
    CHECK(IsUnknown(ParseShell(Word{source.text, {&source, 0, 10}, {}, -1})));
  }
  const Source binary{"w.sh", std::string("node x\0y", 8), false};
  CHECK(IsUnknown(ParseShell(binary)));
  const Source large{"w.sh", Repeated("# a comment\n", (std::size_t{1} << 20) + 1), false};
  CHECK(IsUnknown(ParseShell(large)));
}

TEST_CASE("just below the bound of tokens scripts end in time and without harm") {
  for (const std::string_view unit : kUnits) {
    INFO(unit);
    const auto begin = std::chrono::steady_clock::now();
    const Source source{"w.sh", Repeated(unit, 29'900), false};
    ParseShell(source);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
  }
}

TEST_CASE("a long script that is written as people write is read") {
  const std::string part =
      "if [ -n \"$X\" ]; then\n  export A=\"${B:-c}\"  # why\nfi\nlog() { echo \"$1\" >&2; }\n";
  const Source source{"w.sh", Repeated(part, 50'000) + "exec node server.js\n", false};
  const ShellScript script = ParseShell(source);
  CHECK(script.problems.empty());
  REQUIRE(script.body.children.size() > 1000);
  CHECK(script.body.children.back().words.front().raw == "exec");
}
