// Large rulesets: the curve of rules and prefixes (10,000 rules with 100,000 prefixes at the end).

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <random>
#include <string>

#include "scanner/egress/evaluate.h"
#include "scanner/egress/nft_compile.h"

namespace sandlint {
namespace {

std::string Quad(std::uint32_t address) {
  return fmt::format("{}.{}.{}.{}", address >> 24, (address >> 16) & 255, (address >> 8) & 255,
                     address & 255);
}

/// `rules` accepts and drops of prefixes, and a set of ten times as many in their middle.
std::string Ruleset(std::size_t rules) {
  const std::size_t prefixes = rules * 10;
  std::mt19937 random(1);
  std::string text = "table inet t {\n set big {\n type ipv4_addr\n flags interval\n elements = {";
  for (std::size_t i = 0; i < prefixes; ++i) {
    const auto address = static_cast<std::uint32_t>(i * 0x100000000ULL / (prefixes + 1)) & ~255U;
    text += fmt::format("{} {}/24", i == 0 ? "" : ",", Quad(address));
  }
  text += " }\n }\n chain o {\n type filter hook output priority 0; policy drop;\n";
  for (std::size_t i = 0; i < rules; ++i) {
    if (i == rules / 2) text += " ip daddr @big tcp dport 443 accept\n";
    text += fmt::format(" meta skuid 2001 ip daddr {}/{} {} dport 443 {}\n",
                        Quad(static_cast<std::uint32_t>(random())), 20 + random() % 13,
                        i % 3 == 0 ? "udp" : "tcp", i % 4 == 0 ? "drop" : "accept");
  }
  return text + " }\n}\n";
}

/// No two rules have anything in common: prefixes and ranges of ports at random. `gave_up` counts
/// those past a limit, where every answer is uncertain.
std::string Scattered(std::size_t rules) {
  std::mt19937 random(2);
  std::string text =
      "table inet t {\n chain o {\n type filter hook output priority 0; policy drop;\n";
  for (std::size_t i = 0; i < rules; ++i) {
    const auto port = random() % 60000;
    text += fmt::format(" ip daddr {}/{} tcp dport {}-{} {}\n",
                        Quad(static_cast<std::uint32_t>(random())), 8 + random() % 25, port,
                        port + random() % 5000, i % 2 == 0 ? "drop" : "accept");
  }
  return text + " }\n}\n";
}

void EvaluateScattered(benchmark::State& state) {
  const Source source{"bench.nft", Scattered(static_cast<std::size_t>(state.range(0))), false};
  const NftProgram compiled = CompileNft(ApplyNft(ParseNft(source, {})), {"", 2001, "", 2001}, {});
  bool gave_up = false;
  for (auto run : state) gave_up = EvaluateAll(compiled.program).gave_up;
  state.counters["gave_up"] = gave_up ? 1 : 0;
  state.SetComplexityN(state.range(0));
}
BENCHMARK(EvaluateScattered)
    ->RangeMultiplier(10)
    ->Range(100, 10'000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();

void EvaluateRuleset(benchmark::State& state) {
  const Source source{"bench.nft", Ruleset(static_cast<std::size_t>(state.range(0))), false};
  const NftRuleset ruleset = ApplyNft(ParseNft(source, {}));
  const NftProgram compiled = CompileNft(ruleset, {"", 2001, "", 2001}, {});
  for (auto run : state) {
    const FlowVerdict verdict = EvaluateAll(compiled.program);
    if (verdict.gave_up) state.SkipWithError("a limit was hit");
    benchmark::DoNotOptimize(verdict.allow.Size());
  }
  state.SetComplexityN(state.range(0));
}
BENCHMARK(EvaluateRuleset)
    ->RangeMultiplier(10)
    ->Range(100, 10'000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();

void CompileRuleset(benchmark::State& state) {
  const Source source{"bench.nft", Ruleset(static_cast<std::size_t>(state.range(0))), false};
  for (auto run : state) {
    const NftRuleset ruleset = ApplyNft(ParseNft(source, {}));
    benchmark::DoNotOptimize(CompileNft(ruleset, {"", 2001, "", 2001}, {}).problems.size());
  }
  state.SetComplexityN(state.range(0));
}
BENCHMARK(CompileRuleset)
    ->RangeMultiplier(10)
    ->Range(100, 10'000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();

/// All of it, from the text on; `peak_MB` is that of the process so far.
void WholeRuleset(benchmark::State& state) {
  const Source source{"bench.nft", Ruleset(static_cast<std::size_t>(state.range(0))), false};
  for (auto run : state) {
    const NftRuleset ruleset = ApplyNft(ParseNft(source, {}));
    const NftProgram compiled = CompileNft(ruleset, {"", 2001, "", 2001}, {});
    const FlowVerdict verdict = EvaluateAll(compiled.program);
    if (verdict.gave_up) state.SkipWithError("a limit was hit");
    benchmark::DoNotOptimize(verdict.allow.Size());
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  state.counters["peak_MB"] = static_cast<double>(usage.ru_maxrss) / 1024;
  state.SetComplexityN(state.range(0));
}
BENCHMARK(WholeRuleset)
    ->RangeMultiplier(10)
    ->Range(100, 10'000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();

}  // namespace
}  // namespace sandlint

BENCHMARK_MAIN();
