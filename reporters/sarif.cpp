// SARIF 2.1.0 as GitHub code scanning takes it: one run, every rule, each result at one place
// within one line (GitHub shows an alert in a pull request only if all of its lines are part of the
// diff).

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "reporters/formats.h"
#include "reporters/mask.h"
#include "reporters/place.h"
#include "reporters/sarif_hash.h"
#include "reporters/sarif_rules.h"
#include "reporters/sarif_uri.h"
#include "reporters/visible.h"
#include "reporters/waiver.h"

namespace sandlint {
namespace {

using Json = nlohmann::ordered_json;

// GitHub's limits for one file and one result; it shows fewer.
constexpr std::size_t kMostResults = 25000;
constexpr std::size_t kMostRelated = 100;
constexpr std::size_t kMostSteps = 1000;
constexpr std::size_t kMostPolicyLines = 500;

/// Plain text of a message: `[words](1)` would be a link.
std::string Plain(std::string_view text) {
  std::string plain;
  for (const char c : Visible(text)) {
    if (c == '[' || c == ']') plain += '\\';
    plain += c;
  }
  return plain;
}

/// The title of an alert is its first sentence.
std::string Sentence(std::string text) {
  if (!text.empty() && std::string_view(".!?").find(text.back()) == std::string_view::npos) {
    text += '.';
  }
  return text;
}

class Writer {
 public:
  explicit Writer(const Run& run) : run_(run), masker_(run), rule_index_(SarifRuleIndex()) {}

  Json Log() {
    Json run = {{"tool", {{"driver", Driver()}}}};
    run["automationDetails"] = {{"id", "sandlint/"}};
    run["originalUriBaseIds"] = {
        {kRootBase, {{"description", {{"text", "The tree that was checked."}}}}},
        {kHomeBase, {{"description", {{"text", "The home of the user."}}}}}};
    run["columnKind"] = "utf16CodeUnits";
    const std::vector<const Finding*> shown = Shown();
    // GitHub drops the results of an execution that was not successful: what is missing is told by
    // notifications.
    run["invocations"] =
        Json::array({{{"executionSuccessful", true},
                      {"toolExecutionNotifications", Notifications(shown.size())}}});
    run["results"] = Json::array();
    for (const Finding* finding : shown) run["results"].push_back(Result(*finding));
    return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
            {"version", "2.1.0"},
            {"runs", Json::array({run})}};
  }

 private:
  Json Driver() const {
    const auto descriptor = [](const char* id, const char* title, const char* text) {
      return Json{{"id", id},
                  {"shortDescription", {{"text", title}}},
                  {"fullDescription", {{"text", text}}},
                  {"help", {{"text", text}}}};
    };
    return {{"name", "sandlint"},
            {"semanticVersion", run_.tool_version},
            // Validators want one. The pages are in the program: `sandlint explain`.
            {"informationUri", "urn:sandlint:explain"},
            {"rules", SarifRules()},
            {"notifications",
             {descriptor("file-not-analysed", "A file was not analysed.",
                         "What could not be read was not checked: the analysis is incomplete."),
              descriptor("results-left-out", "Results were left out.",
                         "Code scanning takes a limited number of results; the JSON report has "
                         "them all."),
              descriptor("policy", "The policy takes something out of sight.",
                         "Findings that it suppresses, files that it excludes and severities that "
                         "it changes are no results, or other ones.")}}};
  }

  /// All findings in their order, or the worst of too many.
  std::vector<const Finding*> Shown() const {
    std::vector<const Finding*> shown;
    for (const Finding& finding : run_.findings) shown.push_back(&finding);
    if (shown.size() > kMostResults) {
      std::ranges::stable_sort(shown, std::ranges::greater{}, &Finding::severity);
      shown.resize(kMostResults);
    }
    return shown;
  }

  Json Notifications(std::size_t shown) {
    Json notifications = Json::array();
    constexpr const char* kLevels[] = {"error", "warning", "note"};
    const auto add = [&](int index, const char* id, const std::string& text) -> Json& {
      notifications.push_back({{"descriptor", {{"id", id}, {"index", index}}},
                               {"level", kLevels[index]},
                               {"message", {{"text", text}}}});
      return notifications.back();
    };
    for (const FileReport& file : run_.workspace->files) {
      if (file.status != FileStatus::Unreadable) continue;
      Json& added = add(0, "file-not-analysed",
                        Sentence(fmt::format("{} was not analysed: {}", Plain(file.path),
                                             Plain(masker_.Text(file.problem, -1)))));
      added["locations"] = Json::array({Location(places_.Of(file))});
    }
    if (shown < run_.findings.size()) {
      add(1, "results-left-out",
          fmt::format("{} less severe results are left out.", run_.findings.size() - shown));
    }
    for (const std::string& line : PolicyLines()) add(2, "policy", line);
    return notifications;
  }

