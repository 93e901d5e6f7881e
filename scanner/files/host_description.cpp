// Reads a host file. It is written by hand or by a tool, and may come from anyone: every type is
// checked, what is not known is refused, and everything is bounded.

#include "scanner/files/host_description.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

namespace sandlint {
namespace {

using Json = nlohmann::json;
using Nodes = std::map<std::string, HostNode, std::less<>>;
using GroupNumbers = std::map<std::string, std::uint32_t>;

constexpr std::size_t kMaxBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxNodes = 100'000;
constexpr std::size_t kMaxPath = 1024;

struct KindRow {
  const char* key;
  NodeKind kind;
  std::uint32_t mode;
};
/// The lists of paths. Sockets and devices have the mode of those that all programs may use.
constexpr std::array<KindRow, 5> kKinds{{
    {"directories", NodeKind::Directory, 0755},
    {"files", NodeKind::File, 0644},
    {"sockets", NodeKind::Socket, 0777},
    {"devices", NodeKind::CharDevice, 0666},
    {"others", NodeKind::Other, 0644},
}};

std::optional<std::uint32_t> Number(std::string_view text, int base) {
  std::uint32_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool IsClean(std::string_view path) {
  if (path.empty() || path.front() != '/' || path.size() > kMaxPath) return false;
  if (path == "/") return true;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at + 1), path.size());
    const std::string_view part = path.substr(at + 1, end - at - 1);
    if (part.empty() || part == "." || part == "..") return false;
    at = end;
  }
  return path.find('\0') == std::string_view::npos;
}

bool IsBelow(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) &&
         (path.size() == folder.size() || path[folder.size()] == '/' || folder == "/");
}

class Reader {
 public:
  Reader(HostDescription& host, std::string& problem) : host_(host), problem_(problem) {}

  bool Run(const Json& json) {
    if (!json.is_object()) return Fail("it is no JSON object");
    CheckKeys(json, {"home", "homes", "caller", "working_directory", "users", "groups", "mounts",
                     "tools", "images", "assumptions", "complete", "directories", "files",
                     "sockets", "devices", "others", "links", "modes", "owners"});
    ReadGroups(json, groups_);
    ReadUsers(json, host_.users);
    ReadCaller(json);
    ReadTree(json, host_.nodes, host_.users, host_.caller.home);
    host_.nodes.try_emplace("/", HostNode{NodeKind::Directory, 0755, 0, 0, {}});
    host_.mounts = Paths(json, "mounts");
    std::ranges::sort(host_.mounts);
    ReadTools(json);
    ReadImages(json);
    host_.assumptions = Strings(json, "assumptions");
    if (const Json* complete = Get(json, "complete")) {
      if (!complete->is_boolean()) return Fail("'complete' must be true or false");
      host_.complete = complete->get<bool>();
    }
    return problem_.empty();
  }

 private:
  bool Fail(std::string why) {
    if (problem_.empty()) problem_ = std::move(why);
    return false;
  }

  static const Json* Get(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
  }

  void CheckKeys(const Json& object, std::initializer_list<std::string_view> known) {
    for (const auto& member : object.items()) {
      if (std::ranges::find(known, member.key()) == known.end()) {
        Fail(fmt::format("no key '{}' is known", member.key()));
      }
    }
  }

  std::string String(const Json& object, const char* key) {
    const Json* value = Get(object, key);
    if (value == nullptr) return {};
    if (value->is_string()) return value->get<std::string>();
    Fail(fmt::format("'{}' must be a string", key));
    return {};
  }

  std::vector<std::string> Strings(const Json& object, const char* key) {
    std::vector<std::string> strings;
    const Json* value = Get(object, key);
    if (value == nullptr) return strings;
    const bool good = value->is_array() && std::ranges::all_of(*value, &Json::is_string);
    if (!good) {
      Fail(fmt::format("'{}' must be a list of strings", key));
      return strings;
    }
    for (const Json& item : *value) strings.push_back(item.get<std::string>());
    return strings;
  }

  /// `~/x` is below the caller's home.
  std::string Path(std::string path) {
    if (path == "~" || path.starts_with("~/")) path.replace(0, 1, host_.caller.home);
    if (!IsClean(path)) Fail(fmt::format("'{}' is no absolute and clean path", path));
    return path;
  }
  std::vector<std::string> Paths(const Json& object, const char* key) {
    std::vector<std::string> paths = Strings(object, key);
    for (std::string& path : paths) path = Path(std::move(path));
    return paths;
  }

