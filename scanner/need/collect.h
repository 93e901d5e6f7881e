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

  /// `pid`: that of a log which holds one process (`strace -ff`); 0: not known.
  void AddStrace(const TraceLog& log, std::uint32_t pid);
  void AddFsUsage(const FsUsageLog& log);
  Observation Take();

 private:
  struct Process {
    std::string directory;                       ///< empty: not known
    std::map<std::string, std::string> files;    ///< descriptor -> path
    std::map<std::string, std::string> sockets;  ///< descriptor -> tcp, udp, icmp
    std::map<std::string, TraceAddress> peers;   ///< of connected datagram sockets
  };

  Process& ProcessOf(std::uint32_t pid);
  void AddChild(std::uint32_t child, const TraceCall& call, const Process& parent);
  void Handle(const TraceCall& call, Process& process);
  void KeepState(const TraceCall& call, Process& process);
  void HandlePath(const TraceCall& call, const TraceOperand& operand, Process& process);
  void HandleAddress(const TraceCall& call, const TraceOperand& operand, Process& process);
  void HandlePayload(const TraceCall& call, Process& process);
  std::string Resolve(const TraceCall& call, const TraceOperand& operand, const Process& process,
                      std::string_view path) const;
  void NoteMade(const TraceCall& call, const TraceOperand& operand, const std::string& path);
  void AddPath(const std::string& path, Rights done, Rights tried, const Span& where);
  void AddFlow(const std::string& protocol, const TraceAddress& address, bool reached,
               const Span& where);
  void AddName(const std::string& name);

  std::string start_;
  std::map<std::uint32_t, Process> processes_;
  /// Thread -> the process whose descriptors and directory it shares.
  std::map<std::uint32_t, std::uint32_t> leaders_;
  std::uint32_t pid_ = 0;  ///< of the call in hand
  std::map<std::string, ObservedPath> paths_;
  std::map<std::pair<std::string, std::string>, ObservedFlow> flows_;
  std::map<std::string, std::string> names_of_;  ///< address -> name
  Observation observation_;
};

}  // namespace sandlint
