#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/host.h"
#include "model/source.h"
#include "model/support.h"

namespace sandlint {

/// Who opens the socket, as the host sees it: the outer user, not the one inside a user namespace.
struct EgressSubject {
  std::string user;                  ///< empty: not known by name
  std::optional<std::uint32_t> uid;  ///< nothing: known by name only
  std::string group;                 ///< the primary group
  std::optional<std::uint32_t> gid;
  /// The packets come from another network namespace (a container's bridge): this machine forwards
  /// them, and no rule can tell their user.
  bool forwarded = false;
};

/// The accounts of the machine that loads the rules.
struct EgressNames {
  std::map<std::string, std::uint32_t, std::less<>> users, groups;
  std::vector<std::string> devices;  ///< network devices
  bool users_complete = false;       ///< a name that is not here does not exist
  bool groups_complete = false;
  bool devices_complete = false;
};

EgressSubject SubjectOf(const HostUser& user, const EgressNames& names);

enum class IdKind : std::uint8_t { User, Group };
/// Does this name or number in a rule mean the subject? Unknown where either side is known only in
/// a way that the other is not.
Answer MeansSubject(IdKind kind, std::string_view text, const EgressSubject& subject,
                    const EgressNames& names);
/// A user whom a rule names.
struct UserMention {
  std::string text;
  Span span;
};
/// The users whom the rules of a file name, root aside: rules about root are found on every machine
/// and are written for nobody.
struct UserMentions {
  std::vector<UserMention> all;  ///< once each
  Answer subject = Answer::No;   ///< is the asking user among those of the present rule?

  void See(IdKind kind, std::string_view text, const Span& span, const EgressSubject& asking,
           const EgressNames& names);
};
/// The subject's number in first..last?
Answer SubjectWithin(IdKind kind, std::uint32_t first, std::uint32_t last,
                     const EgressSubject& subject);
/// A number as text or a name of `names`.
std::optional<std::uint32_t> IdOf(IdKind kind, std::string_view text, const EgressNames& names);
/// A name that for certain does not exist.
bool IsMissingName(IdKind kind, std::string_view text, const EgressNames& names);

}  // namespace sandlint
