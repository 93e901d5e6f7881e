// Dockerfiles built for real by podman, from scratch or from a root file system of the test, and
// compared with what the evaluator makes of them.

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "catch.h"
#include "oracle/questions.h"
#include "scanner/peel/image_build.h"

namespace sandlint::oracle {
namespace {

namespace fs = std::filesystem;

constexpr const char* kBase = "localhost/base:1";

// Left out, since podman 4.3 does not do what the reference of Dockerfiles says and BuildKit does:
// the escape directive inside of words, SHELL before a CMD or ENTRYPOINT in shell form, the CMD of
// the same stage before an ENTRYPOINT (it is dropped), a default of ARG that stands before FROM
// too.

/// Behind `FROM scratch` where no line says something else.
const std::vector<std::string>& Bodies() {
  static const std::vector<std::string> bodies = {
      "",
      "USER app",
      "USER 1000",
      "USER 1000:1000",
      "USER app:grp",
      "USER a\nUSER b",
      "USER 1000\nUSER 0",
      "USER 1000\nUSER root",
      "user app",
      "ARG U=app\nUSER $U",
      "ARG U=app\nUSER ${U}",
      "ARG U\nUSER ${U:-dflt}",
      "ARG U=app\nUSER ${U:+other}",
      "ARG U=app\nUSER pre$U",
      "ENV U=app\nUSER $U",
      "ARG U=a\nENV U=b\nUSER $U",
      "ENV U=b\nARG U=a\nUSER $U",
      "ENV U=app\nUSER \"$U\"",
      "ENV U=app\nUSER ${U}x",
      "ENV A=1",
      "ENV A=1 B=2",
      "ENV A 1 2 3",
      "ENV A=\"1 2\" B='3 4' C=5\\ 6",
      "ENV A=1\nENV A=2",
      "ENV A=1\nENV B=$A C=${A}x",
      "ENV A=1\nENV A=2 B=$A",
      "ENV A=${NO:-d}",
      "ENV A=${NO-d}",
      "ENV A=\nENV B=${A:-d} C=${A-d}",
      "ENV A=1\nENV B=${A:+p} C=${NO:+p}",
      "ENV A='$B' B=\"\\$C\" D=\\$E",
      "ENV A=a\\\n  b",
      "ENV A=1 \\\n    B=2 \\\n    C=3",
      "ENV A=1 \\\n# comment\n    B=2",
      "ENV A=1 \\\n\n    B=2",
      "ENV A=http://x/?a=b#c",
      "ENV A=\"quoted \\\" inside\"",
      "ENV A=it\\'s",
      "ENV PATH=/x:$PATH",
      "ENV A=$",
      "ENV  A=1   B=2  ",
      "ARG X=1\nENV A=$X",
      "ARG X\nENV A=$X",
      "ARG X=1\nARG X=2\nENV A=$X",
      "ARG A=1\nARG B=$A-2\nENV C=$B",
      "ENV A=${B:-${C:-deep}}",
      "CMD [\"a\", \"b\"]",
      "CMD a b",
      "CMD [\"a\"]\nCMD [\"b\"]",
      "ENTRYPOINT [\"e\"]",
      "ENTRYPOINT e f",
      "ENTRYPOINT [\"e\"]\nCMD [\"c\"]",
      "ENTRYPOINT [\"a b\", \"c\\td\"]",
      "CMD [ \"a\" , \"b\" ]",
      "CMD ['a']",
      "CMD echo $HOME",
      "CMD [\"echo\", \"$HOME\"]",
      "ENTRYPOINT []\nCMD [\"x\"]",
      "WORKDIR /a",
      "WORKDIR /a\nWORKDIR b",
      "WORKDIR /a\nWORKDIR b\nWORKDIR /c",
      "ENV D=/d\nWORKDIR $D/e",
      "WORKDIR /a/../b",
      "WORKDIR a",
      "VOLUME /v",
      "VOLUME [\"/v\", \"/w\"]",
      "VOLUME /v /w",
      "ENV V=/v\nVOLUME $V",
      "EXPOSE 80\nLABEL a=b\nSTOPSIGNAL 9\nMAINTAINER me",
      "HEALTHCHECK NONE\nUSER app",
      "COPY f /f\nUSER app",
      "ADD f /g\nENV A=1",
      "COPY [\"f\", \"/a b\"]\nUSER x",
      "ONBUILD USER late\nUSER now",
      "# escape is a comment here\nUSER x",
      "USER x # no comment",
  };
  return bodies;
}

/// Whole Dockerfiles.
const std::vector<std::string>& Files() {
  static const std::vector<std::string> files = {
      "FROM scratch AS a\nUSER x\nENV A=1\nFROM a\nENV B=$A\n",
      "FROM scratch AS a\nUSER x\nFROM scratch\nCOPY f /f\n",
      "FROM scratch AS a\nCMD [\"c\"]\nFROM a\nENTRYPOINT [\"e\"]\n",
      "FROM scratch AS a\nENTRYPOINT [\"e\"]\nFROM a\nCMD [\"c\"]\n",
      "ARG B=scratch\nFROM $B\nUSER x\n",
      "ARG B=scratch\nFROM ${B}\nARG B\nENV C=$B\n",
      "ARG B=1\nFROM scratch\nENV C=x$B\n",
      "ARG B=1\nFROM scratch\nARG B\nENV C=x$B\n",
      "FROM scratch AS a\nWORKDIR /a\nFROM a\nWORKDIR b\n",
      "FROM scratch as One\nUSER x\nFROM one\n",
      "FROM scratch AS a\nARG X=1\nFROM scratch\nENV A=y$X\n",
      "from scratch\nenv A=1\nuser x\n",
      "FROM localhost/base:1\nUSER app\n",
      "FROM localhost/base:1\nENTRYPOINT [\"e\"]\n",
      "FROM localhost/base:1\nENV A=1 B=$FROM_BASE\n",
      "FROM localhost/base:1\nCMD [\"c\"]\n",
      "FROM localhost/base:1\nWORKDIR more\n",
      "FROM localhost/base:1\n",
  };
  return files;
}

class Yard {
 public:
  Yard() {
    std::string name = fs::temp_directory_path() / "sandlint-build-XXXXXX";
    if (mkdtemp(name.data()) != nullptr) root = name;
    fs::create_directories(root + "/context");
    std::ofstream(root + "/context/f") << "text\n";
    fs::create_directories(root + "/base/etc");
    std::ofstream(root + "/base/etc/passwd") << "root:x:0:0::/:/x\napp:x:7:7::/:/x\n";
  }
  ~Yard() {
    std::error_code error;
    fs::remove_all(root, error);
  }
  Yard(const Yard&) = delete;
  Yard& operator=(const Yard&) = delete;

