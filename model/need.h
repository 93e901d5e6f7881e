#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace sandlint {

/// The classes of the catalogue; Unknown where nothing is known of a server.
enum class ServerClass : std::uint8_t {
  Unknown,
  Filesystem,
  Vcs,
  Database,
  Shell,
  Browser,
  Fetch,
  Memory,
  Cloud,
  Chat,
  Search,
  Docs,
  Design,
  Productivity,
  Observability,
  Devtool,
  Payments,
  Reasoning,
  Bridge,
  Container,
  Testing,
};

enum class NetworkNeed : std::uint8_t {
  Unknown,
  None,       ///< needs no network at all
  Allowlist,  ///< `hosts` is complete
  Config,     ///< hosts come from its configuration
  Any,        ///< must reach arbitrary hosts by design
};

struct NeededVariable {
  std::string name;
  bool required = false;
  bool secret = false;
  std::string origin = {};  ///< who says so
};

struct NeededPath {
  std::string path;  ///< `~/x`, `@args`, `@cwd`, `@env:VAR`, `@env-dir:VAR` or absolute
  bool write = false;
  std::string origin = {};  ///< who says so
};

/// What a server is known to use, and who says so.
struct Need {
  ServerClass server_class = ServerClass::Unknown;
  NetworkNeed network = NetworkNeed::Unknown;
  std::vector<std::string>
      hosts;  ///< `name:port`, `*.suffix:port`, `*:443`, `registry:npm`, `@env:VAR`
  std::map<std::string, std::string> host_origins;  ///< host -> who says so
  std::vector<NeededVariable> variables;
  std::vector<NeededPath> paths;
  std::string catalogue_id;  ///< empty when the server is not in the catalogue
  std::string origin;        ///< a clause for the reader: "catalogue entry github"
};

const char* NameOf(ServerClass server_class);
const char* NameOf(NetworkNeed need);
ServerClass ServerClassByName(const std::string& name);

}  // namespace sandlint
