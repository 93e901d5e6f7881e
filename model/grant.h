#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/firewall.h"
#include "model/layer.h"
#include "model/support.h"

namespace sandlint {

/// Rights are a set, not a chain: a read-only bind does not take `connect` from a socket.
enum class Right : std::uint8_t { Read = 1, Write = 2, Exec = 4, Connect = 8 };

struct Rights {
  std::uint8_t bits = 0;
  constexpr Rights() = default;
  constexpr Rights(Right right) : bits(static_cast<std::uint8_t>(right)) {}  // NOLINT: a set of one
  constexpr explicit Rights(std::uint8_t all) : bits(all) {}
  constexpr bool Has(Right right) const { return (bits & static_cast<std::uint8_t>(right)) != 0; }
  constexpr bool None() const { return bits == 0; }
  constexpr Rights operator|(Rights other) const {
    return Rights(static_cast<std::uint8_t>(bits | other.bits));
  }
  constexpr Rights operator&(Rights other) const {
    return Rights(static_cast<std::uint8_t>(bits & other.bits));
  }
  friend constexpr bool operator==(Rights, Rights) = default;
};
constexpr Rights operator|(Right a, Right b) { return Rights(a) | Rights(b); }
inline constexpr Rights kAllRights{15};

enum class Backing : std::uint8_t {
  None,       ///< nothing is there
  Masked,     ///< something else covers it
  Ephemeral,  ///< a tmpfs, an image's or a container's own layer: no write reaches the host
  Host,
};

/// The answer to a question about a path and everything at or below it.
struct PathAnswer {
  Rights rights;    ///< proven reachable
  Rights possible;  ///< not excluded; a superset of `rights`
  Backing backing = Backing::None;
  std::string alias;  ///< the name inside under which it is reached; empty when it is not
  Because because;    ///< the words that decide, the most specific first
  Confidence confidence = Confidence::High;
  std::vector<std::string> assuming;
  /// Rights that only the permissions of the file take away, not the sandbox.
  Rights saved_by_permissions;

  Answer Has(Right right) const {
    return rights.Has(right) ? Answer::Yes : possible.Has(right) ? Answer::Unknown : Answer::No;
  }
};

/// What a launch can reach in the file system. Immutable; implemented by scanner/grant.
class PathView {
 public:
  virtual ~PathView() = default;
  /// Is this host object, or anything at or below it, reachable under any name inside? The maximum
  /// over all aliases. `host_path` is absolute; only writes that reach the host count.
  virtual PathAnswer OfHost(std::string_view host_path) const = 0;
  /// What is at this path inside, or below it; a write to a tmpfs counts here.
  virtual PathAnswer Inside(std::string_view path) const = 0;
  /// Does a layer cut the view at all, and is the cut not void? With the words that decide.
  virtual PathAnswer OfRoot() const = 0;
  /// Drops what is remembered of earlier answers, where something is: for who is done with it.
  virtual void Forget() const {}
};

/// A socket that acts for the server beyond its own network (docker.sock, D-Bus, ssh-agent).
struct Delegate {
  std::string kind;  ///< docker, podman, dbus-session, dbus-system, ssh-agent, gpg-agent, x11,
                     ///< wayland, proxy
  std::string path;  ///< on the host
  Answer reachable = Answer::Yes;
  Because because;
};

/// Direct egress by the network namespace that the program ends in, plus what sockets delegate.
struct Egress {
  NetworkMode mode = NetworkMode::Host;  ///< Host, None, Private, Shared or Unknown; never Inherit
  bool reaches_host_loopback = true;
  bool reaches_abstract_sockets = true;  ///< X11, D-Bus and others in the host's namespace
  Because because;                       ///< the words that decide the mode
  std::vector<Delegate> delegated;
  std::vector<NetworkFilter> filters;  ///< of the layers; each must let a destination through
  std::vector<std::string> assuming;   ///< what the cut relies on
  HostFirewall firewall;               ///< of the host's namespace, or on the way out of a bridge
  std::vector<Proxy> proxies;          ///< that variables name
  Confidence confidence = Confidence::High;

