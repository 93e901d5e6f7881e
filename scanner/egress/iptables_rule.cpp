// The words of one iptables rule (iptables(8), iptables-extensions(8) of 1.8.9).

#include "scanner/egress/iptables_rule.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sandlint {
namespace {

struct Row {
  std::string_view name;
  int values;
  IptOption option;
};
using enum IptOption;
constexpr Row kRows[] = {
    {"--protocol", 1, Protocol},
    {"--proto", 1, Protocol},
    {"--source", 1, Source},
    {"--src", 1, Source},
    {"--destination", 1, Destination},
    {"--dst", 1, Destination},
    {"--in-interface", 1, InInterface},
    {"--out-interface", 1, OutInterface},
    {"--fragment", 0, Fragment},
    {"--destination-port", 1, DestinationPort},
    {"--dport", 1, DestinationPort},
    {"--source-port", 1, SourcePort},
    {"--sport", 1, SourcePort},
    {"--tcp-flags", 2, TcpFlags},
    {"--syn", 0, Syn},
    {"--icmp-type", 1, IcmpType},
    {"--icmpv6-type", 1, IcmpType},
    {"--dports", 1, DestinationPorts},
    {"--destination-ports", 1, DestinationPorts},
    {"--sports", 1, SourcePorts},
    {"--source-ports", 1, SourcePorts},
    {"--ports", 1, AnyPorts},
    {"--uid-owner", 1, Uid},
    {"--gid-owner", 1, Gid},
    {"--socket-exists", 0, SocketExists},
    {"--suppl-groups", 0, Supplementary},
    {"--ctstate", 1, CtState},
    {"--state", 1, CtState},
    {"--ctorigdst", 1, OriginalDestination},
    {"--ctorigdstport", 1, OriginalPort},
    {"--ctproto", 1, OriginalProtocol},
    {"--dst-range", 1, DestinationRange},
    {"--match-set", 2, MatchSet},
    {"--dst-type", 1, DestinationType},
    {"--mark", 1, Mark},
    {"--comment", 1, Irrelevant},
    {"--set-counters", 2, Irrelevant},
    {"--wait", 0, Irrelevant},
    // Parameters of targets.
    {"--to-destination", 1, OfTarget},
    {"--to-ports", 1, OfTarget},
    {"--to-source", 1, OfTarget},
    {"--to", 1, OfTarget},
    {"--random", 0, OfTarget},
    {"--random-fully", 0, OfTarget},
    {"--persistent", 0, OfTarget},
    {"--set-mark", 1, OfTarget},
    {"--set-xmark", 1, OfTarget},
    {"--or-mark", 1, OfTarget},
    {"--and-mark", 1, OfTarget},
    {"--xor-mark", 1, OfTarget},
    {"--save-mark", 0, OfTarget},
    {"--restore-mark", 0, OfTarget},
    {"--nfmask", 1, OfTarget},
    {"--ctmask", 1, OfTarget},
    {"--mask", 1, OfTarget},
    {"--reject-with", 1, OfTarget},
    {"--notrack", 0, OfTarget},
    {"--helper", 1, OfTarget},
    {"--zone", 1, OfTarget},
    {"--log-prefix", 1, OfTarget},
    {"--log-level", 1, OfTarget},
    {"--log-uid", 0, OfTarget},
    {"--log-tcp-sequence", 0, OfTarget},
    {"--log-tcp-options", 0, OfTarget},
    {"--log-ip-options", 0, OfTarget},
    {"--nflog-prefix", 1, OfTarget},
    {"--nflog-group", 1, OfTarget},
    {"--nflog-size", 1, OfTarget},
    {"--nflog-threshold", 1, OfTarget},
    {"--queue-num", 1, OfTarget},
    {"--queue-balance", 1, OfTarget},
    {"--queue-bypass", 0, OfTarget},
    {"--set-class", 1, OfTarget},
    {"--set-dscp", 1, OfTarget},
    {"--set-dscp-class", 1, OfTarget},
    {"--set-tos", 1, OfTarget},
    {"--ttl-set", 1, OfTarget},
    {"--hl-set", 1, OfTarget},
    {"--set-mss", 1, OfTarget},
    {"--clamp-mss-to-pmtu", 0, OfTarget},
    {"--add-set", 2, OfTarget},
    {"--del-set", 2, OfTarget},
    {"--gateway", 1, OfTarget},
    {"--selctx", 1, OfTarget},
    {"--checksum-fill", 0, OfTarget},
    {"--type", 1, OfTarget},
    {"--exist", 0, OfTarget},
    {"--timeout", 1, OfTarget},
    // Known, and decided by more than the flow.
    {"--limit", 1, Unsure},
    {"--limit-burst", 1, Irrelevant},
    {"--hashlimit-upto", 1, Unsure},
    {"--hashlimit-above", 1, Unsure},
    {"--hashlimit-burst", 1, Irrelevant},
    {"--hashlimit-mode", 1, Irrelevant},
    {"--hashlimit-name", 1, Irrelevant},
    {"--hashlimit", 1, Unsure},
    {"--mode", 1, Unsure},
    {"--probability", 1, Unsure},
    {"--every", 1, Unsure},
    {"--packet", 1, Unsure},
    {"--seconds", 1, Unsure},
    {"--hitcount", 1, Unsure},
    {"--name", 1, Unsure},
    {"--rcheck", 0, Unsure},
    {"--update", 0, Unsure},
    {"--rsource", 0, Unsure},
    {"--rdest", 0, Unsure},
    {"--set", 0, Unsure},
    {"--remove", 0, Unsure},
    {"--quota", 1, Unsure},
    {"--length", 1, Unsure},
    {"--timestart", 1, Unsure},
    {"--timestop", 1, Unsure},
    {"--datestart", 1, Unsure},
    {"--datestop", 1, Unsure},
    {"--weekdays", 1, Unsure},
    {"--monthdays", 1, Unsure},
    {"--kerneltz", 0, Irrelevant},
    {"--connlimit-above", 1, Unsure},
    {"--connlimit-upto", 1, Unsure},
    {"--connlimit-mask", 1, Irrelevant},
    {"--connlimit-saddr", 0, Irrelevant},
    {"--connlimit-daddr", 0, Irrelevant},
    {"--connbytes", 1, Unsure},
    {"--connbytes-dir", 1, Irrelevant},
    {"--connbytes-mode", 1, Irrelevant},
    {"--ttl-eq", 1, Unsure},
    {"--ttl-lt", 1, Unsure},
    {"--ttl-gt", 1, Unsure},
    {"--hl-eq", 1, Unsure},
    {"--tos", 1, Unsure},
    {"--dscp", 1, Unsure},
    {"--dscp-class", 1, Unsure},
    {"--src-range", 1, Unsure},
    {"--src-type", 1, Unsure},
    {"--limit-iface-out", 0, Unsure},
    {"--cgroup", 1, Unsure},
    {"--path", 1, Unsure},
    {"--pkt-type", 1, Unsure},
    {"--physdev-out", 1, Unsure},
    {"--physdev-in", 1, Unsure},
    {"--physdev-is-bridged", 0, Unsure},
    {"--string", 1, Unsure},
    {"--hex-string", 1, Unsure},
    {"--algo", 1, Irrelevant},
    {"--from", 1, Irrelevant},
    {"--u32", 1, Unsure},
    {"--bytecode", 1, Unsure},
    {"--mac-source", 1, Unsure},
    {"--dir", 1, Unsure},
    {"--pol", 1, Unsure},
    {"--ctstatus", 1, Unsure},
    {"--ctdir", 1, Unsure},
    {"--ctexpire", 1, Unsure},
    {"--ctorigsrc", 1, Unsure},
    {"--ctreplsrc", 1, Unsure},
    {"--ctrepldst", 1, Unsure},
    {"--ctorigsrcport", 1, Unsure},
    {"--tcp-option", 1, Unsure},
    {"--mss", 1, Unsure},
    {"--realm", 1, Unsure},
    {"--cpu", 1, Unsure},
};

/// Short options, by their letter.
struct Short {
  std::string_view name, full;
};
constexpr Short kShort[] = {
    {"-p", "--protocol"},     {"-s", "--source"},        {"-d", "--destination"},
    {"-i", "--in-interface"}, {"-o", "--out-interface"}, {"-f", "--fragment"},
    {"-c", "--set-counters"}, {"-w", "--wait"},
};

const Row* FindRow(std::string_view name) {
  for (const Short& one : kShort) {
    if (one.name == name) name = one.full;
  }
  const auto* row = std::find_if(std::begin(kRows), std::end(kRows),
                                 [&](const Row& one) { return one.name == name; });
  return row == std::end(kRows) ? nullptr : row;
}

/// Walks the words of a rule.
struct Reader {
  const std::vector<Word>& words;
  IptRule& rule;
  std::size_t at = 0;
  std::string module;
  bool negated = false;

