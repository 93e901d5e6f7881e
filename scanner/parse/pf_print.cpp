// Rules as `pfctl -nv` prints them (print_rule() of pfctl_parser.c): defaults spelled out, one item
// for every list, flags in the order of the header.

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

#include "scanner/parse/pf_expand.h"

namespace sandlint {
namespace {

struct IcmpRow {
  std::string_view name;
  int family;
  std::uint8_t type;
};
constexpr IcmpRow kIcmp[] = {
    {"althost", 4, 6},      {"dataconv", 4, 31},    {"echorep", 4, 0},      {"echoreq", 4, 8},
    {"inforep", 4, 16},     {"inforeq", 4, 15},     {"ipv6-here", 4, 34},   {"ipv6-where", 4, 33},
    {"maskrep", 4, 18},     {"maskreq", 4, 17},     {"mobredir", 4, 32},    {"mobregrep", 4, 36},
    {"mobregreq", 4, 35},   {"paramprob", 4, 12},   {"photuris", 4, 40},    {"redir", 4, 5},
    {"routeradv", 4, 9},    {"routersol", 4, 10},   {"skip", 4, 39},        {"squench", 4, 4},
    {"timerep", 4, 14},     {"timereq", 4, 13},     {"timex", 4, 11},       {"trace", 4, 30},
    {"unreach", 4, 3},      {"echorep", 6, 129},    {"echoreq", 6, 128},    {"fqdnrep", 6, 140},
    {"fqdnreq", 6, 139},    {"groupqry", 6, 130},   {"grouprep", 6, 131},   {"groupterm", 6, 132},
    {"listendone", 6, 132}, {"listenrep", 6, 131},  {"listqry", 6, 130},    {"mtrace", 6, 201},
    {"mtraceresp", 6, 200}, {"neighbradv", 6, 136}, {"neighbrsol", 6, 135}, {"niqry", 6, 139},
    {"nirep", 6, 140},      {"paramprob", 6, 4},    {"redir", 6, 137},      {"routeradv", 6, 134},
    {"routersol", 6, 133},  {"routrrenum", 6, 138}, {"timex", 6, 3},        {"toobig", 6, 2},
    {"unreach", 6, 1},      {"wrurep", 6, 140},     {"wrureq", 6, 139},
};

constexpr std::string_view kOperators[] = {"=", "!=", "<", "<=", ">", ">=", ":", " >< ", " <> "};

std::string Number(const std::optional<std::uint32_t>& number, const Word& word) {
  return number ? std::to_string(*number) : word.text;
}

std::string TextOf(const PfMatch& match, std::string low, std::string high) {
  const std::string op(kOperators[static_cast<std::size_t>(match.op)]);
  if (match.op < PfOp::Range) return op + " " + low;
  return low + op + high;
}

std::string PortText(const PfMatch& match) {
  return "port " +
         TextOf(match, Number(match.low_number, match.low), Number(match.high_number, match.high));
}

std::string IdText(const char* name, const PfMatch& match,
                   const std::function<std::optional<std::uint32_t>(std::string_view)>& find) {
  const auto number = [&](const std::optional<std::uint32_t>& known, const Word& word) {
    return Number(known ? known : find ? find(word.text) : std::nullopt, word);
  };
  return std::string(name) + " " +
         TextOf(match, number(match.low_number, match.low), number(match.high_number, match.high));
}

std::string AddressText(const PfHost& host) {
  const int bits = host.first.Bits();
  const int length = static_cast<int>(host.length.value_or(static_cast<std::uint32_t>(bits)));
  std::string text = sandlint::TextOf(Masked(host.first, length));
  if (length < bits) text += "/" + std::to_string(length);
  return text;
}

std::string HostText(const PfHost& host) {
  const std::string negation = host.negated ? "! " : "";
  switch (host.kind) {
    case PfHostKind::Any:
      return "any";
    case PfHostKind::Prefix:
      return negation + AddressText(host);
    case PfHostKind::Range:
      return negation + sandlint::TextOf(host.first) + " - " + sandlint::TextOf(host.last);
    case PfHostKind::Table:
      return negation + "<" + host.word.text + ">";
    case PfHostKind::NoRoute:
      return negation + "no-route";
    case PfHostKind::UrpfFailed:
      return negation + "urpf-failed";
    case PfHostKind::Route:
      return negation + "route \"" + host.word.text + "\"";
    case PfHostKind::Interface:
      break;
  }
  std::string name = host.word.text;
  if (!host.modifier.empty()) name += ":" + host.modifier;
  if (host.dynamic) name = "(" + name + ")";
  if (host.length) name += "/" + std::to_string(*host.length);
  return negation + name;
}

std::string PeerText(const PfPeer& peer) {
  std::string text = peer.hosts.empty() ? "any" : HostText(peer.hosts[0]);
  if (!peer.ports.empty()) text += " " + PortText(peer.ports[0]);
  if (!peer.os.empty()) text += " os \"" + peer.os[0].text + "\"";
  return text;
}

bool IsAny(const PfPeer& peer) {
  return (peer.hosts.empty() || peer.hosts[0].kind == PfHostKind::Any) && peer.ports.empty() &&
         peer.os.empty();
}

std::string FlagsText(const PfOption& option) {
  std::string text;
  for (std::size_t part = 0; part < option.words.size(); ++part) {
    if (part == 1) text += "/";
    if (option.words[part].text == "any") return "any";
    for (const char flag : std::string_view("FSRPAUEW")) {
      if (option.words[part].text.find(flag) != std::string::npos) text += flag;
    }
  }
  return text;
}

/// A label with its macros replaced by what the rule says.
std::string Label(std::string text, const PfRule& rule, const PfStyle& style) {
  const auto host = [](const PfPeer& peer) {
    return peer.hosts.empty() ? std::string("any") : HostText(peer.hosts[0]);
  };
  const auto port = [](const PfPeer& peer) {
    return peer.ports.empty() ? std::string() : PortText(peer.ports[0]).substr(5);
  };
  const std::array<std::pair<std::string, std::string>, 7> values = {{
      {"$nr", std::to_string(style.number)},
      {"$proto", rule.protocols.empty() ? "ip" : rule.protocols[0].word.text},
      {"$if", rule.interfaces.empty() ? "any" : rule.interfaces[0].name.text},
      {"$srcaddr", host(rule.from)},
      {"$srcport", port(rule.from)},
      {"$dstaddr", host(rule.to)},
      {"$dstport", port(rule.to)},
  }};
  for (const auto& [name, value] : values) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
      text.replace(at, name.size(), value);
      at += value.size();
    }
  }
  return text;
}

