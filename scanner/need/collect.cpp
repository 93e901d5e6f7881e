#include "scanner/need/collect.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sandlint {
namespace {

constexpr std::uint32_t kDnsPort = 53;

/// `/a/./b//c/..` -> `/a/b`, by name as the log gives no links.
std::string Clean(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!part.empty() && part != "." && !(part == ".." && path.front() == '/')) {
      parts.push_back(part);
    }
    at = end + 1;
  }
  std::string clean = path.starts_with('/') ? "/" : "";
  for (const std::string_view part : parts) {
    if (!clean.empty() && clean.back() != '/') clean += '/';
    clean += part;
  }
  return clean.empty() ? "." : clean;
}

std::string_view Arg(const TraceCall& call, int index) {
  const auto at = static_cast<std::size_t>(index);
  return index >= 0 && at < call.args.size() ? std::string_view(call.args[at]) : "";
}

/// `3</etc>` -> `3`.
std::string Descriptor(std::string_view printed) {
  return std::string(printed.substr(0, printed.find('<')));
}

Rights OpenRights(std::string_view flags) {
  const auto has = [&](std::string_view flag) { return flags.find(flag) != flags.npos; };
  if (has("O_PATH")) return {};
  Rights rights;
  if (!has("O_WRONLY")) rights = rights | Right::Read;
  for (const char* flag : {"O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND", "O_TMPFILE"}) {
    if (has(flag)) rights = rights | Right::Write;
  }
  return rights;
}

Rights RightsOfAction(TraceAction action, std::string_view flags) {
  switch (action) {
    case TraceAction::Open:
      return OpenRights(flags);
    case TraceAction::Read:
      return Right::Read;
    case TraceAction::Write:
    case TraceAction::Bind:
      return Right::Write;
    case TraceAction::Exec:
      return Right::Exec;
    case TraceAction::Connect:
    case TraceAction::Send:
      return Right::Connect;
    case TraceAction::Probe:
    case TraceAction::Enter:
      break;
  }
  return {};
}

std::string ProtocolOfSocket(std::string_view type) {
  if (type.find("SOCK_STREAM") != type.npos) return "tcp";
  if (type.find("SOCK_DGRAM") != type.npos) return "udp";
  return type.find("SOCK_RAW") != type.npos ? "icmp" : "";
}

bool InProgress(const TraceCall& call) {
  return call.error == "EINPROGRESS" || call.error == "EINTR" || call.error == "EALREADY";
}

}  // namespace

Collector::Process& Collector::ProcessOf(std::uint32_t pid) {
  const auto leader = leaders_.find(pid);
  if (leader != leaders_.end()) pid = leader->second;
  pid_ = pid;
  const auto found = processes_.find(pid);
  if (found != processes_.end()) return found->second;
  // Calls that make processes are not in every log: a new one starts where the first one is.
  Process process;
  process.directory = processes_.empty() ? start_ : processes_.begin()->second.directory;
  return processes_.emplace(pid, std::move(process)).first->second;
}

void Collector::AddStrace(const TraceLog& log, std::uint32_t pid) {
  if (!log.has_pids && pid == 0) processes_.clear();  // a trace of its own
  for (const TraceCall& call : log.calls) {
    ++observation_.calls;
    Handle(call, ProcessOf(log.has_pids ? call.pid : pid));
  }
}

void Collector::AddChild(std::uint32_t child, const TraceCall& call, const Process& parent) {
  const bool thread = std::ranges::any_of(call.args, [](const std::string& arg) {
    return arg.find("CLONE_THREAD") != arg.npos ||
           (arg.find("CLONE_FILES") != arg.npos && arg.find("CLONE_FS") != arg.npos);
  });
  if (thread) {
    leaders_.emplace(child, pid_);
  } else if (child != pid_) {
    processes_.emplace(child, parent);
  }
}

void Collector::Handle(const TraceCall& call, Process& process) {
  for (const TraceOperand& operand : OperandsOf(call.name)) {
    const bool address = operand.action == TraceAction::Connect ||
                         operand.action == TraceAction::Send || operand.action == TraceAction::Bind;
    if (address) {
      HandleAddress(call, operand, process);
    } else {
      HandlePath(call, operand, process);
    }
  }
  HandlePayload(call, process);
  KeepState(call, process);
}

