// squid.conf, as its reference (squid-cache.org/Doc/config) has it: `http_access` lines are asked
// in order, the first of which all lists match decides; where none does, the opposite of the last
// line.

#include "scanner/egress/squid.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scanner/egress/text.h"
#include "scanner/parse/iptables.h"

namespace sandlint {
namespace {

constexpr std::uint32_t kDefaultPort = 3128;

/// One `acl` name: all its lines together.
struct AccessList {
  std::string type;
  std::vector<Word> values;
  bool from_file = false;  ///< `"/etc/squid/allowed.txt"`: its lines are not known
};

struct AccessRule {
  bool allows = false;
  std::vector<Word> lists;  ///< `!name` negates
  Span span;
};

Answer Not(Answer answer) {
  return answer == Answer::Yes ? Answer::No : answer == Answer::No ? Answer::Yes : answer;
}

/// `.example.com` is the domain and all below it.
bool IsInDomain(std::string_view host, std::string_view domain) {
  if (!domain.starts_with('.')) return host == domain;
  return host == domain.substr(1) || host.ends_with(domain);
}

std::optional<std::uint32_t> NumberOf(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Answer InPorts(const AccessList& list, std::uint32_t port) {
  for (const Word& value : list.values) {
    const std::size_t dash = value.text.find('-');
    const auto first = NumberOf(std::string_view(value.text).substr(0, dash));
    const auto last =
        dash == std::string::npos ? first : NumberOf(std::string_view(value.text).substr(dash + 1));
    if (!first || !last) return Answer::Unknown;
    if (*first <= port && port <= *last) return Answer::Yes;
  }
  return Answer::No;
}

Answer InDomains(const AccessList& list, const std::string& host) {
  const bool any = std::ranges::any_of(
      list.values, [&](const Word& value) { return IsInDomain(host, value.text); });
  if (any) return Answer::Yes;
  // An address may have a name that squid looks up.
  return ParseAddress(host) ? Answer::Unknown : Answer::No;
}

class Access final : public SquidAccess {
 public:
  explicit Access(const Source& source) {
    const auto size = static_cast<std::uint32_t>(source.text.size());
    for (std::uint32_t begin = 0; begin < size;) {
      const auto end = static_cast<std::uint32_t>(
          std::min<std::size_t>(source.text.find('\n', begin), source.text.size()));
      Line(SplitLine(source, begin, end), source);
      begin = end + 1;
    }
  }

  std::uint32_t Port() const override { return port_; }

  EgressAnswer Ask(const Destination& destination) const override {
    if (destination.protocol != "tcp") return {Answer::No, {}, Confidence::Medium, {}};
    // A client may ask for a tunnel or for a page: either makes squid connect.
    EgressAnswer tunnel = Ask(destination, true);
    EgressAnswer page = Ask(destination, false);
    return page.answer > tunnel.answer ? page : tunnel;
  }

 private:
  EgressAnswer Ask(const Destination& destination, bool tunnel) const {
    EgressAnswer answer;
    answer.confidence = Confidence::Medium;  // no run of the real program stands behind this
    for (const AccessRule& rule : rules_) {
      const Answer matches = Matches(rule, destination, tunnel);
      if (matches == Answer::No) continue;
      answer.because.push_back({rule.span, -1, std::string(rule.span.Text()), "access of squid"});
      if (matches == Answer::Unknown || includes_) return answer;
      answer.answer = rule.allows ? Answer::Yes : Answer::No;
      return answer;
    }
    if (includes_) return answer;
    const bool allows = !rules_.empty() && !rules_.back().allows;
    answer.answer = allows ? Answer::Yes : Answer::No;
    return answer;
  }

  void Line(std::vector<Word> words, const Source& source) {
    const auto comment = std::ranges::find_if(
        words, [](const Word& word) { return word.span.Text().starts_with('#'); });
    words.erase(comment, words.end());
    if (words.size() < 2) return;
    const std::string& name = words[0].text;
    if (name == "include") includes_ = true;
    if (name == "http_port" && !port_seen_) {
      const std::size_t colon = words[1].text.rfind(':');
      const auto port = NumberOf(
          std::string_view(words[1].text).substr(colon == std::string::npos ? 0 : colon + 1));
      port_ = port.value_or(kDefaultPort);
      port_seen_ = true;
    }
    if (name == "acl" && words.size() > 2) {
      AccessList& list = lists_[words[1].text];
      list.type = words[2].text;
      for (std::size_t i = 3; i < words.size(); ++i) {
        if (words[i].span.Text().starts_with('"')) list.from_file = true;
        if (!words[i].text.starts_with("-")) list.values.push_back(words[i]);
      }
    }
    if (name != "http_access") return;
    const Span span{&source, words.front().span.begin, words.back().span.end};
    rules_.push_back({words[1].text == "allow", {words.begin() + 2, words.end()}, span});
  }

  Answer Matches(const AccessRule& rule, const Destination& destination, bool tunnel) const {
    Answer all = Answer::Yes;
    for (const Word& word : rule.lists) {
      const bool negated = word.text.starts_with('!');
      const Answer one = InList(word.text.substr(negated ? 1 : 0), destination, tunnel);
      all = std::min(all, negated ? Not(one) : one);
    }
    return all;
  }

  Answer InList(const std::string& name, const Destination& destination, bool tunnel) const {
    if (name == "all") return Answer::Yes;
    const auto list = lists_.find(name);
    if (name == "CONNECT" && list == lists_.end()) return tunnel ? Answer::Yes : Answer::No;
    if (list == lists_.end() || list->second.from_file) return Answer::Unknown;
    const AccessList& known = list->second;
    if (known.type == "port") return InPorts(known, destination.port);
    if (known.type == "dstdomain") return InDomains(known, destination.host);
    const bool connect =
        known.type == "method" && known.values.size() == 1 && known.values[0].text == "CONNECT";
    if (connect) return tunnel ? Answer::Yes : Answer::No;
    return Answer::Unknown;
  }

  std::map<std::string, AccessList> lists_;
  std::vector<AccessRule> rules_;
  std::uint32_t port_ = kDefaultPort;
  bool port_seen_ = false;
  bool includes_ = false;
};

}  // namespace

bool IsSquidConfig(std::string_view path, std::string_view text) {
  const bool named = path.ends_with("squid.conf") || text.starts_with("http_access ");
  return (named && text.find("http_access") != std::string_view::npos) ||
         text.find("\nhttp_access ") != std::string_view::npos;
}

std::shared_ptr<const SquidAccess> ReadSquid(const Source& source) {
  return std::make_shared<Access>(source);
}

}  // namespace sandlint