  EgressAnswer Ask(const Destination& destination) const;
  /// Neither direct nor delegated.
  bool Closed() const;
  /// Is there a port of hosts that nothing names? Yes on an open network, No behind a list of
  /// hosts.
  Answer ReachesAnyHost() const;

 private:
  void AskFirewall(const Destination& destination, EgressAnswer& result) const;
};

enum class Presence : std::uint8_t { Absent, Unknown, Passed, Set };
enum class ValueKind : std::uint8_t { Unknown, Literal, Reference, Brokered };

struct Variable {
  Presence presence = Presence::Unknown;
  ValueKind value_kind = ValueKind::Unknown;
  Word value;  ///< where a literal is written; never printed
  Because because;
};

/// One set of variables: those known by name, and what is true of every other name.
struct VariableSet {
  std::map<std::string, Variable, std::less<>> known;
  Presence others = Presence::Unknown;  ///< Passed: whatever the client has is here
  Because others_because;
  /// Names by glob (`LC_*`), asked after the known ones; the first that matches counts.
  std::vector<std::pair<std::string, Variable>> globs;

  Variable Find(std::string_view name) const;
};

struct VariableAnswer {
  Answer answer = Answer::Unknown;
  std::string via;  ///< environment, argument or proc
  Variable variable;
  Because because;
};

/// What the process finds in its own environment, and what it can read of another process's.
struct Environment {
  VariableSet own;
  /// The environment of a process that it can look into (pid 1 of a bwrap pid namespace keeps what
  /// --clearenv removed); nothing when there is none.
  std::optional<VariableSet> through_proc;
  Because proc_because;
  /// Values of variables that stand elsewhere: in a variable of another name, in an argument.
  std::map<std::string, VariableAnswer, std::less<>> copies;

  VariableAnswer Ask(std::string_view name) const;
};

enum class CapabilitySet : std::uint8_t { None, Some, ContainerDefault, All, Unknown };

struct Identity {
  std::string outer_user;  ///< name or number on the host; empty: the caller
  std::string inner_user;  ///< as it looks inside; empty: unknown (an image's own USER)
  std::optional<std::uint32_t> outer_uid, inner_uid;
  Answer root_inside = Answer::No;  ///< uid 0 inside
  bool own_user = false;            ///< a layer changed the outer user
  Because user_because;
  CapabilitySet capabilities = CapabilitySet::None;
  std::vector<std::string> capability_names;  ///< for Some: CAP_NET_RAW …
  Because capabilities_because;
  Answer no_new_privileges = Answer::No;
  Because nnp_because;
  bool own_pid_namespace = false;
  bool own_user_namespace = false;
  Because pid_because;
};

struct Grant {
  std::shared_ptr<const PathView> paths;  ///< never null
  std::vector<Evidence> openings;   ///< ways out of a sandbox that are no path, socket or address
  std::vector<Evidence> no_effect;  ///< lines of a profile that do nothing, and why
  std::vector<std::string> homes;   ///< the homes whose secrets count, the caller's first
  std::string working_directory;    ///< of the client, on the host
  Egress egress;
  Environment environment;
  Identity identity;
  Confidence confidence = Confidence::High;
  std::vector<std::string> assuming;
};

std::string NamesOf(Rights rights);  ///< "read, write"
const char* NameOf(Right right);
/// Does `pattern` (`*`, `*.suffix`, `loopback` or a name) mean this host?
bool NamesHost(std::string_view pattern, std::string_view host);
/// Does `name` match `glob`, where `*` is any text?
bool MatchesGlob(std::string_view name, std::string_view glob);
const char* NameOf(Backing backing);
const char* NameOf(Presence presence);

}  // namespace sandlint