  std::uint32_t Id(const Json& object, const char* key) {
    const Json* value = Get(object, key);
    if (value == nullptr) return 0;
    if (value->is_number_unsigned() && value->get<std::uint64_t>() <= UINT32_MAX) {
      return value->get<std::uint32_t>();
    }
    Fail(fmt::format("'{}' must be a number", key));
    return 0;
  }

  void ReadGroups(const Json& object, GroupNumbers& groups) {
    const Json* value = Get(object, "groups");
    if (value == nullptr) return;
    if (!value->is_object()) {
      Fail("'groups' must be an object of names and numbers");
      return;
    }
    for (const auto& group : value->items()) {
      groups[group.key()] = Id(*value, group.key().c_str());
    }
  }

  HostUser User(const Json& json) {
    HostUser user;
    if (!json.is_object()) {
      Fail("a user must be an object");
      return user;
    }
    CheckKeys(json, {"name", "uid", "gid", "home", "groups"});
    user.name = String(json, "name");
    user.uid = Id(json, "uid");
    user.gid = json.contains("gid") ? Id(json, "gid") : user.uid;
    user.home = String(json, "home");
    const Json* groups = Get(json, "groups");
    if (groups != nullptr && !groups->is_array()) Fail("'groups' of a user must be a list");
    if (groups == nullptr || !groups->is_array()) return user;
    for (const Json& group : *groups) {
      if (group.is_number_unsigned()) {
        user.groups.push_back(group.get<std::uint32_t>());
      } else if (group.is_string() && groups_.contains(group.get<std::string>())) {
        user.groups.push_back(groups_[group.get<std::string>()]);
      } else {
        Fail("a group must be a number or the name of one of 'groups'");
      }
    }
    return user;
  }

  void ReadUsers(const Json& object, std::vector<HostUser>& users) {
    const Json* value = Get(object, "users");
    if (value == nullptr) return;
    if (!value->is_array()) {
      Fail("'users' must be a list");
      return;
    }
    for (const Json& user : *value) users.push_back(User(user));
  }

  void ReadCaller(const Json& json) {
    const Json* caller = Get(json, "caller");
    if (caller != nullptr && caller->is_object()) {
      host_.caller = User(*caller);
      host_.users.push_back(host_.caller);
    } else {
      const std::string name = String(json, "caller");
      const auto found = std::ranges::find(host_.users, name, &HostUser::name);
      if (found == host_.users.end()) {
        Fail("'caller' must be a user, or the name of one of 'users'");
        return;
      }
      host_.caller = *found;
    }
    if (json.contains("home")) host_.caller.home = String(json, "home");
    if (!IsClean(host_.caller.home)) Fail("the home of the caller must be an absolute path");
    host_.homes = Paths(json, "homes");
    std::erase(host_.homes, host_.caller.home);
    host_.homes.insert(host_.homes.begin(), host_.caller.home);
    host_.working_directory = host_.caller.home;
    if (json.contains("working_directory")) {
      host_.working_directory = Path(String(json, "working_directory"));
    }
  }

  /// Who owns what nothing is said of: a user what lies in his home, root the rest.
  static HostNode Owned(HostNode node, std::string_view path, const std::vector<HostUser>& users) {
    for (const HostUser& user : users) {
      if (user.home.size() > 1 && IsBelow(path, user.home)) {
        node.uid = user.uid;
        node.gid = user.gid;
      }
    }
    return node;
  }

  void Add(Nodes& nodes, const std::string& path, HostNode node,
           const std::vector<HostUser>& users) {
    if (!problem_.empty()) return;
    if (nodes.size() >= kMaxNodes) {
      Fail("more paths than sandlint reads");
      return;
    }
    for (std::size_t slash = path.rfind('/'); slash != 0 && slash != path.npos;
         slash = path.rfind('/', slash - 1)) {
      const std::string parent = path.substr(0, slash);
      const HostNode folder{NodeKind::Directory, 0755, 0, 0, {}};
      if (!nodes.try_emplace(parent, Owned(folder, parent, users)).second) break;
    }
    nodes.insert_or_assign(path, Owned(std::move(node), path, users));
  }

