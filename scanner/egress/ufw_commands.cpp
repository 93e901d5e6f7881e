// ufw(8), 0.36: `ufw default deny outgoing`, `ufw allow out to 192.0.2.0/24 port 443 proto tcp`.

#include "scanner/egress/ufw_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "scanner/egress/bounds.h"
#include "scanner/parse/ip_text.h"
#include "scanner/parse/service_names.h"

namespace sandlint {
namespace {

/// Commands that change nothing of what may leave.
constexpr auto kOthers =
    std::to_array<std::string_view>({"status", "show", "logging", "version", "app", "reload",
                                     "enable", "help", "--version", "--help", "-h"});

/// A rule, as far as it has been read.
struct Rule {
  std::string verdict;
  bool out = false;
  std::string device, from, to, port, protocol;
};

std::string VerdictOf(const std::string& action) {
  if (action == "allow") return "ACCEPT";
  if (action == "deny") return "DROP";
  return action == "reject" ? "REJECT" : "";
}

/// 53, 53/udp, 80,443/tcp, 1000:2000/tcp, https: what ufw takes without `port`.
bool TakeSimplePort(std::string text, Rule& rule) {
  if (const std::size_t slash = text.find('/'); slash != std::string::npos) {
    rule.protocol = text.substr(slash + 1);
    text.resize(slash);
  }
  const bool digits = text.find_first_not_of("0123456789,:") == std::string::npos;
  const auto service = digits ? std::nullopt : PortOfService(text);
  if (!digits && !service) return false;  // perhaps the profile of an application
  rule.port = digits ? text : std::to_string(*service);
  return !rule.port.empty();
}

class Reader {
 public:
  explicit Reader(const std::vector<Word>& words) : words_(words) {}

  /// The word at which it ends to be understood.
  std::optional<Word> Read(Rule& rule) {
    while (at_ < words_.size() && words_[at_].text.starts_with("--")) ++at_;
    if (Next() == "rule") ++at_;
    const std::string action = Next();
    rule.verdict = VerdictOf(action);
    if (rule.verdict.empty()) return Here();
    ++at_;
    if (Next() == "in" || Next() == "out") rule.out = Take() == "out";
    if (Next() == "on") {
      ++at_;
      rule.device = Take();
    }
    if (Next() == "log" || Next() == "log-all") ++at_;
    const std::string first = Next();
    const bool full = first == "from" || first == "to" || first == "proto" || first == "port";
    if (!first.empty() && first != "comment" && !full && !TakeSimplePort(Take(), rule)) {
      --at_;
      return Here();
    }
    return Rest(rule);
  }

 private:
  std::optional<Word> Rest(Rule& rule) {
    bool of_source = false;
    while (at_ < words_.size()) {
      const std::string key = Take();
      if (key == "comment") return std::nullopt;
      const std::string value = Next();
      if (value.empty()) return words_.back();
      if (key == "from" || key == "to") {
        of_source = key == "from";
        (of_source ? rule.from : rule.to) = value == "any" ? "" : value;
      } else if (key == "proto") {
        rule.protocol = value == "any" ? "" : value;
      } else if (key == "port" && !of_source && TakeSimplePort(value, rule)) {
      } else {
        return Here();  // the port of a source, an application
      }
      ++at_;
    }
    return std::nullopt;
  }

  std::string Next() const { return at_ < words_.size() ? words_[at_].text : ""; }
  std::string Take() { return at_ < words_.size() ? words_[at_++].text : ""; }
  std::optional<Word> Here() const { return words_[std::min(at_, words_.size() - 1)]; }

  const std::vector<Word>& words_;
  std::size_t at_ = 0;
};

void AddRule(const Rule& rule, const std::string& protocol, const Span& span, Family family,
             IptablesFile& to) {
  const std::string chain = family == Family::V4 ? "ufw-user-output" : "ufw6-user-output";
  std::vector<std::string> words{"-A", chain};
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {option, value});
  };
  add("-o", rule.device);
  add("-s", rule.from);
  add("-d", rule.to);
  add("-p", protocol);
  const bool several = rule.port.find(',') != std::string::npos;
  if (several) words.insert(words.end(), {"-m", "multiport"});
  add(several ? "--dports" : "--dport", rule.port);
  words.insert(words.end(), {"-j", rule.verdict});
  to.lines.push_back(IptablesLineOf(words, span));
}

void AddRule(const Rule& rule, const Span& span, UfwCommands& commands) {
  const auto fits = [&](Family family) {
    for (const std::string& address : {rule.from, rule.to}) {
      const auto ip = ParseIp(address.substr(0, address.find('/')));
      if (ip && FamilyOf(*ip) != family) return false;
    }
    return true;
  };
  std::vector<std::string> protocols{rule.protocol};
  if (rule.protocol.empty() && !rule.port.empty()) protocols = {"tcp", "udp"};
  for (const std::string& protocol : protocols) {
    if (fits(Family::V4)) AddRule(rule, protocol, span, Family::V4, commands.v4);
    if (fits(Family::V6)) AddRule(rule, protocol, span, Family::V6, commands.v6);
  }
}

void SetPolicy(const std::string& action, const Span& span, UfwCommands& commands) {
  // ufw rejects what is left in a chain of its own; dropped and rejected are the same here.
  const std::string policy = action == "allow" ? "ACCEPT" : "DROP";
  for (IptablesFile* file : {&commands.v4, &commands.v6}) {
    file->lines.push_back(IptablesLineOf({"-P", "OUTPUT", policy}, span));
  }
}

}  // namespace

std::optional<Word> AddUfwCommand(const std::vector<Word>& words, const Span& span,
                                  UfwCommands& commands) {
  std::size_t at = 0;
  while (at < words.size() && words[at].text.starts_with("--")) {
    if (words[at].text == "--dry-run") return std::nullopt;
    ++at;
  }
  if (at >= words.size()) return std::nullopt;
  const std::string& verb = words[at].text;
  if (verb == "enable" || verb == "disable") commands.off = verb == "disable";
  if (verb == "enable" || verb == "disable") commands.used = true;
  if (std::ranges::find(kOthers, verb) != kOthers.end() || verb == "disable" || verb == "route") {
    return std::nullopt;
  }
  if (verb == "reset") {
    commands = {};
    return std::nullopt;
  }
  if (verb == "default") {
    const bool outgoing = at + 2 < words.size() && words[at + 2].text == "outgoing";
    if (!outgoing) return std::nullopt;
    commands.used = true;
    if (VerdictOf(words[at + 1].text).empty()) return words[at + 1];
    SetPolicy(words[at + 1].text, span, commands);
    return std::nullopt;
  }
  Rule rule;
  auto strange = Reader(words).Read(rule);
  const bool out = std::ranges::any_of(words, [](const Word& word) { return word.text == "out"; });
  if (!out) return std::nullopt;
  commands.used = true;
  if (!strange) AddRule(rule, span, commands);
  return strange;
}

UfwRules AssembleUfw(const UfwCommands& commands, Workspace& workspace) {
  UfwRules rules = AssembleUfw(std::vector<UfwFile>{}, workspace);
  rules.assuming = {"ufw is enabled, and has no rules but those of the script"};
  rules.ruleset.files.push_back({Family::V4, &commands.v4, true});
  rules.ruleset.files.push_back({Family::V6, &commands.v6, true});
  return rules;
}

}  // namespace sandlint