  const Word* Peek() const { return at < words.size() ? &words[at] : nullptr; }
  Word Value() { return at < words.size() ? words[at++] : Word{}; }
  bool TakesWord(std::string_view a, std::string_view b) {
    const std::string& text = words[at].text;
    if (text != a && text != b) return false;
    ++at;
    return true;
  }

  void Unknown(const Word& word) {
    rule.unknown.push_back(word);
    while (Peek() != nullptr && !Peek()->text.starts_with("-") && Peek()->text != "!") ++at;
  }

  void Option() {
    Word word = words[at++];
    std::optional<Word> glued;
    const auto equals = word.text.find('=');
    if (word.text.starts_with("--") && equals != std::string::npos) {
      glued = Part(word, equals + 1);
      word = Part(word, 0, equals);
    }
    const Row* row = FindRow(word.text);
    if (row == nullptr) return Unknown(word);
    IptUse use{row->option, word, module, negated, {}};
    // Before the target it is an option of a match that shares its name: `-m helper --helper ftp`.
    if (use.option == IptOption::OfTarget && !rule.target) use.option = IptOption::Unsure;
    if (glued) use.values.push_back(*glued);
    // `-d ! address`, as old versions wrote it
    if (row->values > 0 && Peek() != nullptr && Peek()->text == "!") {
      use.negated = true;
      ++at;
    }
    while (static_cast<int>(use.values.size()) < row->values) use.values.push_back(Value());
    if (word.text == "-w" || word.text == "--wait") {  // its number may be missing
      if (Peek() != nullptr && Peek()->text.find_first_not_of("0123456789") == std::string::npos) {
        ++at;
      }
    }
    rule.uses.push_back(std::move(use));
  }