void Collector::KeepState(const TraceCall& call, Process& process) {
  const bool forks =
      call.name == "clone" || call.name == "clone3" || call.name == "fork" || call.name == "vfork";
  if (call.Failed()) return;
  const std::string result = Descriptor(call.result);
  if (call.name == "getcwd") {
    process.directory = DecodeTraceString(Arg(call, 0)).bytes;
  } else if (call.name == "fchdir") {
    const std::string_view path = DescriptorPath(Arg(call, 0));
    const auto known = process.files.find(Descriptor(Arg(call, 0)));
    process.directory = !path.empty()                  ? std::string(path)
                        : known != process.files.end() ? known->second
                                                       : "";
  } else if (call.name == "socket") {
    process.sockets[result] = ProtocolOfSocket(Arg(call, 1));
  } else if (call.name.starts_with("dup") || call.name == "fcntl") {
    const auto known = process.files.find(Descriptor(Arg(call, 0)));
    const bool copies = call.name != "fcntl" || Arg(call, 1).starts_with("F_DUPFD");
    if (copies && known != process.files.end()) process.files[result] = known->second;
  } else if (call.name == "close") {
    process.files.erase(Descriptor(Arg(call, 0)));
    process.peers.erase(Descriptor(Arg(call, 0)));
  } else if (forks && !result.empty() && result.size() < 10 &&
             std::ranges::all_of(result, [](char c) { return c >= '0' && c <= '9'; })) {
    AddChild(static_cast<std::uint32_t>(std::stoul(result)), call, process);
  }
}

std::string Collector::Resolve(const TraceCall& call, const TraceOperand& operand,
                               const Process& process, std::string_view path) const {
  if (path.starts_with('/')) return Clean(path);
  std::string base = process.directory;
  const std::string_view descriptor = Arg(call, operand.directory);
  if (const std::string_view named = DescriptorPath(descriptor); !named.empty()) {
    base = named;  // -y: for AT_FDCWD too
  } else if (!descriptor.empty() && !descriptor.starts_with("AT_FDCWD")) {
    const auto known = process.files.find(Descriptor(descriptor));
    base = known == process.files.end() ? "" : known->second;
  }
  return Clean(base.empty() ? std::string(path) : base + '/' + std::string(path));
}

/// Did the call make or remove the name itself?
void Collector::NoteMade(const TraceCall& call, const TraceOperand& operand,
                         const std::string& path) {
  constexpr auto kNames = std::to_array<std::string_view>(
      {"creat", "link", "linkat", "mkdir", "mkdirat", "mknod", "mknodat", "rename", "renameat",
       "renameat2", "rmdir", "symlink", "symlinkat", "unlink", "unlinkat"});
  const bool names =
      operand.action == TraceAction::Write && std::ranges::find(kNames, call.name) != kNames.end();
  const bool creates = operand.action == TraceAction::Open &&
                       Arg(call, operand.path + 1).find("O_CREAT") != std::string_view::npos;
  if (names || creates) paths_[path].made = true;
}

void Collector::HandlePath(const TraceCall& call, const TraceOperand& operand, Process& process) {
  const TraceString path = DecodeTraceString(Arg(call, operand.path));
  if (!path.is_string || path.bytes.empty()) return;  // NULL, or the descriptor itself
  const std::string resolved = Resolve(call, operand, process, path.bytes);
  const Rights rights = RightsOfAction(operand.action, Arg(call, operand.path + 1));
  if (call.Failed()) {
    AddPath(resolved, {}, rights.None() ? Rights(Right::Read) : rights, call.where);
    return;
  }
  AddPath(resolved, rights, rights.None() ? Rights(Right::Read) : Rights(), call.where);
  NoteMade(call, operand, resolved);
  if (operand.action == TraceAction::Enter) process.directory = resolved;
  if (operand.action == TraceAction::Open) {
    const std::string_view real = DescriptorPath(call.result);
    process.files[Descriptor(call.result)] = real.empty() ? resolved : std::string(real);
  }
}

