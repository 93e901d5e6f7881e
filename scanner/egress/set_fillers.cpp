#include "scanner/egress/set_fillers.h"

#include <algorithm>
#include <array>
#include <vector>

namespace sandlint {
namespace {

constexpr std::size_t kMostWords = 2'000'000;

bool IsBreak(char c) { return c == ' ' || c == '\t' || c == '"' || c == '\'' || c == '\\'; }

/// Words as a shell would have them, roughly: quotes part them, a newline is a word of its own.
std::vector<std::string_view> WordsOf(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size() && words.size() < kMostWords;) {
    if (text[at] == '\n' || text[at] == ';') words.push_back(text.substr(at, 1));
    if (IsBreak(text[at]) || text[at] == '\n' || text[at] == ';') {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && !IsBreak(text[end]) && text[end] != '\n' && text[end] != ';') ++end;
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

bool IsFamily(std::string_view word) {
  constexpr auto kFamilies =
      std::to_array<std::string_view>({"ip", "ip6", "inet", "arp", "bridge", "netdev"});
  return std::ranges::find(kFamilies, word) != kFamilies.end() ||
         word.find('$') != std::string_view::npos;
}

/// A word that an expansion makes may be any.
std::string Known(std::string_view word) {
  return word.find_first_of("$`") == std::string_view::npos ? std::string(word) : "*";
}

}  // namespace

void SetFillers::See(std::string_view text) {
  const std::vector<std::string_view> words = WordsOf(text);
  const auto at = [&](std::size_t i) { return i < words.size() ? words[i] : std::string_view{}; };
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (at(i) == "element") {
      const std::size_t table = i + (IsFamily(at(i + 1)) ? 2 : 1);
      nft_.insert(Known(at(table)) + " " + Known(at(table + 1)));
    }
    const bool set = (at(i) == "add" || at(i) == "del" || at(i) == "swap" || at(i) == "-A") &&
                     i > 0 && at(i - 1).ends_with("ipset");
    const bool quiet =
        at(i) == "add" && i > 1 && at(i - 2).ends_with("ipset") && at(i - 1).starts_with("-");
    if (set || quiet) ipset_.insert(Known(at(i + 1).starts_with("-") ? at(i + 2) : at(i + 1)));
  }
}

bool SetFillers::Fills(const std::string& table, const std::string& set) const {
  return nft_.contains(table + " " + set) || nft_.contains("* " + set) ||
         nft_.contains(table + " *") || nft_.contains("* *");
}

bool SetFillers::FillsIpset(const std::string& set) const {
  return ipset_.contains(set) || ipset_.contains("*");
}

void SetFillers::Mark(NftRuleset& ruleset) const {
  if (nft_.empty()) return;
  for (NftTableState& table : ruleset.tables) {
    for (NftSetState& set : table.sets) {
      set.filled_by_rules = set.filled_by_rules || Fills(table.name, set.name);
    }
  }
}

}  // namespace sandlint
