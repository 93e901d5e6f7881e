#include "harden/firewall.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "harden/words.h"

namespace sandlint {
namespace {

struct HostPort {
  std::string host;  ///< `*` is any
  std::string port;
};

std::vector<HostPort> HostsOf(const HardenPlan& plan) {
  std::vector<HostPort> hosts;
  for (const std::string& text : plan.hosts) {
    const std::size_t colon = text.rfind(':');
    if (text.starts_with('@') || colon == text.npos) continue;
    const std::string port = text.substr(colon + 1);
    const bool number =
        !port.empty() && std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
    if (number) hosts.push_back({text.substr(0, colon), port});
  }
  return hosts;
}

bool IsName(const HostPort& host) { return host.host.find('*') == host.host.npos; }

/// Ports of hosts that may be any, or of which only the domain is known.
std::set<std::string> OpenPorts(const HardenPlan& plan) {
  std::set<std::string> ports;
  for (const HostPort& host : HostsOf(plan)) {
    if (!IsName(host)) ports.insert(host.port);
  }
  return ports;
}

std::set<std::string> NamedPorts(const HardenPlan& plan) {
  std::set<std::string> ports;
  for (const HostPort& host : HostsOf(plan)) {
    if (IsName(host)) ports.insert(host.port);
  }
  return ports;
}

/// Without those that stand in some variable or argument.
std::vector<std::string> SaidHosts(const HardenPlan& plan) {
  std::vector<std::string> hosts;
  std::ranges::copy_if(plan.hosts, std::back_inserter(hosts),
                       [](const std::string& host) { return !host.starts_with('@'); });
  return hosts;
}

std::string TableOf(const HardenPlan& plan) {
  std::string name = "mcp_" + plan.name;
  std::ranges::replace(name, '-', '_');
  return name;
}

std::string List(const std::set<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

void SayWhatIsOpen(const HardenPlan& plan, Hardened& result) {
  const bool named = !NamedPorts(plan).empty();
  for (const std::string& host : plan.hosts) {
    if (host.starts_with('@')) {
      if (named) continue;  // another place, where nothing stands
      result.unmet.push_back(fmt::format(
          "one of its hosts stands in {}: add it to the ruleset by hand", host.substr(1)));
    } else if (host.starts_with('*')) {
      result.unmet.push_back(
          fmt::format("{} names no address: its port is open to every public host", host));
    }
  }
  result.unmet.emplace_back(
      "names are asked of the resolver of this machine: data can leave in the questions");
}

bool IsInHome(const PlanPath& path) {
  return !path.path.empty() && path.path.front().kind == PlanPiece::Kind::Home &&
         path.why != "its package";
}

void SayWhatTheUserNeeds(const HardenPlan& plan, Hardened& result) {
  const std::string user = FirewallUser(plan);
  result.unmet.push_back(fmt::format(
      "the user {} must be able to read what the server works on (a group, or setfacl)", user));
  for (const PlanPath& path : plan.paths) {
    if (!IsInHome(path)) continue;
    result.unmet.push_back(fmt::format("{} is looked for in the home of {}: put it there",
                                       PlainWord(path.path), user));
  }
}

/// The script says where its home is: what a reader cannot know of another user.
void NameHome(const std::string& home, Hardened& result) {
  constexpr std::string_view kStart = "set -euo pipefail\n";
  for (WrittenFile& file : result.files) {
    const std::size_t at = file.text.find(kStart);
    if (!file.path.ends_with(".sh") || at == file.text.npos) continue;
    file.text.insert(at + kStart.size(), fmt::format("HOME={}\n", home));
  }
}

void RunAsUser(const HardenPlan& plan, std::string_view homes, Hardened& result) {
  const std::string user = FirewallUser(plan);
  NameHome(fmt::format("{}/{}", homes, user), result);
  std::vector<std::string> launch{"sudo", "-n", "-u", user};
  if (!plan.variables.empty()) {
    launch.push_back(fmt::format("--preserve-env={}", fmt::join(plan.variables, ",")));
  }
  launch.insert(launch.end(), result.launch.begin(), result.launch.end());
  result.launch = std::move(launch);
  for (std::string& step : result.steps)
    step = fmt::format("sudo -H -u {} sh -c {}", user, ShellQuote(step));
  result.steps.insert(
      result.steps.begin(),
      fmt::format("echo \"$USER ALL=({0}) NOPASSWD:{1} ALL\" | sudo tee /etc/sudoers.d/{0}", user,
                  plan.variables.empty() ? "" : " SETENV:"));
  SayWhatTheUserNeeds(plan, result);
}

/// A server with a network runs as a user of its own for the firewall's sake, a browser for the
/// sake of everything else that its user can reach.
bool WantsUser(const HardenPlan& plan) {
  return plan.network || plan.server_class == ServerClass::Browser;
}

}  // namespace

std::string FirewallUser(const HardenPlan& plan) { return "mcp-" + plan.name; }

std::string NftRuleset(const HardenPlan& plan) {
  const std::set<std::string> named = NamedPorts(plan);
  const std::set<std::string> open = OpenPorts(plan);
  std::string text = fmt::format(
      "# What the user {0} may reach: {1}.\n"
      "# Everything else is refused, for IPv4 and IPv6.\n"
      "table inet {2}\n"
      "delete table inet {2}  # what an earlier load left\n"
      "table inet {2} {{\n"
      "  set local4 {{ type ipv4_addr; flags interval; elements = {{ 0.0.0.0/8, 10.0.0.0/8, "
      "100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16, 224.0.0.0/3 }} "
      "}}\n"
      "  set local6 {{ type ipv6_addr; flags interval; elements = {{ ::/8, fc00::/7, fe80::/10, "
      "ff00::/8 }} }}\n",
      FirewallUser(plan), CommentText(fmt::format("{}", fmt::join(SaidHosts(plan), ", "))),
      TableOf(plan));
  if (!named.empty()) {
    text += "  set hosts4 { type ipv4_addr; }\n  set hosts6 { type ipv6_addr; }\n";
  }
  text += fmt::format(
      "\n  chain output {{\n"
      "    type filter hook output priority 0; policy accept;\n"
      "    meta skuid \"{}\" jump held\n"
      "  }}\n\n"
      "  chain held {{\n"
      "    ip daddr 127.0.0.53 udp dport 53 accept  # the resolver of this machine\n",
      FirewallUser(plan));
  if (!named.empty()) {
    text += fmt::format(
        "    ip daddr @hosts4 tcp dport {{ {0} }} accept\n"
        "    ip6 daddr @hosts6 tcp dport {{ {0} }} accept\n",
        List(named));
  }
  if (!open.empty()) {
    text += fmt::format(
        "    ip daddr != @local4 tcp dport {{ {0} }} accept\n"
        "    ip6 daddr != @local6 tcp dport {{ {0} }} accept\n",
        List(open));
  }
  return text + "    reject\n  }\n}\n";
}

std::string PfRuleset(const HardenPlan& plan) {
  const std::string user = FirewallUser(plan);
  std::string text = fmt::format(
      "# What the user {} may reach; load it with `pfctl -a mcp/{} -f FILE`,\n"
      "# and name the anchor in /etc/pf.conf: anchor \"mcp/*\"\n",
      user, plan.name);
  std::set<std::string> names;
  for (const HostPort& host : HostsOf(plan)) {
    if (IsName(host)) names.insert(host.host);
  }
  if (!names.empty()) text += fmt::format("table <hosts> {{ {} }}\n", List(names));
  text += fmt::format(
      "block return out quick proto {{ tcp, udp }} to {{ 10.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, "
      "172.16.0.0/12, 192.168.0.0/16, ::1, fc00::/7, fe80::/10 }} user {}\n",
      user);
  if (!names.empty()) {
    text += fmt::format("pass out quick proto tcp to <hosts> port {{ {} }} user {}\n",
                        List(NamedPorts(plan)), user);
  }
  const std::set<std::string> open = OpenPorts(plan);
  if (!open.empty())
    text +=
        fmt::format("pass out quick proto tcp to any port {{ {} }} user {}\n", List(open), user);
  return text + fmt::format("block return out quick proto {{ tcp, udp }} user {}\n", user);
}

std::string NftHostsScript(const HardenPlan& plan) {
  std::string names;
  for (const HostPort& host : HostsOf(plan)) {
    if (IsName(host)) names += ' ' + ShellQuote(host.host);
  }
  if (names.empty()) return {};
  return fmt::format(
      "#!/usr/bin/env bash\n"
      "# Fills the sets of {1}.nft with the addresses that the names have now. Run it as root, "
      "and\n"
      "# again from a timer: they change.\n"
      "set -euo pipefail\n"
      "for host in{0}; do\n"
      "  getent ahostsv4 \"$host\" | awk '{{print $1}}' | sort -u | while read -r address; do\n"
      "    nft add element inet {2} hosts4 \"{{ $address }}\"\n"
      "  done\n"
      "  {{ getent ahostsv6 \"$host\" || true; }} | awk '$1 !~ /^::ffff:/ {{print $1}}' | sort -u "
      "|\n"
      "    while read -r address; do nft add element inet {2} hosts6 \"{{ $address }}\"; done\n"
      "done\n",
      names, plan.name, TableOf(plan));
}

void AddNftFirewall(const HardenPlan& plan, Hardened& result) {
  if (!WantsUser(plan)) return;
  RunAsUser(plan, "/home", result);
  std::vector<std::string> steps{fmt::format(
      "useradd --system --create-home --home-dir /home/{0} --shell /usr/sbin/nologin {0}",
      FirewallUser(plan))};
  if (plan.network) {
    const std::string ruleset = fmt::format("{}/{}.nft", kHardenFolder, plan.name);
    result.files.push_back({ruleset, NftRuleset(plan), false});
    steps.push_back("nft -f " + ruleset);
    if (std::string script = NftHostsScript(plan); !script.empty()) {
      const std::string path = fmt::format("{}/{}-hosts.sh", kHardenFolder, plan.name);
      result.files.push_back({path, std::move(script), true});
      steps.push_back("bash " + path);
    }
    SayWhatIsOpen(plan, result);
  }
  result.steps.insert(result.steps.begin(), steps.begin(), steps.end());
}

void AddPfFirewall(const HardenPlan& plan, Hardened& result) {
  if (!WantsUser(plan)) return;
  RunAsUser(plan, "/Users", result);
  std::vector<std::string> steps{fmt::format(
      "sysadminctl -addUser {0} -home /Users/{0} -shell /usr/bin/false", FirewallUser(plan))};
  if (plan.network) {
    const std::string ruleset = fmt::format("{}/{}.pf", kHardenFolder, plan.name);
    result.files.push_back({ruleset, PfRuleset(plan), false});
    steps.push_back(fmt::format("pfctl -a mcp/{} -f {}", plan.name, ruleset));
    SayWhatIsOpen(plan, result);
    result.unmet.emplace_back("pf holds no ICMP by its user: the profile alone keeps it in");
  }
  result.steps.insert(result.steps.begin(), steps.begin(), steps.end());
}

}  // namespace sandlint
