// One rule for each combination of list items: interface, protocol, ICMP type, source, its port,
// its system, destination, its port, user, group, the last one turning fastest (expand_rule() of
// pfctl's parse.y).

#include "scanner/parse/pf_expand.h"

#include <algorithm>
#include <utility>

namespace sandlint {
namespace {

using Rules = std::vector<PfRule>;

/// Every rule of `rules` once for each item of the list that `member` finds in it.
template <typename Member>
bool Multiply(Rules& rules, std::size_t limit, Member member) {
  Rules out;
  for (PfRule& rule : rules) {
    auto items = std::exchange(member(rule), {});
    if (items.empty()) {
      out.push_back(std::move(rule));
      continue;
    }
    if (out.size() + items.size() > limit) return false;
    for (auto& item : items) {
      PfRule copy = rule;
      member(copy).push_back(item);
      out.push_back(std::move(copy));
    }
  }
  rules = std::move(out);
  return true;
}

/// The addresses of a name, where the machine knows it. A length that is written replaces that of
/// the interface only behind `:network` or a slash.
std::vector<PfHost> Named(const PfHost& host, const PfMachine& machine) {
  if (host.kind != PfHostKind::Interface || host.dynamic || !machine.interface_addresses) {
    return {host};
  }
  std::vector<PfHost> hosts;
  for (const PfAddress& found : machine.interface_addresses(host.word.text)) {
    PfHost one = host;
    one.kind = PfHostKind::Prefix;
    one.first = one.last = found.address;
    one.modifier.clear();
    if (host.modifier == "network") one.length = found.length;
    const auto bits = static_cast<std::uint32_t>(found.address.Bits());
    if (one.length && *one.length > bits) continue;
    hosts.push_back(std::move(one));
  }
  if (hosts.empty()) hosts.push_back(host);
  return hosts;
}

void NameHosts(PfPeer& peer, const PfMachine& machine) {
  std::vector<PfHost> hosts;
  for (const PfHost& host : peer.hosts) {
    for (PfHost& one : Named(host, machine)) hosts.push_back(std::move(one));
  }
  peer.hosts = std::move(hosts);
}

int FamilyOf(const PfPeer& peer) { return peer.hosts.empty() ? 0 : peer.hosts[0].first.family; }

/// The family of the rule and its addresses; false where they contradict.
bool DecideFamily(PfRule& rule) {
  for (const int family : {FamilyOf(rule.from), FamilyOf(rule.to)}) {
    if (family == 0) continue;
    if (rule.family != 0 && rule.family != family) return false;
    rule.family = family;
  }
  for (const PfIcmp& icmp : rule.icmp) {
    if (rule.family != 0 && rule.family != icmp.family) return false;
  }
  for (const PfOption& option : rule.options) {
    if (option.name.text != "->" && option.name.text != "nat-to" && option.name.text != "rdr-to") {
      continue;
    }
    const bool one_family = std::all_of(
        option.hosts.begin(), option.hosts.end(),
        [&](const PfHost& host) { return host.first.family == option.hosts[0].first.family; });
    if (one_family && !option.hosts.empty() && rule.family == 0) {
      rule.family = option.hosts[0].first.family;
    }
  }
  return true;
}

bool ExpandLists(Rules& rules, std::size_t limit) {
  return Multiply(
             rules, limit, [](PfRule & r) -> auto& { return r.interfaces; }) &&
         Multiply(
             rules, limit, [](PfRule & r) -> auto& { return r.protocols; }) &&
         Multiply(
             rules, limit, [](PfRule & r) -> auto& { return r.icmp; }) &&
         Multiply(
             rules, limit, [](PfRule & r) -> auto& { return r.from.hosts; }) &&
         Multiply(
             rules, limit, [](PfRule & r) -> auto& { return r.from.ports; }) &&
         Multiply(
             rules, limit, [](PfRule & r) -> auto& { return r.from.os; }) &&
         Multiply(
             rules, limit, [](PfRule & r) -> auto& { return r.to.hosts; }) &&
         Multiply(
             rules, limit, [](PfRule & r) -> auto& { return r.to.ports; }) &&
         Multiply(
             rules, limit, [](PfRule & r) -> auto& { return r.users; }) &&
         Multiply(
             rules, limit, [](PfRule & r) -> auto& { return r.groups; });
}

/// antispoof for IF: what claims an address of IF's network must come in on IF, and nothing but a
/// loopback interface may send from IF's own address.
Rules Antispoof(const PfRule& rule, const PfMachine& machine) {
  Rules rules;
  for (const PfInterface& interface : rule.interfaces) {
    if (!machine.interface_addresses) return {rule};
    for (const PfAddress& found : machine.interface_addresses(interface.name.text)) {
      if (rule.family != 0 && rule.family != found.address.family) continue;
      PfRule one = rule;
      one.action = PfAction::Block;
      one.interfaces = {{interface.name, true}};
      one.family = found.address.family;
      PfHost host;
      host.kind = PfHostKind::Prefix;
      host.first = host.last = found.address;
      host.length = found.length;
      one.from.hosts = {host};
      rules.push_back(std::move(one));
    }
  }
  return rules;
}

}  // namespace

std::optional<std::vector<PfRule>> ExpandPf(const PfRule& rule, const PfMachine& machine,
                                            std::size_t limit) {
  if (rule.action == PfAction::Antispoof) return Antispoof(rule, machine);
  Rules rules = {rule};
  rules[0].body.clear();
  NameHosts(rules[0].from, machine);
  NameHosts(rules[0].to, machine);
  for (PfOption& option : rules[0].options) {
    PfPeer peer{option.hosts, {}, {}};
    if (option.name.text == "->" || option.name.text.ends_with("-to")) NameHosts(peer, machine);
    option.hosts = std::move(peer.hosts);
  }
  if (!ExpandLists(rules, limit)) return std::nullopt;
  std::erase_if(rules, [](PfRule& one) { return !DecideFamily(one); });
  return rules;
}

}  // namespace sandlint
