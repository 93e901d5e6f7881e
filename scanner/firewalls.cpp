#include "scanner/firewalls.h"

#include <algorithm>
#include <array>

namespace sandlint {
namespace {

/// Where a machine keeps the rules that it loads at its start.
constexpr auto kOfMachine = std::to_array<const char*>(
    {"/etc/nftables.conf", "/etc/iptables/rules.v4", "/etc/iptables/rules.v6",
     "/etc/ufw/user.rules", "/etc/ufw/user6.rules", "/etc/ufw/before.rules",
     "/etc/ufw/before6.rules", "/etc/ufw/after.rules", "/etc/ufw/after6.rules", "/etc/default/ufw",
     "/etc/pf.conf"});

void AddFile(HostFirewalls& firewalls, std::string path, std::string text, const FileReader& files,
             Workspace& workspace) {
  const Source& source = workspace.Add(std::move(path), std::move(text));
  FileReport report;
  report.path = source.path;
  report.kind = "firewall";
  if (!firewalls.Add(source, files, workspace)) {
    report.status = FileStatus::Ignored;
    report.problem = "it holds no rules of a firewall that is known";
  }
  workspace.files.push_back(std::move(report));
}

}  // namespace

HostFirewalls ReadFirewallFiles(const std::vector<FoundFile>& found, const FileReader& files,
                                Workspace& workspace) {
  HostFirewalls firewalls;
  for (const FoundFile& file : found) {
    ReadResult read = files.Read(file.path);
    if (read.status == ReadStatus::Ok) {
      AddFile(firewalls, file.path, std::move(read.text), files, workspace);
      continue;
    }
    FileReport report;
    report.path = file.path;
    report.kind = "firewall";
    report.status = FileStatus::Unreadable;
    report.problem = read.problem;
    workspace.files.push_back(std::move(report));
  }
  if (workspace.host->Symbolic()) return firewalls;
  for (const char* path : kOfMachine) {
    auto text = workspace.host->ReadText(path);
    if (text) AddFile(firewalls, path, std::move(*text), files, workspace);
  }
  return firewalls;
}

}  // namespace sandlint