  Ending Run(Strings words) const {
    Command command;
    command.argv = {FindProgram("podman"),
                    "--root",
                    root + "/store",
                    "--runroot",
                    root + "/run",
                    "--tmpdir",
                    root + "/tmp",
                    "--storage-driver",
                    "vfs",
                    "--events-backend",
                    "none",
                    "--cgroup-manager",
                    "cgroupfs"};
    command.argv.insert(command.argv.end(), words.begin(), words.end());
    command.environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + root};
    command.uid = 0;
    command.directory = root;
    command.seconds = 60;
    return RunCommand(command);
  }

  /// An image of others: it has a user, a variable, a command and a working directory.
  bool Import() const {
    Command pack;
    pack.argv = {FindProgram("tar"), "-C", root + "/base", "-cf", root + "/base.tar", "."};
    pack.environment = {"PATH=/usr/bin:/bin"};
    pack.uid = 0;
    return RunCommand(pack).status == 0 &&
           Run({"import", "-q", "-c", "USER 7", "-c", "ENV FROM_BASE=yes", "-c", "WORKDIR /base",
                "-c", "CMD [\"base\"]", root + "/base.tar", kBase})
                   .status == 0;
  }

  /// The configuration that podman writes; null where it refuses.
  Json Build(const std::string& text) const {
    const std::string path = root + "/Dockerfile";
    std::ofstream(path) << text;
    const Ending built = Run({"build", "-q", "--pull-never", "--isolation", "chroot", "--format",
                              "docker", "-f", path, "-t", "localhost/case:1", root + "/context"});
    if (built.status != 0) return nullptr;
    const Ending shown =
        Run({"inspect", "--type", "image", "--format", "{{json .Config}}", "localhost/case:1"});
    return Json::parse(shown.out, nullptr, false);
  }

