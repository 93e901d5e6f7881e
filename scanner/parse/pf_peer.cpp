// Hosts, ports, users of pf.conf.

#include <utility>

#include "scanner/parse/pf_parser.h"
#include "scanner/parse/service_names.h"

namespace sandlint {
namespace {

/// Decimal or `0x…`, as strtoul reads it.
std::optional<std::uint32_t> Number(std::string_view text) {
  if (!text.starts_with("0x") && !text.starts_with("0X")) return ParseDecimal(text);
  text.remove_prefix(2);
  if (text.empty() || text.size() > 8) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text) {
    const char lower = static_cast<char>(c | 0x20);
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (lower < 'a' || lower > 'f')) return std::nullopt;
    value = value * 16 + static_cast<std::uint32_t>(digit ? c - '0' : lower - 'a' + 10);
  }
  return value;
}

std::optional<std::uint32_t> PortNumber(std::string_view text) {
  if (const std::optional<std::uint32_t> number = Number(text)) return number;
  return PortOfService(text);
}

struct OperatorRow {
  std::string_view sign;
  PfOp op;
};
constexpr OperatorRow kUnary[] = {
    {"=", PfOp::Equal},      {"!=", PfOp::NotEqual}, {"<", PfOp::Less},
    {"<=", PfOp::LessEqual}, {">", PfOp::Greater},   {">=", PfOp::GreaterEqual},
};

}  // namespace

void PfParser::Peer(PfPeer& peer) {
  if (!now_.IsWord("port")) List([&] { peer.hosts.push_back(Host()); });
  if (TakeWord("port")) Ports(peer.ports);
}

void PfParser::Ports(std::vector<PfMatch>& ports) {
  List([&] { ports.push_back(Match(true)); });
}

PfHost PfParser::Host() {
  PfHost host;
  const Span first = now_.span;
  host.negated = TakeSign("!");
  if (now_.Is("(") || now_.Is("<")) {
    HostInBrackets(host);
  } else if (TakeWord("any")) {
    if (host.negated) Fail("`any` can't be negated");
  } else if (TakeWord("no-route")) {
    host.kind = PfHostKind::NoRoute;
  } else if (TakeWord("urpf-failed")) {
    host.kind = PfHostKind::UrpfFailed;
  } else if (TakeWord("route")) {
    host.kind = PfHostKind::Route;
    host.word = TakeText("the name of a route");
  } else {
    HostText(host, TakeText("an address"));
    HostLength(host);
  }
  host.span = Since(first);
  return host;
}

/// `<table>` or `(interface)`, the latter with an optional length.
void PfParser::HostInBrackets(PfHost& host) {
  if (TakeSign("<")) {
    host.kind = PfHostKind::Table;
    host.word = TakeText("the name of a table");
    if (!TakeSign(">")) Fail("`>` is missing");
    return;
  }
  Advance();
  HostText(host, TakeText("an interface"));
  if (host.kind != PfHostKind::Interface) return Fail("an interface stands in brackets");
  host.dynamic = true;
  if (!TakeSign(")")) return Fail("`)` is missing");
  HostLength(host);
}

/// An address, or a name with modifiers. A string in quotes may hold the length as well.
void PfParser::HostText(PfHost& host, const Word& word) {
  host.word = word;
  const std::string::size_type slash = word.text.rfind('/');
  const std::string text = word.text.substr(0, slash);
  if (slash != std::string::npos) {
    host.length = ParseDecimal(std::string_view(word.text).substr(slash + 1));
    if (!host.length) return Fail("`" + word.text + "` has no valid length");
    host.word.text = text;
  }
  const std::string plain = text.substr(0, text.find('%'));
  std::optional<IpAddress> address = ParseIp(plain);
  if (!address && (now_.Is("/") || host.length)) address = ParseShortIpv4(plain);
  if (address) {
    host.kind = PfHostKind::Prefix;
    host.first = host.last = *address;
    return;
  }
  host.kind = PfHostKind::Interface;
  const std::string::size_type colon = text.find(':');
  if (colon == std::string::npos) return;
  host.modifier = text.substr(colon + 1);
  host.word.text = text.substr(0, colon);
}

/// `/n` or `- address` behind a host.
void PfParser::HostLength(PfHost& host) {
  if (TakeSign("/")) {
    host.length = ParseDecimal(TakeText("a prefix length").text);
    if (!host.length) return Fail("a prefix length is no number");
  } else if (host.kind == PfHostKind::Prefix && TakeSign("-")) {
    const std::optional<IpAddress> last = ParseIp(TakeText("an address").text);
    if (!last || last->family != host.first.family || *last < host.first) {
      return Fail("a range of addresses ends in no address behind its first");
    }
    host.kind = PfHostKind::Range;
    host.last = *last;
  }
  const int bits = host.kind == PfHostKind::Prefix ? host.first.Bits() : 128;
  if (host.length && *host.length > static_cast<std::uint32_t>(bits)) {
    Fail("a prefix length is too long");
  }
}

/// One port, user or group, with its operator.
PfMatch PfParser::Match(bool is_port) {
  PfMatch match;
  for (const OperatorRow& row : kUnary) {
    if (TakeSign(row.sign)) {
      match.op = row.op;
      break;
    }
  }
  match.low = TakeText(is_port ? "a port" : "a user");
  if (match.op == PfOp::Equal) {
    if (is_port && match.low.text.find(':') != std::string::npos) {
      MatchRange(match);
    } else if (now_.Is("><") || now_.Is("<>")) {
      match.op = now_.Is("><") ? PfOp::Inside : PfOp::Outside;
      Advance();
      match.high = TakeText("the end of a range");
    }
  }
  const auto number = [&](const Word& word) {
    return is_port ? PortNumber(word.text) : Number(word.text);
  };
  match.low_number = number(match.low);
  match.high_number = match.high ? number(match.high) : match.low_number;
  if (is_port && (match.low_number.value_or(0) > 65535 || match.high_number.value_or(0) > 65535)) {
    Fail("a port is greater than 65535");
  }
  if (match.op == PfOp::Range && match.low_number && match.high_number &&
      *match.low_number > *match.high_number) {
    Fail("a range of ports is upside down");
  }
  return match;
}

/// `a:b` in one word.
void PfParser::MatchRange(PfMatch& match) {
  const std::string::size_type colon = match.low.text.find(':');
  const Word whole = match.low;
  match.op = PfOp::Range;
  match.low = Part(whole, 0, colon);
  match.high = Part(whole, colon + 1);
  if (match.low.text.empty() || match.high.text.empty()) Fail("a range of ports has no end");
}

}  // namespace sandlint
