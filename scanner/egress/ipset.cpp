// ipset save (ipset(8)): hash:net and its kin as sets of flows. Of several parts only those with
// the flag `dst` are about the destination; a part `src` is not known.

#include "scanner/egress/ipset.h"

#include <algorithm>
#include <utility>

#include "scanner/parse/service_names.h"

namespace sandlint {
namespace {

std::vector<std::string_view> Split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto next = text.find(at);
    parts.push_back(text.substr(0, next));
    if (next == std::string_view::npos) return parts;
    text.remove_prefix(next + 1);
  }
}

/// First and last of `a`, `a/n` or `a-b`, and the prefix length that decides among overlaps.
struct Range {
  IpAddress first, last;
  int length = 0;
};

std::optional<Range> RangeOf(std::string_view text) {
  const auto dash = text.find('-');
  const auto slash = text.find('/');
  const auto first = ParseIp(text.substr(0, std::min(dash, slash)));
  if (!first) return std::nullopt;
  if (dash != std::string_view::npos) {
    const auto last = ParseIp(text.substr(dash + 1));
    if (!last || last->family != first->family || *last < *first) return std::nullopt;
    return Range{*first, *last, first->Bits()};
  }
  if (slash == std::string_view::npos) return Range{*first, *first, first->Bits()};
  const auto length = ParseDecimal(text.substr(slash + 1));
  if (!length || *length > static_cast<std::uint32_t>(first->Bits())) return std::nullopt;
  const int bits = static_cast<int>(*length);
  return Range{Masked(*first, bits), LastOf(*first, bits), bits};
}

std::optional<std::uint16_t> PortOf(std::string_view text) {
  if (const auto number = ParseDecimal(text)) {
    return *number > 65535 ? std::nullopt
                           : std::optional<std::uint16_t>(static_cast<std::uint16_t>(*number));
  }
  return PortOfService(text);
}

/// `80`, `80-90`, `udp:53`; TCP where nothing is said, and no protocol at all in a bitmap:port.
FlowBounds PortPart(std::string_view text, bool any_protocol) {
  const auto colon = text.find(':');
  std::uint8_t protocol = kTcp;
  if (colon != std::string_view::npos) {
    const auto number = ParseDecimal(text.substr(0, colon));
    const auto named = number && *number < 256
                           ? std::optional<std::uint8_t>(static_cast<std::uint8_t>(*number))
                           : ProtocolOfName(text.substr(0, colon));
    if (!named || *named == kIcmp || *named == kIcmpV6) return FlowBounds::Maybe(std::string(text));
    protocol = *named;
    text.remove_prefix(colon + 1);
  }
  const auto dash = text.find('-');
  const auto first = PortOf(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : PortOf(text.substr(dash + 1));
  if (!first || !last) return FlowBounds::Maybe(std::string(text));
  const Protocols protocols =
      any_protocol ? OneProtocol(kTcp) | OneProtocol(kUdp) : OneProtocol(protocol);
  return FlowBounds::Exactly(FlowSet::OfProtocols(protocols, PortsOf({{*first, *last}})));
}

std::vector<std::string_view> TypeParts(std::string_view type) {
  const auto colon = type.find(':');
  return Split(colon == std::string_view::npos ? type : type.substr(colon + 1), ',');
}

/// One element as the flows that it stands for; its addresses decide among overlaps by `length`.
FlowBounds ElementFlows(std::string_view type, std::string_view text, std::string_view flags,
                        int& length) {
  const auto kinds = TypeParts(type);
  const auto values = Split(text, ',');
  const auto sides = Split(flags, ',');
  FlowBounds all;
  for (std::size_t part = 0; part < kinds.size(); ++part) {
    const bool known = part < values.size() && part < sides.size() && sides[part] == "dst";
    if (!known) {
      all = Intersect(all, FlowBounds::Maybe("the source"));
    } else if (kinds[part] == "ip" || kinds[part] == "net") {
      const auto range = RangeOf(values[part]);
      if (!range) return FlowBounds::Maybe(std::string(text));
      length += range->length;
      AddressList list;
      list.Add(range->first, range->last);
      all = Intersect(all, FlowBounds::Exactly(list.Flows()));
    } else if (kinds[part] == "port") {
      all = Intersect(all, PortPart(values[part], type == "bitmap:port"));
    } else {
      all = Intersect(all, FlowBounds::Maybe(std::string(kinds[part])));
    }
  }
  return all;
}

bool HasWord(const IpsetLine& line, std::string_view word) {
  return std::any_of(line.words.begin(), line.words.end(),
                     [&](const Word& one) { return one.text == word; });
}

}  // namespace