  void ReadTree(const Json& json, Nodes& nodes, const std::vector<HostUser>& users,
                const std::string& home) {
    if (!home.empty()) Add(nodes, home, {NodeKind::Directory, 0755, 0, 0, {}}, users);
    for (const KindRow& row : kKinds) {
      for (const std::string& path : Paths(json, row.key)) {
        Add(nodes, path, {row.kind, row.mode, 0, 0, {}}, users);
      }
    }
    for (const auto& [path, target] : Map(json, "links")) {
      Add(nodes, path, {NodeKind::Symlink, 0777, 0, 0, target}, users);
    }
    for (const auto& [path, text] : Map(json, "modes")) {
      HostNode* node = Known(nodes, path);
      const auto mode = Number(text, 8);
      if (!mode || *mode > 07777) Fail(fmt::format("'{}' is no octal mode", text));
      if (node != nullptr && mode) node->mode = *mode;
    }
    for (const auto& [path, text] : Map(json, "owners")) {
      HostNode* node = Known(nodes, path);
      if (node != nullptr) SetOwner(*node, text, users);
    }
  }

  HostNode* Known(Nodes& nodes, const std::string& path) {
    if (path == "/") nodes.try_emplace("/", HostNode{NodeKind::Directory, 0755, 0, 0, {}});
    const auto found = nodes.find(path);
    if (found != nodes.end()) return &found->second;
    Fail(fmt::format("'{}' is not listed", path));
    return nullptr;
  }

  /// `name`, `uid` or `uid:gid`.
  void SetOwner(HostNode& node, const std::string& text, const std::vector<HostUser>& users) {
    const auto user = std::ranges::find(users, text, &HostUser::name);
    if (user != users.end()) {
      node.uid = user->uid;
      node.gid = user->gid;
      return;
    }
    const std::size_t colon = text.find(':');
    const auto uid = text == "root" ? 0 : Number(std::string_view(text).substr(0, colon), 10);
    const auto gid =
        colon == std::string::npos ? uid : Number(std::string_view(text).substr(colon + 1), 10);
    if (!uid || !gid) {
      Fail(fmt::format("'{}' is no owner", text));
      return;
    }
    node.uid = *uid;
    node.gid = *gid;
  }

  /// An object of paths and strings.
  std::vector<std::pair<std::string, std::string>> Map(const Json& json, const char* key) {
    std::vector<std::pair<std::string, std::string>> map;
    const Json* value = Get(json, key);
    if (value == nullptr) return map;
    if (!value->is_object()) {
      Fail(fmt::format("'{}' must be an object", key));
      return map;
    }
    for (const auto& member : value->items()) {
      if (!member.value().is_string()) {
        Fail(fmt::format("a value of '{}' is no string", key));
        continue;
      }
      map.emplace_back(Path(member.key()), member.value().get<std::string>());
    }
    return map;
  }

  void ReadTools(const Json& json) {
    const Json* value = Get(json, "tools");
    if (value == nullptr) return;
    if (!value->is_object()) {
      Fail("'tools' must be an object of names and versions");
      return;
    }
    for (const auto& tool : value->items()) {
      host_.tools[tool.key()] = String(*value, tool.key().c_str());
    }
  }

  void ReadImages(const Json& json) {
    const Json* value = Get(json, "images");
    if (value == nullptr) return;
    if (!value->is_object()) {
      Fail("'images' must be an object");
      return;
    }
    for (const auto& member : value->items()) {
      const Json& image = member.value();
      if (!image.is_object()) {
        Fail("an image must be an object");
        continue;
      }
      CheckKeys(image, {"user", "variables", "entrypoint", "users", "groups", "volumes",
                        "directories", "files", "sockets", "devices", "others", "links", "modes",
                        "owners"});
      ImageFacts facts;
      facts.user = String(image, "user");
      facts.variables = Strings(image, "variables");
      const Json* entrypoint = Get(image, "entrypoint");
      facts.has_entrypoint = entrypoint != nullptr && *entrypoint == Json(true);
      ReadGroups(image, facts.groups);
      ReadUsers(image, facts.users);
      facts.volumes = Paths(image, "volumes");
      ReadTree(image, facts.nodes, facts.users, {});
      host_.images.emplace(member.key(), std::move(facts));
    }
  }

  HostDescription& host_;
  std::string& problem_;
  GroupNumbers groups_;
};

}  // namespace

bool ReadHostDescription(std::string_view json, HostDescription& host, std::string& problem) {
  problem.clear();
  if (json.size() > kMaxBytes) {
    problem = "the file is too large";
    return false;
  }
  const Json parsed = Json::parse(json.begin(), json.end(), nullptr, false, true);
  if (parsed.is_discarded()) {
    problem = "it is no JSON";
    return false;
  }
  return Reader(host, problem).Run(parsed);
}

}  // namespace sandlint
