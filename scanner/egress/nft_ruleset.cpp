// Runs the commands of an nft file, one after the other, as one transaction.

#include "scanner/egress/nft_ruleset.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "scanner/egress/nft_apply.h"

namespace sandlint {
namespace {

constexpr std::size_t kMostRemovals = 20'000'000;

}  // namespace

NftChainState* NftTableState::FindChain(std::string_view chain) {
  const auto found = std::ranges::find(chains, chain, &NftChainState::name);
  return found == chains.end() ? nullptr : &*found;
}
const NftChainState* NftTableState::FindChain(std::string_view chain) const {
  const auto found = std::ranges::find(chains, chain, &NftChainState::name);
  return found == chains.end() ? nullptr : &*found;
}
NftSetState* NftTableState::FindSet(std::string_view set) {
  const auto found = std::ranges::find(sets, set, &NftSetState::name);
  return found == sets.end() ? nullptr : &*found;
}
const NftSetState* NftTableState::FindSet(std::string_view set) const {
  const auto found = std::ranges::find(sets, set, &NftSetState::name);
  return found == sets.end() ? nullptr : &*found;
}

bool NftRuleset::Refused() const { return FirstRefusal() != nullptr; }

const NftProblem* NftRuleset::FirstRefusal() const {
  const auto found = std::ranges::find(problems, NftTrouble::Refused, &NftProblem::trouble);
  return found == problems.end() ? nullptr : &*found;
}
const NftProblem* NftRuleset::FirstGap() const {
  const auto found = std::ranges::find(problems, NftTrouble::Missing, &NftProblem::trouble);
  return found == problems.end() ? nullptr : &*found;
}

void NftTransaction::Refuse(const NftCommand& command, std::string text) {
  ruleset.problems.push_back({NftTrouble::Refused, command.span, std::move(text)});
}

void RemoveNftRules(NftTableState& table, NftChainState& chain) {
  for (auto& entry : chain.rules) table.removed.push_back(std::move(entry.rule));
  chain.rules.clear();
}

NftTableState* NftTransaction::FindTable(const NftCommand& command) {
  for (NftTableState& table : ruleset.tables) {
    if (table.family == command.family && table.name == command.table) return &table;
  }
  return nullptr;
}

NftTableState* NftTransaction::NeedTable(const NftCommand& command) {
  NftTableState* table = FindTable(command);
  if (table == nullptr) {
    Refuse(command, "there is no table " + command.family + " " + command.table + " here");
  }
  return table;
}

NftChainState* NftTransaction::NeedChain(const NftCommand& command) {
  NftTableState* table = NeedTable(command);
  if (table == nullptr) return nullptr;
  NftChainState* chain = table->FindChain(command.name);
  if (chain == nullptr) Refuse(command, "there is no chain " + command.name + " in this table");
  return chain;
}

void NftTransaction::Table(const NftCommand& command) {
  NftTableState* table = FindTable(command);
  switch (command.verb) {
    case NftVerb::Delete:
    case NftVerb::Destroy:
      if (table != nullptr) {
        std::erase_if(ruleset.tables, [&](const NftTableState& each) { return &each == table; });
      } else if (command.verb == NftVerb::Delete && !command.handle) {
        Refuse(command, "there is no table " + command.family + " " + command.table +
                            " to delete on a machine without rules");
      }
      ruleset.flushes = true;
      return;
    case NftVerb::Flush:
      if (NeedTable(command) == nullptr) return;
      for (NftChainState& chain : table->chains) RemoveNftRules(*table, chain);
      return;
    case NftVerb::Create:
      if (table != nullptr) Refuse(command, "the table exists already");
      break;
    default:
      break;
  }
  if (table == nullptr) {
    ruleset.tables.push_back({command.family, command.table});
    table = &ruleset.tables.back();
  }
  // Without the flag a table that slept is awake again.
  table->dormant = std::ranges::find(command.flags, "dormant") != command.flags.end();
}

void NftTransaction::Flush(const NftCommand& command) {
  ruleset.flushes = true;
  std::erase_if(ruleset.tables, [&](const NftTableState& table) {
    return command.family.empty() || table.family == command.family;
  });
}

void NftTransaction::Set(NftCommand command) {
  NftTableState* table = NeedTable(command);
  if (table == nullptr) return;
  NftSetState* set = table->FindSet(command.name);
  const bool removes = command.verb == NftVerb::Delete || command.verb == NftVerb::Destroy;
  if (removes || command.verb == NftVerb::Flush) {
    if (set == nullptr) {
      if (command.verb != NftVerb::Destroy) Refuse(command, "there is no such set");
    } else if (removes) {
      std::erase_if(table->sets, [&](const NftSetState& each) { return &each == set; });
    } else {
      set->elements.clear();
    }
    return;
  }
  if (set != nullptr && command.verb == NftVerb::Create) Refuse(command, "the set exists already");
  if (set == nullptr) {
    if (command.set.key.empty()) Refuse(command, "a set needs a type");
    table->sets.push_back({command.name, command.set, {}, false});
    set = &table->sets.back();
    ++table->last_handle;
  }
  std::ranges::move(command.elements, std::back_inserter(set->elements));
}

void NftTransaction::Element(NftCommand command) {
  NftTableState* table = NeedTable(command);
  NftSetState* set = table == nullptr ? nullptr : table->FindSet(command.name);
  if (set == nullptr) {
    if (table != nullptr) Refuse(command, "there is no set " + command.name + " in this table");
    return;
  }
  if (command.verb != NftVerb::Delete && command.verb != NftVerb::Destroy) {
    std::ranges::move(command.elements, std::back_inserter(set->elements));
    return;
  }
  removals += command.elements.size() * set->elements.size();
  if (removals > kMostRemovals) {  // what is left is not worked out
    set->filled_by_rules = true;
    return;
  }
  for (const NftExpr& gone : command.elements) {
    const std::string text(gone.kind == NftKind::Pair ? gone.parts[0].span.Text()
                                                      : gone.span.Text());
    const auto matches = [&](const NftExpr& each) {
      const NftExpr& key = each.kind == NftKind::Pair ? each.parts[0] : each;
      return key.span.Text() == text;
    };
    if (std::erase_if(set->elements, matches) == 0 && command.verb == NftVerb::Delete) {
      Refuse(command, "the set has no element " + text);
    }
  }
}

void NftTransaction::Named(const NftCommand& command) {
  NftTableState* table = NeedTable(command);
  if (table == nullptr) return;
  if (command.verb == NftVerb::Delete || command.verb == NftVerb::Destroy) {
    table->objects.erase(command.name);
    return;
  }
  ++table->last_handle;
  table->objects[command.name] = command.object_type;
}

NftRuleset ApplyNft(NftFile file) {
  NftTransaction transaction;
  transaction.ruleset.problems = std::move(file.problems);
  transaction.ruleset.empty_globs = std::move(file.empty_globs);
  for (NftCommand& command : file.commands) {
    if (command.verb == NftVerb::Destroy) {
      transaction.ruleset.problems.push_back(
          {NftTrouble::Unclear, command.span, "destroy needs nft 1.0.7 or later"});
    }
    switch (command.object) {
      case NftObject::Ruleset:
        transaction.Flush(command);
        break;
      case NftObject::Table:
        transaction.Table(command);
        break;
      case NftObject::Chain:
        transaction.Chain(command);
        break;
      case NftObject::Rule:
        transaction.Rule(std::move(command));
        break;
      case NftObject::Set:
        transaction.Set(std::move(command));
        break;
      case NftObject::Element:
        transaction.Element(std::move(command));
        break;
      case NftObject::Flowtable:
      case NftObject::Named:
        transaction.Named(command);
        break;
    }
  }
  CheckNftJumps(transaction.ruleset);
  return std::move(transaction.ruleset);
}

}  // namespace sandlint