Ipsets::Ipsets(const std::vector<const IpsetFile*>& files) {
  for (const IpsetFile* file : files) {
    if (file == nullptr) continue;
    for (const IpsetLine& line : file->lines) Apply(line);
  }
}

void Ipsets::Apply(const IpsetLine& line) {
  const std::string& verb = line.verb.text;
  const auto found = sets_.find(line.name.text);
  if (verb == "create" && !line.words.empty()) {
    Set set;
    set.type = line.words[0].text;
    if (HasWord(line, "inet6")) set.family = Family::V6;
    set.timeout = HasWord(line, "timeout");
    sets_.try_emplace(line.name.text, std::move(set));
  } else if (verb == "add" && found != sets_.end() && !line.words.empty()) {
    found->second.elements.push_back({&line, found->second.timeout || HasWord(line, "timeout")});
  } else if (verb == "del" && found != sets_.end() && !line.words.empty()) {
    std::erase_if(found->second.elements, [&](const Element& element) {
      return element.line->words[0].text == line.words[0].text;
    });
  } else if (verb == "flush" || verb == "destroy") {
    for (auto& [name, set] : sets_) {
      if (!line.name || name == line.name.text) set.elements.clear();
    }
    if (verb == "destroy" && !line.name) sets_.clear();
    if (verb == "destroy" && line.name) sets_.erase(line.name.text);
  } else if (verb == "swap" && found != sets_.end() && !line.words.empty()) {
    const auto other = sets_.find(line.words[0].text);
    if (other != sets_.end()) std::swap(found->second, other->second);
  }
}

FlowBounds Ipsets::Flows(std::string_view name, std::string_view flags, Family family) const {
  const auto found = sets_.find(name);
  if (found == sets_.end()) return FlowBounds::Maybe("the set " + std::string(name));
  return SetFlows(found->second, flags, family, 0);
}

FlowBounds Ipsets::SetFlows(const Set& set, std::string_view flags, Family family,
                            int depth) const {
  constexpr int kMaxDepth = 8;
  if (set.type.starts_with("list:")) {
    FlowBounds all = FlowBounds::None();
    for (const Element& element : set.elements) {
      const auto member = sets_.find(element.line->words[0].text);
      const bool known = member != sets_.end() && depth < kMaxDepth;
      all = Unite(all, known ? SetFlows(member->second, flags, family, depth + 1)
                             : FlowBounds::Maybe(element.line->words[0].text));
    }
    return all;
  }
  if (set.elements.empty()) {
    return FlowBounds::Maybe("the set is filled at run time");
  }
  if (set.family != family && !set.type.starts_with("bitmap:port")) return FlowBounds::None();
  // Longest prefix first decides; `nomatch` takes out.
  struct Level {
    std::vector<FlowSet> sure, possible, out;
  };
  std::map<int, Level> levels;
  std::string doubt;
  for (const Element& element : set.elements) {
    int length = 0;
    FlowBounds flows = ElementFlows(set.type, element.line->words[0].text, flags, length);
    if (element.timeout) flows = FlowBounds::Maybe("an element with a timeout", flows.possible);
    if (doubt.empty()) doubt = flows.doubt;
    Level& level = levels[length];
    const bool out = HasWord(*element.line, "nomatch");
    if (out) {
      level.out.push_back(std::move(flows.possible));
    } else {
      level.sure.push_back(std::move(flows.sure));
      level.possible.push_back(std::move(flows.possible));
    }
  }
  FlowBounds all = FlowBounds::None();
  all.doubt = doubt;
  for (auto& [length, level] : levels) {
    const FlowSet out = UniteAll(std::move(level.out));
    all.sure = Subtract(Unite(all.sure, UniteAll(std::move(level.sure))), out);
    all.possible = Unite(all.possible, UniteAll(std::move(level.possible)));
    if (doubt.empty()) all.possible = Subtract(all.possible, out);
  }
  return all;
}

}  // namespace sandlint
