// Generated rulesets, loaded by the real nft into namespaces of the test's own and probed by real
// sockets under several users: what the evaluator says must be what leaves.
// SANDLINT_NFT_RULESETS sets how many; the usual run has 300.

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"
#include "egress_target.h"
#include "nft_generate.h"
#include "paths.h"
#include "scanner/egress/evaluate.h"
#include "scanner/egress/nft_compile.h"

namespace sandlint {
namespace {

constexpr std::uint32_t kUids[] = {2001, 2002};
constexpr int kRulesets = 300;
constexpr int kInOneLab = 250;  // source ports are not used twice in one namespace

constexpr EgressTarget kTargets[] = {
    {"tcp", "140.82.112.5", 443}, {"tcp", "140.82.112.5", 80}, {"tcp", "8.8.8.8", 22},
    {"tcp", "10.1.1.1", 99},      {"tcp", "127.0.0.1", 443},   {"udp", "8.8.8.8", 53},
    {"udp", "140.82.112.5", 443}, {"udp", "127.0.0.53", 53},   {"udp", "224.0.0.251", 5353},
    {"icmp", "140.82.112.5", 0},  {"icmp", "127.0.0.1", 0},    {"tcp", "2606:50c0::1", 443},
    {"tcp", "2001:db8::9", 80},   {"tcp", "::1", 443},         {"udp", "2001:db8::9", 53},
    {"udp", "2606:50c0::7", 443}, {"icmp", "2606:50c0::1", 0}, {"icmp", "::1", 0},
};

struct LiveCase {
  std::string name, text;
};

/// A line for each ruleset: `!` where nft refuses it, else a letter for each probe.
std::string Observe(const std::vector<LiveCase>& cases) {
  return EgressLab::Run([&](EgressLab& lab) -> std::string {
    std::string lines;
    for (const auto& [name, text] : cases) {
      lab.Command("nft flush ruleset");
      if (lab.Command("nft -f -", text) != 0) {
        lines += "!\n";
        continue;
      }
      lines += ProbeAll(lab, kUids, kTargets) + '\n';
    }
    return lines;
  });
}

struct Tally {
  int loaded = 0, refused = 0, probes = 0, unsure = 0, wrong = 0;
  std::string report;
  std::map<std::string, std::string> unsure_of;  ///< by case: why
};

/// Words of a later nft than the one that is here.
bool IsNewer(const NftProgram& compiled) {
  return std::ranges::any_of(compiled.problems, [](const NftProblem& problem) {
    return problem.trouble == NftTrouble::Unclear &&
           problem.text.find("or later") != std::string::npos;
  });
}

bool IsRefused(const NftProgram& compiled) {
  for (const NftProblem& problem : compiled.problems) {
    if (problem.trouble == NftTrouble::Refused) return true;
  }
  return false;
}

void Wrong(Tally& tally, const LiveCase& one, const std::string& what) {
  if (++tally.wrong > 60) return;
  tally.report += one.name + ": " + what + "\n";
  if (tally.wrong <= 5) tally.report += one.text + "\n";
}

void Compare(const LiveCase& one, const std::string& seen, Tally& tally) {
  const Source source{"live.nft", one.text, false};
  const NftRuleset ruleset = ApplyNft(ParseNft(source, {}));
  EgressNames names;
  names.devices = {"d0"};
  names.devices_complete = true;
  std::size_t at = 0;
  for (const std::uint32_t uid : kUids) {
    NftProgram compiled = CompileNft(ruleset, {"", uid, "", uid + 1000}, names);
    if (IsRefused(compiled) != (seen == "!") && !IsNewer(compiled)) {
      const std::string why = IsRefused(compiled)
                                  ? compiled.problems.front().text + ": " +
                                        std::string(compiled.problems.front().where.Text())
                                  : "nft refuses it";
      return Wrong(tally, one, why);
    }
    if (seen == "!") {
      ++tally.refused;
      return;
    }
    for (const EgressTarget& target : kTargets) {
      const FlowDecision decision = Decide(compiled.program, FlowOf(target, compiled.program));
      const bool left = at < seen.size() && seen[at++] == 'y';
      ++tally.probes;
      if (decision.answer == Answer::Unknown) {
        ++tally.unsure;
        tally.unsure_of[one.name] = decision.doubts.empty() ? "?" : decision.doubts.front().word;
      } else if ((decision.answer == Answer::Yes) != left) {
        Wrong(tally, one,
              std::to_string(uid) + " " + target.protocol + " " + target.host + " " +
                  std::to_string(target.port) + (left ? " left" : " was stopped") + ", said by " +
                  std::string(decision.where.Text()));
      }
    }
  }
  ++tally.loaded;
}

bool IsThere() {
  if (std::system("command -v nft ip >/dev/null 2>&1") == 0 && EgressLab::Available()) return true;
  WARN("skipped: wants root, nft and ip");
  const char* required = std::getenv("SANDLINT_REQUIRE_ORACLES");
  REQUIRE((required == nullptr || std::string(required) != "1"));
  return false;
}

int NumberFrom(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::atoi(text);
}

void CompareAll(const std::vector<LiveCase>& cases, Tally& tally) {
  std::istringstream lines(Observe(cases));
  std::string line;
  for (const LiveCase& one : cases) {
    REQUIRE(std::getline(lines, line));
    Compare(one, line, tally);
  }
}

/// Each stands behind a line `=== name`.
std::vector<LiveCase> CasesOf(const std::string& path) {
  std::ifstream file(path);
  REQUIRE(file);
  std::vector<LiveCase> cases;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("=== ")) {
      cases.push_back({line.substr(4), {}});
    } else if (!cases.empty()) {
      cases.back().text += line + "\n";
    }
  }
  return cases;
}

}  // namespace

