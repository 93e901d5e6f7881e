// Selectors: what of a packet a rule looks at.

#include <algorithm>
#include <array>
#include <utility>

#include "scanner/parse/nft_parser.h"

namespace sandlint {
namespace {

template <typename Table>
bool Has(const Table& table, std::string_view word) {
  return std::ranges::find(table, word) != table.end();
}

/// Keys of meta that stand without it too.
constexpr std::array<std::string_view, 21> kBareMeta{
    "mark",     "iif",     "iifname", "iiftype",   "oif",      "oifname", "oiftype",
    "skuid",    "skgid",   "nftrace", "rtclassid", "ibrname",  "obrname", "ibriport",
    "obriport", "pkttype", "cpu",     "iifgroup",  "oifgroup", "cgroup",  "ipsec"};
/// Headers: the next word is a field.
constexpr std::array<std::string_view, 29> kHeaders{
    "meta", "ct",     "ip",   "ip6", "tcp", "udp",   "udplite", "sctp",  "dccp",  "th",
    "icmp", "icmpv6", "igmp", "esp", "ah",  "comp",  "arp",     "ether", "vlan",  "frag",
    "hbh",  "rt",     "mh",   "srh", "dst", "vxlan", "geneve",  "gre",   "gretap"};
/// Selectors with arguments of their own.
constexpr std::array<std::string_view, 10> kOthers{"fib",    "socket", "numgen", "jhash", "symhash",
                                                   "exthdr", "rt0",    "osf",    "hour",  "day"};
constexpr std::array<std::string_view, 11> kOptionFields{
    "kind", "length", "size", "count", "left", "right", "tsval", "tsecr", "type", "ptr", "value"};
constexpr std::array<std::string_view, 12> kFibFlags{
    "saddr", "daddr", "mark", "iif", "oif", "type", "oifname", "", "", "", "", ""};

/// Behind these a word is an operator or a value, never a field.
bool MayBeField(const NftToken& token) {
  return token.kind == NftTokenKind::Word && !IsVerdictWord(token.text);
}

}  // namespace

bool NftParser::AtSelector() {
  const NftToken& word = Peek();
  if (word.kind != NftTokenKind::Word) return false;
  if (Has(kOthers, word.text)) return true;
  if (Has(kHeaders, word.text)) return MayBeField(PeekAfter());
  return Has(kBareMeta, word.text);
}

NftExpr NftParser::Selector() {
  const NftToken head = Take();
  NftExpr out;
  out.kind = NftKind::Selector;
  out.text = std::string(head.text);
  const bool bare = Has(kBareMeta, head.text) || head.text == "hour" || head.text == "day";
  if (bare) {
    out.text = "meta " + out.text;
  } else if (Has(kHeaders, head.text)) {
    out.text += " " + std::string(Take().text);
  }
  MoreOfSelector(out);
  out.span = From(head);
  return out;
}

void NftParser::MoreOfSelector(NftExpr& out) {
  const auto take = [&] { out.text += " " + std::string(Take().text); };
  const auto optional = [&](std::string_view word) {
    if (Peek().IsWord(word)) take();
  };
  if (out.text == "ct original" || out.text == "ct reply") {
    take();
    if (out.text.ends_with(" ip") || out.text.ends_with(" ip6")) take();
  } else if (out.text == "tcp option" || out.text == "ip option" || out.text == "sctp chunk" ||
             out.text == "dccp option" || out.text == "exthdr") {
    take();
    if (Has(kOptionFields, Peek().text)) take();
  } else if (out.text == "fib") {
    take();
    while (TakePunct(".")) out.text += " . " + std::string(Take().text);
    if (Has(kFibFlags, Peek().text)) take();
  } else if (out.text == "socket") {
    take();
    if (TakeWord("level")) out.parts.push_back(Primary(false));
  } else if (out.text == "numgen") {
    take();
    optional("mod");
    if (out.text.ends_with("mod")) take();
    if (TakeWord("offset")) Take();
  } else if (out.text == "jhash" || out.text == "symhash") {
    if (out.text == "jhash") Concat(true);
    while (TakeWord("mod") || TakeWord("seed") || TakeWord("offset")) Take();
  } else if (out.text == "arp saddr" || out.text == "arp daddr" || out.text == "rt ip" ||
             out.text == "rt ip6" || out.text == "vxlan ip" || out.text == "vxlan ip6" ||
             out.text == "meta ipsec" || out.text == "osf") {
    if (MayBeField(Peek())) take();
  } else if (out.text == "rt0") {
    take();
    if (TakePunct("[")) {
      Take();
      TakePunct("]");
    }
  }
}

/// @th,16,16
NftExpr NftParser::RawPayload() {
  const NftToken at = Take();
  NftExpr out;
  out.kind = NftKind::Selector;
  out.text = "@" + std::string(Take().text);
  for (int i = 0; i < 2; ++i) {
    if (!TakePunct(",")) return Fail(",");
    out.text += "," + std::string(Take().text);
  }
  out.span = From(at);
  return out;
}

}  // namespace sandlint
