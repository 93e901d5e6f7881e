// What the operands of a generated line are taken from.

#include "oracle/bwrap_operands.h"

#include "oracle/bwrap_lines.h"

namespace sandlint::oracle {

Strings AtHome(Strings paths) {
  for (std::string& path : paths) {
    if (path.starts_with('~')) path.replace(0, 1, kStageHome);
  }
  return paths;
}

const Strings& Sources() {
  static const Strings all = AtHome({"/",
                                     "/",
                                     "/usr",
                                     "/etc",
                                     "/home",
                                     "~",
                                     "~",
                                     "~/project",
                                     "~/project",
                                     "~/.ssh",
                                     "~/sshlink",
                                     "~/awsabs",
                                     "~/.gitconfig",
                                     "~/x",
                                     "/srv",
                                     "/srv/sb",
                                     "/srv/sb/sub",
                                     "/tmp",
                                     "/tmp/work",
                                     "/run",
                                     "/run/user/1234",
                                     "/run/docker.sock",
                                     "~/project/.env",
                                     "/dev/null",
                                     "/dev",
                                     "/opt/home",
                                     "/opt/home/.ssh",
                                     "~/keyabs",
                                     "~/keyrel",
                                     "~/chain1",
                                     "~/x/out",
                                     "/var/run",
                                     "~/locked",
                                     "~/locked/f",
                                     "~/locked/in",
                                     "~/blind",
                                     "~/blind/b",
                                     "~/frozen",
                                     "~/.cache",
                                     "/proc",
                                     "/srv/team",
                                     "/srv/sb/homelnk",
                                     "~/x/sub/..",
                                     "~/project/../.aws",
                                     "~/.ssh/",
                                     "//home//sam/./x",
                                     "~/project/up/.ssh",
                                     "/var",
                                     "/home/other",
                                     "~/empty",
                                     "/dev/shm",
                                     "/proc/self/cwd",
                                     "/proc/self/root",
                                     "/srv/sb/sub/in",
                                     "~/.ssh/id_rsa",
                                     "~/.netrc",
                                     "/tmp/agent.sock",
                                     "~/.gnupg"});
  return all;
}
const Strings& Missing() {
  static const Strings all =
      AtHome({"~/nope", "~/dang", "~/loop", "~/nope/../x", "/root/x", "/nope", "~/.netrc/x"});
  return all;
}
const Strings& Relative() {
  static const Strings all = {"src",           "..",         ".",         "project",      "up",
                              ".env",          "etc",        "usr/share", "./etc",        "../.ssh",
                              "home/sam/.ssh", "home/sam/x", "srv/sb",    "../x/../.aws", "sshrel"};
  return all;
}
const Strings& Targets() {
  static const Strings all = AtHome({"/usr",
                                     "/etc",
                                     "~",
                                     "~",
                                     "~/project",
                                     "~/.ssh",
                                     "~/.ssh",
                                     "~/.aws",
                                     "~/sshlink",
                                     "~/project/src",
                                     "~/x",
                                     "~/x/sub",
                                     "/work",
                                     "/work/sub",
                                     "/srv",
                                     "/srv/sb",
                                     "/srv/sb/sub",
                                     "/tmp",
                                     "/run",
                                     "~/project/.env",
                                     "/",
                                     "/home",
                                     "/a/../b",
                                     "~/project/sshrel",
                                     "~/project/up/.aws",
                                     "/w",
                                     "/w/deep/er",
                                     "w",
                                     "./w/x",
                                     "/../w",
                                     "~/project/../.ssh",
                                     "/home/./sam//.ssh/",
                                     "~/keyrel",
                                     "~/.netrc",
                                     "~/locked",
                                     "~/blind",
                                     "/opt/home",
                                     "~/empty",
                                     "~/.cache",
                                     "~/.cache/fast",
                                     "/dev",
                                     "/dev/shm",
                                     "/proc",
                                     "/mnt/one",
                                     "/../home/sam/.ssh",
                                     "~/chain1",
                                     "~/frozen",
                                     "/tmp/work",
                                     "~/.gnupg",
                                     "/run/user/1234"});
  return all;
}
/// What is there whatever was mounted before: most lines are meant to start.
const Strings& Existing() {
  static const Strings all = AtHome({"/usr",
                                     "/etc",
                                     "~",
                                     "~",
                                     "~/project",
                                     "~/.ssh",
                                     "~/.ssh",
                                     "~/.aws",
                                     "~/sshlink",
                                     "~/x",
                                     "~/project/src",
                                     "~/x/sub",
                                     "/srv",
                                     "/srv/sb",
                                     "/srv/sb/sub",
                                     "/tmp",
                                     "/run",
                                     "/home",
                                     "~/project/sshrel",
                                     "~/project/up/.aws",
                                     "~/project/../.ssh",
                                     "/home/./sam//.ssh/",
                                     "~/locked",
                                     "~/blind",
                                     "~/empty",
                                     "~/.cache",
                                     "~/.cache/fast",
                                     "~/chain1",
                                     "~/frozen",
                                     "/tmp/work",
                                     "~/.gnupg",
                                     "/run/user/1234",
                                     "/a/../home/sam/x",
                                     "/tmp/fresh",
                                     "~/.config"});
  return all;
}
const Strings& Files() {
  static const Strings all =
      AtHome({"~/.netrc", "~/project/.env", "~/keyrel", "/tmp/f", "/etc/hosts", "~/.ssh/id_rsa",
              "/run/docker.sock", "~/.npmrc", "~/x/f", "~/.bashrc", "~/new"});
  return all;
}
const Strings& Links() {
  static const Strings all = AtHome(
      {"/lnk", "~/lnk", "/work/l", "/home", "~/project/nl", "/k", "~/.ssh", "/w/../q", "/bin"});
  return all;
}

Strings InsidePaths() {
  Strings paths = AtHome({"/w",
                          "/work",
                          "/work/sub",
                          "/b",
                          "/lnk",
                          "/k",
                          "/q",
                          "/f",
                          "/mnt/one",
                          "~/sshlink/id_rsa",
                          "~/awsabs/credentials",
                          "~/.gitconfig",
                          "~/lnk",
                          "~/project/sshrel/id_rsa",
                          "~/keyabs",
                          "/w/.ssh/id_rsa",
                          "/w/project",
                          "/work/.ssh",
                          "/opt/home/.ssh/id_rsa",
                          "/w/deep/er",
                          "/w/x",
                          "/bin",
                          "/home/sam/x/out/sb/s",
                          "/../home/sam/.ssh",
                          "/work/l"});
  const Strings stage = StagePaths();
  paths.insert(paths.end(), stage.begin(), stage.end());
  return paths;
}

Strings StageVariables() {
  return {"HOME", "PATH",  "USER", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "LANG",
          "A",    "TOKEN", "PWD"};
}

}  // namespace sandlint::oracle
