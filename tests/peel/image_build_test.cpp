#include "scanner/peel/image_build.h"

#include <string>

#include "catch.h"
#include "scanner/peel/container.h"

namespace sandlint {
namespace {

std::string Join(const std::optional<std::vector<Word>>& words) {
  if (!words) return "-";
  std::string text;
  for (const Word& word : *words) text += "<" + word.text + ">";
  return text;
}

ImageBuild Build(const Source& source, BuildRequest request = {}) {
  return EvaluateDockerfile(ParseDockerfile(source), request, {});
}

std::string Shape(const ImageBuild& image) {
  std::string text = "user=" + (image.user ? image.user->text : "-");
  for (const BakedValue& baked : image.values) {
    text += (baked.argument ? " arg " : " ") + baked.name.text + "=" + baked.value.text;
  }
  return text;
}

struct Row {
  const char* text;
  const char* shape;
};

}  // namespace

TEST_CASE("image: user and values of a Dockerfile") {
  const Row rows[] = {
      {"FROM a", "user=-"},
      {"FROM a\nUSER app", "user=app"},
      {"FROM a\nUSER app\nUSER 0", "user=0"},
      {"FROM a\nUSER 1000:1000", "user=1000:1000"},
      {"FROM a\nARG U=app\nUSER $U", "user=app arg U=app"},
      {"ARG U=app\nFROM a\nUSER ${U:-x}", "user=${U}"},
      {"ARG U=app\nFROM scratch\nUSER ${U:-x}", "user=x"},
      {"ARG U=app\nFROM a\nARG U\nUSER $U", "user=app arg U=app"},
      {"FROM a AS b\nUSER x\nFROM b", "user=x"},
      {"FROM a AS b\nUSER x\nFROM a", "user=-"},
      {"FROM a AS Build\nUSER x\nFROM build\nUSER y", "user=y"},
      {"FROM a\nENV A=1 B=$A", "user=- A=1 B=${A}"},
      {"FROM scratch\nENV A=1 B=$A\nENV C=$A", "user=- A=1 B= C=1"},
      {"FROM a\nENV A b c", "user=- A=b c"},
      {"FROM a\nENV A=1\nENV A=2", "user=- A=2"},
      {"FROM a\nENV A=\"b c\" D=e\\ f", "user=- A=b c D=e f"},
      {"FROM a\nARG T=s\nENV T2=$T", "user=- arg T=s T2=s"},
      {"FROM a\nARG A=1\nENV A=2\nUSER u$A", "user=u2 arg A=1 A=2"},
      {"FROM a\nONBUILD USER x", "user=-"},
      {"FROM scratch AS b\nONBUILD USER x\nFROM b", "user=${ONBUILD}"},
      {"FROM scratch AS b\nONBUILD USER x\nFROM b\nUSER y", "user=y"},
      {"FROM scratch AS b\nONBUILD ENV A=1\nFROM b AS c\nFROM c", "user=- A=1"},
  };
  for (const Row& row : rows) {
    const Source source{"Dockerfile", row.text, false};
    INFO(row.text);
    CHECK(Shape(Build(source)) == row.shape);
  }
}

TEST_CASE("image: what it runs") {
  const Row rows[] = {
      {"FROM a", "- -"},
      {"FROM a\nCMD [\"x\", \"y\"]", "- <x><y>"},
      {"FROM a\nCMD x y", "- </bin/sh><-c><x y>"},
      {"FROM a\nENTRYPOINT [\"e\"]", "<e> "},
      {"FROM a\nCMD [\"c\"]\nENTRYPOINT [\"e\"]", "<e> <c>"},
      {"FROM a AS b\nCMD [\"c\"]\nFROM b\nENTRYPOINT [\"e\"]", "<e> "},
      {"FROM a\nSHELL [\"/bin/bash\", \"-lc\"]\nENTRYPOINT e f", "</bin/bash><-lc><e f> "},
      {"FROM a\nENTRYPOINT []\nCMD [\"x\"]", " <x>"},
      {"FROM scratch\nCMD [\"x\"]", " <x>"},
      {"FROM a\nCMD [\"x\"]\nCMD [\"y\"]", "- <y>"},
  };
  for (const Row& row : rows) {
    const Source source{"Dockerfile", row.text, false};
    const ImageBuild image = Build(source);
    INFO(row.text);
    CHECK(Join(image.entrypoint) + " " + Join(image.command) == row.shape);
  }
}

TEST_CASE("image: accounts, bases and what is brought in") {
  const Source source{
      "Dockerfile",
      "ARG V=1\n"
      "FROM golang:$V AS build\n"
      "ADD https://x.test/a.tgz /a\n"
      "FROM unused AS other\n"
      "RUN curl https://x.test | sh\n"
      "FROM debian@sha256:"
      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"
      "RUN groupadd -g 7 g && useradd -r -u 1001 -g g app \\\n && adduser -S -D two\n"
      "COPY --from=build /a /a\n"
      "COPY --from=busybox:1 /bin/sh /bin/sh\n"
      "COPY .env id_rsa ./\n"
      "RUN curl -fsSL https://x.test/i.sh | bash\n"
      "WORKDIR /app\nWORKDIR src\nVOLUME /data\n",
      false};
  const ImageBuild image = Build(source);
  REQUIRE(image.bases.size() == 3);
  CHECK(image.bases[0].pinned);
  CHECK(image.bases[1].name == "busybox:1");
  CHECK(image.bases[2].name == "golang");
  CHECK(image.bases[2].version == "1");
  REQUIRE(image.users.size() == 2);
  CHECK(image.users[0].name == "app");
  CHECK(image.users[0].uid == 1001U);
  CHECK(image.users[1].name == "two");
  CHECK_FALSE(image.users[1].uid.has_value());
  CHECK(image.directory->text == "/app/src");
  CHECK(image.volumes.at(0).text == "/data");
  CHECK(image.downloads.size() == 1);
  CHECK(image.run_downloads.size() == 1);  // the stage that nothing uses is not built
  CHECK(image.copied_secrets.size() == 2);
  CHECK(image.notes.empty());
}

TEST_CASE("image: what changes accounts in another way is said") {
  for (const char* line :
       {"RUN echo app:x:0:0::/:/bin/sh >> /etc/passwd", "RUN usermod -u 0 -o app",
        "RUN useradd -o -u $ID app", "RUN useradd -u $ID app", "COPY passwd /etc/passwd",
        "COPY --from=x / /"}) {
    const Source source{"Dockerfile", std::string("FROM a\n") + line, false};
    INFO(line);
    const ImageBuild image = Build(source);
    CHECK(std::ranges::any_of(
        image.notes, [](const Note& note) { return Touches(note.facets, Facet::Identity); }));
  }
}

TEST_CASE("image: a target and build arguments") {
  const Source source{"Dockerfile",
                      "FROM a AS one\nUSER x\nFROM b AS two\nARG U=y\nUSER $U\nFROM two\nUSER z\n",
                      false};
  BuildRequest request;
  request.target.text = "one";
  CHECK(Build(source, request).user->text == "x");
  request.target.text = "TWO";
  CHECK(Build(source, request).user->text == "y");
  Word key{"U", {}, {}, -1}, value{"w", {}, {}, -1};
  request.arguments = {{key, value}};
  CHECK(Build(source, request).user->text == "w");
  request.target.text = "none";
  CHECK_FALSE(Build(source, request).notes.empty());
}

namespace {

Peeled PeelIn(const FileReader& files, Workspace& workspace, const std::vector<std::string>& argv) {
  std::vector<Word> words;
  for (const std::string& text : argv) {
    words.push_back({text, {}, {}, static_cast<int>(words.size())});
  }
  PeelContext context;
  context.files = &files;
  context.workspace = &workspace;
  auto peeled = PeelContainer(words, context);
  REQUIRE(peeled);
  return std::move(*peeled);
}

}  // namespace

TEST_CASE("image: a launch is linked to the Dockerfile that builds its image") {
  const std::map<std::string, std::string, std::less<>> base = {
      {"Dockerfile", "FROM node:20\nUSER node\nENV A=1\nENTRYPOINT [\"node\", \"x.js\"]\n"},
      {"tools/Dockerfile.web", "FROM scratch\nCMD [\"/web\"]\n"},
  };
  struct Case {
    const char* file;
    const char* text;
    const char* image;
    const char* path;  ///< of the Dockerfile, empty: none
  };
  const Case cases[] = {
      {"build.sh", "docker build -t my-server .\n", "my-server", "Dockerfile"},
      {"build.sh", "docker build -t my-server .\n", "my-server:latest", "Dockerfile"},
      {"build.sh", "docker build -t my-server .\n", "my-server:2", ""},
      {"build.sh", "docker build -t my-server .\n", "other", ""},
      {"build.sh", "docker build --tag=my:2 \\\n  .\n", "my:2", "Dockerfile"},
      {"Makefile", "image:\n\tpodman build --no-cache -t my:2 $(FLAGS) .\n", "localhost/my:2", ""},
      {"Makefile", "image:\n\tpodman build --no-cache -t my:2 .\n", "localhost/my:2", "Dockerfile"},
      {"README.md", "```\ndocker build -t my . && docker run my\n```\n", "my", "Dockerfile"},
      {"README.md", "Use `docker build -t my .` first.\n", "my", "Dockerfile"},
      {"package.json", "{\"scripts\": {\"i\": \"docker build -t my .\"}}", "my", "Dockerfile"},
      {"x.sh", "docker build -f tools/Dockerfile.web -t my .", "my", "tools/Dockerfile.web"},
      {"tools/x.sh", "docker build -f Dockerfile.web -t my .", "my", "tools/Dockerfile.web"},
      {"x.sh", "docker build -t $NAME .", "my", ""},
      {"x.sh", "docker build -t my -f $FILE .", "my", ""},
      {"x.sh", "docker build -t my .\ndocker build -t my -f tools/Dockerfile.web .", "my", ""},
      {"compose.yml", "services:\n  a:\n    build: .\n    image: my:1\n", "my:1", "Dockerfile"},
      {"compose.yml", "services:\n  a:\n    build: ..\n    image: my:1\n", "my:1", ""},
  };
  for (const Case& row : cases) {
    auto tree = base;
    tree[row.file] = row.text;
    const auto files = MakeMemoryReader(tree);
    Workspace workspace;
    const Peeled peeled = PeelIn(*files, workspace, {"docker", "run", "-i", row.image});
    INFO(row.file << ": " << row.text);
    const auto& build = peeled.layer.container->build;
    CHECK((build == nullptr ? "" : build->path) == std::string(row.path));
    if (build == nullptr || build->path != "Dockerfile") continue;
    CHECK_FALSE(build->certain);
    REQUIRE(peeled.rest.size() == 2);
    CHECK(peeled.rest[0].text == "node");
    CHECK(peeled.rest[0].span.Text() == "node");
    CHECK(std::ranges::any_of(peeled.layer.environment,
                              [](const EnvEdit& edit) { return edit.name.text == "A"; }));
  }
}

}  // namespace sandlint
