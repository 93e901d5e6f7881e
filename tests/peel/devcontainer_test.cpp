#include "scanner/peel/devcontainer.h"

#include <map>
#include <string>

#include "catch.h"

namespace sandlint {
namespace {

using Tree = std::map<std::string, std::string, std::less<>>;

std::vector<Devcontainer> Read(Workspace& workspace, std::unique_ptr<FileReader>& files,
                               Tree tree) {
  files = MakeMemoryReader(std::move(tree));
  PeelContext context;
  context.files = files.get();
  context.workspace = &workspace;
  return ReadDevcontainers(context);
}

std::string Describe(const std::string& json, Tree more = {}) {
  Workspace workspace;
  std::unique_ptr<FileReader> files;
  more[".devcontainer/devcontainer.json"] = json;
  const auto found = Read(workspace, files, std::move(more));
  REQUIRE(found.size() == 1);
  const std::string text = DescribeDevcontainer(found.front());
  return text.substr(text.find("would run as ") + 13);
}

}  // namespace

TEST_CASE("devcontainer: what a server inside would be given") {
  struct Row {
    const char* json;
    const char* text;
  };
  const Row rows[] = {
      {"{\"image\": \"a\"}", "the user of its image"},
      {"{\"image\": \"a\", // c\n \"remoteUser\": \"dev\",}", "dev"},
      {"{\"image\": \"a\", \"containerUser\": \"x\", \"remoteUser\": \"y\"}", "y"},
      {"{\"image\": \"a\", \"remoteUser\": \"y\", \"containerUser\": \"x\"}", "y"},
      {"{\"image\": \"a\", \"mounts\": [\"source=${localEnv:HOME}/.ssh,target=/s,type=bind\"]}",
       "the user of its image and reach /home/user/.ssh"},
      {"{\"image\": \"a\", \"mounts\": [{\"type\": \"bind\", \"source\": \"/a\", \"target\": "
       "\"/b\"}]}",
       "the user of its image and reach /a"},
      {"{\"image\": \"a\", \"mounts\": [\"source=v,target=/b,type=volume\"]}",
       "the user of its image"},
      {"{\"image\": \"a\", \"runArgs\": [\"--network=host\", \"-v\", \"/x:/y\", \"--pid\", "
       "\"host\"]}",
       "the user of its image and reach the processes of the host, the network of the host, /x"},
      {"{\"image\": \"a\", \"privileged\": true}",
       "the user of its image and reach every device of the host (privileged)"},
      {"{\"image\": \"a\", \"features\": "
       "{\"ghcr.io/devcontainers/features/docker-outside-of-docker:1\": {}}}",
       "the user of its image and reach /var/run/docker.sock"},
      {"{\"image\": \"a\", \"features\": {\"ghcr.io/devcontainers/features/docker-in-docker:2\": "
       "{}}}",
       "the user of its image and reach every device of the host (privileged)"},
      {"{\"image\": \"a\", \"initializeCommand\": \"x\"}",
       "the user of its image and reach the host itself by initializeCommand"},
      {"{\"dockerComposeFile\": \"../compose.yaml\", \"service\": \"s\"}",
       "the user of its image and reach /k"},
      {"{", "the user of its image"},
      {"[1]", "the user of its image"},
      {"{\"mounts\": 5, \"runArgs\": \"x\", \"features\": [], \"image\": {}}",
       "the user of its image"},
  };
  for (const Row& row : rows) {
    INFO(row.json);
    CHECK(Describe(row.json,
                   {{"compose.yaml", "services:\n  s:\n    image: i\n    volumes: [/k:/k]\n"}}) ==
          row.text);
  }
}

TEST_CASE("devcontainer: its places in a tree") {
  Workspace workspace;
  std::unique_ptr<FileReader> files;
  const auto found = Read(workspace, files,
                          {{".devcontainer/devcontainer.json", "{\"image\": \"a\"}"},
                           {".devcontainer.json", "{\"image\": \"b\"}"},
                           {".devcontainer/go/devcontainer.json", "{\"image\": \"c\"}"},
                           {"x/devcontainer.json", "{\"image\": \"d\"}"}});
  REQUIRE(found.size() == 3);
  CHECK(found[2].path == ".devcontainer/go/devcontainer.json");
  CHECK(Read(workspace, files, {}).empty());
}

}  // namespace sandlint
