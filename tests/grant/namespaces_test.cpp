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

}  // namespace sandlint