  std::string root;
};

Json TextOf(const std::optional<std::vector<Word>>& words) {
  Json list = Json::array();
  if (!words) return nullptr;
  for (const Word& word : *words) list.push_back(word.text);
  return list;
}

Json ListIn(const Json& config, const char* key) {
  return config.contains(key) && config[key].is_array() ? config[key] : Json::array();
}

std::string ValueOf(const Json& config, const std::string& name) {
  for (const Json& item : ListIn(config, "Env")) {
    const std::string text = item.get<std::string>();
    if (text.starts_with(name + "=")) return text.substr(name.size() + 1);
  }
  return "(unset)";
}

std::size_t CountEnv(const Json& config) {
  std::size_t count = 0;
  for (const Json& item : ListIn(config, "Env")) {
    const std::string text = item.get<std::string>();
    count += text.starts_with("PATH=") || text.starts_with("FROM_BASE=") ? 0U : 1U;
  }
  return count;
}

void CompareWith(const Json& config, const ImageBuild& image, std::size_t& unknown) {
  const std::string user = config.value("User", "");
  if (image.user && image.user->Known()) {
    CHECK(image.user->text == user);
  } else if (!image.user && image.scratch) {
    CHECK(user.empty());
  } else {
    ++unknown;
  }
  std::size_t variables = 0;
  for (const BakedValue& baked : image.values) {
    if (baked.argument) continue;
    variables += baked.name.text == "PATH" ? 0U : 1U;
    INFO(baked.name.text);
    if (baked.value.Known()) CHECK(ValueOf(config, baked.name.text) == baked.value.text);
    unknown += baked.value.Known() ? 0U : 1U;
  }
  CHECK(variables == CountEnv(config));
  if (image.entrypoint) CHECK(ListIn(config, "Entrypoint") == TextOf(image.entrypoint));
  if (image.command) CHECK(ListIn(config, "Cmd") == TextOf(image.command));
  if (image.directory && image.directory->Known()) {
    const std::string directory = config.value("WorkingDir", "");
    CHECK(fs::path(image.directory->text).lexically_normal() ==
          fs::path(directory).lexically_normal());
  }
  const Json volumes = config.value("Volumes", Json::object());
  CHECK(image.volumes.size() == volumes.size());
  for (const Word& volume : image.volumes) CHECK(volumes.contains(volume.text));
}

}  // namespace

TEST_CASE("podman builds from a Dockerfile what the evaluator says") {
  if (FindProgram("podman").empty()) {
    if (OraclesRequired()) FAIL("podman is not installed");
    WARN("skipped: podman is not installed");
    return;
  }
  const Yard yard;
  if (!yard.Import()) {
    if (OraclesRequired()) FAIL("podman cannot import an image");
    WARN("skipped: podman cannot import an image here");
    return;
  }
  std::vector<std::string> files = Files();
  for (const std::string& body : Bodies()) files.push_back("FROM scratch\n" + body + "\n");
  std::size_t built = 0, refused = 0, unknown = 0;
  for (const std::string& text : files) {
    INFO(text);
    const Json config = yard.Build(text);
    if (!config.is_object()) {
      ++refused;
      WARN("podman refuses: " << text);
      continue;
    }
    ++built;
    const Source source{"Dockerfile", text, false};
    CompareWith(config, EvaluateDockerfile(ParseDockerfile(source), {}, {}), unknown);
  }
  WARN("Dockerfiles " << files.size() << ", built " << built << ", refused " << refused
                      << ", values not known " << unknown);
  CHECK(built >= 60);
}

}  // namespace sandlint::oracle
