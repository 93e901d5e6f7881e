#include "scanner/files/host_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace sandlint {
namespace {

using Json = HostFields::Json;
using Nodes = std::map<std::string, HostNode, std::less<>>;

constexpr std::size_t kMaxNodes = 100'000;

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
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool IsBelow(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) &&
         (path.size() == folder.size() || path[folder.size()] == '/' || folder == "/");
}

/// Who owns what nothing is said of: a user what lies in his home, root the rest.
HostNode Owned(HostNode node, std::string_view path, const std::vector<HostUser>& users) {
  for (const HostUser& user : users) {
    if (user.home.size() > 1 && IsBelow(path, user.home)) {
      node.uid = user.uid;
      node.gid = user.gid;
    }
  }
  return node;
}

class Tree {
 public:
  Tree(HostFields& fields, const std::vector<HostUser>& users, Nodes& nodes)
      : fields_(fields), users_(users), nodes_(nodes) {}

  void Read(const Json& json) {
    nodes_.try_emplace("/", HostNode{NodeKind::Directory, 0755, 0, 0, {}});
    if (!fields_.home.empty()) Add(fields_.home, {NodeKind::Directory, 0755, 0, 0, {}});
    for (const KindRow& row : kKinds) {
      for (const std::string& path : fields_.Paths(json, row.key)) {
        Add(path, {row.kind, row.mode, 0, 0, {}});
      }
    }
    for (const auto& [path, target] : fields_.Map(json, "links")) {
      Add(path, {NodeKind::Symlink, 0777, 0, 0, target});
    }
    for (const auto& [path, text] : fields_.Map(json, "modes")) {
      HostNode* node = Known(path);
      const auto mode = Number(text, 8);
      if (!mode || *mode > 07777) fields_.Fail(fmt::format("'{}' is no octal mode", text));
      if (node != nullptr && mode) node->mode = *mode;
    }
    for (const auto& [path, text] : fields_.Map(json, "owners")) {
      HostNode* node = Known(path);
      if (node != nullptr) SetOwner(*node, text);
    }
  }

 private:
  void Add(const std::string& path, HostNode node) {
    if (fields_.Failed()) return;
    if (nodes_.size() >= kMaxNodes) {
      fields_.Fail("more paths than sandlint reads");
      return;
    }
    for (std::size_t slash = path.rfind('/'); slash != 0 && slash != path.npos;
         slash = path.rfind('/', slash - 1)) {
      const std::string parent = path.substr(0, slash);
      const HostNode folder{NodeKind::Directory, 0755, 0, 0, {}};
      if (!nodes_.try_emplace(parent, Owned(folder, parent, users_)).second) break;
    }
    nodes_.insert_or_assign(path, Owned(std::move(node), path, users_));
  }

  HostNode* Known(const std::string& path) {
    const auto found = nodes_.find(path);
    if (found != nodes_.end()) return &found->second;
    fields_.Fail(fmt::format("'{}' is not listed", path));
    return nullptr;
  }

  /// `name`, `uid` or `uid:gid`.
  void SetOwner(HostNode& node, const std::string& text) {
    const auto user = std::ranges::find(users_, text, &HostUser::name);
    if (user != users_.end()) {
      node.uid = user->uid;
      node.gid = user->gid;
      return;
    }
    const std::size_t colon = text.find(':');
    const auto uid = text == "root" ? 0 : Number(std::string_view(text).substr(0, colon), 10);
    const auto gid =
        colon == std::string::npos ? uid : Number(std::string_view(text).substr(colon + 1), 10);
    if (!uid || !gid) {
      fields_.Fail(fmt::format("'{}' is no owner", text));
      return;
    }
    node.uid = *uid;
    node.gid = *gid;
  }

  HostFields& fields_;
  const std::vector<HostUser>& users_;
  Nodes& nodes_;
};

}  // namespace

void ReadHostTree(HostFields& fields, const HostFields::Json& json,
                  const std::vector<HostUser>& users,
                  std::map<std::string, HostNode, std::less<>>& nodes) {
  Tree(fields, users, nodes).Read(json);
}

}  // namespace sandlint
