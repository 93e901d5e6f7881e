// unshare, chroot, ip netns and nsenter: what they take away, and what they do not.

#include <string>
#include <vector>

#include "catch.h"
#include "tests/grant/evaluate.h"

namespace sandlint {
namespace {

/// The tools of the layers, the words of the last one behind a colon; `?` where an option is not
/// known.
std::string Layers(const std::vector<std::string>& argv) {
  const auto result = Evaluate(argv);
  std::string text;
  for (const Layer& layer : result->launch.layers) {
    if (layer.kind == LayerKind::Program) continue;
    text += (text.empty() ? "" : " ") +
            (layer.kind == LayerKind::Opaque ? std::string("opaque") : layer.tool);
    for (const Note& note : layer.notes) {
      if (note.support == Support::Unknown) text += "?";
    }
  }
  text += ":";
  for (const Word& word : result->launch.layers.back().words) text += " " + word.text;
  return text;
}

}  // namespace

TEST_CASE("unshare is taken off with its options") {
  CHECK(Layers({"unshare", "-rnm", "x", "-n"}) == "unshare: x -n");
  CHECK(Layers({"unshare", "--net=/run/n", "--mount", "x"}) == "unshare: x");
  CHECK(Layers({"unshare", "-w", "/d", "-R/r", "--", "x"}) == "unshare: x");
  CHECK(Layers({"unshare", "--map-root", "x"}) == "unshare: x");
  CHECK(Layers({"unshare", "--nope", "x"}) == "unshare? opaque: x");
  CHECK(Layers({"chroot", "--userspec=1:1", "/r", "x", "-y"}) == "chroot: x -y");
  CHECK(Layers({"chroot", "-x", "/r", "x"}) == "chroot? opaque: /r x");
  CHECK(Layers({"ip", "netns", "exec", "n", "x", "y"}) == "ip netns: x y");
  CHECK(Layers({"ip", "-n", "a", "net", "e", "n", "x"}) == "ip netns: x");
  CHECK(Layers({"ip", "--all", "netns", "exec", "x"}) == "ip netns: x");
  CHECK(Layers({"ip", "netns", "add", "n"}) == ": ip netns add n");
  CHECK(Layers({"ip", "link", "show"}) == ": ip link show");
  CHECK(Layers({"nsenter", "-t", "1", "-n", "-m", "x"}) == "nsenter: x");
  CHECK(Layers({"nsenter", "-t1", "--net=/run/netns/n", "x"}) == "nsenter: x");
}

TEST_CASE("A namespace takes the network and leaves the files") {
  const auto launch = Evaluate({"unshare", "-rnm", "node", "x.js"});
  CHECK(launch->Read("/home/user/.ssh/id_rsa") == "yes");
  CHECK(launch->Write("/home/user/.ssh/id_rsa") == "yes");
  CHECK(launch->Connect("tcp", "example.com", 443) == "no");
  CHECK(launch->Of(Right::Connect, "/run/user/1000/bus") == "yes");
  CHECK(launch->launch.grant.egress.reaches_abstract_sockets == false);
  CHECK(launch->launch.grant.identity.root_inside == Answer::Yes);
  CHECK(launch->launch.starts == Answer::Yes);
  CHECK(Evaluate({"unshare", "-rm", "x"})->Connect("tcp", "example.com", 443) == "yes");
  CHECK(Evaluate({"unshare", "-n", "x"})->HasProblem("only root", Answer::Unknown));
  CHECK(Evaluate({"unshare", "-rp", "x"})->HasProblem("--fork", Answer::Unknown));
}

TEST_CASE("Root leaves a network namespace and a changed root again") {
  const auto network = Evaluate({"sudo", "unshare", "-n", "node", "x.js"});
  CHECK(network->Connect("tcp", "example.com", 443) == "unknown");
  CHECK(Evaluate({"sudo", "unshare", "-n", "sudo", "-u", "bob", "node", "x.js"})
            ->Connect("tcp", "example.com", 443) == "no");
  const auto root = Evaluate({"sudo", "chroot", "/srv/box", "node", "x.js"});
  CHECK(root->Read("/home/user/.ssh/id_rsa") == "unknown");
  CHECK(root->launch.grant.openings.size() == 1);
  const auto user = Evaluate({"sudo", "chroot", "--userspec=1000", "/srv/box", "node", "x.js"});
  CHECK(user->Read("/home/user/.ssh/id_rsa") == "no");
  CHECK(user->launch.grant.openings.empty());
  CHECK(Evaluate({"unshare", "-r", "-R", "/srv/box", "x"})->Read("/home/user/.ssh/id_rsa") ==
        "unknown");
  CHECK(Evaluate({"unshare", "-c", "-R", "/srv/box", "x"})->Read("/home/user/.ssh/id_rsa") == "no");
}

TEST_CASE("What another process has is not known") {
  const auto named = Evaluate({"sudo", "ip", "netns", "exec", "box", "node", "x.js"});
  CHECK(named->Connect("tcp", "example.com", 443) == "unknown");
  CHECK(named->Read("/home/user/.ssh/id_rsa") == "yes");
  CHECK(named->launch.grant.egress.reaches_host_loopback == false);
  const auto process = Evaluate({"sudo", "nsenter", "-t", "77", "-n", "-m", "node", "x.js"});
  CHECK(process->Connect("tcp", "example.com", 443) == "unknown");
  CHECK(process->Read("/home/user/.ssh/id_rsa") == "unknown");
  CHECK(process->launch.grant.egress.reaches_host_loopback == true);
}

TEST_CASE("A sandbox that keeps the processes of the host keeps their variables") {
  const auto asks = [](const std::vector<std::string>& argv) {
    return NameOf(Evaluate(argv)->launch.grant.environment.Ask("AWS_SECRET_ACCESS_KEY").answer);
  };
  CHECK(asks({"env", "-i", "unshare", "-rn", "x"}) == std::string("no"));
  CHECK(asks({"sudo", "env", "-i", "unshare", "-n", "x"}) == std::string("yes"));
  CHECK(asks({"sudo", "env", "-i", "unshare", "-pf", "--mount-proc", "x"}) == std::string("no"));
  CHECK(asks({"sudo", "env", "-i", "ip", "netns", "exec", "box", "x"}) == std::string("yes"));
}

namespace {

constexpr const char* kKey = "/home/user/.ssh/id_rsa";

/// What a launch whose wrapper mounts something answers for the key.
std::string Behind(const std::vector<std::string>& wrapper, const std::string& script) {
  std::vector<std::string> argv = wrapper;
  argv.insert(argv.end(), {"sh", "-c", script});
  return Evaluate(argv)->Read(kKey);
}

constexpr const char* kMask = "mount -t tmpfs t /home/user/.ssh; exec ";
constexpr const char* kPowerless = "setpriv --bounding-set=-all --inh-caps=-all node x.js";

}  // namespace

TEST_CASE("Who keeps the right to mount takes the mounts of its wrapper away") {
  const std::string mask = kMask;
  CHECK(Behind({"unshare", "-rm"}, mask + "node x.js") == "unknown");
  CHECK(Behind({"unshare", "-rm"}, mask + "setpriv --nnp --inh-caps=-all node x.js") == "unknown");
  CHECK(Behind({"unshare", "-c", "--keep-caps", "-m"}, mask + "node x.js") == "unknown");
  CHECK(Behind({"unshare", "-rm"}, mask + kPowerless) == "no");
  CHECK(Behind({"sudo", "unshare", "-m"}, mask + "node x.js") == "yes");
  CHECK(Behind({"unshare", "-rm"}, mask + "bwrap --ro-bind / / --unshare-user --cap-drop ALL x") ==
        "no");
  const auto read_only =
      Evaluate({"unshare", "-rm", "sh", "-c",
                "mount -o bind,ro /home/user/.ssh /home/user/.ssh; exec node x.js"});
  CHECK(read_only->Read(kKey) == "yes");
  CHECK(read_only->Write(kKey) == "unknown");
  // A mask outside of the namespace stays: its mounts are locked there.
  const auto nested =
      Evaluate({"bwrap", "--dev-bind", "/", "/", "--tmpfs", "/home/user/.ssh", "unshare", "-rm",
                "sh", "-c", "mount -t tmpfs t /home/user/.aws; exec node x.js"});
  CHECK(nested->Read(kKey) == "no");
  CHECK(nested->Read("/home/user/.aws/credentials") == "unknown");
}

TEST_CASE("A mount that is not allowed hides nothing") {
  const std::string mask = kMask;
  for (const char* options : {"-r", "-U", "-Um", "-cm", "-n"}) {
    INFO(options);
    CHECK(Behind({"unshare", options}, mask + "node x.js") != "no");
  }
  CHECK(Behind({"unshare", "-c", "-m"}, mask + "node x.js") == "yes");
  CHECK(Behind({}, mask + "node x.js") == "unknown");
  CHECK(Behind({"sudo", "-u", "bob"}, "mount -t tmpfs t /srv; exec node x.js") != "yes");
  CHECK(Evaluate({"unshare", "-c", "-m", "sh", "-c", mask + "x"})
            ->HasProblem("may not mount", Answer::Unknown));
}

TEST_CASE("A mount that may fail hides nothing for sure") {
  const auto masked = [](const std::string& mount) {
    return Behind({"unshare", "-rm"}, mount + " /home/user/.ssh; cd /; exec " + kPowerless);
  };
  for (const char* mount :
       {"mount -t tmpfs t", "mount -t tmpfs -o size=1m,mode=700,nosuid t", "mount --bind /usr",
        "mount -o bind,noexec /usr", "mount --types tmpfs --options rw t"}) {
    INFO(mount);
    CHECK(masked(mount) == "no");
  }
  for (const char* mount :
       {"mount -t tmpfs -o bogus=1 t", "mount -t tmpfs -o size=x t", "mount -t tmpfs -o remount t",
        "mount -t tmpfs -o $X t", "mount --bind -o size=1m /usr", "mount --bind /srv/nothing-here",
        "mount --bind $X", "mount -t tmpfs -o lowerdir=/usr t"}) {
    INFO(mount);
    CHECK(masked(mount) == "unknown");
  }
}

TEST_CASE("The working directory stays below what is mounted over it") {
  const auto from = [](const std::string& script) {
    return Behind({"unshare", "-rm"}, script + kPowerless);
  };
  CHECK(from("mount -t tmpfs t /home/user/.ssh; exec ") == "no");
  CHECK(from("cd /home/user/.ssh; mount -t tmpfs t /home/user/.ssh; exec ") == "unknown");
  CHECK(from("cd /home/user/p; mount -t tmpfs t /home; exec ") == "unknown");
  CHECK(from("cd /home/user/p; mount -t tmpfs t /home; cd /; exec ") == "no");
  CHECK(from("cd /home/user/p; mount -t tmpfs t /home; exec env -C / ") == "no");
  CHECK(from("f() { mount -t tmpfs t /home; }; cd /home/user; f; exec ") == "unknown");
}

TEST_CASE("bwrap keeps the capabilities of whoever looks like root to it") {
  const std::vector<std::string> mask = {"bwrap", "--ro-bind", "/",       "/",
                                         "--dev", "/dev",      "--tmpfs", "/home/user/.ssh"};
  const auto reads = [&](std::vector<std::string> argv, const std::vector<std::string>& more) {
    argv.insert(argv.end(), mask.begin(), mask.end());
    argv.insert(argv.end(), more.begin(), more.end());
    argv.insert(argv.end(), {"node", "x.js"});
    const auto result = Evaluate(argv);
    return result->Read(kKey) + " " + result->Write("/home/user/.bashrc") + " " +
           result->Of(Right::Connect, "/run/user/1000/bus");
  };
  CHECK(reads({}, {}) == "no no yes");
  CHECK(reads({}, {"--tmpfs", "/run", "--unshare-all"}) == "no no no");
  CHECK(reads({"unshare", "-rpf"}, {"--unshare-all", "--proc", "/proc", "--tmpfs", "/run"}) ==
        "unknown unknown unknown");
  CHECK(reads({"unshare", "-r"}, {"--unshare-user"}) == "unknown unknown yes");
  CHECK(reads({"bwrap", "--dev-bind", "/", "/", "--uid", "0", "--cap-add", "ALL"},
              {"--unshare-all", "--proc", "/proc"}) == "unknown unknown yes");
  // The process of bwrap that waits outside is in sight, in the same user namespace.
  CHECK(reads({"unshare", "-rm"}, {"--cap-drop", "ALL"}) == "yes yes yes");
  CHECK(reads({"unshare", "-rm"}, {"--cap-drop", "ALL", "--unshare-user", "--unshare-pid", "--proc",
                                   "/proc"}) == "no no yes");
  CHECK(reads({"unshare", "-c", "-m"}, {}) == "no no yes");
  CHECK(reads({"unshare", "-r", "setpriv", "--bounding-set=-all", "--inh-caps=-all"},
              {"--unshare-user", "--unshare-pid", "--proc", "/proc"}) == "no no yes");
  CHECK(Evaluate({"bwrap", "--dev-bind", "/", "/", "--cap-add", "ALL", "bwrap", "--ro-bind", "/",
                  "/", "x"})
            ->HasProblem("capabilities", Answer::Unknown));
  CHECK(Evaluate({"unshare", "-r", "chroot", "/srv/box", "x"})->Read(kKey) == "unknown");
}

TEST_CASE("Capabilities that a user is handed lead past permissions") {
  const auto reads = [](const std::vector<std::string>& options) {
    std::vector<std::string> argv{"sudo", "setpriv", "--reuid=4712", "--regid=4712",
                                  "--clear-groups"};
    argv.insert(argv.end(), options.begin(), options.end());
    argv.insert(argv.end(), {"env", "-i", "node", "x.js"});
    return Evaluate(argv)->Read("/root/.ssh/id_rsa");
  };
  CHECK(reads({}) == "no");
  CHECK(reads({"--inh-caps=-all", "--bounding-set=-all"}) == "no");
  CHECK(reads({"--inh-caps=+dac_override", "--ambient-caps=+dac_override"}) == "unknown");
  CHECK(reads({"--inh-caps", "+dac_read_search", "--ambient-caps", "-all,+dac_read_search"}) ==
        "unknown");
  CHECK(reads({"--inh-caps=+all", "--ambient-caps=+all"}) == "unknown");
  CHECK(reads({"--inh-caps=+net_bind_service", "--ambient-caps=+net_bind_service"}) == "no");
  CHECK(reads({"--ambient-caps=-all"}) == "no");
  const auto starts = [](const std::string& caps) {
    return Evaluate({"sudo", "setpriv", "--reuid=4712", "--regid=4712", "--clear-groups",
                     "--inh-caps=" + caps, "--ambient-caps=" + caps, "unshare", "-m", "x"})
        ->launch.starts;
  };
  CHECK(starts("+sys_admin") == Answer::Unknown);
  CHECK(starts("-all") == Answer::No);
}

TEST_CASE("The group that a user is given opens what is its") {
  const std::string key = "/root/.ssh/id_rsa";
  CHECK(Evaluate({"sudo", "-u", "bob", "-g", "bob", "x"})->Read(key) == "no");
  CHECK(Evaluate({"sudo", "-u", "bob", "-g", "nogroup", "x"})->Read(key) == "no");
  CHECK(Evaluate({"sudo", "setpriv", "--reuid=4712", "--regid=4712", "--clear-groups", "x"})
            ->Read(key) == "no");
  CHECK(Evaluate({"sudo", "-u", "bob", "-g", "shadow", "x"})->Read(key) == "unknown");
  CHECK(Evaluate({"sudo", "-g", "shadow", "x"})->Read(key) == "unknown");
  CHECK(Evaluate({"sudo", "unshare", "-S", "1000", "-G", "42", "x"})->Read(key) == "unknown");
  const auto host = MakeLiveHost({.user = "nobody"});
  const auto shadow = host->Lstat("/etc/shadow");
  if (!shadow || shadow->gid == 0 || (shadow->mode & 0770) != 0640) {
    WARN("skipped: there is no /etc/shadow to ask");
    return;
  }
  const std::string gid = std::to_string(shadow->gid);
  const auto reads = [&](const std::vector<std::string>& argv) {
    return Evaluate(argv, {}, host)->Read("/etc/shadow");
  };
  CHECK(reads({"sudo", "-u", "nobody", "x"}) == "no");
  CHECK(reads({"sudo", "-u", "nobody", "-g", "shadow", "x"}) == "yes");
  CHECK(reads({"sudo", "-u", "nobody", "-g", "#" + gid, "x"}) == "yes");
  CHECK(reads({"sudo", "-g", "shadow", "x"}) == "yes");
  CHECK(reads({"runuser", "-u", "nobody", "-g", "shadow", "x"}) == "yes");
  CHECK(reads({"su", "-g", "shadow", "nobody", "-c", "x"}) == "yes");
  CHECK(reads({"setpriv", "--reuid=4712", "--regid=" + gid, "--clear-groups", "x"}) == "yes");
  CHECK(reads({"unshare", "-S", "4712", "-G", gid, "x"}) == "yes");
  CHECK(reads({"sudo", "-u", "nobody", "-g", "no-such-group", "x"}) == "unknown");
}

TEST_CASE("A user namespace needs a /proc that can be written") {
  const auto host = MakeLiveHost({.user = "nobody"});
  const auto starts = [&](const std::vector<std::string>& outer,
                          const std::vector<std::string>& inner) {
    std::vector<std::string> argv = outer;
    argv.insert(argv.end(), inner.begin(), inner.end());
    argv.emplace_back("/usr/bin/env");
    return Evaluate(argv, {}, host)->HasProblem("read-only: the ids");
  };
  const std::vector<std::string> bwrap{"bwrap", "--ro-bind", "/", "/"};
  CHECK(starts({"bwrap", "--ro-bind", "/", "/"}, bwrap));
  CHECK(starts({"bwrap", "--ro-bind", "/", "/", "--dev", "/dev"}, bwrap));
  CHECK(starts({"bwrap", "--ro-bind", "/", "/"}, {"unshare", "-r"}));
  CHECK_FALSE(starts({"bwrap", "--ro-bind", "/", "/"}, {"unshare", "-U"}));
  CHECK_FALSE(starts({"bwrap", "--ro-bind", "/", "/", "--proc", "/proc"}, bwrap));
  CHECK_FALSE(starts({"bwrap", "--ro-bind", "/", "/", "--bind", "/proc", "/proc"}, bwrap));
  CHECK_FALSE(starts({"bwrap", "--dev-bind", "/", "/"}, bwrap));
  CHECK_FALSE(starts({}, bwrap));
}

TEST_CASE("A change of user leaves the process where it stands") {
  std::string problem;
  const std::shared_ptr<const HostFacts> host = MakeDescribedHost(
      R"({"caller": {"name": "user", "uid": 1000, "home": "/home/user"},
          "users": [{"name": "svc", "uid": 4712, "home": "/nonexistent"}],
          "working_directory": "~/project", "files": ["~/project/a.js", "~/project/k/b", "~/.npmrc"],
          "modes": {"~": "0700", "~/project/k": "0700"}, "complete": true})",
      problem);
  REQUIRE(host != nullptr);
  const auto reads = [&](const std::vector<std::string>& argv, const std::string& path) {
    return Evaluate(argv, {}, host)->Read("/home/user/" + path);
  };
  const std::vector<std::string> stays{"sudo", "-u", "svc", "node", "x.js"};
  CHECK(reads(stays, "project/a.js") == "yes");
  CHECK(reads(stays, "project") == "yes");
  CHECK(reads(stays, "project/k/b") == "no");
  CHECK(reads(stays, ".npmrc") == "no");
  CHECK(Evaluate(stays, {}, host)->Write("/home/user/project/a.js") == "no");
  CHECK(reads({"sudo", "-u", "svc", "env", "-C", "/", "x"}, "project/a.js") == "no");
  CHECK(reads({"sudo", "-u", "svc", "sh", "-c", "cd / && exec x"}, "project/a.js") == "no");
  CHECK(reads({"sudo", "-u", "svc", "bwrap", "--ro-bind", "/", "/", "x"}, "project/a.js") == "no");
  CHECK(reads({"node", "x.js"}, "project/k/b") == "yes");
}

}  // namespace sandlint
