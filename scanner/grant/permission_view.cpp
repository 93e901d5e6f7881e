// What the program sees under the permissions of deno and node: the file system as it is, each path
// allowed or not by its spelling. Links are followed wherever they lead, past every deny (observed
// with deno 2.9 and node 20.20): what a link below an allowed path leads to is allowed as well.

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "scanner/grant/view_makers.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxVisited = 20'000;
constexpr Rights kSocket = Rights(Right::Connect) | Right::Read | Right::Write;

struct AllowedPath {
  std::string path;     ///< clean; everything below it too
  bool prefix = false;  ///< `/a/b*`: every path that begins so
  Word word;
};

struct AllowedRight {
  std::vector<AllowedPath> allow, deny;
  Word all;  ///< set: everything is allowed
  Word deny_all;
  std::vector<AllowedPath> linked;  ///< where links below what is allowed lead
  bool scanned = true;              ///< false: not all links could be looked at
};

struct Permissions {
  AllowedRight read, write;
  Word open, sockets, named_by;
  bool by_path = false;  ///< a socket can be reached where its path may be read and written
  std::optional<Word> unknown;
};

bool Covers(const AllowedPath& allowed, std::string_view path) {
  return allowed.prefix ? path.starts_with(allowed.path) : IsBelow(path, allowed.path);
}

const AllowedPath* CoverOf(const std::vector<AllowedPath>& list, std::string_view path) {
  const auto found =
      std::ranges::find_if(list, [&](const AllowedPath& one) { return Covers(one, path); });
  return found == list.end() ? nullptr : &*found;
}

class PermissionView final : public View {
 public:
  PermissionView(Permissions permissions, std::shared_ptr<const View> outside)
      : permissions_(std::move(permissions)), outside_(std::move(outside)) {
    doubts = outside_->doubts;
    if (permissions_.unknown) {
      doubts.push_back(EvidenceOf(*permissions_.unknown, "this path is not known here"));
    }
    FollowLinks(permissions_.read);
    FollowLinks(permissions_.write);
  }

  std::optional<Object> Lstat(std::string_view path) const override {
    return outside_->Lstat(path);
  }
  std::vector<std::string> List(std::string_view directory) const override {
    return outside_->List(directory);
  }
  std::vector<std::string> MountsBelow(std::string_view directory) const override {
    return outside_->MountsBelow(directory);
  }
  std::vector<Alias> AliasesOf(std::string_view host_path) const override {
    return outside_->AliasesOf(host_path);
  }
  bool Incomplete(std::string_view directory) const override {
    return outside_->Incomplete(directory);
  }
  const Credentials& Caller() const override { return outside_->Caller(); }
  const HostFacts& Host() const override { return outside_->Host(); }

  PathAnswer Subtree(std::string_view path, bool host_only) const override {
    return SubtreeOf(path, host_only ? "/" : "");
  }
  PathAnswer SubtreeOf(std::string_view path, std::string_view host_root) const override {
    PathAnswer answer;
    Take(permissions_.read, Right::Read, path, host_root, answer);
    Take(permissions_.write, Right::Write, path, host_root, answer);
    Sockets(path, host_root, answer);
    answer.possible = answer.possible | answer.rights;
    if (!answer.rights.None()) answer.backing = Backing::Host;
    return answer;
  }

  PathAnswer OfHost(std::string_view host_path) const override {
    return Explained(View::OfHost(host_path));
  }
  PathAnswer Inside(std::string_view path) const override { return Explained(View::Inside(path)); }
  PathAnswer OfRoot() const override {
    PathAnswer answer = OfHost(Host().Caller().home);
    const bool all = permissions_.read.all && permissions_.write.all;
    answer.backing = all ? Backing::Host : Backing::None;
    answer.alias = all ? "/" : "";
    return answer;
  }

  bool ReadsProc() const {
    return permissions_.read.all || CoverOf(permissions_.read.allow, "/proc/1/environ") != nullptr;
  }

