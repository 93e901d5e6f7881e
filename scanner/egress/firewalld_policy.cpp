// firewalld.policy(5), 1.0 and later: from the zone HOST, rich rules that deny stand before those
// that allow, services and ports stand with the latter, and the target is what is left.

#include "scanner/egress/firewalld_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <pugixml.hpp>
#include <string>
#include <utility>

#include "scanner/egress/iptables.h"

namespace sandlint {
namespace {

struct ServiceRow {
  std::string_view name;
  const char* port;
  const char* protocol;
};
/// Of /usr/lib/firewalld/services; a name with two rows has two ports.
constexpr auto kServices = std::to_array<ServiceRow>({{"dns", "53", "tcp"},
                                                      {"dns", "53", "udp"},
                                                      {"dns-over-tls", "853", "tcp"},
                                                      {"ftp", "21", "tcp"},
                                                      {"git", "9418", "tcp"},
                                                      {"http", "80", "tcp"},
                                                      {"http3", "443", "udp"},
                                                      {"https", "443", "tcp"},
                                                      {"ldaps", "636", "tcp"},
                                                      {"mysql", "3306", "tcp"},
                                                      {"ntp", "123", "udp"},
                                                      {"postgresql", "5432", "tcp"},
                                                      {"redis", "6379", "tcp"},
                                                      {"smtp", "25", "tcp"},
                                                      {"ssh", "22", "tcp"}});

using Words = std::vector<std::string>;

class Reader {
 public:
  Reader(const Source& source, IptablesFile& v4, IptablesFile& v6, Firewall& out)
      : source_(source), v4_(v4), v6_(v6), out_(out) {}

  void Read(const pugi::xml_node& policy) {
    for (const pugi::xml_node& child : policy.children("egress-zone")) {
      any_zone_ = any_zone_ || std::string_view(child.attribute("name").value()) == "ANY";
    }
    for (const int priority : {-1, 0, 1}) {
      for (const bool denies : {true, false}) Rules(policy, priority, denies);
      if (priority == 0) Allowed(policy);
    }
    const std::string target = policy.attribute("target").value();
    if (target == "DROP" || target == "REJECT") Add({}, "DROP", policy, 0);
    if (target == "ACCEPT") Add({}, "ACCEPT", policy, 0);
  }

 private:
  void Gap(const pugi::xml_node& at, const std::string& what) {
    out_.gaps.push_back({SpanOf(at), what + " in a policy of firewalld"});
  }

  Span SpanOf(const pugi::xml_node& node) const {
    const std::ptrdiff_t at = node.offset_debug();
    if (at <= 0) return {&source_, 0, 0};
    const auto begin = static_cast<std::uint32_t>(at - 1);
    const std::size_t end = source_.text.find('>', begin);
    return {&source_, begin,
            static_cast<std::uint32_t>(end == std::string::npos ? source_.text.size() : end + 1)};
  }

  void Rules(const pugi::xml_node& policy, int sign, bool denies) {
    for (const pugi::xml_node& rule : policy.children("rule")) {
      const int priority = rule.attribute("priority").as_int();
      const int own = priority < 0 ? -1 : priority > 0 ? 1 : 0;
      if (own != sign) continue;
      const bool drops = rule.child("drop") || rule.child("reject");
      if (own != 0 && priority != sign) Gap(rule, "several priorities");
      if (drops == denies) Rich(rule, drops);
    }
  }

  void Rich(const pugi::xml_node& rule, bool drops) {
    if (!drops && !rule.child("accept")) return;  // it marks or logs only
    const std::string_view named = rule.attribute("family").value();
    const int family = named == "ipv4" ? 4 : named == "ipv6" ? 6 : 0;
    std::vector<Words> alternatives{{}};
    for (const pugi::xml_node& child : rule.children()) {
      const std::string name = child.name();
      if (name == "destination") {
        const bool inverts = child.attribute("invert").as_bool();
        Extend(alternatives, {Address(child, inverts)});
      } else if (name == "service" || name == "port" || name == "protocol") {
        Extend(alternatives, Ports(child));
      } else if (name == "source") {
        Extend(alternatives, {{"-s", child.attribute("address").value()}});
      } else if (name != "log" && name != "audit" && name != "accept" && name != "drop" &&
                 name != "reject" && name != "nflog") {
        Gap(child, name);
      }
    }
    for (const Words& words : alternatives) Add(words, drops ? "DROP" : "ACCEPT", rule, family);
  }

  Words Address(const pugi::xml_node& child, bool inverts) {
    const std::string address = child.attribute("address").value();
    if (address.empty()) Gap(child, "a destination without an address");
    return inverts ? Words{"!", "-d", address} : Words{"-d", address};
  }