bool IsRoute(const PfOption& option) {
  return option.name.text == "route-to" || option.name.text == "reply-to" ||
         option.name.text == "dup-to";
}

bool HasPool(const PfRule& rule) {
  constexpr std::string_view kPools[] = {"bitmask", "random", "source-hash", "round-robin",
                                         "least-states"};
  return std::any_of(std::begin(kPools), std::end(kPools),
                     [&](std::string_view name) { return rule.Find(name) != nullptr; });
}

std::string OptionText(const PfOption& option, const PfRule& rule, const PfStyle& style) {
  std::string text = option.name.text;
  if (text == "flags") return text + " " + FlagsText(option);
  if (text == "label") return text + " \"" + Label(option.words[0].text, rule, style) + "\"";
  if (text.ends_with(" state") && !option.words.empty()) text += " (";
  for (std::size_t host = 0; host < option.hosts.size(); ++host) {
    const bool pair = IsRoute(option) && option.words[host];
    const bool bare = pair && option.hosts[host].kind == PfHostKind::Any;
    if (text == "af-to") text += " " + option.words[0].text + " from";
    text += host > 0 ? ", " : option.hosts.size() > 1 ? " { " : " ";
    if (pair) text += "(" + option.words[host].text + (bare ? "" : " ");
    if (!bare) text += HostText(option.hosts[host]);
    if (pair) text += ")";
  }
  if (option.hosts.size() > 1) text += " }";
  if (IsRoute(option) || option.name.text == "af-to") return text;
  const bool port = !option.hosts.empty() && !option.words.empty();
  for (std::size_t word = 0; word < option.words.size(); ++word) {
    if (text.back() != '(') text += " ";
    if (port && word == 0) text += "port ";
    text += option.words[word].text;
  }
  if (option.name.text.ends_with(" state") && !option.words.empty()) text += ")";
  const bool dynamic = !option.hosts.empty() && option.hosts[0].dynamic;
  if (dynamic && !HasPool(rule)) text += " round-robin";
  return text;
}

/// The place of a clause in what pfctl prints; what is not named here keeps its order in between.
int RankOf(const PfOption& option) {
  constexpr std::string_view kOrder[] = {
      "received-on", "flags",      "icmp",           "tos",
      "no state",    "keep state", "modulate state", "synproxy state",
      "probability", "*",          "label",          "queue",
      "tag",         "tagged",     "!tagged",        "rtable",
      "divert-to",   "nat-to",     "rdr-to",         "af-to",
      "->"};
  const auto find = [&](std::string_view name) {
    return std::distance(std::begin(kOrder), std::find(std::begin(kOrder), std::end(kOrder), name));
  };
  const auto rank = find(option.name.text);
  return static_cast<int>(rank == std::ssize(kOrder) ? find("*") : rank);
}

