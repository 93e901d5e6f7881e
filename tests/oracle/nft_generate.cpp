#include "nft_generate.h"

namespace sandlint {

std::string NftGenerator::Ruleset() {
  std::string text = Chance(2) ? "flush ruleset\n" : "";
  if (Chance(3)) text += "define ports = { 443, 5000-6000 }\n";
  const bool defines = text.find("define") != std::string::npos;
  const std::size_t tables = 1 + Below(3);
  for (std::size_t i = 0; i < tables; ++i) text += Table(i);
  if (defines) {
    text +=
        "add rule " + family_ + " t" + std::to_string(tables - 1) + " a tcp dport $ports accept\n";
  }
  if (Chance(4)) text += Script(family_ + " t" + std::to_string(tables - 1));
  return text;
}

std::string NftGenerator::Table(std::size_t number) {
  family_ = Pick({"inet", "inet", "inet", "ip", "ip6"});
  rejects_ = Chance(2);
  std::string text = "table " + family_ + " t" + std::to_string(number) + " {\n";
  if (Chance(12)) text += "  flags dormant\n";
  text += Sets() + IdiomObjects();
  text += "  chain d {\n    udp dport 53 drop\n    meta skuid 2001 return\n    ip" +
          std::string(family_ == "ip" ? "" : "6") + " daddr " +
          (family_ == "ip" ? "8.8.8.8" : "2606:50c0::/32") + " accept\n  }\n";
  text += "  chain a {\n" + Rules(4, false) + "  }\n  chain b {\n" + Rules(3, false) + "  }\n";
  for (std::size_t i = 0; i <= Below(3); ++i) text += BaseChain(i);
  return text + "}\n";
}

std::string NftGenerator::Sets() {
  const std::string elements4 =
      Pick({"10.0.0.0/8, 140.82.112.0/20", "8.8.8.8", "140.82.112.5, 127.0.0.0/8"});
  return "  set four {\n    type ipv4_addr\n    flags interval\n    elements = { " + elements4 +
         " }\n  }\n  set six {\n    type ipv6_addr; flags interval;\n    elements = { "
         "2606:50c0::/32, ::1 "
         "}\n  }\n  set empty {\n    type ipv4_addr\n  }\n  set ports {\n    type inet_service\n   "
         " flags "
         "interval\n    elements = { 443, 22, 90-100 }\n  }\n  set pair {\n    type ipv4_addr . "
         "inet_service\n    flags interval\n    elements = { 140.82.112.0/20 . 443, 8.8.8.8 . "
         "50-60 "
         "}\n  }\n  map who {\n    type uid : verdict\n    elements = { 2001 : " +
         Pick({"accept", "drop", "continue"}) + ", 2003 : drop }\n  }\n";
}

std::string NftGenerator::BaseChain(std::size_t number) {
  std::string hook = Pick({"output", "output", "output", "output", "postrouting", "input"});
  if (rejects_ && hook == "postrouting") hook = "output";
  const bool nat = Chance(6);
  const bool route = !nat && hook == "output" && Chance(6);
  const std::string priority =
      nat ? "-100" : Pick({"0", "filter", "10", "-150", "-300", "filter + 5", "security", "0"});
  std::string text = "  chain c" + std::to_string(number) + " {\n    type " +
                     (nat     ? "nat"
                      : route ? "route"
                              : "filter") +
                     " hook " + hook + " priority " + priority + ";" +
                     (nat ? "" : Pick({"", " policy accept;", " policy drop;", ""})) + "\n";
  if (nat && hook == "output") {
    const std::string port =
        family_ == "ip6"
            ? "tcp dport 443 redirect to :3128\n"
            : Pick({"tcp dport 80 redirect to :3128\n",
                    "ip daddr 140.82.112.0/20 tcp dport 443 dnat " +
                        std::string(family_ == "inet" ? "ip " : "") + "to 10.1.1.1:99\n",
                    "meta skuid 2001 udp dport 53 redirect to 53\n",
                    "ip daddr 8.8.8.8 dnat to 140.82.112.5\n"});
    text += "    " + port;
    return text + "  }\n";
  }
  return text + Rules(5, true) + "  }\n";
}

std::string NftGenerator::Rules(std::size_t most, bool base) {
  std::string text;
  for (std::size_t i = 0; i <= Below(most); ++i) {
    tied_ = family_ == "ip" ? 4 : family_ == "ip6" ? 6 : 0;
    transport_ = false;
    std::string rule;
    for (std::size_t matches = Below(3); matches > 0; --matches) rule += Match() + " ";
    if (Chance(5)) rule += Pick({"counter ", "log prefix \"x: \" ", "counter packets 1 bytes 2 "});
    if (Chance(4)) {
      rule = Idiom(base);
    } else if (Chance(8)) {
      rule += Changes();
    } else if (Chance(6)) {
      rule += Vmap();
    } else if (base && Chance(3)) {
      rule += Pick({"jump a", "goto a", "jump b", "goto b"});
    } else if (!base && Chance(8)) {
      rule += "return";
    } else {
      rule += Verdict();
    }
    text += "    " + rule + (Chance(9) ? " comment \"c; #\"" : "") + "\n";
  }
  return text;
}

std::string NftGenerator::Prefix4() {
  return Pick({"140.82.112.0/20", "10.0.0.0/8", "127.0.0.0/8", "8.8.8.8", "140.82.112.5",
               "0.0.0.0/0", "8.8.8.0-8.8.9.255", "{ 8.8.8.8, 10.0.0.0/8 }", "@four", "@empty",
               "224.0.0.0/4"});
}
std::string NftGenerator::Prefix6() {
  return Pick(
      {"2606:50c0::/32", "::1", "2001:db8::/32", "{ 2606:50c0::1, ::1 }", "@six", "fe80::/10"});
}
std::string NftGenerator::Port() {
  return Pick({"443", "80", "1-442", "https", "{ 443, 53 }", "{ 22, 80-90 }", "@ports", "domain"});
}

std::string NftGenerator::FamilyMatch() {
  const bool v6 = tied_ == 6 || (tied_ == 0 && Chance(3));
  tied_ = v6 ? 6 : 4;
  if (v6) return "ip6 daddr " + Op() + Prefix6();
  return Pick({"ip daddr " + Op() + Prefix4(), "ip daddr & 255.0.0.0 == 10.0.0.0",
               "ip daddr . tcp dport " + Op() + "{ 140.82.112.0/20 . 443, 8.8.8.8 . 1-100 }",
               "ip daddr . th dport " + Op() + "@pair", "ip protocol " + Op() + "tcp"});
}

std::string NftGenerator::TransportMatch() {
  transport_ = true;
  const std::string order = Pick({"< ", "> ", "<= ", ">= "});
  return Pick({"tcp dport " + Op() + Port(), "udp dport " + Op() + Port(),
               "tcp dport " + order + "443", "meta l4proto { tcp, udp } th dport " + Op() + Port(),
               "tcp flags syn", "tcp flags & (fin | syn | rst | ack) == syn", "tcp flags != ack",
               "icmp type echo-request", "icmpv6 type { echo-request, nd-neighbor-solicit }",
               "tcp flags & (syn|ack) != syn"});
}

std::string NftGenerator::Match() {
  switch (Below(15)) {
    case 0:
    case 1:
    case 2:
      return tied_ != 0 && Chance(2) && family_ == "inet" ? "meta skuid 2001" : FamilyMatch();
    case 3:
    case 4:
    case 5:
      return transport_ ? "meta l4proto " + Op() + Pick({"tcp", "{ udp, icmp }", "17"})
                        : TransportMatch();
    case 6:
    case 7:
      return "meta skuid " + Op() + Pick({"2001", "2002", "{ 2001, 2003 }", "2001-3000", "0"});
    case 8:
      return "skgid " + Op() + Pick({"3001", "{ 3002 }", "3000-3001"});
    case 9:
      if (family_ != "inet") return "meta skuid 2002";
      return "meta nfproto " + Op() + Pick({"ipv4", "ipv6"});
    case 10:
      return Pick({"oifname ", "meta oifname "}) + Op() +
             Pick({"lo", "\"d0\"", "\"d*\"", "{ lo, d0 }", "nope0"});
    case 11:
      return "ct state " +
             Pick({"new", "established,related", "invalid", "untracked", "{ new, invalid }",
                   "!= new", "!= established,related", "!= { new, established }", "new,invalid"});
    case 12:
      return "meta mark " + Op() + Pick({"1", "0", "0x10-0x20", "{ 1, 5 }"});
    case 13:
      return Pick({"ct mark 5", "ct mark != 5", "ct direction original", "fib daddr type local",
                   "fib daddr type != local", "meta oiftype loopback", "meta mark & 0x3 == 0x1",
                   "ct original protocol tcp", "iif lo", "iifname != lo"});
    default:
      return "meta protocol " + Pick({"ip", "ip6", "!= ip"});
  }
}

std::string NftGenerator::Vmap() {
  return Pick(
      {"meta skuid vmap @who", "tcp dport vmap { 443 : accept, 80-100 : drop, 22 : jump b }",
       "meta l4proto vmap { tcp : accept, udp : drop, icmp : continue }",
       "meta nfproto vmap { ipv4 : jump d, * : drop }", "ct state vmap { new : accept, * : drop }",
       "meta mark vmap { 0 : continue, 1 : drop, 5 : accept }",
       "meta l4proto . th dport vmap { tcp . 443 : accept, udp . 1-100 : drop }"});
}

std::string NftGenerator::Verdict() {
  if (rejects_ && Chance(3)) {
    if (transport_ || family_ != "inet") return "reject";
    return Pick({"reject", "reject with tcp reset", "reject with icmpx admin-prohibited"});
  }
  return Pick({"accept", "drop", "accept", "drop", "continue", "return", "counter drop"});
}

std::string NftGenerator::Changes() {
  return Pick({"meta mark set 1", "meta mark set 5", "ct mark set 5", "notrack",
               "meta mark set meta mark or 0x10", "meta mark set tcp dport map { 443 : 1, 80 : 5 }",
               "ct mark set meta mark", "meta mark set ct mark",
               "meta mark set meta mark and 0xfffffffe", "meta mark set 1 accept",
               "meta priority set 1:1"});
}

std::string NftGenerator::Script(const std::string& table) {
  tied_ = 4;
  std::string text;
  text += "insert rule " + table + " a meta skuid 2001 tcp dport 22 " + Verdict() + "\n";
  text += Pick({"add rule " + table + " b udp dport 53 accept\n", "flush chain " + table + " b\n",
                "add chain " + table + " c0 { policy drop; }\n",
                "add element " + table + " ports { 8080 }\n",
                "delete element " + table + " ports { 22 }\n", "flush set " + table + " four\n",
                "insert rule " + table + " a index 1 meta skuid 2002 drop\n"});
  return text;
}

}  // namespace sandlint
