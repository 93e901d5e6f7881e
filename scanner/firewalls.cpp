#include "scanner/firewalls.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "scanner/egress/firewall_remarks.h"
#include "scanner/files/passwd.h"
#include "scanner/grant/socket_owner.h"

namespace sandlint {
namespace {

/// Where a machine keeps the rules that it loads at its start.
constexpr auto kOfMachine =
    std::to_array<const char*>({"/etc/nftables.conf",      "/etc/sysconfig/nftables.conf",
                                "/etc/iptables/rules.v4",  "/etc/iptables/rules.v6",
                                "/etc/sysconfig/iptables", "/etc/sysconfig/ip6tables",
                                "/etc/ipset.conf",         "/etc/firewalld/direct.xml",
                                "/etc/squid/squid.conf",   "/etc/iptables/ipsets",
                                "/etc/sysconfig/ipset",    "/etc/ufw/ufw.conf",
                                "/etc/ufw/user.rules",     "/etc/ufw/user6.rules",
                                "/etc/ufw/before.rules",   "/etc/ufw/before6.rules",
                                "/etc/ufw/after.rules",    "/etc/ufw/after6.rules",
                                "/etc/default/ufw",        "/etc/pf.conf"});
/// Folders of which every file counts.
constexpr auto kFolders =
    std::to_array<const char*>({"/etc/pf.anchors", "/etc/firewalld/policies"});

/// The files of a machine, for what its rules include.
class MachineReader final : public FileReader {
 public:
  explicit MachineReader(const HostFacts& host) : host_(host) {}

  ReadResult Read(std::string_view path) const override {
    auto text = host_.ReadText(Absolute(path));
    if (text) return {ReadStatus::Ok, std::move(*text), {}};
    return {ReadStatus::Missing, {}, "it is not there or cannot be read"};
  }
  bool Exists(std::string_view path) const override {
    return host_.ReadText(Absolute(path)).has_value();
  }
  std::vector<DirectoryEntry> List(std::string_view directory) const override {
    std::vector<DirectoryEntry> entries;
    for (std::string& name : host_.List(Absolute(directory))) {
      const auto node = host_.Lstat(Absolute(directory) + "/" + name);
      entries.push_back({std::move(name), node && node->kind == NodeKind::Directory});
    }
    return entries;
  }

 private:
  static std::string Absolute(std::string_view path) { return "/" + std::string(path); }

  const HostFacts& host_;
};

void AddFile(HostFirewalls& firewalls, FirewallPlace place, std::string path, std::string text,
             const FileReader& files, Workspace& workspace) {
  const Source& source = workspace.Add(std::move(path), std::move(text));
  FileReport report;
  report.path = source.path;
  report.kind = "firewall";
  if (!firewalls.Add(source, place, files, workspace)) {
    report.status = FileStatus::Ignored;
    report.problem = "it holds no rules of a firewall that is known";
  }
  workspace.files.push_back(std::move(report));
}

void AddMachine(HostFirewalls& firewalls, const HostFacts& host, Workspace& workspace) {
  const MachineReader reader(host);
  std::vector<std::string> paths(kOfMachine.begin(), kOfMachine.end());
  for (const std::string folder : kFolders) {
    for (const std::string& name : host.List(folder)) paths.push_back(folder + "/" + name);
  }
  for (std::string& path : paths) {
    auto text = host.ReadText(path);
    if (!text) continue;
    AddFile(firewalls, FirewallPlace::Machine, std::move(path), std::move(*text), reader,
            workspace);
  }
}

/// Accounts may come from elsewhere than from the file: then a name that it lacks may exist.
bool OnlyFromFiles(std::string_view nsswitch) {
  const std::size_t at = nsswitch.find("passwd:");
  if (at == std::string_view::npos) return true;
  std::string_view line = nsswitch.substr(at + 7, nsswitch.find('\n', at) - at - 7);
  while (!line.empty()) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    const std::string_view word = line.substr(0, line.find_first_of(" \t"));
    line.remove_prefix(word.size());
    if (!word.empty() && word != "files" && word != "compat" && word != "systemd") return false;
  }
  return true;
}

/// Words without which a script does nothing to a firewall.
bool MentionsFirewall(std::string_view text) {
  constexpr std::string_view kWords[] = {"iptables", "ip6tables", "nft ",
                                         "ipset",    "ufw ",      "firewall-cmd"};
  return std::ranges::any_of(
      kWords, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

}  // namespace

HostFirewalls ReadFirewallFiles(const std::vector<FoundFile>& found, const FileReader& files,
                                Workspace& workspace) {
  HostFirewalls firewalls;
  for (const FoundFile& file : found) {
    ReadResult read = files.Read(file.path);
    const bool script = file.kind == FileKind::Script;
    if (script && (read.status != ReadStatus::Ok || !MentionsFirewall(read.text))) continue;
    if (read.status == ReadStatus::Ok) {
      AddFile(firewalls, FirewallPlace::Tree, file.path, std::move(read.text), files, workspace);
      continue;
    }
    FileReport report;
    report.path = file.path;
    report.kind = "firewall";
    report.status = FileStatus::Unreadable;
    report.problem = read.problem;
    workspace.files.push_back(std::move(report));
  }
  if (!workspace.host->Symbolic()) AddMachine(firewalls, *workspace.host, workspace);
  return firewalls;
}

void AddFirewallRemarks(const HostFirewalls& firewalls, const EgressNames& accounts,
                        Workspace& workspace) {
  if (firewalls.Empty()) return;
  EgressAskers askers;
  for (const Server& server : workspace.servers) {
    for (const Launch& launch : server.launches) {
      const NetworkMode mode = launch.grant.egress.mode;
      if (mode == NetworkMode::None) continue;
      askers.all.push_back(SocketOwnerOf(launch.layers, *workspace.host, mode));
      for (const Layer& layer : launch.layers) {
        if (layer.inner_uid) askers.inner_users.push_back(layer.inner_uid->text);
        if (layer.container && layer.user) askers.inner_users.push_back(layer.user->text);
      }
    }
  }
  workspace.firewall_remarks = RemarksOn(firewalls, accounts, askers);
}

EgressNames AccountsOf(const HostFacts& host) {
  EgressNames names;
  const auto passwd = host.Symbolic() ? std::nullopt : host.ReadText("/etc/passwd");
  if (!passwd) return names;
  for (const HostUser& user : ParsePasswd(*passwd)) names.users.emplace(user.name, user.uid);
  const auto nsswitch = host.ReadText("/etc/nsswitch.conf");
  names.users_complete = nsswitch && OnlyFromFiles(*nsswitch);
  return names;
}

}  // namespace sandlint