  std::vector<Words> Ports(const pugi::xml_node& child) {
    const std::string name = child.name();
    if (name == "protocol") return {{"-p", child.attribute("value").value()}};
    if (name == "port") {
      std::string port = child.attribute("port").value();
      std::ranges::replace(port, '-', ':');
      return {{"-p", child.attribute("protocol").value(), "--dport", port}};
    }
    std::vector<Words> all;
    for (const ServiceRow& row : kServices) {
      if (row.name == child.attribute("name").value()) {
        all.push_back({"-p", row.protocol, "--dport", row.port});
      }
    }
    if (all.empty()) Gap(child, "a service");
    return all;
  }

  static void Extend(std::vector<Words>& alternatives, const std::vector<Words>& by) {
    std::vector<Words> all;
    for (const Words& one : alternatives) {
      for (const Words& more : by) {
        all.push_back(one);
        all.back().insert(all.back().end(), more.begin(), more.end());
      }
    }
    alternatives = std::move(all);
  }

  void Allowed(const pugi::xml_node& policy) {
    for (const pugi::xml_node& child : policy.children()) {
      const std::string_view name = child.name();
      if (name == "service" || name == "port" || name == "protocol") {
        for (const Words& words : Ports(child)) Add(words, "ACCEPT", child, 0);
      } else if (name == "masquerade" || name == "forward-port") {
        Gap(child, std::string(name));
      }
    }
  }

  void Add(const Words& match, const char* verdict, const pugi::xml_node& node, int family) {
    Words words{"-A", "OUTPUT"};
    words.insert(words.end(), match.begin(), match.end());
    // Which devices belong to a zone is not known.
    if (!any_zone_) words.insert(words.end(), {"-m", "devgroup", "--dst-group", "0"});
    words.insert(words.end(), {"-j", verdict});
    const bool v6 = std::ranges::any_of(
        match, [](const std::string& word) { return word.find(':') != word.rfind(':'); });
    const bool v4 = std::ranges::any_of(
        match, [](const std::string& word) { return word.find('.') != std::string::npos; });
    if (family != 6 && !v6) Push(v4_, words, node);
    if (family != 4 && !v4) Push(v6_, words, node);
  }

  void Push(IptablesFile& file, const Words& texts, const pugi::xml_node& node) {
    file.lines.push_back(IptablesLineOf(texts, SpanOf(node)));
  }

  const Source& source_;
  IptablesFile& v4_;
  IptablesFile& v6_;
  Firewall& out_;
  bool any_zone_ = false;
};

bool IsFromHost(const pugi::xml_node& policy) {
  return std::ranges::any_of(policy.children("ingress-zone"), [](const pugi::xml_node& zone) {
    return std::string_view(zone.attribute("name").value()) == "HOST";
  });
}

}  // namespace

bool IsFirewalldPolicy(std::string_view path, std::string_view text) {
  return path.ends_with(".xml") && text.find("<policy") != std::string_view::npos &&
         text.find("-zone") != std::string_view::npos;
}

Firewall FirewalldPolicies(const std::vector<const Source*>& sources, const EgressSubject& subject,
                           const EgressNames& names) {
  Firewall out;
  out.kind = FirewallKind::Other;
  out.confidence = Confidence::Medium;
  out.assuming = {"firewalld runs, and has no other policies"};
  out.sources = sources;
  std::vector<std::pair<int, const Source*>> order;
  std::vector<pugi::xml_document> documents(sources.size());
  IptablesFile v4;
  IptablesFile v6;
  for (IptablesFile* file : {&v4, &v6}) {
    file->lines.push_back(IptablesLineOf({"-A", "OUTPUT", "-o", "lo", "-j", "ACCEPT"},
                                         {sources.empty() ? nullptr : sources.front(), 0, 0}));
  }
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const std::string& text = sources[i]->text;
    if (!documents[i].load_buffer(text.data(), text.size())) {
      out.gaps.push_back({{sources[i], 0, 0}, "it is no XML that can be read"});
      continue;
    }
    const pugi::xml_node policy = documents[i].child("policy");
    if (IsFromHost(policy)) order.emplace_back(policy.attribute("priority").as_int(-1), sources[i]);
  }
  std::ranges::stable_sort(order, {}, [](const auto& one) { return one.first; });
  for (const auto& [priority, source] : order) {
    const auto at = static_cast<std::size_t>(std::ranges::find(sources, source) - sources.begin());
    Reader(*source, v4, v6, out).Read(documents[at].child("policy"));
  }
  const IptablesRuleset ruleset{{{Family::V4, &v4}, {Family::V6, &v6}}, {}};
  out.program = CompileIptables(ruleset, subject, names).program;
  return out;
}

}  // namespace sandlint
