// The cost of each stage on one ordinary server, and on a tree of a hundred files.

#include <benchmark/benchmark.h>

#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "model/run.h"
#include "reporters/reporter.h"
#include "rules/rule.h"
#include "scanner/files/host.h"
#include "scanner/files/reader.h"
#include "scanner/grant/grant.h"
#include "scanner/parse/node.h"
#include "scanner/peel/peel.h"
#include "scanner/scan.h"

namespace sandlint {
namespace {

const std::vector<std::string> kArgv{"bwrap",
                                     "--ro-bind",
                                     "/usr",
                                     "/usr",
                                     "--symlink",
                                     "usr/lib",
                                     "/lib",
                                     "--proc",
                                     "/proc",
                                     "--dev",
                                     "/dev",
                                     "--bind",
                                     "/srv/x",
                                     "/data",
                                     "--tmpfs",
                                     "/tmp",
                                     "--tmpfs",
                                     "/home",
                                     "--unshare-all",
                                     "--clearenv",
                                     "--setenv",
                                     "PATH",
                                     "/usr/bin",
                                     "--die-with-parent",
                                     "--new-session",
                                     "npx",
                                     "-y",
                                     "@modelcontextprotocol/server-memory@1.0.0"};

std::string ConfigText() {
  std::string args;
  for (std::size_t index = 1; index < kArgv.size(); ++index) {
    args += (index == 1 ? "\"" : ", \"") + kArgv[index] + "\"";
  }
  return R"({"mcpServers": {
  "memory": {"command": "bwrap", "args": [)" +
         args + R"(]},
  "files": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "."]},
  "image": {"command": "docker", "args": ["run", "--rm", "-i", "-v", "/srv/x:/data", "mcp/x:1"]}}})";
}

std::unique_ptr<FileReader> TreeOf(int files) {
  std::map<std::string, std::string, std::less<>> tree;
  for (int index = 0; index < files; ++index) {
    tree["d" + std::to_string(index) + "/.mcp.json"] = ConfigText();
  }
  return MakeMemoryReader(std::move(tree));
}

std::vector<Word> WordsOf(const std::vector<std::string>& argv) {
  std::vector<Word> words;
  for (const std::string& text : argv) {
    words.push_back({text, {}, {}, static_cast<int>(words.size())});
  }
  return words;
}

void Parse(benchmark::State& state) {
  const Source source{".mcp.json", ConfigText(), false};
  for (auto _ : state) benchmark::DoNotOptimize(ParseJson(source));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(source.text.size()));
}
BENCHMARK(Parse);

void Peel(benchmark::State& state) {
  const auto host = MakeSymbolicHost({});
  const std::vector<Word> argv = WordsOf(kArgv);
  Workspace workspace;
  const PeelContext context{host.get(), nullptr, &workspace, {}, {}};
  for (auto _ : state) benchmark::DoNotOptimize(PeelLaunches(argv, context));
}
BENCHMARK(Peel);

void Evaluate(benchmark::State& state) {
  const auto host = MakeSymbolicHost({});
  Workspace workspace;
  const auto launches = PeelLaunches(WordsOf(kArgv), {host.get(), nullptr, &workspace, {}, {}});
  for (auto _ : state) {
    Launch launch = launches.front();
    EvaluateGrant(launch, nullptr, {host.get(), nullptr, {}});
    benchmark::DoNotOptimize(launch.grant.paths->OfHost("/home/user/.ssh/id_rsa"));
  }
}
BENCHMARK(Evaluate);

/// Shipped profiles of firejail with all that they include, where the package is installed.
void Firejail(benchmark::State& state) {
  namespace fs = std::filesystem;
  const auto wanted = static_cast<std::size_t>(state.range(0));
  std::set<std::string> names;
  if (fs::exists("/etc/firejail/default.profile")) {
    for (const auto& entry : fs::directory_iterator("/etc/firejail")) {
      if (entry.path().extension() == ".profile") names.insert(entry.path().stem());
    }
  }
  if (names.size() < wanted) {
    state.SkipWithError("the profiles of firejail are not installed");
    return;
  }
  names.erase(std::next(names.begin(), static_cast<std::ptrdiff_t>(wanted)), names.end());
  for (auto _ : state) {
    const auto host = MakeSymbolicHost({});
    for (const std::string& name : names) {
      Workspace workspace;
      auto launches = PeelLaunches(WordsOf({"firejail", "--profile=" + name, "node"}),
                                   {host.get(), nullptr, &workspace, {}, {}});
      EvaluateGrant(launches.front(), nullptr, {host.get(), nullptr, {}});
      benchmark::DoNotOptimize(launches.front().starts);
    }
  }
  state.SetComplexityN(state.range(0));
}
BENCHMARK(Firejail)
    ->Arg(10)
    ->Arg(100)
    ->Arg(1000)
    ->Complexity(benchmark::oN)
    ->Unit(benchmark::kMillisecond);

void ScanTree(benchmark::State& state) {
  const auto files = TreeOf(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(Scan(*files, {}).servers.size());
  state.SetComplexityN(state.range(0));
}
BENCHMARK(ScanTree)
    ->Arg(1)
    ->Arg(10)
    ->Arg(100)
    ->Complexity(benchmark::oN)
    ->Unit(benchmark::kMillisecond);

void Judge(benchmark::State& state) {
  const Workspace workspace = Scan(*TreeOf(static_cast<int>(state.range(0))), {});
  for (auto _ : state) {
    const Findings findings = RunRules(workspace);
    benchmark::DoNotOptimize(JudgeServers(workspace, findings));
  }
  state.SetComplexityN(state.range(0));
}
BENCHMARK(Judge)
    ->Arg(1)
    ->Arg(10)
    ->Arg(100)
    ->Complexity(benchmark::oN)
    ->Unit(benchmark::kMillisecond);

void Report(benchmark::State& state, const char* format) {
  const Workspace workspace = Scan(*TreeOf(100), {});
  Run run;
  run.workspace = &workspace;
  run.findings = RunRules(workspace);
  run.checklists = JudgeServers(workspace, run.findings);
  run.repository = JudgeRepository(workspace, run.findings, run.checklists);
  const Reporter* reporter = FindReporter(format);
  for (auto _ : state) benchmark::DoNotOptimize(reporter->write(run, {}));
}
BENCHMARK_CAPTURE(Report, text, "text")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Report, sarif, "sarif")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Report, json, "json")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Report, markdown, "markdown")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sandlint

BENCHMARK_MAIN();