  /// GitHub opens suppressed results as alerts: they are told here instead.
  std::vector<std::string> PolicyLines() const {
    std::vector<std::string> lines;
    for (std::size_t index = 0; index < run_.suppressed.size(); ++index) {
      const SuppressedFinding& one = run_.suppressed[index];
      lines.push_back(Sentence(fmt::format(
          "{} is {}", Plain(masker_.Text(one.finding.message, one.finding.server_index)),
          Plain(WaiverOf(run_, index, masker_)))));
    }
    for (const FileReport& file : run_.workspace->files) {
      if (!IsExcluded(file)) continue;
      lines.push_back(fmt::format("{} is excluded by the policy.", Plain(file.path)));
    }
    for (const Finding& finding : run_.findings) {
      if (BeforePolicy(run_, finding).empty()) continue;
      lines.push_back(fmt::format("A result of {} is {}, {}.", finding.rule,
                                  NameOf(finding.severity), BeforePolicy(run_, finding)));
    }
    if (lines.size() > kMostPolicyLines) {
      const std::size_t more = lines.size() - kMostPolicyLines;
      lines.resize(kMostPolicyLines);
      lines.push_back(fmt::format("{} more are in the JSON report.", more));
    }
    return lines;
  }

  static Json Location(const ReportPlace& place) {
    const SarifUri uri = SarifUriOf(place.path.empty() ? std::string_view("session") : place.path);
    Json artifact = {{"uri", uri.uri}};
    if (!uri.base.empty()) artifact["uriBaseId"] = uri.base;
    return {{"physicalLocation",
             {{"artifactLocation", artifact},
              {"region",
               {{"startLine", place.begin.line},
                {"startColumn", place.begin.column},
                {"endLine", place.begin.line},
                {"endColumn", std::max(place.end_column, place.begin.column)}}}}}};
  }

  Json Result(const Finding& finding) {
    const ReportPlace place = places_.Of(finding);
    const auto rule = rule_index_.find(finding.rule);
    Json result = {{"ruleId", finding.rule}};
    if (rule != rule_index_.end()) result["ruleIndex"] = rule->second;
    result["level"] = NameOf(finding.severity);
    Json related = Related(finding);
    result["message"] = {{"text", Message(finding, related)}};
    result["locations"] = Json::array({Location(place)});
    if (!related.empty()) result["relatedLocations"] = std::move(related);
    Json steps = Steps(finding);
    if (steps.size() > 1) {
      const Json flow = {{"locations", std::move(steps)}};
      result["codeFlows"] = Json::array({{{"message", {{"text", "How the server is started."}}},
                                          {"threadFlows", Json::array({flow})}}});
    }
    Json& prints = result["partialFingerprints"];
    if (place.span) {
      prints["primaryLocationLineHash"] = lines_.Of(*place.span.source, place.begin.line);
    }
    prints["mcpServerRule/v1"] = finding.key;
    if (finding.baseline != Baseline::None) result["baselineState"] = NameOf(finding.baseline);
    result["properties"] = Properties(finding);
    return result;
  }

  Json Properties(const Finding& finding) const {
    Json properties = {{"confidence", NameOf(finding.confidence)}};
    if (!finding.server.empty()) properties["server"] = Visible(finding.server);
    if (!finding.fix.empty()) {
      properties["fix"] = Visible(masker_.Text(finding.fix, finding.server_index));
    }
    return properties;
  }

  /// The message and, as links, the places that it rests on.
  std::string Message(const Finding& finding, const Json& related) const {
    std::string text = Sentence(Plain(masker_.Text(finding.message, finding.server_index)));
    for (const Json& location : related) {
      text += fmt::format(" [{}]({})", Plain(location["message"]["text"].get<std::string>()),
                          location["id"].get<int>());
    }
    return text;
  }

  Json Related(const Finding& finding) {
    Json locations = Json::array();
    for (const sandlint::Related& related : finding.related) {
      if (!related.where || locations.size() >= kMostRelated) continue;
      Json location = {{"id", locations.size() + 1}};
      location.update(Location(places_.Of(related.where)));
      const std::string text = Visible(masker_.Text(related.message, finding.server_index));
      location["message"] = {{"text", text.empty() ? "see here" : text}};
      locations.push_back(std::move(location));
    }
    return locations;
  }

  /// The launch that the finding is about, or the first.
  const Launch* LaunchOf(const Finding& finding) const {
    if (finding.server_index < 0) return nullptr;
    const auto& launches =
        run_.workspace->servers[static_cast<std::size_t>(finding.server_index)].launches;
    for (const Launch& launch : launches) {
      for (const Layer& layer : launch.layers) {
        const auto here = [&](const Word& word) { return word.span == finding.where; };
        if (finding.where && std::ranges::any_of(layer.words, here)) return &launch;
      }
    }
    return launches.empty() ? nullptr : &launches.front();
  }

  /// The layers of the launch, outermost first.
  Json Steps(const Finding& finding) {
    Json steps = Json::array();
    const Launch* launch = LaunchOf(finding);
    if (launch == nullptr) return steps;
    for (const Layer& layer : launch->layers) {
      if (!layer.program.span || steps.size() >= kMostSteps) continue;
      Json location = Location(places_.Of(layer.program.span));
      const std::string tool = layer.tool.empty() ? masker_.Text(layer.program)
                                                  : masker_.Text(layer.tool, finding.server_index);
      location["message"] = {{"text", fmt::format("{}: {}", NameOf(layer.kind), Plain(tool))}};
      steps.push_back({{"location", std::move(location)}});
    }
    return steps;
  }

  const Run& run_;
  Masker masker_;
  std::unordered_map<std::string_view, int> rule_index_;
  Places places_{ColumnUnit::Utf16};
  HashedLines lines_;
};

}  // namespace

std::string WriteSarif(const Run& run, const ReportOptions&) {
  const std::string text = Writer(run).Log().dump(1, ' ', false, Json::error_handler_t::replace);
  return EscapedJson(text) + "\n";
}

}  // namespace sandlint
