#include "scanner/egress/systemd_addresses.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "scanner/egress/bounds.h"
#include "scanner/parse/iptables.h"

namespace sandlint {
namespace {

constexpr std::string_view kAllow = "IPAddressAllow", kDeny = "IPAddressDeny";

/// The symbolic names of systemd.resource-control(5).
struct Named {
  std::string_view name;
  std::string_view prefixes[2];
};
constexpr Named kNamed[] = {
    {"any", {"0.0.0.0/0", "::/0"}},
    {"localhost", {"127.0.0.0/8", "::1/128"}},
    {"link-local", {"169.254.0.0/16", "fe80::/64"}},
    {"multicast", {"224.0.0.0/4", "ff00::/8"}},
};

FlowBounds Prefix(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = ParseIp(text.substr(0, slash));
  const auto length = slash == std::string_view::npos
                          ? std::optional<std::uint32_t>(address ? address->Bits() : 0)
                          : ParseDecimal(text.substr(slash + 1));
  if (!address || !length || *length > static_cast<std::uint32_t>(address->Bits())) {
    return FlowBounds::Maybe(std::string(text));
  }
  return FlowBounds::Exactly(
      FlowSet::OfAddresses(FamilyOf(*address), {RangeOf(*address, static_cast<int>(*length))}));
}

FlowBounds AddressesOf(std::string_view text) {
  const auto* named = std::find_if(std::begin(kNamed), std::end(kNamed),
                                   [&](const Named& one) { return one.name == text; });
  if (named == std::end(kNamed)) return Prefix(text);
  return Unite(Prefix(named->prefixes[0]), Prefix(named->prefixes[1]));
}

/// One `Key=value…` line.
struct Line {
  bool allows = false;
  std::vector<Word> values;
  Span span;
};

std::vector<Line> LinesOf(const Source& unit) {
  std::vector<Line> lines;
  const auto size = static_cast<std::uint32_t>(unit.text.size());
  for (std::uint32_t begin = 0; begin < size;) {
    const std::size_t newline = unit.text.find('\n', begin);
    const auto end = newline == std::string::npos ? size : static_cast<std::uint32_t>(newline);
    const std::string_view text = std::string_view(unit.text).substr(begin, end - begin);
    for (const std::string_view key : {kAllow, kDeny}) {
      if (!text.starts_with(key) || text.size() <= key.size() || text[key.size()] != '=') continue;
      const auto value = begin + static_cast<std::uint32_t>(key.size()) + 1;
      lines.push_back({key == kAllow, SplitLine(unit, value, end), {&unit, begin, end}});
    }
    begin = end + 1;
  }
  return lines;
}

}  // namespace

bool HasSystemdAddresses(std::string_view text) {
  return text.find("\nIPAddressDeny=") != std::string_view::npos ||
         text.find("\nIPAddressAllow=") != std::string_view::npos;
}

Firewall SystemdFirewall(const Source& unit) {
  Firewall firewall;
  firewall.kind = FirewallKind::Other;
  firewall.confidence = Confidence::Medium;
  firewall.assuming = {"the process runs in this unit, and systemd can attach its filter"};
  Chain chain{"systemd", "addresses", {}};
  for (const bool allows : {true, false}) {
    std::vector<FlowRule> rules;
    for (const Line& line : LinesOf(unit)) {
      if (line.allows != allows) continue;
      if (line.values.empty()) rules.clear();  // an empty value takes back what was said
      for (const Word& value : line.values) {
        FlowRule rule;
        rule.span = line.span;
        rule.steps.push_back(MatchStep(AddressesOf(value.text), value.span));
        rule.steps.push_back(
            VerdictStep(allows ? StepKind::Accept : StepKind::Drop, value.span, value.text));
        rules.push_back(std::move(rule));
      }
    }
    std::move(rules.begin(), rules.end(), std::back_inserter(chain.rules));
  }
  firewall.program.chains.push_back(std::move(chain));
  BaseChain base;
  base.chain = 0;
  base.policy = {&unit, 0, 0};
  firewall.program.bases.push_back(std::move(base));
  return firewall;
}

}  // namespace sandlint
