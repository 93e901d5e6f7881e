// The clauses behind the peers of a rule, one row each (pf.conf(5) of OpenBSD 7, FreeBSD 14,
// macOS).

#include "scanner/parse/pf_clause.h"

#include <algorithm>
#include <iterator>

namespace sandlint {
namespace {

using Shape = PfShape;
constexpr auto kM = Support::Modelled;
constexpr auto kI = Support::Irrelevant;
constexpr auto kU = Support::Unmodelled;
constexpr PfClause kRows[] = {
    {"af-to", Shape::Af, kU},
    {"allow-opts", Shape::Bare, kI},
    {"allow-related", Shape::Bare, kI},
    {"binat-to", Shape::Target, kU},
    {"bitmask", Shape::Bare, kI},
    {"divert", Shape::Divert, kU},
    {"divert-packet", Shape::Divert, kU},
    {"divert-reply", Shape::Bare, kI},
    {"divert-to", Shape::Divert, kU},
    {"dnpipe", Shape::OneOrMany, kI},
    {"dnqueue", Shape::OneOrMany, kI},
    {"dup-to", Shape::Route, kU},
    {"endpoint-independent", Shape::Bare, kI},
    {"fastroute", Shape::Bare, kI},
    {"flags", Shape::Flags, kM},
    {"fragment", Shape::Fragment, kU},
    {"group", Shape::Groups, kM},
    {"icmp-type", Shape::Icmp, kM},
    {"icmp6-type", Shape::Icmp6, kM},
    {"ipv6-icmp-type", Shape::Icmp6, kM},
    {"keep", Shape::State, kI},
    {"label", Shape::One, kI},
    {"least-states", Shape::Bare, kI},
    {"map-e-portset", Shape::Portset, kI},
    {"max-mss", Shape::One, kI},
    {"max-pkt-rate", Shape::Number2, kU},
    {"max-pkt-size", Shape::One, kU},
    {"min-ttl", Shape::One, kI},
    {"modulate", Shape::State, kI},
    {"nat-to", Shape::Target, kI},
    {"no", Shape::NoState, kI},
    {"no-df", Shape::Bare, kI},
    {"once", Shape::Bare, kU},
    {"os", Shape::One, kU},
    {"prefer-ipv6-nexthop", Shape::Bare, kI},
    {"prio", Shape::One, kU},
    {"probability", Shape::Percent, kU},
    {"queue", Shape::OneOrMany, kI},
    {"random", Shape::Bare, kI},
    {"random-id", Shape::Bare, kI},
    {"rdr-to", Shape::Target, kU},
    {"reassemble", Shape::Reassemble, kI},
    {"received-on", Shape::One, kU},
    {"reply-to", Shape::Route, kI},
    {"ridentifier", Shape::One, kI},
    {"round-robin", Shape::Bare, kI},
    {"route-to", Shape::Route, kU},
    {"rtable", Shape::One, kU},
    {"scrub", Shape::OneOrMany, kI},
    {"set", Shape::Set, kI},
    {"set-tos", Shape::One, kI},
    {"source-hash", Shape::Hash, kI},
    {"static-port", Shape::Bare, kI},
    {"sticky-address", Shape::Bare, kI},
    {"synproxy", Shape::State, kI},
    {"tag", Shape::One, kM},
    {"tagged", Shape::One, kM},
    {"tos", Shape::One, kU},
    {"user", Shape::Users, kM},
};

}  // namespace

const PfClause* FindPfClause(std::string_view name) {
  const auto* row = std::find_if(std::begin(kRows), std::end(kRows),
                                 [&](const PfClause& one) { return one.name == name; });
  return row == std::end(kRows) ? nullptr : row;
}

}  // namespace sandlint
