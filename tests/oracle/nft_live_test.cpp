// Generated rulesets, loaded by the real nft into namespaces of the test's own and probed by real
// sockets under several users: what the evaluator says must be what leaves.
// SANDLINT_NFT_RULESETS sets how many; the usual run has 300.

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"
#include "egress_target.h"
#include "nft_generate.h"
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

/// A line for each ruleset: `!` where nft refuses it, else a letter for each probe.
std::string Observe(int first, int last) {
  return EgressLab::Run([&](EgressLab& lab) -> std::string {
    std::string lines;
    for (int seed = first; seed < last; ++seed) {
      const std::string text = NftGenerator(static_cast<unsigned>(seed)).Ruleset();
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
};

bool IsRefused(const NftProgram& compiled) {
  for (const NftProblem& problem : compiled.problems) {
    if (problem.trouble == NftTrouble::Refused) return true;
  }
  return false;
}

void Wrong(Tally& tally, int seed, const std::string& what, const std::string& text) {
  if (++tally.wrong <= 5) {
    tally.report += "seed " + std::to_string(seed) + ": " + what + "\n" + text + "\n";
  } else if (tally.wrong <= 40) {
    tally.report += "seed " + std::to_string(seed) + ": " + what + "\n";
  }
}

void Compare(int seed, const std::string& seen, Tally& tally) {
  const std::string text = NftGenerator(static_cast<unsigned>(seed)).Ruleset();
  const Source source{"live.nft", text, false};
  const NftRuleset ruleset = ApplyNft(ParseNft(source, {}));
  EgressNames names;
  names.devices = {"d0"};
  names.devices_complete = true;
  std::size_t at = 0;
  for (const std::uint32_t uid : kUids) {
    NftProgram compiled = CompileNft(ruleset, {"", uid, "", uid + 1000}, names);
    if (IsRefused(compiled) != (seen == "!")) {
      const std::string why = IsRefused(compiled)
                                  ? compiled.problems.front().text + ": " +
                                        std::string(compiled.problems.front().where.Text())
                                  : "nft refuses it";
      return Wrong(tally, seed, why, text);
    }
    if (seen == "!") {
      ++tally.refused;
      return;
    }
    for (const EgressTarget& target : kTargets) {
      const FlowDecision decision = Decide(compiled.program, FlowOf(target, compiled.program));
      const bool left = at < seen.size() && seen[at++] == 'y';
      ++tally.probes;
      if (decision.answer == Answer::Unknown) ++tally.unsure;
      if (decision.answer != Answer::Unknown && (decision.answer == Answer::Yes) != left) {
        Wrong(tally, seed,
              std::to_string(uid) + " " + target.protocol + " " + target.host + " " +
                  std::to_string(target.port) + (left ? " left" : " was stopped") + ", said by " +
                  std::string(decision.where.Text()),
              text);
      }
    }
  }
  ++tally.loaded;
}

}  // namespace

TEST_CASE("what nft lets out is what the evaluator says", "[live]") {
  const bool there =
      std::system("command -v nft ip >/dev/null 2>&1") == 0 && EgressLab::Available();
  if (!there) {
    WARN("skipped: wants root, nft and ip");
    const char* required = std::getenv("SANDLINT_REQUIRE_ORACLES");
    REQUIRE((required == nullptr || std::string(required) != "1"));
    return;
  }
  const char* wanted = std::getenv("SANDLINT_NFT_RULESETS");
  const int count = wanted == nullptr ? kRulesets : std::atoi(wanted);
  Tally tally;
  for (int first = 1; first <= count; first += kInOneLab) {
    const int last = std::min(first + kInOneLab, count + 1);
    std::istringstream lines(Observe(first, last));
    std::string line;
    for (int seed = first; seed < last; ++seed) {
      REQUIRE(std::getline(lines, line));
      Compare(seed, line, tally);
    }
  }
  INFO(tally.report);
  INFO(tally.loaded << " rulesets, " << tally.refused << " refused, " << tally.probes << " probes, "
                    << tally.unsure << " unsure, " << tally.wrong << " wrong");
  CHECK(tally.wrong == 0);
  CHECK(tally.unsure * 20 <= tally.probes);
  CHECK(tally.loaded * 2 > count);
  if (wanted != nullptr)
    WARN(tally.loaded << " loaded, " << tally.refused << " refused, " << tally.probes << " probes, "
                      << tally.unsure << " unsure");
}

}  // namespace sandlint
