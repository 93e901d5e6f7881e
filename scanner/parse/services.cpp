#include "scanner/parse/services.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "scanner/parse/ip_text.h"

namespace sandlint {
namespace {

struct Named {
  std::string_view name;
  std::uint16_t number;
};

constexpr Named kServices[] = {
    {"auth", 113},          {"bgp", 179},          {"biff", 512},
    {"bootpc", 68},         {"bootps", 67},        {"chargen", 19},
    {"cvspserver", 2401},   {"daytime", 13},       {"dhcpv6-client", 546},
    {"dhcpv6-server", 547}, {"discard", 9},        {"domain", 53},
    {"domain-s", 853},      {"echo", 7},           {"exec", 512},
    {"finger", 79},         {"ftp", 21},           {"ftp-data", 20},
    {"ftps", 990},          {"git", 9418},         {"gopher", 70},
    {"http", 80},           {"http-alt", 8080},    {"https", 443},
    {"ident", 113},         {"imap", 143},         {"imap2", 143},
    {"imap3", 220},         {"imaps", 993},        {"ipp", 631},
    {"irc", 194},           {"ircd", 6667},        {"isakmp", 500},
    {"kerberos", 88},       {"kerberos-sec", 88},  {"ldap", 389},
    {"ldaps", 636},         {"login", 513},        {"mdns", 5353},
    {"microsoft-ds", 445},  {"mongodb", 27017},    {"mqtt", 1883},
    {"ms-sql-s", 1433},     {"munin", 4949},       {"mysql", 3306},
    {"netbios-dgm", 138},   {"netbios-ns", 137},   {"netbios-ssn", 139},
    {"nfs", 2049},          {"nntp", 119},         {"nntps", 563},
    {"ntp", 123},           {"openvpn", 1194},     {"pop3", 110},
    {"pop3s", 995},         {"postgresql", 5432},  {"printer", 515},
    {"radius", 1812},       {"radius-acct", 1813}, {"rdp", 3389},
    {"redis", 6379},        {"rsync", 873},        {"rtsp", 554},
    {"shell", 514},         {"sip", 5060},         {"sips", 5061},
    {"smtp", 25},           {"smtps", 465},        {"snmp", 161},
    {"snmp-trap", 162},     {"socks", 1080},       {"ssh", 22},
    {"submission", 587},    {"submissions", 465},  {"sunrpc", 111},
    {"svn", 3690},          {"syslog", 514},       {"syslog-tls", 6514},
    {"tacacs", 49},         {"telnet", 23},        {"telnets", 992},
    {"tftp", 69},           {"time", 37},          {"webcache", 8080},
    {"whois", 43},          {"www", 80},           {"x11", 6000},
    {"xmpp-client", 5222},  {"xmpp-server", 5269},
};

constexpr Named kProtocols[] = {
    {"ah", 51},    {"carp", 112},   {"dccp", 33},     {"egp", 8},        {"eigrp", 88},
    {"encap", 98}, {"esp", 50},     {"etherip", 97},  {"gre", 47},       {"icmp", 1},
    {"icmp6", 58}, {"icmpv6", 58},  {"igmp", 2},      {"ipcomp", 108},   {"ipencap", 4},
    {"ipip", 94},  {"ipv4", 4},     {"ipv6", 41},     {"ipv6-icmp", 58}, {"mobility", 135},
    {"ospf", 89},  {"pfsync", 240}, {"pim", 103},     {"rsvp", 46},      {"sctp", 132},
    {"tcp", 6},    {"udp", 17},     {"udplite", 136}, {"vrrp", 112},
};

template <std::size_t N>
const Named* FindNamed(const Named (&table)[N], std::string_view name) {
  const auto* found = std::find_if(std::begin(table), std::end(table),
                                   [&](const Named& row) { return row.name == name; });
  return found == std::end(table) ? nullptr : found;
}

}  // namespace

std::optional<std::uint16_t> ServicePort(std::string_view name) {
  const Named* row = FindNamed(kServices, name);
  return row == nullptr ? std::nullopt : std::optional<std::uint16_t>(row->number);
}

std::optional<std::uint8_t> ProtocolNumber(std::string_view name) {
  if (const Named* row = FindNamed(kProtocols, name)) return static_cast<std::uint8_t>(row->number);
  const std::optional<std::uint32_t> number = ParseDecimal(name);
  if (!number || *number > 255) return std::nullopt;
  return static_cast<std::uint8_t>(*number);
}

}  // namespace sandlint
