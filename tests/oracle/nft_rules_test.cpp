// Single rules, with the word of nft 1.0.6 (Debian 12) on each: where it refuses one, nothing of
// the file is active. What the evaluator refuses and nft takes would be rules thought away.

#include <fstream>
#include <set>
#include <string>

#include "catch.h"
#include "paths.h"
#include "scanner/egress/nft_compile.h"

namespace sandlint {
namespace {

/// Refused by nft, taken here: slips of spelling that nobody leaves in a file that has to load.
const std::set<std::string> kNotChecked = {
    R"(meta mark 5/0xff drop)",
    R"(meta mark & 5 drop)",
    R"(tcp dport { } drop)",
    R"(meta skuid -1 drop)",
    R"(queue num 0 accept)",
    R"(meta broute set 1)",
    R"(meta mark set meta skuid)",
    R"(tproxy to :80)",
    R"(ct timeout set "x")",
    R"(meta nfproto ip accept)",
    R"(oifname * drop)",
    R"(oifname 15characterslong drop)",
    R"(oifname 16characterslongg drop)",
    R"(ip daddr 10.1 drop)",
    R"(ip daddr 10.0.0.300 drop)",
    R"(tcp dport not 443 drop)",
    R"(tcp dport >> 8 == 1 drop)",
    R"(tcp dport << 1 == 2 drop)",
    R"(tcp dport { @s } drop)",
    R"(log flags tcp sequence,options ip options skuid ether drop)",
    R"(limit rate 5 accept)",
    R"(limit rate 5/fortnight accept)",
    R"(limit rate 0/second accept)",
    R"(meta hour > "25:00" drop)",
    R"(day Mon drop)",
    R"(day "Mon" drop)",
    R"(gre version 0 drop)",
    R"(ip tos 5 drop)",
    R"(tcp option wscale missing drop)",
    R"(rt nexthop 1.1.1.1 drop)"};

/// For certain, or perhaps: then no answer about the file is certain.
bool IsRefused(const std::string& family, const std::string& rule) {
  const std::string text = "table " + family +
                           " t {\n set s { type inet_service; }\n chain x { }\n chain o { type "
                           "filter hook output priority 0;\n " +
                           rule + "\n }\n}\n";
  const Source source{"rule.nft", text, false};
  EgressNames names;
  names.devices = {"d0"};
  names.devices_complete = true;
  names.users = {{"root", 0}};
  names.users_complete = true;
  names.groups = {{"root", 0}, {"nogroup", 65534}};
  const NftProgram compiled =
      CompileNft(ApplyNft(ParseNft(source, {})), {"", 2001, "", 3001}, names);
  for (const NftProblem& problem : compiled.problems) {
    if (problem.trouble == NftTrouble::Refused) return true;
    if (problem.trouble == NftTrouble::Missing) return true;
  }
  return false;
}

TEST_CASE("rules that nft refuses are refused, and no others") {
  std::ifstream file(std::string(kSourceDir) + "/tests/oracle/data/nft-rules.txt");
  REQUIRE(file);
  int rules = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#")) continue;
    const std::size_t family = line.find('|');
    const std::size_t end = line.rfind('|');
    const std::string rule = line.substr(family + 1, end - family - 1);
    const std::string word = line.substr(end + 1);
    CAPTURE(line);
    if (!kNotChecked.contains(rule)) {
      CHECK(IsRefused(line.substr(0, family), rule) == (word != "ok"));
    }
    ++rules;
  }
  CHECK(rules > 300);
}

}  // namespace
}  // namespace sandlint
