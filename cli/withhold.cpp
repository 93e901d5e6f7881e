#include "cli/withhold.h"

#include <algorithm>
#include <bitset>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "reporters/mask.h"
#include "reporters/reporter.h"
#include "reporters/visible.h"
#include "rules/secret_pieces.h"

namespace sandlint {
namespace {

constexpr std::string_view kMask = "***";
constexpr std::size_t kHead = 4;

std::string Replaced(std::string text, char from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, 1, to);
  }
  return text;
}

std::string InJson(const std::string& text) {
  const std::string quoted =
      nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return EscapedJson(std::string_view(quoted).substr(1, quoted.size() - 2));
}

/// As the formats write it.
std::vector<std::string> SpellingsOf(const std::string& text) {
  const std::string visible = Visible(text);
  std::vector<std::string> all{text, visible, InJson(text), InJson(visible)};
  const std::string entities =
      Replaced(Replaced(Replaced(visible, '&', "&amp;"), '<', "&lt;"), '>', "&gt;");
  all.push_back(entities);
  all.push_back(Replaced(entities, '"', "&quot;"));
  all.push_back(Replaced(visible, '%', "%25"));
  all.push_back(Replaced(Replaced(visible, '%', "%25"), ':', "%3A"));
  all.push_back(Replaced(visible, '|', "\\|"));
  all.push_back(InJson(Replaced(Replaced(visible, '[', "\\["), ']', "\\]")));
  return all;
}

/// The words of the formats themselves: a secret that is one of them stays, or the report broke.
const std::string& Vocabulary() {
  static const std::string kWords = [] {
    const Workspace workspace;
    Run run;
    run.workspace = &workspace;
    std::string words =
        "mcpServerRule/v1 primaryLocationLineHash:1 end_column severity_before_policy";
    for (const Reporter& reporter : AllReporters()) words += reporter.write(run, {});
    return words;
  }();
  return kWords;
}

class Filter {
 public:
  void Add(const std::string& secret) {
    if (!IsUnmistakable(secret) || Vocabulary().find(secret) != std::string::npos) return;
    for (std::string& text : SpellingsOf(secret)) {
      std::vector<std::string>& same = by_head_[text.substr(0, kHead)];
      if (std::ranges::find(same, text) != same.end()) continue;
      heads_.set(HeadOf(text, 0));
      same.push_back(std::move(text));
      std::ranges::sort(same, std::ranges::greater{}, &std::string::size);
    }
  }

  std::string Apply(std::string_view text) const {
    if (by_head_.empty()) return std::string(text);
    std::string shown;
    shown.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t length = LengthAt(text, at);
      shown += length == 0 ? text.substr(at, 1) : kMask;
      at += std::max<std::size_t>(length, 1);
    }
    return shown;
  }

 private:
  static std::size_t HeadOf(std::string_view text, std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(text[at])) << 8U |
           static_cast<unsigned char>(text[at + 1]);
  }

  /// Of the longest secret that stands there; 0: none does.
  std::size_t LengthAt(std::string_view text, std::size_t at) const {
    if (at + kHead > text.size() || !heads_.test(HeadOf(text, at))) return 0;
    const auto found = by_head_.find(std::string(text.substr(at, kHead)));
    if (found == by_head_.end()) return 0;
    for (const std::string& secret : found->second) {
      if (text.substr(at).starts_with(secret) && StandsAlone(text, at, secret.size())) {
        return secret.size();
      }
    }
    return 0;
  }

  std::bitset<65536> heads_;  ///< the first two bytes of any
  std::unordered_map<std::string, std::vector<std::string>> by_head_;
};

Filter& TheFilter() {
  static Filter filter;
  return filter;
}

}  // namespace

void WithholdFromOutput(const std::vector<Secret>& secrets) {
  for (const Secret& secret : secrets) {
    TheFilter().Add(secret.text);
    if (secret.where) TheFilter().Add(std::string(secret.where.Text()));
  }
}

std::string Withheld(std::string_view text) { return TheFilter().Apply(text); }

}  // namespace sandlint