 private:
  PathAnswer Explained(PathAnswer answer) const {
    answer.confidence = std::min(answer.confidence, Confidence::Medium);
    answer.assuming.emplace_back("no link leads out of what the permissions allow");
    if (answer.because.empty()) {
      answer.because.push_back(EvidenceOf(permissions_.named_by, "nothing else allows this path"));
    }
    return answer;
  }

  /// With both rights everywhere, and with a link that it makes itself, no deny holds.
  bool DeniesHold() const { return !(permissions_.read.all && permissions_.write.all); }

  void Take(const AllowedRight& rule, Right right, std::string_view path,
            std::string_view host_root, PathAnswer& answer) const {
    const bool denied = rule.deny_all || CoverOf(rule.deny, path) != nullptr;
    const auto add = [&](std::string_view top, const Word& word, bool sure) {
      const PathAnswer outer = outside_->SubtreeOf(top, host_root);
      if (sure) answer.rights = answer.rights | (outer.rights & Rights(right));
      answer.possible = answer.possible | (outer.possible & Rights(right));
      if (outer.Has(right) != Answer::No) answer.because.push_back(EvidenceOf(word));
    };
    // A deny can be gone around by a link that nobody has seen.
    const bool seen = Host().Symbolic() || (rule.scanned && !rule.all);
    if (denied && DeniesHold()) {
      if (!seen) add(path, rule.all ? rule.all : permissions_.named_by, false);
    } else if (rule.all) {
      add(path, rule.all, true);
    }
    for (const auto* list : {&rule.allow, &rule.linked}) {
      const bool link = list == &rule.linked;
      for (const AllowedPath& one : *list) {
        if (Covers(one, path)) {
          if (link || !denied) add(path, one.word, true);
        } else if (IsBelow(one.path, path)) {
          if (link || CoverOf(rule.deny, one.path) == nullptr) add(one.path, one.word, !one.prefix);
        }
      }
    }
    if (!rule.scanned) add(path, permissions_.named_by, false);
  }

  /// node holds back no socket; deno asks for both rights to its path.
  void Sockets(std::string_view path, std::string_view host_root, PathAnswer& answer) const {
    if (!permissions_.sockets) return;
    if (!permissions_.by_path) return AddSockets(path, host_root, answer);
    const auto both = [&](const AllowedRight& rule, std::string_view top) {
      return rule.all || CoverOf(rule.allow, top) || CoverOf(rule.linked, top) || !rule.scanned;
    };
    const auto add = [&](std::string_view top) {
      if (both(permissions_.read, top) && both(permissions_.write, top)) {
        AddSockets(top, host_root, answer);
      }
    };
    add(path);
    for (const AllowedRight* rule : {&permissions_.read, &permissions_.write}) {
      for (const auto* list : {&rule->allow, &rule->linked}) {
        for (const AllowedPath& one : *list) {
          if (IsBelow(one.path, path)) add(one.path);
        }
      }
    }
  }

  void AddSockets(std::string_view path, std::string_view host_root, PathAnswer& answer) const {
    const auto object = outside_->Lstat(path);
    const bool socket = object && object->kind == NodeKind::Socket;
    const PathAnswer outer = outside_->SubtreeOf(path, host_root);
    const Rights kept = socket ? kSocket : Rights(Right::Connect);
    answer.rights = answer.rights | (outer.rights & kept);
    answer.possible = answer.possible | (outer.possible & kept);
    if (outer.Has(Right::Connect) != Answer::No) {
      answer.because.push_back(EvidenceOf(permissions_.sockets, "sockets are not held back"));
    }
  }

  /// Looks for links below everything that is allowed, and below where they lead.
  void FollowLinks(AllowedRight& rule) const {
    std::set<std::string> seen;
    std::vector<AllowedPath> open = rule.allow;
    std::size_t visited = 0;
    while (!open.empty() && rule.scanned) {
      const AllowedPath one = open.back();
      open.pop_back();
      if (one.prefix) OpenNames(one, open);
      const auto real = outside_->Realpath(one.path, nullptr);
      if (!real) continue;
      if (*real != one.path) rule.linked.push_back({*real, false, one.word});
      if (seen.insert(*real).second) Scan(*real, one, rule, open, visited);
    }
  }

