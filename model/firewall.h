#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/support.h"

namespace sandlint {

/// Where a server asks to connect to. `host` is a name or an address in text form.
struct Destination {
  std::string protocol;  ///< tcp, udp, icmp
  std::string host;
  std::uint32_t port = 0;
};

struct EgressAnswer {
  Answer answer = Answer::Unknown;
  Because because;
  Confidence confidence = Confidence::High;
  std::vector<std::string> assuming;
};

/// Answers for the firewall of a machine, for one user. Immutable; implemented by scanner/egress.
class FlowFilter {
 public:
  virtual ~FlowFilter() = default;
  virtual EgressAnswer Ask(const Destination& destination) const = 0;
};

/// A proxy that a variable of the server names. Nothing makes a program ask it, and where nothing
/// else gets out it decides what does.
struct Proxy {
  Destination at;
  Evidence variable;                         ///< without the value, which may hold a password
  std::shared_ptr<const FlowFilter> access;  ///< what it lets out; null: not known
};

/// A kind of flow that a firewall lets out to a great part of all addresses.
struct OpenFlow {
  std::string kind;     ///< `IPv6 UDP`
  std::string witness;  ///< one flow that leaves: `udp://[2001:db8::1]:53`
  Evidence line;        ///< what lets it
  bool names = false;   ///< port 53: names are looked up
};

/// Some addresses that a firewall lets somebody reach, and whose they are.
struct AllowedBlock {
  std::string prefix;     ///< `140.82.112.0/20`
  std::string protocols;  ///< `tcp`, `tcp, udp`, `any`
  std::string ports;      ///< `443`, `any`
  Evidence line;
  std::string owner;    ///< by published data; empty: not known
  bool shared = false;  ///< anybody can have a host there (a CDN)
  /// Do they belong to a documented host, on its port?
  Answer documented = Answer::Unknown;
  std::string objection;  ///< why they do not: a clause
};

/// Published addresses of a documented host that do not get out.
struct MissingPrefixes {
  std::string host, owner, date;
  std::size_t lost = 0, all = 0;
};

/// What is let out to few addresses, against the hosts that are documented.
struct Allowlist {
  std::vector<AllowedBlock> blocks;  ///< without loopback and name servers
  bool complete = true;              ///< false: there are too many to tell one by one
  std::vector<MissingPrefixes> missing;
};

/// What the firewall files of the tree, or of the machine, do for the user of a launch.
struct HostFirewall {
  std::shared_ptr<const FlowFilter> filter;  ///< null: no file is known
  bool governs = false;                      ///< something of this user is stopped, or may be
  bool sure = true;                          ///< nothing is left uncertain
  std::vector<OpenFlow> open;
  std::vector<std::string> allowed;  ///< all that leaves: protocols, ports and prefixes
  Allowlist allowlist;
  Because files;                      ///< where the rules stand
  std::vector<std::string> assuming;  ///< what all of that relies on: that a file is loaded
};

enum class FirewallRemarkKind : std::uint8_t {
  Refused,       ///< the tool refuses the file as a whole
  NeverAsked,    ///< an anchor that no pf.conf refers to
  UserUnused,    ///< rules for a user that no server has
  HoldsNobody,   ///< rules for what this machine sends that hold no server
  Misleads,      ///< a line that does less, or more, than it seems to
  ResolvedOnce,  ///< a name that is looked up when the rules are loaded
};

/// Something that a reader of a firewall file should know, whoever asks.
struct FirewallRemark {
  FirewallRemarkKind kind = FirewallRemarkKind::Refused;
  Evidence line;     ///< `note`: a clause that stands alone
  std::string user;  ///< of UserUnused
};

}  // namespace sandlint
