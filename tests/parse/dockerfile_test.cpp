#include "scanner/parse/dockerfile.h"

#include <map>
#include <string>

#include "catch.h"
#include "scanner/parse/docker_words.h"

namespace sandlint {
namespace {

std::string Join(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words) text += "<" + word.text + ">";
  return text;
}

/// `RUN --mount <a><b>`, one instruction a line; JSON lists in brackets.
std::string Shape(const DockerText& text) {
  std::string shape;
  for (const DockerInstruction& made : text.instructions) {
    if (!shape.empty()) shape += '\n';
    if (made.on_build) shape += "ONBUILD ";
    shape += made.name.text;
    for (const Word& flag : made.flags) shape += " " + flag.text;
    shape += made.json ? " [" + Join(made.words) + "]" : " " + Join(made.words);
    for (const DockerDocument& document : made.documents) {
      shape += (document.expands ? " {" : " '{") + document.text.text + "}";
    }
  }
  return shape;
}

struct Row {
  const char* text;
  const char* shape;
};

}  // namespace

TEST_CASE("Dockerfiles are read into instructions") {
  const Row rows[] = {
      {"FROM a", "FROM <a>"},
      {"from a as b", "from <a><as><b>"},
      {"  FROM a\r\n\r\nUSER x\r\n", "FROM <a>\nUSER <x>"},
      {"\xEF\xBB\xBF"
       "FROM a",
       "FROM <a>"},
      {"# c\nFROM a\n#c\n  # d\nUSER x", "FROM <a>\nUSER <x>"},
      {"FROM --platform=$P a", "FROM --platform=$P <a>"},
      {"RUN a \\\n  b", "RUN <a><b>"},
      {"RUN a \\  \n# comment\n  # another\n\n  b\nUSER x", "RUN <a><b>\nUSER <x>"},
      {"RUN a\\\nb", "RUN <ab>"},
      {"RUN a \\\\\nUSER x", "RUN <a><\\\\>\nUSER <x>"},
      {"# escape=`\nRUN a `\n b \\\nUSER x", "RUN <a><b><\\>\nUSER <x>"},
      {"#syntax=docker/dockerfile:1\n# escape = `\nRUN a `\n b", "RUN <a><b>"},
      {"# a comment\n# escape=`\nRUN a `\nUSER x", "RUN <a><`>\nUSER <x>"},
      {"\n# escape=`\nRUN a `\nUSER x", "RUN <a><`>\nUSER <x>"},
      {"CMD [\"a\", \"b c\"]", "CMD [<a><b c>]"},
      {"CMD [ \"a\\n\" ]", "CMD [<a\n>]"},
      {"CMD ['a']", "CMD <['a']>"},
      {"CMD [\"a\",]", "CMD <[\"a\",]>"},
      {"CMD [\"a\" \"b\"]", "CMD <[\"a\"><\"b\"]>"},
      {"CMD [1]", "CMD <[1]>"},
      {"CMD []", "CMD []"},
      {"ENV [\"a\"]", "ENV <[\"a\"]>"},
      {"CMD [ \\\n \"a\", \\\n \"b\" ]", "CMD [<a><b>]"},
      {"ENV A=\"b c\" D=e\\ f G='h i'", "ENV <A=\"b c\"><D=e\\ f><G='h i'>"},
      {"ONBUILD RUN x", "ONBUILD RUN <x>"},
      {"ONBUILD COPY --from=a b c", "ONBUILD COPY --from=a <b><c>"},
      {"COPY --chown=a:b --from=c --link x y", "COPY --chown=a:b --from=c --link <x><y>"},
      {"COPY [\"a b\", \"c\"]", "COPY [<a b><c>]"},
      {"RUN --mount=type=secret,id=x cmd --flag", "RUN --mount=type=secret,id=x <cmd><--flag>"},
      {"RUN -- --x", "RUN <--x>"},
      {"CMD --x", "CMD <--x>"},
      {"RUN <<EOF\na\nb\nEOF\nUSER x", "RUN <<<EOF> {a\nb\n}\nUSER <x>"},
      {"RUN <<-'EOF' cat\n\ta\n\tEOF\nUSER x", "RUN <<<-'EOF'><cat> '{a\n}\nUSER <x>"},
      {"COPY <<A <<B /x/\n1\nA\n2\nB\n", "COPY <<<A><<<B></x/> {1\n} {2\n}"},
      {"RUN cat <<<x\nUSER y", "RUN <cat><<<<x>\nUSER <y>"},
      {"USER <<EOF\nRUN x", "USER <<<EOF>\nRUN <x>"},
      {"HEALTHCHECK --interval=5m CMD curl x", "HEALTHCHECK --interval=5m <CMD><curl><x>"},
      {"VOLUME [\"/a\"]\nVOLUME /b /c", "VOLUME [</a>]\nVOLUME </b></c>"},
      {"SHELL [\"/bin/bash\", \"-c\"]", "SHELL [</bin/bash><-c>]"},
      {"RUN a \\", "RUN <a>"},
      {"RUN a \\\n\\\n b", "RUN <a><b>"},
  };
  for (const Row& row : rows) {
    const Source source{"Dockerfile", row.text, false};
    const DockerText text = ParseDockerfile(source);
    INFO(row.text);
    CHECK(Shape(text) == row.shape);
    CHECK(text.Ok());
  }
}

