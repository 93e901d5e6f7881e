// Compose files that people wrote: each of their services is read, with no key that is not known.

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "catch.h"
#include "paths.h"
#include "scanner/parse/node.h"
#include "scanner/peel/container.h"

namespace sandlint {
namespace {

namespace fs = std::filesystem;

std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void Check(const std::string& text, const std::string& service) {
  const auto files = MakeMemoryReader({{"compose.yaml", text}});
  Workspace workspace;
  std::vector<Word> words;
  for (const std::string& word :
       {std::string("docker"), std::string("compose"), std::string("run"), service}) {
    words.push_back({word, {}, {}, static_cast<int>(words.size())});
  }
  PeelContext context;
  context.files = files.get();
  context.workspace = &workspace;
  const auto peeled = PeelContainer(words, context);
  REQUIRE(peeled);
  CHECK(peeled->layer.root == RootKind::Image);
  CHECK(peeled->layer.start_problems.empty());
  for (const Note& note : peeled->layer.notes) CHECK(note.support != Support::Unknown);
}

}  // namespace

TEST_CASE("compose: files that people wrote") {
  const fs::path corpus = fs::path(kSourceDir) / "../shared/corpus/compose";
  if (!fs::is_directory(corpus)) {
    WARN("skipped: no corpus of compose files lies beside the repository");
    return;
  }
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(corpus)) {
    const Source source{"compose.yaml", ReadAll(entry.path()), false};
    const Document document = ParseYaml(source);
    INFO(entry.path().filename());
    REQUIRE(document.Ok());
    for (const Member& service : document.root.Get("services").members) {
      Check(source.text, service.key.text);
      ++count;
    }
  }
  WARN(count << " services");
  CHECK(count > 0);
}

}  // namespace sandlint
