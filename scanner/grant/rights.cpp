#include <algorithm>

#include "scanner/grant/view.h"

namespace sandlint {
namespace {

bool InGroup(std::uint32_t gid, const Credentials& credentials) {
  return gid == credentials.gid ||
         std::ranges::find(credentials.groups, gid) != credentials.groups.end();
}

/// The three permission bits that apply to these credentials.
std::uint32_t BitsOf(const Object& object, const Credentials& credentials) {
  if (object.uid == credentials.uid) return (object.mode >> 6) & 7;
  if (InGroup(object.gid, credentials)) return (object.mode >> 3) & 7;
  return object.mode & 7;
}

}  // namespace

Rights PermissionsOf(const Object& object, const Credentials& credentials) {
  const std::uint32_t bits = BitsOf(object, credentials);
  const bool own = object.uid == credentials.uid;
  const bool read = (bits & 4) != 0 || credentials.override_all || (own && credentials.read_own);
  const bool write = (bits & 2) != 0 || credentials.override_all || (own && credentials.write_own);
  const bool any_exec = (object.mode & 0111) != 0 || object.kind == NodeKind::Directory;
  const bool exec = (bits & 1) != 0 || (credentials.override_all && any_exec);
  Rights rights;
  if (read) rights = rights | Right::Read;
  if (write) rights = rights | Right::Write;
  if (exec) rights = rights | Right::Exec;
  return rights;
}

bool MayTraverse(const Object& directory, const Credentials& credentials) {
  if (!directory.certain) return true;
  const bool own = directory.uid == credentials.uid;
  return (BitsOf(directory, credentials) & 1) != 0 || credentials.override_all ||
         (own && (credentials.read_own || credentials.write_own));
}

Rights Upwards(const Object& object, Rights rights) {
  return object.kind == NodeKind::Socket ? rights & Rights(Right::Connect) : rights;
}

Rights RightsOf(const Object& object, const Credentials& credentials) {
  const Rights permitted = object.certain ? PermissionsOf(object, credentials) : kAllRights;
  if (object.kind == NodeKind::Socket) {
    // connect() asks for the write bit and does not care for read-only mounts (observed); what is
    // connected is read and written.
    if (!permitted.Has(Right::Write)) return {};
    return Right::Connect | Right::Read | Right::Write;
  }
  if (object.kind == NodeKind::CharDevice && object.no_devices) return {};
  Rights rights;
  if (permitted.Has(Right::Read)) rights = rights | Right::Read;
  // A device node can be written through a read-only mount.
  const bool writable = !object.read_only || object.kind == NodeKind::CharDevice;
  if (permitted.Has(Right::Write) && writable) rights = rights | Right::Write;
  const bool runs = object.kind == NodeKind::File && !object.no_exec;
  if (permitted.Has(Right::Exec) && runs) rights = rights | Right::Exec;
  return rights;
}

}  // namespace sandlint