TEST_CASE("what nft lets out is what the evaluator says", "[live]") {
  if (!IsThere()) return;
  const int count = NumberFrom("SANDLINT_NFT_RULESETS", kRulesets);
  const int start = NumberFrom("SANDLINT_NFT_FIRST", 1);
  Tally tally;
  for (int first = start; first < start + count; first += kInOneLab) {
    std::vector<LiveCase> cases;
    for (int seed = first; seed < std::min(first + kInOneLab, start + count); ++seed) {
      cases.push_back(
          {"seed " + std::to_string(seed), NftGenerator(static_cast<unsigned>(seed)).Ruleset()});
    }
    CompareAll(cases, tally);
  }
  INFO(tally.report);
  INFO(tally.loaded << " rulesets, " << tally.refused << " refused, " << tally.probes << " probes, "
                    << tally.unsure << " unsure, " << tally.wrong << " wrong");
  CHECK(tally.wrong == 0);
  CHECK(tally.unsure * 20 <= tally.probes);
  CHECK(tally.loaded * 2 > count);
  if (count != kRulesets)
    WARN(tally.loaded << " loaded, " << tally.refused << " refused, " << tally.probes << " probes, "
                      << tally.unsure << " unsure");
}

TEST_CASE("what nft lets out of rulesets that are easy to misread", "[live]") {
  if (!IsThere()) return;
  const char* other = std::getenv("SANDLINT_NFT_CASES");
  const std::vector<LiveCase> cases = CasesOf(
      other == nullptr ? std::string(kSourceDir) + "/tests/oracle/data/tricky.nft.txt" : other);
  Tally tally;
  CompareAll(cases, tally);
  std::string unsure;
  for (const auto& [name, why] : tally.unsure_of) unsure += name + ": " + why + "\n";
  INFO(unsure);
  INFO(tally.report);
  CHECK(tally.wrong == 0);
  if (other != nullptr) WARN(unsure << tally.loaded << " loaded, " << tally.refused << " refused");
}

}  // namespace sandlint
