// Reads a host file. It is written by hand or by a tool, and may come from anyone: every type is
// checked, what is not known is refused, and everything is bounded.

#include "scanner/files/host_description.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/files/host_fields.h"
#include "scanner/files/host_tree.h"

namespace sandlint {
namespace {

using GroupNumbers = std::map<std::string, std::uint32_t>;

constexpr std::size_t kMaxBytes = std::size_t{16} << 20;

class Reader : HostFields {
 public:
  Reader(HostDescription& host, std::string& problem) : HostFields(problem), host_(host) {}

  bool Run(const Json& json) {
    if (!json.is_object()) return Fail("it is no JSON object");
    CheckKeys(json, {"home", "homes", "caller", "working_directory", "users", "groups", "mounts",
                     "tools", "images", "assumptions", "complete", "directories", "files",
                     "sockets", "devices", "others", "links", "modes", "owners"});
    ReadGroups(json, groups_);
    ReadUsers(json, host_.users);
    ReadCaller(json);
    ReadHostTree(*this, json, host_.users, host_.nodes);
    host_.mounts = Paths(json, "mounts");
    std::ranges::sort(host_.mounts);
    ReadTools(json);
    host_.assumptions = Strings(json, "assumptions");
    if (const Json* complete = Get(json, "complete")) {
      if (!complete->is_boolean()) return Fail("'complete' must be true or false");
      host_.complete = complete->get<bool>();
    }
    ReadImages(json);
    return !Failed();
  }

 private:
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
    if (!IsCleanPath(host_.caller.home)) Fail("the home of the caller must be an absolute path");
    home = host_.caller.home;
    host_.homes = Paths(json, "homes");
    std::erase(host_.homes, host_.caller.home);
    host_.homes.insert(host_.homes.begin(), host_.caller.home);
    host_.working_directory = host_.caller.home;
    if (json.contains("working_directory")) {
      host_.working_directory = Path(String(json, "working_directory"));
    }
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
    home.clear();  // nothing in an image lies in the caller's home
    for (const auto& member : value->items()) {
      const Json& image = member.value();
      if (!image.is_object()) {
        Fail("an image must be an object");
        continue;
      }
      CheckKeys(image,
                {"user", "variables", "entrypoint", "users", "groups", "volumes", "directories",
                 "files", "sockets", "devices", "others", "links", "modes", "owners"});
      ImageFacts facts;
      facts.user = String(image, "user");
      facts.variables = Strings(image, "variables");
      const Json* entrypoint = Get(image, "entrypoint");
      facts.has_entrypoint = entrypoint != nullptr && *entrypoint == Json(true);
      ReadGroups(image, facts.groups);
      ReadUsers(image, facts.users);
      facts.volumes = Paths(image, "volumes");
      ReadHostTree(*this, image, facts.users, facts.nodes);
      facts.nodes.erase("/");
      host_.images.emplace(member.key(), std::move(facts));
    }
  }

  HostDescription& host_;
  GroupNumbers groups_;
};

}  // namespace

bool ReadHostDescription(std::string_view json, HostDescription& host, std::string& problem) {
  problem.clear();
  if (json.size() > kMaxBytes) {
    problem = "the file is too large";
    return false;
  }
  const HostFields::Json parsed =
      HostFields::Json::parse(json.begin(), json.end(), nullptr, false, true);
  if (parsed.is_discarded()) {
    problem = "it is no JSON";
    return false;
  }
  return Reader(host, problem).Run(parsed);
}

}  // namespace sandlint
