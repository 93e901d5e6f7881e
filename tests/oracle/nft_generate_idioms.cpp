// Rules as they stand in the files of real machines: verdict maps over several fields, state maps,
// masks, rewriting by maps, counters and limits by name, users in maps.

#include "nft_generate.h"

namespace sandlint {

/// `%V` a verdict, `%P` ports, `%U` a user, `%4` and `%6` prefixes.
std::string NftGenerator::Filled(std::string rule) {
  for (std::size_t at = 0; (at = rule.find('%', at)) != std::string::npos;) {
    const char what = at + 1 < rule.size() ? rule[at + 1] : ' ';
    const std::string with =
        what == 'V'   ? Pick({"accept", "drop", "accept", "drop", "continue", "jump d", "goto d"})
        : what == 'P' ? Pick({"443", "1-442", "80", "22", "5000-6000", "53"})
        : what == 'U' ? Pick({"2001", "2002", "0", "2001-2003"})
        : what == '4' ? Pick({"10.0.0.0/8", "140.82.112.0/20", "8.8.8.8", "127.0.0.0/8"})
        : what == '6' ? Pick({"2606:50c0::/32", "::1", "2001:db8::/32"})
                      : "%";
    rule.replace(at, 2, with);
    at += with.size();
  }
  return rule;
}

std::string NftGenerator::IdiomObjects() {
  std::string text =
      "  counter hits { packets 0 bytes 0\n  }\n  counter others { }\n"
      "  map byport {\n    type inet_service : verdict\n    flags interval\n    elements = { 443 : "
      "%V, 22-80 : %V, 5000-6000 : %V }\n  }\n"
      "  map byuser {\n    type uid . inet_service : verdict\n    flags interval\n    elements = { "
      "2001 . 443 : %V, 2002 . 1-100 : %V }\n  }\n"
      "  map marks {\n    type inet_service : mark\n    elements = { 443 : 1, 80 : 5, 53 : 0x10 "
      "}\n "
      " }\n  map bydevice {\n    type ifname : verdict\n    elements = { lo : %V, d1 : %V }\n  }\n"
      "  set flows {\n    typeof meta l4proto . th dport\n    elements = { tcp . 443, udp . 53, "
      "tcp . "
      "22 }\n  }\n  set trio {\n    type uid . ipv4_addr . inet_service\n    flags interval\n    "
      "elements = { 2001 . 140.82.112.0/20 . 443, 2002 . 10.0.0.0/8 . 1-100 }\n  }\n"
      "  set merged {\n    type ipv4_addr\n    flags interval\n    auto-merge\n    elements = { "
      "10.0.0.0/8, 10.1.0.0/16, 140.82.112.0-140.82.120.0 }\n  }\n";
  if (Chance(2)) {
    text +=
        "  map nets {\n    type ipv4_addr : verdict\n    flags interval\n    elements = { %4 : %V, "
        "192.0.2.0/24 : %V }\n  }\n";
  }
  // Maps are made before chains: their targets have to stand in the file as well.
  return Filled(std::move(text));
}

std::string NftGenerator::Idiom(bool base) {
  const std::string v4 = family_ == "ip6" ? "6" : "4";
  const std::string ip = family_ == "ip6" ? "ip6" : "ip";
  Choices all = {
      "ct state vmap { established : accept, related : accept, invalid : drop }",
      "ct state vmap { established : accept, related : accept, new : jump d, invalid : drop }",
      "ct state { established, related } accept",
      "ct state established,related counter accept",
      "tcp dport vmap @byport",
      "meta skuid . th dport vmap @byuser",
      "meta skuid . tcp dport vmap @byuser",
      "meta skuid vmap { 2001 : %V, 2002 : %V }",
      "meta skuid . meta l4proto vmap { 2001 . tcp : %V, 2002 . udp : %V, 2001 . udp : %V }",
      "meta l4proto . th dport @flows %V",
      "meta l4proto . th dport != @flows %V",
      "oifname vmap @bydevice",
      "oifname . meta skuid { lo . 2001, d0 . 2002 } %V",
      "oifname { \"d*\", \"eth*\" } meta l4proto { tcp, udp } th dport %P %V",
      "counter name tcp dport map { 443 : \"hits\", 80 : \"others\" } %V",
      "counter name hits tcp dport %P %V",
      "meta mark set tcp dport map @marks",
      "meta mark set meta skuid map { 2001 : 1, 2002 : 5 }",
      "meta mark & 0xf vmap { 1 : %V, 5 : %V, 0 : %V }",
      "meta mark . meta skuid { 1 . 2001, 0 . 2002 } %V",
      "ct mark set ct mark or 0x4",
      "ct mark & 0x5 != 0 %V",
      "meta skuid %U meta l4proto tcp %V",
      "meta skuid != %U ct state new %V",
      "fib daddr type vmap { local : %V, multicast : %V }",
      "fib daddr . oif type local %V",
      "tcp dport { 22, 80, 443 } tcp flags & (fin|syn|rst|ack) == syn ct state new %V",
      "udp dport { 53, 443, 5353 } %V",
      "meta l4proto { icmp, ipv6-icmp } %V",
      "meta l4proto icmp icmp type { echo-request, echo-reply } %V",
      "tcp dport != %P %V",
      "meta l4proto != { tcp, udp } %V",
      "th dport { 53, 443 } meta l4proto udp %V",
      ip + " daddr %" + v4 + " meta l4proto tcp th dport %P %V",
      ip + " daddr != %" + v4 + " tcp dport %P %V",
      ip + " daddr . tcp dport vmap { %" + v4 + " . 443 : %V, %" + v4 + " . 1-442 : %V }",
      "log prefix \"out \" group 2 counter",
      "limit rate 100/second burst 200 packets log prefix \"a\"",
      "meta nftrace set 1",
      "meta skuid 2001 " + ip + " daddr %" + v4 + " accept comment \"to { there }\"",
  };
  if (family_ != "ip6") {
    all.insert(all.end(), {"ip daddr @merged %V", "ip daddr != @merged tcp dport %P %V",
                           "meta skuid . ip daddr . tcp dport @trio %V",
                           "ip protocol { tcp, icmp } ip daddr %4 %V", "ip daddr >= 128.0.0.0 %V",
                           "ip daddr & 255.255.0.0 { 10.1.0.0, 140.82.0.0 } %V"});
  }
  if (family_ != "ip") {
    all.insert(all.end(), {"ip6 nexthdr tcp tcp dport %P %V", "ip6 nexthdr { tcp, udp } %V",
                           "ip6 daddr vmap { ::1 : %V, 2606:50c0::/32 : %V }",
                           "ip6 daddr != { ::1, fe80::/10, 2001:db8::/32 } %V"});
  }
  // Chain d must not jump to itself; only base chains and a, b use these.
  std::string rule = Filled(Pick(all));
  if (base && Chance(6)) rule = "meta skuid %U goto a";
  return Filled(std::move(rule));
}

}  // namespace sandlint