  /// What is there under the names that a prefix allows.
  void OpenNames(const AllowedPath& prefix, std::vector<AllowedPath>& open) const {
    const std::size_t slash = prefix.path.rfind('/');
    const std::string directory = slash == 0 ? "/" : prefix.path.substr(0, slash);
    for (const std::string& name : outside_->List(directory)) {
      const std::string path = JoinPath(directory, name);
      if (path.starts_with(prefix.path)) open.push_back({path, false, prefix.word});
    }
  }

  void Scan(const std::string& path, const AllowedPath& from, AllowedRight& rule,
            std::vector<AllowedPath>& open, std::size_t& visited) const {
    const auto object = outside_->Lstat(path);
    if (!object || object->kind != NodeKind::Directory || Host().Symbolic()) return;
    for (const std::string& name : outside_->List(path)) {
      if (++visited > kMaxVisited) {
        rule.scanned = false;
        return;
      }
      const std::string below = JoinPath(path, name);
      if (IsBelow(below, "/proc") || IsBelow(below, "/sys")) continue;
      const auto child = outside_->Lstat(below);
      if (!child) continue;
      if (child->kind == NodeKind::Symlink) {
        const auto real = outside_->Realpath(below, nullptr);
        if (real && CoverOf(rule.allow, *real) == nullptr) {
          rule.linked.push_back({*real, false, from.word});
          open.push_back({*real, false, from.word});
        }
      } else if (child->kind == NodeKind::Directory) {
        Scan(below, from, rule, open, visited);
      }
    }
  }

  Permissions permissions_;
  std::shared_ptr<const View> outside_;
};

/// node takes everything that begins like the text before the first `*` (observed with 20.20); deno
/// takes a `*` as it stands.
void AddPath(std::vector<AllowedPath>& list, Word& all, const Word& path,
             const std::string& directory, const Word& option, bool deno) {
  std::string text = path.text;
  if (text == "*") {
    all = option;
    return;
  }
  if (!text.starts_with('/')) text = directory + "/" + text;
  const std::size_t star = deno ? std::string::npos : text.find('*');
  const bool prefix = star != std::string::npos;
  if (prefix) text.resize(star);
  const bool folder = prefix && text.ends_with('/');
  AllowedPath one{CleanPath(text), prefix && !folder, path};
  if (one.path == "/" && !one.prefix) all = option;
  list.push_back(std::move(one));
}

Permissions PermissionsOf(const Profile& profile, const std::string& directory, bool deno) {
  Permissions permissions;
  permissions.named_by = profile.named_by;
  for (const auto& [key, value] : profile.parameters) {
    Word option = value;
    if (value.text == "*") option = key;
    if (!value.Known()) permissions.unknown = value;
    if (key.text == "open") permissions.open = value;
    if (key.text == "sockets") permissions.sockets = value;
    for (auto* rule : {&permissions.read, &permissions.write}) {
      const std::string right = rule == &permissions.read ? "read" : "write";
      if (key.text == "allow-" + right) {
        AddPath(rule->allow, rule->all, value, directory, option, deno);
      } else if (key.text == "deny-" + right) {
        AddPath(rule->deny, rule->deny_all, value, directory, option, deno);
      }
    }
  }
  return permissions;
}

}  // namespace

ViewStep MakePermissionStep(const Layer& layer, std::shared_ptr<const View> outside,
                            const ViewContext& context) {
  ViewStep step;
  step.view = outside;
  step.outside_visible = true;
  if (layer.kind != LayerKind::Sandbox || !layer.profile) return step;
  const bool deno = layer.tool == "deno";
  Permissions permissions = PermissionsOf(*layer.profile, context.working_directory, deno);
  if (permissions.open) {
    step.openings.push_back(EvidenceOf(permissions.open, "nothing that it starts is confined"));
    return step;
  }
  permissions.by_path = deno;
  const auto view = std::make_shared<PermissionView>(std::move(permissions), std::move(outside));
  step.outside_visible = !deno && view->ReadsProc();
  step.view = view;
  return step;
}

}  // namespace sandlint