/// The words between the action and the address family.
std::string HeadText(const PfRule& rule, const PfStyle& style) {
  std::string text = rule.negated ? "no " : "";
  text += NameOf(rule.action);
  if (rule.action == PfAction::Block) {
    const std::string word =
        rule.response.empty() ? (style.returns ? "return" : "drop") : rule.response[0].text;
    if (word != "drop" || style.drop) text += " " + word;
    if (word == "return-icmp") text += "(port-unr, port-unr)";
  }
  if (rule.IsAnchor() && rule.name) text += " \"" + rule.name.text + "\"";
  if (rule.passes) text += " pass";
  if (rule.direction != PfDirection::Both) {
    text += rule.direction == PfDirection::In ? " in" : " out";
  }
  for (const Word& word : rule.log) text += " " + word.text;
  if (rule.quick) text += " quick";
  for (const PfInterface& item : rule.interfaces) {
    text += std::string(" on ") + (item.negated ? "! " : "") + item.name.text;
  }
  return text;
}

std::string IcmpText(const PfIcmp& icmp) {
  const std::optional<std::uint8_t> type = PfIcmpType(icmp.type.text, icmp.family);
  std::string text = icmp.family == 4 ? " icmp-type " : " icmp6-type ";
  text += type ? std::to_string(*type) : icmp.type.text;
  if (icmp.code) text += " code " + icmp.code.text;
  return text;
}

bool HasState(const PfRule& rule) {
  return std::any_of(rule.options.begin(), rule.options.end(),
                     [](const PfOption& option) { return option.name.text.ends_with(" state"); });
}

/// Clauses up to `last`, from `first` on, in pfctl's order.
std::string Clauses(const PfRule& rule, const PfStyle& style, int first, int last) {
  std::vector<const PfOption*> sorted;
  for (const PfOption& option : rule.options) sorted.push_back(&option);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return RankOf(*a) < RankOf(*b); });
  std::string text;
  for (const PfOption* option : sorted) {
    const bool tcp = rule.protocols.empty() || rule.protocols[0].number == 6;
    if (IsRoute(*option) || option->name.text == "sticky-address" ||
        (option->name.text == "flags" && !tcp) ||
        (rule.action == PfAction::Block && option->name.text.ends_with(" state"))) {
      continue;
    }
    const int rank = RankOf(*option);
    if (rank >= first && rank <= last) text += " " + OptionText(*option, rule, style);
  }
  return text;
}

std::string StateText(const PfRule& rule, const PfStyle& style) {
  if (rule.action != PfAction::Pass || !style.states || rule.Find("no state") != nullptr) return {};
  const bool tcp = rule.protocols.empty() || rule.protocols[0].number == 6;
  std::string text = tcp && rule.Find("flags") == nullptr && rule.icmp.empty() ? " flags S/SA" : "";
  return HasState(rule) ? text : text + " keep state";
}

}  // namespace

std::optional<std::uint8_t> PfIcmpType(std::string_view name, int family) {
  const auto* row = std::find_if(std::begin(kIcmp), std::end(kIcmp), [&](const IcmpRow& one) {
    return one.name == name && one.family == family;
  });
  if (row != std::end(kIcmp)) return row->type;
  const std::optional<std::uint32_t> number = ParseDecimal(name);
  if (!number || *number > 255) return std::nullopt;
  return static_cast<std::uint8_t>(*number);
}

std::string PrintPf(const PfRule& rule, const PfStyle& style, const PfMachine& machine) {
  std::string text = HeadText(rule, style);
  for (const PfOption& option : rule.options) {
    if (IsRoute(option) || option.name.text == "sticky-address") {
      text += " " + OptionText(option, rule, style);
    }
  }
  if (rule.family != 0) text += rule.family == 4 ? " inet" : " inet6";
  if (!rule.protocols.empty()) text += " proto " + rule.protocols[0].word.text;
  text += IsAny(rule.from) && IsAny(rule.to)
              ? " all"
              : " from " + PeerText(rule.from) + " to " + PeerText(rule.to);
  for (const PfMatch& user : rule.users) text += " " + IdText("user", user, machine.user);
  for (const PfMatch& group : rule.groups) text += " " + IdText("group", group, machine.group);
  constexpr int kFlags = 1;
  text += Clauses(rule, style, 0, kFlags);
  for (const PfIcmp& icmp : rule.icmp) text += IcmpText(icmp);
  text += StateText(rule, style);
  return text + Clauses(rule, style, kFlags + 1, 100);
}

}  // namespace sandlint
