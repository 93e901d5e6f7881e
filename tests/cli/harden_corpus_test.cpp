// `harden --all` over the configs of strangers: every output parses, holds no secret and is checked
// again without an error that was not said.

#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "catch.h"
#include "cli/program.h"
#include "model/run.h"
#include "paths.h"
#include "rules/secrets.h"
#include "scanner/scan.h"

namespace {

namespace fs = std::filesystem;

constexpr double kSeconds = 5;

/// What the need of a server or its config leaves open whatever the tool; `harden` says each.
const std::set<std::string> kSaid{"egress-gap", "egress-not-denied-by-default",
                                  "home-directory-visible", "secret-directory-visible",
                                  "token-in-config"};

double ChildSeconds() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec) / 1e6;
}

/// Each config with servers as the `.mcp.json` of a folder of its own; empty without a corpus.
std::vector<fs::path> Configs() {
  std::vector<fs::path> found;
  for (const char* kind : {"mcp.json", "cursor", "desktop", "vscode", "gemini", "snippet"}) {
    std::error_code error;
    const fs::path folder = fs::path(kSourceDir) / "../shared/corpus" / kind;
    for (const auto& entry : fs::directory_iterator(folder, error)) found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

/// Whatever sandlint takes for a secret in the configs, but what is too short to be looked for.
std::set<std::string> SecretsOf(const std::string& root) {
  using namespace sandlint;
  const auto reader = MakeDiskReader(root);
  const Workspace workspace = Scan(*reader, {});
  std::set<std::string> texts;
  for (const Secret& secret : SecretsIn(workspace, {})) {
    if (secret.text.size() >= 8) texts.insert(secret.text);
  }
  return texts;
}

void CheckFile(const fs::path& path, const std::string& text,
               const std::set<std::string>& secrets) {
  INFO(path.string());
  for (const std::string& secret : secrets) CHECK(text.find(secret) == text.npos);
  const std::string name = path.filename().string();
  if (name.ends_with(".json"))
    CHECK_FALSE(nlohmann::json::parse(text, nullptr, false).is_discarded());
  if (name.ends_with(".sh")) CHECK(std::system(("bash -n '" + path.string() + "'").c_str()) == 0);
  if (name.ends_with(".profile")) CHECK(text.find("private-etc ") != text.npos);
}

}  // namespace

TEST_CASE("every config of the corpus is hardened for every tool") {
  const std::vector<fs::path> configs = Configs();
  if (configs.empty()) {
    WARN("skipped: there is no corpus beside the source tree");
    return;
  }
  const Tree source;
  for (std::size_t index = 0; index < configs.size(); ++index) {
    const fs::path folder = fs::path(source.root) / std::to_string(index);
    fs::create_directories(folder);
    fs::copy_file(configs[index], folder / ".mcp.json");
  }
  const std::set<std::string> secrets = SecretsOf(source.root);
  CHECK(secrets.size() > 3);
  for (const char* tool : {"bwrap", "firejail", "sandbox-exec", "docker", "podman", "srt"}) {
    CAPTURE(tool);
    const Tree tree;
    fs::copy(source.root, tree.root,
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    const double before = ChildSeconds();
    const Outcome printed = Sandlint({"harden", "--all", "--with", tool, "--config", tree.root});
    CHECK(ChildSeconds() - before < kSeconds);
    for (const std::string& secret : secrets) {
      CHECK((printed.out + printed.err).find(secret) == std::string::npos);
    }
    const Outcome written =
        Sandlint({"harden", "--all", "--with", tool, "--config", tree.root, "--write"});
    CHECK(written.code != 2);
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(tree.root)) {
      if (!entry.is_regular_file() || entry.path().filename() == ".mcp.json") continue;
      const std::string path = entry.path().string().substr(tree.root.size() + 1);
      CheckFile(entry.path(), tree.Read(path), secrets);
      ++files;
    }
    CHECK(files > 50);
    std::size_t open = 0;
    for (std::size_t at = written.err.find("still open: "); at != std::string::npos;
         at = written.err.find("still open: ", at + 1)) {
      const std::string line = written.err.substr(at, written.err.find('\n', at) - at);
      const std::size_t rule = line.rfind('[');
      INFO(line);
      CHECK(kSaid.contains(line.substr(rule + 1, line.size() - rule - 2)));
      ++open;
    }
    WARN(tool << ": " << files << " files, " << open << " errors left, all said");
  }
}
