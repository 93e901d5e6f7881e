// The lines of iptables-restore and of `iptables` commands, applied in order. A section takes
// effect at its COMMIT; `*table` empties the table unless it is loaded with --noflush.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scanner/egress/iptables_rule.h"

namespace sandlint {
namespace {

class Tables {
 public:
  Tables(IptTables& tables, std::vector<IptablesRemark>& remarks)
      : tables_(tables), remarks_(remarks) {}

  void Apply(const IptablesInput& input) {
    keeps_ = input.keeps;
    for (const ParseProblem& problem : input.file->problems) {
      Remark(IptablesRemarkKind::Refused, problem.where,
             fmt::format("{}: iptables-restore stops there", problem.text));
    }
    for (const IptablesLine& line : input.file->lines) Line(line);
    if (!section_.empty()) {
      Remark(IptablesRemarkKind::NotCommitted, begin_,
             fmt::format("no COMMIT: the table {} is not loaded", section_));
    }
    section_.clear();
  }

 private:
  void Remark(IptablesRemarkKind kind, Span where, std::string text) {
    remarks_.push_back({kind, where, std::move(text)});
  }

  void Line(const IptablesLine& line) {
    if (line.verb == IptablesVerb::Table) {
      section_ = line.table.text;
      begin_ = line.span;
      pending_ = keeps_ ? tables_[section_] : IptTable{};
    } else if (line.verb == IptablesVerb::Commit) {
      if (!section_.empty()) tables_[section_] = std::move(pending_);
      section_.clear();
    } else if (!section_.empty()) {
      Command(line, pending_);
    } else {
      Command(line, tables_[line.table ? line.table.text : "filter"]);
    }
  }

  void Command(const IptablesLine& line, IptTable& table) {
    switch (line.verb) {
      case IptablesVerb::DefineChain:
        return Define(line, table);
      case IptablesVerb::Policy:
        return Policy(line, table);
      case IptablesVerb::Append:
        table.chains[line.chain.text].rules.push_back(&line);
        return;
      case IptablesVerb::Insert:
        return Insert(line, table);
      case IptablesVerb::Replace:
        return Replace(line, table);
      case IptablesVerb::Delete:
        return Delete(line, table);
      case IptablesVerb::Flush:
        return Flush(line, table);
      case IptablesVerb::DeleteChain:
        return Remove(line, table);
      case IptablesVerb::Rename:
        return Rename(line, table);
      default:
        return;
    }
  }

  static void Define(const IptablesLine& line, IptTable& table) {
    IptChain& chain = table.chains[line.chain.text];
    if (line.policy.text == "-" || line.policy.text.empty()) {
      chain.rules.clear();
    } else {
      chain.policy = line.policy;
    }
    chain.where = line.span;
  }

  static void Policy(const IptablesLine& line, IptTable& table) {
    IptChain& chain = table.chains[line.chain.text];
    chain.policy = line.policy;
    chain.where = line.span;
  }

  static void Insert(const IptablesLine& line, IptTable& table) {
    auto& rules = table.chains[line.chain.text].rules;
    const std::size_t at =
        std::min<std::size_t>(std::max(line.number.value_or(1), 1U) - 1, rules.size());
    rules.insert(rules.begin() + static_cast<std::ptrdiff_t>(at), &line);
  }

  void Replace(const IptablesLine& line, IptTable& table) {
    auto& rules = table.chains[line.chain.text].rules;
    const std::size_t number = line.number.value_or(0);
    if (number < 1 || number > rules.size()) {
      return Remark(IptablesRemarkKind::Refused, line.span, "there is no such rule to replace");
    }
    rules[number - 1] = &line;
  }

  void Delete(const IptablesLine& line, IptTable& table) {
    auto& rules = table.chains[line.chain.text].rules;
    if (line.number) {
      if (*line.number < 1 || *line.number > rules.size()) {
        return Remark(IptablesRemarkKind::Refused, line.span, "there is no such rule to delete");
      }
      rules.erase(rules.begin() + (*line.number - 1));
      return;
    }
    const auto same = std::find_if(rules.begin(), rules.end(), [&](const IptablesLine* rule) {
      return std::equal(rule->words.begin(), rule->words.end(), line.words.begin(),
                        line.words.end(),
                        [](const Word& a, const Word& b) { return a.text == b.text; });
    });
    if (same != rules.end()) {
      rules.erase(same);
    } else {
      Remark(IptablesRemarkKind::Refused, line.span, "there is no such rule to delete");
    }
  }

  static void Flush(const IptablesLine& line, IptTable& table) {
    for (auto& [name, chain] : table.chains) {
      if (!line.chain || name == line.chain.text) chain.rules.clear();
    }
  }

  static void Remove(const IptablesLine& line, IptTable& table) {
    std::erase_if(table.chains, [&](const auto& entry) {
      const bool built_in = entry.second.policy && entry.second.policy.text != "-";
      return line.chain ? entry.first == line.chain.text && !built_in
                        : !built_in && entry.second.rules.empty() && entry.first != "OUTPUT";
    });
  }

  static void Rename(const IptablesLine& line, IptTable& table) {
    auto node = table.chains.extract(line.chain.text);
    if (node.empty()) return;
    node.key() = line.policy.text;
    table.chains.insert(std::move(node));
  }

  IptTables& tables_;
  std::vector<IptablesRemark>& remarks_;
  std::string section_;
  Span begin_;
  IptTable pending_;
  bool keeps_ = false;
};

}  // namespace

IptTables ApplyIptables(const IptablesRuleset& ruleset, Family family,
                        std::vector<IptablesRemark>& remarks) {
  IptTables tables;
  Tables apply(tables, remarks);
  for (const IptablesInput& input : ruleset.files) {
    if (input.family == family && input.file != nullptr) apply.Apply(input);
  }
  return tables;
}

}  // namespace sandlint
