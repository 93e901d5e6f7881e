#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/observed.h"
#include "scanner/need/trace_address.h"
#include "scanner/need/trace_table.h"
#include "scanner/parse/fs_usage.h"
#include "scanner/parse/strace.h"

namespace sandlint {

/// Follows the calls of a trace: which directory and which descriptor each process means.
class Collector {
 public:
  explicit Collector(std::string working_directory) : start_(std::move(working_directory)) {}

  void AddStrace(const TraceLog& log);
  void AddFsUsage(const FsUsageLog& log);
  Observation Take();

 private:
  struct Process {
    std::string directory;                       ///< empty: not known
    std::map<std::string, std::string> files;    ///< descriptor -> path
    std::map<std::string, std::string> sockets;  ///< descriptor -> tcp, udp, icmp
    std::map<std::string, TraceAddress> peers;   ///< of connected datagram sockets
  };

  Process& ProcessOf(const TraceCall& call);
  void Handle(const TraceCall& call, Process& process);
  void KeepState(const TraceCall& call, Process& process);
  void HandlePath(const TraceCall& call, const TraceOperand& operand, Process& process);
  void HandleAddress(const TraceCall& call, const TraceOperand& operand, Process& process);
  void HandlePayload(const TraceCall& call, Process& process);
  std::string Resolve(const TraceCall& call, const TraceOperand& operand, const Process& process,
                      std::string_view path) const;
  void AddPath(const std::string& path, Rights done, Rights tried, const Span& where);
  void AddFlow(const std::string& protocol, const TraceAddress& address, bool reached,
               const Span& where);
  void AddName(const std::string& name);

  std::string start_;
  std::map<std::uint32_t, Process> processes_;
  std::map<std::string, ObservedPath> paths_;
  std::map<std::pair<std::string, std::string>, ObservedFlow> flows_;
  std::map<std::string, std::string> names_of_;  ///< address -> name
  Observation observation_;
};

}  // namespace sandlint