TEST_CASE("what is no Dockerfile is said, and nothing is thrown") {
  for (const std::string& text :
       {std::string(), std::string("# only\n"), std::string("FROM a\nFROB x"),
        std::string("RUN <<EOF\nnever"), std::string("\xff\xfe"), std::string("FROM a\0b", 8),
        std::string(kMaxDockerfileBytes + 1, 'a')}) {
    const Source source{"Dockerfile", text, false};
    CHECK_FALSE(ParseDockerfile(source).Ok());
  }
  std::string many;
  for (int line = 0; line < 10000; ++line) many += "RUN x\n";
  const Source source{"Dockerfile", many, false};
  CHECK_FALSE(ParseDockerfile(source).Ok());
}

TEST_CASE("each word of a Dockerfile knows its place") {
  const Source source{
      "Dockerfile", "FROM a:1 AS b\nENV A=1 \\\n  # c\n  B=\"2 3\"\nCMD [\"x\", \"y z\"]\n", false};
  const DockerText text = ParseDockerfile(source);
  REQUIRE(text.instructions.size() == 3);
  CHECK(text.instructions[0].words[0].span.Text() == "a:1");
  CHECK(text.instructions[0].words[2].span.Text() == "b");
  CHECK(text.instructions[1].words[1].span.Text() == "B=\"2 3\"");
  CHECK(text.instructions[1].span.Text().starts_with("ENV A=1"));
  CHECK(text.instructions[2].words[1].span.Text() == "y z");
}

TEST_CASE("words of a build are expanded") {
  const std::map<std::string, std::string, std::less<>> values = {
      {"X", "x"}, {"E", ""}, {"P", "/a:/b"}};
  const DockerLookup lookup = [&](std::string_view name) -> std::optional<Word> {
    Word word;
    if (name == "U") {
      word.text = "${U}";
      word.holes = {{0, 4, "U", false}};
      return word;
    }
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    word.text = found->second;
    return word;
  };
  const Row rows[] = {
      {"a", "a"},
      {"$X", "x"},
      {"${X}y$X", "xyx"},
      {"$Xy", ""},
      {"$NO-$E-", "--"},
      {"${NO:-d}", "d"},
      {"${E:-d}", "d"},
      {"${E-d}", ""},
      {"${NO-d}", "d"},
      {"${X:-d}", "x"},
      {"${X:+d}", "d"},
      {"${NO:+d}", ""},
      {"${E+d}", "d"},
      {"${E:+d}", ""},
      {"${NO:-${X:-y}z}", "xz"},
      {"${NO:-\"a b\"}", "a b"},
      {"${X:?no}", "x"},
      {"'$X'", "$X"},
      {"\"$X b\"", "x b"},
      {"\\$X", "$X"},
      {"\"\\$X \\a\"", "$X \\a"},
      {"a\\ b", "a b"},
      {"$", "$"},
      {"a$ b", "a$ b"},
      {"$1$@", ""},
      {"$P:/c", "/a:/b:/c"},
      {"\"it's\"", "it's"},
      {"a\\", "a"},
  };
  for (const Row& row : rows) {
    Word word;
    word.text = row.text;
    INFO(row.text);
    const Word made = ExpandDockerWord(word, '\\', lookup);
    CHECK(made.text == row.shape);
    CHECK(made.Known());
  }
  for (const char* text :
       {"$U", "a${U}b", "${U:-d}", "${U:+d}", "${X#a}", "${X%%a*}", "${X/a/b}"}) {
    Word word;
    word.text = text;
    INFO(text);
    CHECK_FALSE(ExpandDockerWord(word, '\\', lookup).Known());
  }
}

}  // namespace sandlint
