// Chains and rules of an nft transaction.

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "scanner/egress/nft_apply.h"

namespace sandlint {
namespace {

struct PriorityName {
  std::string_view name;
  int value;
};
constexpr std::array<PriorityName, 6> kPriorities{{{"raw", -300},
                                                   {"mangle", -150},
                                                   {"dstnat", -100},
                                                   {"filter", 0},
                                                   {"security", 50},
                                                   {"srcnat", 100}}};
constexpr int kConntrackPriority = -200;
constexpr std::array<PriorityName, 5> kBridgePriorities{
    {{"dstnat", -300}, {"filter", -200}, {"out", 100}, {"srcnat", 300}, {"", 0}}};
constexpr std::array<std::string_view, 8> kHooks{"prerouting",  "input",   "forward", "output",
                                                 "postrouting", "ingress", "egress",  ""};

std::optional<int> IntOf(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// A text such as `filter - 10`, which a variable may hold.
std::optional<int> PriorityText(const std::string& text, bool bridge) {
  if (const auto number = IntOf(text)) return number;
  const auto find = [&](const auto& table) -> std::optional<int> {
    const auto found = std::ranges::find(table, text, &PriorityName::name);
    if (found == table.end() || text.empty()) return std::nullopt;
    return found->value;
  };
  return bridge ? find(kBridgePriorities) : find(kPriorities);
}

std::optional<int> PriorityOf(const NftExpr& expr, bool bridge) {
  const NftExpr& value = Resolved(expr);
  if (value.kind == NftKind::Binary || value.kind == NftKind::Range) {
    const auto base = PriorityOf(value.parts[0], bridge);
    const auto offset = PriorityOf(value.parts[1], bridge);
    if (!base || !offset) return std::nullopt;
    return value.text == "+" ? *base + *offset : *base - *offset;
  }
  if (value.kind != NftKind::Word) return std::nullopt;
  return PriorityText(value.text, bridge);
}

bool EndsRule(const NftStatement& statement) {
  switch (statement.kind) {
    case NftDo::Verdict:
      return statement.left.text != "continue";
    case NftDo::Reject:
    case NftDo::Queue:
      return true;
    case NftDo::Nat:
      return statement.word != "tproxy";
    default:
      return false;
  }
}

}  // namespace

void NftTransaction::Chain(const NftCommand& command) {
  NftTableState* table = NeedTable(command);
  if (table == nullptr) return;
  NftChainState* chain = table->FindChain(command.name);
  switch (command.verb) {
    case NftVerb::Delete:
    case NftVerb::Destroy:
      if (chain != nullptr) {
        std::erase_if(table->chains, [&](const NftChainState& each) { return &each == chain; });
      } else if (command.verb == NftVerb::Delete && !command.handle) {
        Refuse(command, "there is no chain " + command.name + " in this table");
      }
      return;
    case NftVerb::Flush:
      if (NeedChain(command) != nullptr) RemoveNftRules(*table, *chain);
      return;
    case NftVerb::Rename:
      if (NeedChain(command) != nullptr) chain->name = command.new_name;
      return;
    case NftVerb::Create:
      if (chain != nullptr) Refuse(command, "the chain exists already");
      break;
    default:
      break;
  }
  if (chain == nullptr) {
    table->chains.push_back({command.name, command.span});
    chain = &table->chains.back();
    ++table->last_handle;
  }
  SetHook(command, *table, *chain);
  SetPolicy(command, *chain);
}

/// Some priorities belong to some hooks only.
bool NftTransaction::CheckPlace(const NftCommand& command, const NftTableState& table,
                                int priority) {
  const NftChainSpec& spec = command.chain;
  const std::string place = Resolved(spec.priority).kind == NftKind::Binary
                                ? Resolved(Resolved(spec.priority).parts[0]).text
                                : Resolved(spec.priority).text;
  const bool early = spec.hook.text == "prerouting";
  const bool late = spec.hook.text == "postrouting";
  if (table.family != "bridge" &&
      ((place.starts_with("dstnat") && !early) || (place.starts_with("srcnat") && !late))) {
    // "rule: allow src/dstnat prios in input and output" came with 1.0.8.
    const bool newer = spec.hook.text == (place.starts_with("dstnat") ? "output" : "input");
    ruleset.problems.push_back({newer ? NftTrouble::Unclear : NftTrouble::Refused,
                                spec.priority.span,
                                "the priority " + place + " at the hook " + spec.hook.text +
                                    (newer ? " needs nft 1.0.8 or later" : " is refused")});
  }
  if (spec.type.text == "nat" && priority <= kConntrackPriority) {
    Refuse(command, "a chain of type nat comes after connection tracking");
    return false;
  }
  return true;
}

void NftTransaction::SetHook(const NftCommand& command, const NftTableState& table,
                             NftChainState& chain) {
  const NftChainSpec& spec = command.chain;
  if (!spec.hook) return;
  const auto priority = PriorityOf(spec.priority, table.family == "bridge");
  if (!priority) {
    ruleset.problems.push_back({NftTrouble::Refused, spec.priority.span,
                                "this is no priority: a number, or raw, mangle, dstnat, filter, "
                                "security, srcnat with an offset"});
    return;
  }
  const bool known_type =
      spec.type.text == "filter" || spec.type.text == "nat" || spec.type.text == "route";
  if (!known_type || std::ranges::find(kHooks, spec.hook.text) == kHooks.end()) {
    return Refuse(command,
                  "there is no chain of type " + spec.type.text + " at hook " + spec.hook.text);
  }
  if (chain.base && (chain.hook != spec.hook.text || chain.priority != *priority ||
                     chain.type != spec.type.text)) {
    return Refuse(command, "the chain exists with another hook or priority");
  }
  if (spec.type.text == "route" && spec.hook.text != "output") {
    return Refuse(command, "a chain of type route belongs to the output hook");
  }
  if (!CheckPlace(command, table, *priority)) return;
  if (!chain.base) chain.registered = registered++;
  chain.base = true;
  chain.type = spec.type.text;
  chain.hook = spec.hook.text;
  chain.priority = *priority;
  chain.policy = spec.hook.span;
  for (const NftExpr& device : spec.devices) {
    const NftExpr& name = Resolved(device);
    if (name.kind == NftKind::Set) {
      for (const NftExpr& part : name.parts) chain.devices.push_back(Resolved(part).text);
    } else {
      chain.devices.push_back(name.text);
    }
  }
}

void NftTransaction::SetPolicy(const NftCommand& command, NftChainState& chain) {
  const NftExpr& policy = Resolved(command.chain.policy);
  if (!policy) return;
  if (!chain.base) return Refuse(command, "only a chain with a hook can have a policy");
  if (policy.text != "accept" && policy.text != "drop") {
    ruleset.problems.push_back(
        {policy.kind == NftKind::Hole ? NftTrouble::Unclear : NftTrouble::Refused,
         command.chain.policy.span, "a policy is accept or drop"});
    chain.doubt = "its policy is not known";
    chain.doubt_span = command.chain.policy.span;
    return;
  }
  chain.drops = policy.text == "drop";
  chain.policy = command.chain.policy.span;
}

void NftTransaction::CheckStatements(const NftCommand& command, NftTableState& table) {
  const std::vector<NftStatement>& statements = command.rule.statements;
  for (std::size_t i = 0; i + 1 < statements.size(); ++i) {
    if (!EndsRule(statements[i])) continue;
    ruleset.problems.push_back({NftTrouble::Refused, statements[i + 1].span,
                                "a statement after a verdict: nft refuses the file"});
    return;
  }
  std::vector<const NftExpr*> targets;
  for (const NftStatement& statement : statements) {
    if (statement.kind == NftDo::FillSet && statement.right.kind == NftKind::SetName) {
      if (NftSetState* set = table.FindSet(statement.right.text)) set->filled_by_rules = true;
    }
    CollectTargets(statement, table, targets);
  }
  for (const NftExpr* target : targets) {
    const NftChainState* chain = table.FindChain(target->text);
    if (chain != nullptr && !chain->base) continue;
    ruleset.problems.push_back({NftTrouble::Refused, target->span,
                                chain == nullptr ? "there is no chain " + target->text + " here"
                                                 : "a chain with a hook cannot be jumped to"});
  }
}

void NftTransaction::Rule(NftCommand command) {
  NftChainState* chain = NeedChain(command);
  if (chain == nullptr) return;
  NftTableState& table = *FindTable(command);
  auto& rules = chain->rules;
  const auto at_handle = std::ranges::find_if(
      rules, [&](const auto& entry) { return command.handle && entry.handle == *command.handle; });
  if (command.handle && at_handle == rules.end()) {
    // Handles count what was loaded before; this one may be any rule.
    chain->doubt = "which rule has this handle is not known";
    chain->doubt_span = command.span;
    ruleset.problems.push_back({NftTrouble::Unclear, command.span, chain->doubt});
    return;
  }
  if (command.verb == NftVerb::Delete || command.verb == NftVerb::Destroy) {
    if (command.handle) rules.erase(at_handle);
    return;
  }
  CheckStatements(command, table);
  if (command.verb == NftVerb::Replace) {
    if (command.handle) at_handle->rule = std::move(command.rule);
    return;
  }
  if (command.index && *command.index >= rules.size()) {
    return Refuse(command, "the chain has no rule with this index");
  }
  auto place = command.verb == NftVerb::Insert ? rules.begin() : rules.end();
  if (command.index) place = rules.begin() + static_cast<std::ptrdiff_t>(*command.index);
  if (command.handle) place = at_handle;
  if ((command.index || command.handle) && command.verb != NftVerb::Insert) ++place;
  for (const NftStatement& statement : command.rule.statements) {
    // An anonymous set takes a handle too.
    if (Resolved(statement.right).kind == NftKind::Set) ++table.last_handle;
  }
  rules.insert(place, {std::move(command.rule), ++table.last_handle});
}

}  // namespace sandlint