  void Next() {
    if (TakesWord("!", "!")) {
      negated = true;
      return;
    }
    if (TakesWord("-m", "--match")) {
      module = Value().text;
    } else if (TakesWord("-j", "--jump")) {
      rule.target = Value();
    } else if (TakesWord("-g", "--goto")) {
      rule.target = Value();
      rule.is_goto = true;
    } else if (TakesWord("-4", "--ipv4")) {
      rule.only_family = 4;
    } else if (TakesWord("-6", "--ipv6")) {
      rule.only_family = 6;
    } else if (words[at].text.starts_with("-")) {
      Option();
    } else {
      rule.unknown.push_back(words[at++]);
    }
    negated = false;
  }
};

}  // namespace

const std::string& IptUse::Value() const {
  static const std::string kNone;
  return values.empty() ? kNone : values[0].text;
}

const IptUse* IptRule::Find(std::string_view name) const {
  const auto found = std::find_if(uses.begin(), uses.end(),
                                  [&](const IptUse& use) { return use.name.text == name; });
  return found == uses.end() ? nullptr : &*found;
}

IptRule ReadIptRule(const IptablesLine& line) {
  IptRule rule;
  rule.span = line.span;
  Reader reader{line.words, rule, 0, {}, false};
  while (reader.at < line.words.size()) reader.Next();
  return rule;
}

}  // namespace sandlint
