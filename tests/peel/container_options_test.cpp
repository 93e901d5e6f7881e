// Every option that the tools' own help lists is in the table, with the right number of words.
#include "scanner/peel/container_options.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "catch.h"

namespace sandlint {
namespace {

struct HelpRow {
  std::string name;
  char letter = 0;
  bool value = false;
};

std::string OutputOf(const std::string& command) {
  std::string text;
  FILE* pipe = popen((command + " 2>/dev/null </dev/null").c_str(), "r");
  if (pipe == nullptr) return text;
  char buffer[4096];
  while (const std::size_t count = fread(buffer, 1, sizeof buffer, pipe))
    text.append(buffer, count);
  pclose(pipe);
  return text;
}

/// `  -e, --env list   Set …`: one blank before a value's type, two or more before the description.
std::vector<HelpRow> ReadHelp(const std::string& text) {
  std::vector<HelpRow> rows;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t first = line.find_first_not_of(' ');
    if (first == std::string::npos || first < 2 || first > 6 || line[first] != '-') continue;
    HelpRow row;
    std::size_t name = first;
    if (line[first + 1] != '-') {
      row.letter = line[first + 1];
      name = first + 4;
    }
    if (line.compare(name, 2, "--") != 0) continue;
    std::size_t stop = line.find(' ', name);
    if (stop == std::string::npos) stop = line.size();
    row.name = line.substr(name + 2, stop - name - 2);
    row.value = stop + 1 < line.size() && line[stop + 1] != ' ';
    rows.push_back(row);
  }
  return rows;
}

bool Required() {
  const char* required = std::getenv("SANDLINT_REQUIRE_ORACLES");
  return required != nullptr && std::string(required) == "1";
}

struct HelpCase {
  const char* command;
  Engine engine;
  std::vector<std::span<const OptionRow>> tables;
  std::size_t at_least;
};

void Compare(const HelpCase& help) {
  const std::vector<HelpRow> rows = ReadHelp(OutputOf(help.command));
  if (rows.empty() && !Required()) {
    WARN("skipped: `" << help.command << "` is not installed");
    return;
  }
  REQUIRE(rows.size() >= help.at_least);
  for (const HelpRow& row : rows) {
    INFO(help.command << " --" << row.name);
    const OptionRow* by_name = nullptr;
    const OptionRow* by_letter = nullptr;
    for (const auto table : help.tables) {
      if (by_name == nullptr) by_name = FindRow(table, help.engine, row.name, 0);
      if (by_letter == nullptr) by_letter = FindRow(table, help.engine, {}, row.letter);
    }
    REQUIRE(by_name != nullptr);
    CHECK(HasEngine(by_name->engines, help.engine));
    CHECK((by_name->takes == Takes::Value) == row.value);
    if (row.letter == 0) continue;
    REQUIRE(by_letter != nullptr);
    CHECK(by_letter->name == row.name);
  }
}

}  // namespace

TEST_CASE("container options: docker's and podman's own help") {
  const std::vector<HelpCase> cases = {
      {"docker run --help", Engine::Docker, {ContainerOptions()}, 95},
      {"docker create --help", Engine::Docker, {ContainerOptions()}, 90},
      {"docker --help", Engine::Docker, {EngineOptions()}, 9},
      {"docker exec --help", Engine::Docker, {OtherOptions()}, 8},
      {"docker start --help", Engine::Docker, {OtherOptions()}, 4},
      {"podman run --help", Engine::Podman, {ContainerOptions()}, 130},
      {"podman create --help", Engine::Podman, {ContainerOptions()}, 125},
      {"podman --help", Engine::Podman, {EngineOptions(), PersistentOptions()}, 20},
      {"podman exec --help", Engine::Podman, {OtherOptions()}, 9},
      {"podman start --help", Engine::Podman, {OtherOptions()}, 5},
  };
  for (const HelpCase& help : cases) {
    DYNAMIC_SECTION(help.command) { Compare(help); }
  }
}

TEST_CASE("container options: an option of one engine only is marked for it") {
  const std::string docker = OutputOf("docker run --help");
  const std::string podman = OutputOf("podman run --help");
  if (docker.empty() || podman.empty()) {
    WARN("skipped: docker and podman are not both installed");
    return;
  }
  // Hidden from podman's help, and taken all the same (observed with 4.3.1), or common aliases.
  const std::vector<std::string> hidden = {"gpus", "net", "dns-opt", "kernel-memory", "net-alias"};
  std::map<std::string, int> seen;
  for (const HelpRow& row : ReadHelp(docker)) seen[row.name] |= 1;
  for (const HelpRow& row : ReadHelp(podman)) seen[row.name] |= 2;
  for (const OptionRow& row : ContainerOptions()) {
    INFO("--" << row.name);
    if (std::find(hidden.begin(), hidden.end(), row.name) != hidden.end()) continue;
    const auto found = seen.find(std::string(row.name));
    if (found == seen.end()) continue;
    CHECK(static_cast<int>(row.engines) == found->second);
  }
}

TEST_CASE("container options: names and letters are unique per engine, reasons are given") {
  for (const Engine engine : {Engine::Docker, Engine::Podman}) {
    std::map<std::string_view, int> names;
    std::map<char, int> letters;
    for (const OptionRow& row : ContainerOptions()) {
      if (!HasEngine(row.engines, engine)) continue;
      INFO("--" << row.name);
      CHECK(++names[row.name] == 1);
      if (row.letter != 0) CHECK(++letters[row.letter] == 1);
      CHECK((row.support == Support::Unmodelled) == !row.why.empty());
      if (row.support == Support::Modelled) CHECK(row.apply != nullptr);
      if (row.support == Support::Irrelevant) CHECK(row.apply == nullptr);
    }
  }
}

}  // namespace sandlint
