#include "scanner/scan_traces.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <vector>

#include "scanner/need/observe.h"
#include "scanner/traces.h"

namespace sandlint {
namespace {

/// The files whose words decide what a launch grants.
class Deciding {
 public:
  std::set<std::string> Of(const Server& server) {
    Add(server.decl.entry);
    for (const Launch& launch : server.launches) {
      Add(launch.condition);
      for (const Word& word : launch.argv) Add(word.span);
      for (const Layer& layer : launch.layers) Add(layer);
    }
    return std::move(paths_);
  }

 private:
  void Add(const Span& span) {
    if (span.source != nullptr && !span.source->is_argv) paths_.insert(span.source->path);
  }
  void Add(const Layer& layer) {
    Add(layer.program.span);
    for (const Word& word : layer.words) Add(word.span);
    for (const auto& directive : layer.directives) Add(directive->keyword.span);
    for (const NetworkRule& rule : layer.network.filter ? layer.network.filter->rules : kNoRules) {
      Add(rule.word.span);
    }
    if (layer.profile) Add(layer.profile->text.span);
  }

  inline static const std::vector<NetworkRule> kNoRules;
  std::set<std::string> paths_;
};

/// The logs that the words of the policy name, as one observation.
void ReadLogs(const std::vector<Word>& names, const FileReader& files, ServerTrace& trace,
              Workspace& workspace) {
  std::vector<const Source*> sources;
  for (const Word& name : names) {
    TraceFiles found = ReadTraceFiles(files, name.text);
    if (!found.problem.empty()) {
      trace.named_by = name;
      trace.problem = std::move(found.problem);
      return;
    }
    for (auto& [path, text] : found.files) {
      trace.files.push_back({path, files.ChangedAt(path)});
      sources.push_back(&workspace.Add(path, std::move(text)));
    }
  }
  trace.seen = Observe(sources, {});
  if (trace.seen.Empty()) trace.problem = "no line of it is one that strace or fs_usage writes";
}

}  // namespace

void ReadTrace(Server& server, const FileReader& files, Workspace& workspace) {
  for (const ServerPolicy& row : workspace.policy.servers) {
    if (row.name.text != server.Name() || row.traces.empty()) continue;
    ServerTrace trace;
    trace.named_by = row.traces.front();
    ReadLogs(row.traces, files, trace, workspace);
    for (const std::string& path : Deciding().Of(server)) {
      trace.deciding.push_back({path, files.ChangedAt(path)});
    }
    server.trace = std::move(trace);
  }
}

}  // namespace sandlint
