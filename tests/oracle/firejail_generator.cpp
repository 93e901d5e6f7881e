#include "firejail_generator.h"

#include <algorithm>

#include "firejail_world.h"

namespace sandlint {
namespace {

using Strings = std::vector<std::string>;

const Strings kRules{"blacklist",    "blacklist", "blacklist",   "blacklist", "noblacklist",
                     "noblacklist",  "whitelist", "whitelist",   "read-only", "read-only",
                     "read-write",   "tmpfs",     "nowhitelist", "noexec",    "blacklist-nolog",
                     "whitelist-ro", "whitelist", "whitelist",   "blacklist", "blacklist"};
const Strings kPaths{"${HOME}/.ssh",
                     "${HOME}/.ssh/id_rsa",
                     "~/.aws",
                     "${HOME}/.config",
                     "${HOME}/.config/app",
                     "${HOME}/project",
                     "${HOME}/project/.env",
                     "${HOME}/project/*",
                     "${HOME}/x",
                     "${HOME}/x/sub",
                     "${HOME}/.*",
                     "${HOME}/.git*",
                     "${HOME}/sshlink",
                     "${HOME}/awsabs",
                     "${HOME}/Do*",
                     "/tmp/work",
                     "/tmp/canary",
                     "/srv/sb",
                     "/srv/sb/s",
                     "/opt/tool",
                     "${DOWNLOADS}",
                     "${DOCUMENTS}",
                     "/etc/ssl",
                     "/run/fj.sock",
                     "/tmp/fj.sock",
                     "${HOME}/.npmrc",
                     "${HOME}/.gitconfig",
                     "${HOME}/.claude",
                     "${HOME}/.docker",
                     "${HOME}//x",
                     "${HOME}/./x",
                     "${HOME}/x/",
                     "${HOME}/missing",
                     "${HOME}/chain1",
                     "${HOME}/project/sshrel",
                     "${HOME}/x/out",
                     "/srv/homelnk",
                     "${HOME}/sp ace",
                     "${HOME}/*/f",
                     "${HOME}/*/*",
                     "${HOME}/.s?h",
                     "${HOME}/[a-e]*",
                     ".env",
                     "src",
                     "${RUNUSER}",
                     "/var/run/fj.sock",
                     "/home/fjuser/secret.txt",
                     "${HOME}/keyrel",
                     "${HOME}/dang",
                     "/srv",
                     "${HOME}/.local",
                     "/usr/share/doc",
                     "${PATH}/gcc",
                     "${HOME}/.cache",
                     "/tmp/*",
                     "${HOME}/locked",
                     "${HOME}/x/sub/deep",
                     "/srv/sb/*",
                     "${HOME}/.bashrc",
                     "/home/other"};
const Strings kOthers{"private-tmp",
                      "private-tmp",
                      "private",
                      "net none",
                      "net none",
                      "private-cache",
                      "private-dev",
                      "include disable-common.inc",
                      "include disable-programs.inc",
                      "include default.profile",
                      "ignore blacklist ${HOME}/.ssh",
                      "ignore net",
                      "?HAS_NET: blacklist ${HOME}/x",
                      "private-home project,x",
                      "private-etc hosts,passwd",
                      "private-opt none",
                      "private-opt tool",
                      "include disable-xdg.inc",
                      "protocol unix,inet",
                      "protocol inet,inet6",
                      "seccomp",
                      "nonewprivs",
                      "noroot",
                      "caps.drop all",
                      "disable-mnt",
                      "env FOO=bar",
                      "env FOO=bar",
                      "rmenv AWS_SECRET_ACCESS_KEY",
                      "rmenv FOO",
                      "x11 none",
                      "private ${HOME}/x",
                      "private /srv/sb",
                      "allusers",
                      "writable-etc",
                      "writable-var",
                      "writable-run-user",
                      "keep-var-tmp",
                      "nodbus",
                      "dbus-user none",
                      "nosound",
                      "net eth0",
                      "netfilter",
                      "private-bin fjprobe,sh,env",
                      "include whitelist-common.inc",
                      "private-cwd",
                      "mkdir ${HOME}/newdir",
                      "mkfile ${HOME}/newfile",
                      "seccomp.drop connect",
                      "ipc-namespace",
                      "nogroups",
                      "noprinters",
                      "machine-id",
                      "allow-debuggers",
                      "restrict-namespaces",
                      "quiet",
                      "ignore noblacklist",
                      "include missing.local",
                      "include ${CFG}/disable-common.inc",
                      "?HAS_PRIVATE: blacklist ${HOME}/.aws",
                      "protocol unix",
                      "keep-dev-shm",
                      "timeout 01:00:00",
                      "memory-deny-write-execute",
                      "hostname box",
                      "caps.keep chown",
                      "private-srv none"};
/// Lines that stop firejail; seldom, so that most cases say something of paths.
const Strings kBroken{
    "blacklist ${HOME}/x/../.ssh", "include missing.inc", "nonsense", "env FOO",
    "blacklist ${HOME}/{a,b}",     "whitelist /",         "net",      "protocol foo"};
/// Directives that are no options, or options of another form.
bool IsOption(const std::string& line) {
  for (const char* no : {"include", "ignore", "?", "quiet", "blacklist-nolog", "whitelist-ro",
                         "net eth0", "netfilter"}) {
    if (line.starts_with(no)) return false;
  }
  return true;
}

std::string Join(const Strings& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

}  // namespace

std::string FirejailCase::Text() const {
  std::string text = "in " + directory + ":";
  for (const std::string& word : words) text += ' ' + word;
  for (const auto& [path, content] : files) text += "\n  [" + path + "] " + content;
  return text;
}

std::string FirejailGenerator::Pick(const Strings& pool) { return pool[random_() % pool.size()]; }

std::string FirejailGenerator::Line() {
  if (Chance(1)) return Pick(kBroken);
  if (Chance(28)) return Pick(kOthers);
  std::string line = Pick(kRules) + ' ' + Pick(kPaths);
  if (Chance(3)) line += " # why";
  if (Chance(2)) line.insert(line.find(' '), "\t ");
  return line;
}

Strings FirejailGenerator::Lines() {
  // A pair: the same lines with two of them swapped.
  if (last_.size() >= 2 && Chance(20)) {
    Strings lines = last_;
    const std::size_t at = random_() % (lines.size() - 1);
    std::swap(lines[at], lines[at + 1]);
    return lines;
  }
  Strings lines;
  for (auto count = 1 + random_() % 7; count > 0; --count) lines.push_back(Line());
  return lines;
}

FirejailCase FirejailGenerator::Build(Strings lines) {
  FirejailCase one;
  const std::string home = FirejailWorld::Home();
  const std::string user = home + "/.config/firejail/";
  one.directory = Chance(80) ? home + "/project" : Chance(50) ? home : "/tmp";
  one.lines = lines;
  Strings main;
  Strings options;
  Strings included;
  Strings overrides;
  for (std::string& line : lines) {
    const bool option =
        IsOption(line) && line.find('#') == line.npos && line.find('\t') == line.npos && Chance(15);
    if (option) {
      const std::size_t blank = line.find(' ');
      if (blank != line.npos) line[blank] = '=';
      options.push_back("--" + line);
    } else if (Chance(8)) {
      included.push_back(line);
    } else if (Chance(4)) {
      overrides.push_back(line);
    } else {
      main.push_back(line);
    }
  }
  if (!included.empty()) {
    one.files[user + "part.inc"] = Join(included);
    main.insert(main.begin() + static_cast<std::ptrdiff_t>(random_() % (main.size() + 1)),
                Chance(50) ? "include part.inc" : "include ${HOME}/.config/firejail/part.inc");
  }
  if (!overrides.empty()) {
    one.files[user + "globals.local"] = Join(overrides);
    main.insert(main.begin(), "include globals.local");
  }
  const std::size_t before = options.empty() ? 0 : random_() % (options.size() + 1);
  one.words.assign(options.begin(), options.begin() + static_cast<std::ptrdiff_t>(before));
  if (Chance(4)) {
    one.words.push_back("--ignore=" + std::string(Chance(50) ? "blacklist" : "private-tmp"));
  }
  switch (random_() % 12) {
    case 0:
      one.files[user + "fjprobe.profile"] = Join(main);  // found by the command's name
      break;
    case 1:
      one.files[user + "named.profile"] = Join(main);
      one.words.push_back("--profile=named");
      break;
    case 2:
      one.files[user + "t.profile"] = Join(main);
      one.words.push_back("--profile=~/.config/firejail/t.profile");
      break;
    case 3:
      if (main.empty()) {
        one.words.push_back("--noprofile");
        break;
      }
      [[fallthrough]];
    default:
      one.files["/tmp/t.profile"] = Join(main);
      one.words.push_back("--profile=/tmp/t.profile");
  }
  one.words.insert(one.words.end(), options.begin() + static_cast<std::ptrdiff_t>(before),
                   options.end());
  return one;
}

FirejailCase FirejailGenerator::Next() {
  last_ = Lines();
  return Build(last_);
}

}  // namespace sandlint
