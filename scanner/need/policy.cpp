#include "scanner/need/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "model/finding.h"
#include "model/need.h"
#include "scanner/parse/node.h"

namespace sandlint {
namespace {

/// `.` and blanks are no reasons.
bool SaysSomething(const Word& reason) {
  return std::ranges::any_of(reason.text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) != 0 || byte > 127;
  });
}

class Reader {
 public:
  explicit Reader(const Source& source) : document_(ParseToml(source)) { policy_.source = &source; }

  Policy Run() {
    for (const ParseProblem& problem : document_.problems) Problem(problem.where, problem.text);
    if (!document_.Ok()) return std::move(policy_);
    for (const Member& member : document_.root.members) {
      const auto section = std::ranges::find(kSections, member.key.text, &Section::key);
      if (section == kSections.end()) {
        Problem(member.key.span, fmt::format("no section '{}' is known", member.key.text));
      } else {
        (this->*section->read)(member.value);
      }
    }
    return std::move(policy_);
  }

 private:
  struct Section {
    std::string_view key;
    void (Reader::*read)(const Node&);
  };
  static const std::array<Section, 5> kSections;

  void Problem(const Span& where, std::string text) {
    policy_.problems.push_back({where, -1, std::move(text), {}});
  }

  /// The strings of an array; anything else is a problem.
  std::vector<Word> Strings(const Node& node) {
    std::vector<Word> words;
    if (!node.Is(NodeType::Array)) {
      Problem(node.span, "a list of strings is expected");
      return words;
    }
    for (const Node& item : node.items) {
      if (item.Is(NodeType::String)) {
        words.push_back(item.word);
      } else {
        Problem(item.span, "a string is expected");
      }
    }
    return words;
  }

  Word String(const Node& node) {
    if (node.Is(NodeType::String)) return node.word;
    Problem(node.span, "a string is expected");
    return {};
  }

  Word Date(const Node& node) {
    Word word = node.word;  // a TOML date or a string that holds one
    if (IsDate(word.text)) return word;
    Problem(node.span, "a date of the form YYYY-MM-DD is expected");
    return {};
  }

  void ReadExclude(const Node& node) { policy_.excludes = Strings(node); }

  void ReadSeverity(const Node& node) {
    for (const Member& member : node.members) {
      const Word severity = String(member.value);
      const bool known = severity.text == NameOf(Severity::Error) ||
                         severity.text == NameOf(Severity::Warning) ||
                         severity.text == NameOf(Severity::Note);
      if (!known) {
        Problem(member.value.span, "a severity is error, warning or note");
        continue;
      }
      policy_.severities.push_back({member.key, severity});
    }
  }

  void ReadServers(const Node& node) {
    for (const Member& member : node.members) {
      ServerPolicy server;
      server.name = member.key;
      for (const Member& key : member.value.members) {
        if (key.key.text == "class") {
          server.server_class = String(key.value);
          if (ServerClassByName(server.server_class.text) == ServerClass::Unknown) {
            Problem(key.value.span, fmt::format("no class '{}' is known", key.value.word.text));
          }
        } else if (key.key.text == "hosts") {
          server.hosts = Strings(key.value);
          server.hosts_key = key.key;
        } else if (key.key.text == "paths") {
          server.paths = Strings(key.value);
          server.paths_key = key.key;
        } else if (key.key.text == "env") {
          server.variables = Strings(key.value);
        } else if (key.key.text == "traces") {
          server.traces = Strings(key.value);
        } else {
          Problem(key.key.span, fmt::format("no key '{}' of a server is known", key.key.text));
        }
      }
      policy_.servers.push_back(std::move(server));
    }
  }

  void ReadSuppressions(const Node& node) {
    for (const Node& entry : node.items) {
      Suppression suppression;
      suppression.where = entry.span;
      std::string who;
      for (const Member& key : entry.members) {
        if (key.key.text == "rule")
          suppression.rule = String(key.value);
        else if (key.key.text == "server")
          suppression.server = String(key.value);
        else if (key.key.text == "reason")
          suppression.reason = String(key.value);
        else if (key.key.text == "who")
          who = String(key.value).text;
        else if (key.key.text == "expires")
          suppression.expires = Date(key.value);
        else
          Problem(key.key.span, fmt::format("no key '{}' of a suppression is known", key.key.text));
        // An expiry that cannot be read must not turn into "never".
        if (key.key.text == "expires" && suppression.expires.text.empty()) suppression.rule = {};
      }
      if (suppression.rule.text.empty() || !SaysSomething(suppression.reason)) {
        Problem(entry.span, "a suppression needs a rule and a reason; this one has no effect");
        continue;
      }
      if (!who.empty()) suppression.reason.text += fmt::format(" ({})", who);
      policy_.suppressions.push_back(std::move(suppression));
    }
  }

  void ReadAttestations(const Node& node) {
    for (const Node& entry : node.items) {
      Attestation attestation;
      attestation.where = entry.span;
      for (const Member& key : entry.members) {
        const std::string& name = key.key.text;
        if (name == "item")
          attestation.item = Item(key.value);
        else if (name == "server")
          attestation.server = String(key.value);
        else if (name == "who")
          attestation.who = String(key.value);
        else if (name == "date")
          attestation.date = Date(key.value);
        else if (name == "reason")
          attestation.reason = String(key.value);
        else if (name == "expires")
          attestation.expires = Date(key.value);
        else
          Problem(key.key.span, fmt::format("no key '{}' of an attestation is known", name));
        if (name == "expires" && attestation.expires.text.empty()) attestation.item = 0;
      }
      if (attestation.item == 0 || attestation.who.text.empty() || attestation.date.text.empty() ||
          !SaysSomething(attestation.reason)) {
        Problem(entry.span,
                "an attestation needs item, who, date and reason; this one has no effect");
        continue;
      }
      policy_.attestations.push_back(std::move(attestation));
    }
  }

  int Item(const Node& node) {
    int item = 0;
    const std::string& text = node.word.text;
    std::from_chars(text.data(), text.data() + text.size(), item);
    if (node.Is(NodeType::Number) && item >= 1 && item <= 12) return item;
    Problem(node.span, "an item of the checklist is a number from 1 to 12");
    return 0;
  }

  Document document_;
  Policy policy_;
};

const std::array<Reader::Section, 5> Reader::kSections{{
    {"exclude", &Reader::ReadExclude},
    {"severity", &Reader::ReadSeverity},
    {"server", &Reader::ReadServers},
    {"suppress", &Reader::ReadSuppressions},
    {"attest", &Reader::ReadAttestations},
}};

}  // namespace

bool IsDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  int month = 0;
  int day = 0;
  for (const std::size_t at : {0, 1, 2, 3, 5, 6, 8, 9}) {
    if (text[at] < '0' || text[at] > '9') return false;
  }
  std::from_chars(text.data() + 5, text.data() + 7, month);
  std::from_chars(text.data() + 8, text.data() + 10, day);
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

Policy ReadPolicy(const Source& source) { return Reader(source).Run(); }

}  // namespace sandlint
