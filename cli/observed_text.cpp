#include "cli/observed_text.h"

#include <fmt/format.h>

#include <functional>

#include "cli/console.h"
#include "rules/secret_pieces.h"
#include "rules/token_formats.h"

namespace sandlint {
namespace {

constexpr std::size_t kMostRows = 200;  // of one list

class Lists {
 public:
  Lists(const ObservedComparison& compared, const Observation& seen, std::string_view prefix)
      : compared_(compared), seen_(seen), prefix_(prefix) {}

  std::string Write() {
    Line(fmt::format("{} calls observed; {} paths of every program's runtime are left out",
                     seen_.calls, compared_.runtime));
    for (const std::string& gap : seen_.gaps) Line("incomplete: " + gap);
    if (compared_.not_compared > 0) {
      Line(fmt::format("incomplete: {} more paths are not compared", compared_.not_compared));
    }
    AddUses("observed and granted",
            [](const ObservedUse& use) { return !use.tried_only && use.granted == Answer::Yes; });
    AddUses("observed outside of what is granted",
            [](const ObservedUse& use) { return !use.tried_only && use.granted != Answer::Yes; });
    AddUses("observed and not documented", [](const ObservedUse& use) {
      return !use.own && use.documented_by.empty() && !use.tried_only;
    });
    AddNotObserved();
    AddUses("looked for in vain, in a secret place",
            [](const ObservedUse& use) { return use.tried_only; });
    return std::move(text_);
  }

 private:
  void Line(const std::string& line) {
    text_ += prefix_;
    text_ += Visible(line);
    text_ += '\n';
  }

  void AddUses(std::string_view title, const std::function<bool(const ObservedUse&)>& belongs) {
    std::vector<const ObservedUse*> rows;
    for (const ObservedUse& use : compared_.uses) {
      if (belongs(use)) rows.push_back(&use);
    }
    if (rows.empty() && title.starts_with("looked")) return;
    Line(fmt::format("{}: {}", title, rows.empty() ? "nothing" : std::to_string(rows.size())));
    for (const ObservedUse* use : rows) {
      if (use == rows[std::min(kMostRows, rows.size() - 1)] && rows.size() > kMostRows) {
        return Line(fmt::format("  … and {} more", rows.size() - kMostRows));
      }
      Line("  " + Describe(*use));
    }
  }

  static std::string Describe(const ObservedUse& use) {
    std::string text = fmt::format(
        "{}  {}", FindToken(use.name) ? "(a name with a token in it)" : WithoutSecrets(use.name),
        use.tried_only ? "tried" : NamesOf(use.rights));
    if (use.granted != Answer::Yes && !use.tried_only) {
      text += use.granted == Answer::No ? "; not granted" : "; not known to be granted";
      if (!use.because.empty()) text += ": " + WithoutSecrets(use.because.front().text);
    }
    if (use.own) return text + "; its own";
    return use.documented_by.empty() ? text : text + "; documented by " + use.documented_by;
  }

  void AddNotObserved() {
    const auto& rows = compared_.not_observed;
    Line(fmt::format("documented and not observed: {}",
                     rows.empty() ? "nothing" : std::to_string(rows.size())));
    for (const std::string& row : rows) Line("  " + row);
  }

  const ObservedComparison& compared_;
  const Observation& seen_;
  std::string_view prefix_;
  std::string text_;
};

}  // namespace

std::string ObservedLists(const ObservedComparison& compared, const Observation& seen,
                          std::string_view prefix) {
  return Lists(compared, seen, prefix).Write();
}

}  // namespace sandlint
