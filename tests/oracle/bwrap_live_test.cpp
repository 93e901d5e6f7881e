// Generated bwrap lines, run for real with a probe and compared with the evaluator: path by path,
// socket by socket, variable by variable. SANDLINT_BWRAP_LINES and SANDLINT_BWRAP_SEED set how many
// and which.

#include <algorithm>
#include <cstdlib>
#include <map>

#include "catch.h"
#include "oracle/bwrap_case.h"
#include "scanner/peel/bwrap_options.h"

namespace sandlint::oracle {
namespace {

constexpr unsigned kLanes = 2;
constexpr unsigned kSeconds = 30;
constexpr std::size_t kShrunk = 3;  ///< failing lines that are made small

std::size_t Setting(const char* name, std::size_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Tally {
  std::size_t lines = 0, started = 0, asked = 0, yes = 0, no = 0, unknown = 0, false_yes = 0,
              start_missed = 0, start_feared = 0;
  std::vector<std::pair<std::size_t, std::string>> unsound;  ///< line, what
  Strings feared;
};

std::vector<Json> Run(const std::vector<BwrapLine>& lines, const StageFiles& files,
                      Json (*run)(const BwrapLine&, const StageFiles&), std::string& problem) {
  const Strings answers = RunJobs(
      lines.size(), kLanes, kSeconds,
      [&](std::size_t number) { return run(lines[number], files).dump(); }, problem);
  std::vector<Json> results;
  for (const std::string& answer : answers) {
    Json result = Json::parse(answer, nullptr, false);
    if (!result.is_object()) result = {{"error", "no answer"}};
    results.push_back(std::move(result));
  }
  return results;
}

/// What is wrong in this result beyond doubt, or nothing.
std::string WrongIn(const Json& result) {
  if (result.contains("error")) return result["error"];
  const Json& start = result["start"];
  if (start["said"] == "no" && start["real"] == "yes") {
    return "it starts, although " + start["why"].dump();
  }
  if (result.contains("unsound") && !result["unsound"].empty()) return result["unsound"][0];
  return {};
}

/// `host`, `inside`, `variable`: a shorter line has to fail in the same way.
std::string KindOf(const std::string& wrong) { return wrong.substr(0, wrong.find(' ')); }

/// Leaves out option after option as long as the line still fails.
BwrapLine Shrink(BwrapLine line, const std::string& wrong, const StageFiles& files) {
  for (;;) {
    std::vector<BwrapLine> shorter;
    for (std::size_t at = 0; at < line.groups.size(); ++at) {
      shorter.push_back(line);
      shorter.back().groups.erase(shorter.back().groups.begin() + static_cast<std::ptrdiff_t>(at));
    }
    std::string problem;
    const std::vector<Json> results = Run(shorter, files, RunBwrapLine, problem);
    const auto still = std::ranges::find_if(
        results, [&](const Json& result) { return KindOf(WrongIn(result)) == KindOf(wrong); });
    if (still == results.end()) return line;
    line = shorter[static_cast<std::size_t>(still - results.begin())];
  }
}

/// Does the line itself say what is granted? Options out of a descriptor do not, and with the right
/// to mount nothing is certain.
bool Knowable(const BwrapLine& line) {
  static const Strings kOpen = {"--args",   "--bind-fd", "--ro-bind-fd", "--cap-add",
                                "--userns", "--userns2", "--pidns"};
  const Strings words = WordsOf(line);
  return !line.by_root && std::ranges::none_of(kOpen, [&](const std::string& option) {
    return std::ranges::find(words, option) != words.end();
  });
}

void Add(Tally& tally, std::size_t number, const Json& result, bool knowable) {
  ++tally.lines;
  if (const std::string wrong = WrongIn(result); !wrong.empty()) {
    tally.unsound.emplace_back(number, wrong);
  }
  if (result.contains("error")) return;
  const Json& start = result["start"];
  const bool real = start["real"] == "yes";
  tally.started += real ? 1 : 0;
  if (start["said"] == "yes" && !real) {
    ++tally.start_missed;
    tally.feared.push_back(std::to_string(number) +
                           " does not start: " + start["err"].get<std::string>());
  }
  if (!result.contains("asked")) return;
  const auto count = [&](const char* key) { return result[key].get<std::size_t>(); };
  tally.asked += count("asked");
  tally.yes += count("yes");
  tally.no += count("no");
  tally.unknown += knowable ? count("unknown") : 0;
  tally.false_yes += result["false_yes"].size();
  for (const Json& one : result["false_yes"]) {
    tally.feared.push_back(std::to_string(number) + ' ' + one.get<std::string>());
  }
}

void Report(const Tally& tally) {
  WARN("lines " << tally.lines << ", started " << tally.started << ", answers " << tally.asked
                << ": yes " << tally.yes << ", no " << tally.no << ", unknown " << tally.unknown
                << "; false yes " << tally.false_yes << ", unsound " << tally.unsound.size()
                << ", starts wrongly expected " << tally.start_missed);
}

bool Ready(const StageFiles& files, const std::string& problem) {
  const std::string missing = files.empty() ? "bwrap is not installed" : problem;
  if (missing.empty()) return true;
  if (OraclesRequired()) FAIL(missing);
  WARN("skipped: " << missing);
  return false;
}

std::vector<BwrapLine> MakeLines(std::uint64_t seed, std::size_t count) {
  std::vector<BwrapLine> lines;
  for (std::size_t at = 0; at < count; ++at) lines.push_back(MakeBwrapLine(seed, at));
  return lines;
}

}  // namespace

TEST_CASE("every option of bwrap is in one line of a hundred") {
  constexpr std::size_t kLines = 1000;
  std::map<std::string_view, std::size_t> seen;
  std::size_t relative = 0, empty = 0, links = 0, missing = 0;
  for (const BwrapLine& line : MakeLines(1, kLines)) {
    const Strings words = WordsOf(line);
    for (const BwrapOption& option : BwrapOptions()) {
      seen[option.name] += std::ranges::count(words, option.name) > 0 ? 1U : 0U;
    }
    const auto has = [&](std::string_view text) {
      return std::ranges::any_of(words, [&](const std::string& word) { return word == text; });
    };
    empty += has("") ? 1U : 0U;
    relative += has("..") || has("src") || has("etc") || has("../.ssh") ? 1U : 0U;
    links += has("/home/sam/sshlink") || has("/opt/home") || has("/home/sam/chain1") ? 1U : 0U;
    missing += has("/nope") || has("/home/sam/nope") || has("/home/sam/dang") ? 1U : 0U;
  }
  for (const BwrapOption& option : BwrapOptions()) {
    INFO(option.name);
    CHECK(seen[option.name] >= kLines / 100);
  }
  for (const std::size_t count : {relative, empty, links, missing}) CHECK(count >= kLines / 100);
}

TEST_CASE("generated bwrap lines grant what the evaluator says") {
  const StageFiles files = BwrapFiles();
  if (!Ready(files, {})) return;
  const std::uint64_t seed = Setting("SANDLINT_BWRAP_SEED", 1);
  const std::vector<BwrapLine> lines = MakeLines(seed, Setting("SANDLINT_BWRAP_LINES", 1000));
  std::string problem;
  const std::vector<Json> results = Run(lines, files, RunBwrapLine, problem);
  if (!Ready(files, problem)) return;
  Tally tally;
  for (std::size_t at = 0; at < results.size(); ++at)
    Add(tally, at, results[at], Knowable(lines[at]));
  Report(tally);
  for (std::size_t at = 0; at < tally.unsound.size(); ++at) {
    const auto& [number, wrong] = tally.unsound[at];
    const BwrapLine& line = lines[number];
    const bool small = at < kShrunk;
    UNSCOPED_INFO("seed " << seed << " line " << number << ": " << wrong << "\n  "
                          << TextOf(small ? Shrink(line, wrong, files) : line));
  }
  CHECK(tally.unsound.empty());
  if (std::getenv("SANDLINT_BWRAP_FEARED") != nullptr) {
    for (const std::string& one : tally.feared) UNSCOPED_INFO(one);
    CHECK(tally.feared.empty());
  }
  CHECK(tally.start_missed * 100 < tally.lines * 3);
  CHECK(tally.false_yes * 100 < tally.yes * 3);
  CHECK(tally.unknown * 100 < tally.asked * 5);
  CHECK(tally.started * 2 > tally.lines);
  CHECK(tally.yes * 100 >= tally.asked * 40);
  CHECK(tally.no * 100 >= tally.asked * 40);
}

TEST_CASE("without an option that decides the answer is another") {
  const StageFiles files = BwrapFiles();
  if (!Ready(files, {})) return;
  std::vector<BwrapLine> lines;
  for (std::size_t at = 0; at < 40; ++at) lines.push_back(MakeBwrapLine(7, at * 8));
  std::string problem;
  const std::vector<Json> results = Run(lines, files, RunWithout, problem);
  if (!Ready(files, problem)) return;
  std::size_t tried = 0, changed = 0;
  for (std::size_t at = 0; at < results.size(); ++at) {
    INFO(TextOf(lines[at]));
    REQUIRE_FALSE(results[at].contains("error"));
    tried += results[at]["tried"].get<std::size_t>();
    changed += results[at]["changed"].get<std::size_t>();
    CHECK(results[at]["same"] == Json::array());
  }
  CHECK(tried > 300);
  CHECK(changed * 2 > tried);
}

}  // namespace sandlint::oracle
