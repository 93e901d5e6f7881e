// Addresses of pf rules and tables as sets of flows. What only the machine knows (addresses of
// interfaces, host names, routes) has bounds.

#include "scanner/egress/pf_hosts.h"

#include <utility>

namespace sandlint {
namespace {

int LengthOf(const PfHost& host) {
  return static_cast<int>(host.length.value_or(static_cast<std::uint32_t>(host.first.Bits())));
}

void AddTo(AddressList& list, const PfHost& host) {
  if (host.kind == PfHostKind::Range) {
    list.Add(host.first, host.last);
  } else {
    list.Add(Masked(host.first, LengthOf(host)), LastOf(host.first, LengthOf(host)));
  }
}

bool IsLiteral(const PfHost& host) {
  return host.kind == PfHostKind::Prefix || host.kind == PfHostKind::Range;
}

FlowSet LoopbackFlows(bool network) {
  AddressList list;
  list.Add(*ParseIp("127.0.0.1"), *ParseIp("127.0.0.1"));
  if (network) list.Add(*ParseIp("127.0.0.0"), *ParseIp("127.255.255.255"));
  list.Add(*ParseIp("::1"), *ParseIp("::1"));
  return list.Flows();
}

/// The addresses that a name stands for.
FlowBounds NamedFlows(const PfHost& host) {
  const std::string& name = host.word.text;
  FlowBounds bounds = FlowBounds::Maybe(name);
  if (name == "self" || name == "localhost" || name == "lo0" || name == "lo") {
    bounds.sure = LoopbackFlows(host.modifier == "network");
  }
  if (name == "localhost") bounds = FlowBounds::Exactly(bounds.sure);
  return bounds;
}

/// One host that is not a plain literal, as a destination.
FlowBounds DestinationOf(const PfHost& host, const std::string& anchor, const PfTables& tables) {
  if (host.kind == PfHostKind::Any) return {};
  if (IsLiteral(host)) {  // negated: the others of its family
    AddressList list;
    AddTo(list, host);
    return FlowBounds::Exactly(Subtract(FlowSet::Of(FamilyOf(host.first)), list.Flows()));
  }
  FlowBounds bounds = FlowBounds::Maybe(host.word ? host.word.text : "a route");
  if (host.kind == PfHostKind::Table) bounds = tables.Flows(anchor, host.word.text);
  if (host.kind == PfHostKind::Interface) bounds = NamedFlows(host);
  if (!host.negated) return bounds;
  FlowBounds others = Without({}, bounds);
  // A name that pfctl resolves has a family of its own: the other one does not match `! name`.
  if (host.kind == PfHostKind::Interface && !host.dynamic) others.sure = {};
  return others;
}

}  // namespace

bool IsHostName(const PfHost& host) {
  return host.kind == PfHostKind::Interface && !host.dynamic && host.word.text != "localhost" &&
         host.word.text.find('.') != std::string::npos;
}

FlowBounds DestinationOf(const std::vector<PfHost>& hosts, const std::string& anchor,
                         const PfTables& tables) {
  if (hosts.empty()) return {};
  AddressList literals;
  for (const PfHost& host : hosts) {
    if (IsLiteral(host) && !host.negated) AddTo(literals, host);
  }
  FlowBounds all = FlowBounds::Exactly(literals.Flows());
  for (const PfHost& host : hosts) {
    if (!IsLiteral(host) || host.negated) all = Unite(all, DestinationOf(host, anchor, tables));
  }
  return all;
}

FlowBounds SourceOf(const std::vector<PfHost>& hosts) {
  if (hosts.empty()) return {};
  FlowBounds all = FlowBounds::None();
  for (const PfHost& host : hosts) {
    if (host.kind == PfHostKind::Any) return {};
    const bool self = host.word.text == "self" && host.dynamic && !host.negated;
    const bool whole = host.kind == PfHostKind::Prefix && LengthOf(host) == 0 && !host.negated;
    FlowBounds one =
        IsLiteral(host) ? FlowBounds::Exactly(FlowSet::Of(FamilyOf(host.first))) : FlowBounds{};
    if (!self && !whole) one = FlowBounds::Maybe("the source address", one.possible);
    all = Unite(all, one);
  }
  return all;
}

void PfTables::Define(const std::string& anchor, const PfTable& table) {
  tables_[anchor][table.name.text] = &table;
}

const PfTable* PfTables::Find(const std::string& anchor, std::string_view name) const {
  for (const std::string& place : {anchor, std::string()}) {
    const auto inside = tables_.find(place);
    if (inside == tables_.end()) continue;
    const auto found = inside->second.find(name);
    if (found != inside->second.end()) return found->second;
  }
  return nullptr;
}

namespace {

/// The longest prefix decides: shorter ones are applied first, exceptions of a length after it.
FlowBounds TableFlows(const PfTable& table) {
  std::map<int, std::pair<AddressList, AddressList>> by_length;
  bool more = false;   // names stand for addresses that are not known
  bool fewer = false;  // as exceptions
  for (const PfTableEntry& entry : table.entries) {
    if (!IsLiteral(entry.host)) {
      (entry.host.negated ? fewer : more) = true;
      continue;
    }
    const int length = LengthOf(entry.host) + (entry.host.first.family == 6 ? 1000 : 0);
    auto& lists = by_length[length];
    AddTo(entry.host.negated ? lists.second : lists.first, entry.host);
  }
  FlowSet set;
  for (const auto& [length, lists] : by_length) {
    set = Subtract(Unite(set, lists.first.Flows()), lists.second.Flows());
  }
  const std::string doubt = "<" + table.name.text + ">";
  if (!table.missing_files.empty()) return FlowBounds::Maybe(doubt);
  FlowBounds bounds = FlowBounds::Exactly(set);
  if (more) bounds.possible = FlowSet::All();
  if (fewer) bounds.sure = {};
  if (more || fewer) bounds.doubt = doubt;
  return bounds;
}

}  // namespace

FlowBounds PfTables::Flows(const std::string& anchor, std::string_view name) const {
  const PfTable* table = Find(anchor, name);
  // Not defined, or without addresses: filled at run time.
  if (table == nullptr || (table->entries.empty() && !table->Has("const"))) {
    return FlowBounds::Maybe("<" + std::string(name) + ">");
  }
  const auto known = flows_.find(table);
  if (known != flows_.end()) return known->second;
  return flows_[table] = TableFlows(*table);
}

}  // namespace sandlint