void Collector::HandleAddress(const TraceCall& call, const TraceOperand& operand,
                              Process& process) {
  const std::string_view printed = Arg(call, 0);
  const std::string descriptor = Descriptor(printed);
  auto address = ReadTraceAddress(Arg(call, operand.path));
  if (!address && operand.action == TraceAction::Send) {
    address = PeerOfDescriptor(printed);
    const auto peer = process.peers.find(descriptor);
    if (!address && peer != process.peers.end()) address = peer->second;
  }
  if (!address) return;
  const bool reached = !call.Failed() || InProgress(call);
  if (address->family == TraceAddress::Family::Unix) {
    const Rights rights = RightsOfAction(operand.action, "");
    if (address->text.empty()) return;
    AddPath(address->text.starts_with('/') || address->text.starts_with('@')
                ? address->text
                : Clean(process.directory + '/' + address->text),
            reached ? rights : Rights(), reached ? Rights() : rights, call.where);
    return;
  }
  if (address->family != TraceAddress::Family::Inet || operand.action == TraceAction::Bind) return;
  std::string protocol(ProtocolOfDescriptor(printed));
  if (protocol.empty()) {
    const auto known = process.sockets.find(descriptor);
    if (known != process.sockets.end()) protocol = known->second;
  }
  if (operand.action == TraceAction::Connect) process.peers[descriptor] = *address;
  // Connecting a datagram socket sends nothing: the C library sorts addresses that way.
  const bool route_probe = operand.action == TraceAction::Connect && protocol == "udp";
  if (route_probe && address->port != kDnsPort) return;
  AddFlow(protocol, *address, reached, call.where);
}

void Collector::HandlePayload(const TraceCall& call, Process& process) {
  const bool sends = call.name.starts_with("send") || call.name == "write";
  const bool receives = call.name.starts_with("recv");
  if (!sends && !receives) return;
  const auto peer = process.peers.find(Descriptor(Arg(call, 0)));
  const bool is_dns = peer != process.peers.end() && peer->second.port == kDnsPort;
  // Every string of the call: a vector of messages has several.
  for (std::size_t index = 1; index < call.args.size(); ++index) {
    std::string_view text = call.args[index];
    for (std::size_t at = text.find('"'); at != text.npos; at = text.find("iov_base=\"", at + 1)) {
      const std::size_t quote = text.find('"', at);
      const std::string bytes = DecodeTraceString(text.substr(quote)).bytes;
      if (const auto proxy = ReadProxyConnect(bytes); proxy && sends) {
        AddFlow("tcp", {TraceAddress::Family::Inet, proxy->first, proxy->second}, true, call.where);
      }
      if (!is_dns) continue;
      const DnsMessage message = ReadDns(bytes);
      if (message.question.empty()) continue;
      AddName(message.question);
      for (const std::string& one : message.addresses) names_of_[one] = message.question;
    }
  }
}

void Collector::AddFsUsage(const FsUsageLog& log) {
  for (const FsUsageCall& call : log.calls) {
    ++observation_.calls;
    if (call.path.empty()) continue;
    const std::string path = call.path.starts_with('/') || start_.empty()
                                 ? Clean(call.path)
                                 : Clean(start_ + '/' + call.path);
    const Rights shown = call.rights.None() ? Rights(Right::Read) : call.rights;
    const bool only_looked = call.rights.None();
    AddPath(path, call.failed || only_looked ? Rights() : shown,
            call.failed || only_looked ? shown : Rights(), call.where);
  }
  for (const std::string& gap : log.gaps) observation_.gaps.push_back(gap);
}

void Collector::AddPath(const std::string& path, Rights done, Rights tried, const Span& where) {
  ObservedPath& row = paths_[path];
  const bool first_success = row.rights.None() && !done.None();
  if (row.path.empty() || first_success) row.where = where;
  row.path = path;
  row.rights = row.rights | done;
  row.tried = row.tried | tried;
}

void Collector::AddFlow(const std::string& protocol, const TraceAddress& address, bool reached,
                        const Span& where) {
  ObservedFlow& row = flows_[{address.text, fmt::format("{} {}", protocol, address.port)}];
  if (row.address.empty()) row = {protocol, address.text, address.port, {}, false, where};
  row.reached = row.reached || reached;
}

void Collector::AddName(const std::string& name) {
  constexpr std::size_t kMost = 1000;  // a log may be anybody's
  auto& names = observation_.names;
  const bool known = std::ranges::find(names, name) != names.end();
  if (!known && names.size() < kMost) names.push_back(name);
}

Observation Collector::Take() {
  for (auto& [path, row] : paths_) observation_.paths.push_back(std::move(row));
  for (auto& [key, row] : flows_) {
    const auto name = names_of_.find(row.address);
    if (name != names_of_.end()) row.name = name->second;
    observation_.flows.push_back(std::move(row));
  }
  return std::move(observation_);
}

}  // namespace sandlint
