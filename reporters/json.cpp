// The report for other programs; docs/report.schema.json describes it.

#include <nlohmann/json.hpp>
#include <string>

#include "reporters/formats.h"
#include "reporters/json_server.h"
#include "reporters/mask.h"
#include "reporters/place.h"
#include "reporters/visible.h"
#include "rules/rule.h"

namespace sandlint {
namespace {

using Json = nlohmann::ordered_json;

/// Grows when a field changes its meaning or goes; new fields do not count.
constexpr int kSchemaVersion = 1;

Json FilesOf(const Workspace& workspace, const Masker& masker) {
  Json files = Json::array();
  for (const FileReport& file : workspace.files) {
    Json json = {{"path", file.path}, {"kind", file.kind}, {"status", NameOf(file.status)}};
    if (!file.problem.empty()) json["problem"] = masker.Text(file.problem, -1);
    files.push_back(std::move(json));
  }
  return files;
}

Json ServersOf(const Run& run, const Masker& masker, Places& places) {
  Json servers = Json::array();
  for (std::size_t index = 0; index < run.workspace->servers.size(); ++index) {
    servers.push_back(JsonOf(run.workspace->servers[index], static_cast<int>(index),
                             index < run.checklists.size() ? run.checklists[index] : Checklist{},
                             masker, places));
  }
  return servers;
}

Json Of(const Run& run, const Finding& finding, const Masker& masker, Places& places) {
  const ReportPlace place = places.Of(finding);
  Json json = {{"rule", finding.rule}};
  const Rule* rule = FindRule(finding.rule);
  if (rule != nullptr && rule->info.checklist_item != 0) {
    json["checklist_item"] = rule->info.checklist_item;
  }
  json["severity"] = NameOf(finding.severity);
  if (const auto before = run.before_policy.find(finding.key); before != run.before_policy.end()) {
    json["severity_before_policy"] = NameOf(before->second);
  }
  json["confidence"] = NameOf(finding.confidence);
  if (!finding.server.empty()) json["server"] = finding.server;
  json["message"] = masker.Text(finding.message, finding.server_index);
  json["location"] = {{"file", place.path},
                      {"line", place.begin.line},
                      {"column", place.begin.column},
                      {"end_column", place.end_column}};
  json["related"] = Json::array();
  for (const Related& related : finding.related) {
    const ReportPlace other = places.Of(related.where);
    json["related"].push_back({{"file", other.path},
                               {"line", other.begin.line},
                               {"column", other.begin.column},
                               {"message", masker.Text(related.message, finding.server_index)}});
  }
  if (!finding.fix.empty()) json["fix"] = masker.Text(finding.fix, finding.server_index);
  json["key"] = finding.key;
  if (finding.baseline != Baseline::None) json["baseline"] = NameOf(finding.baseline);
  return json;
}

Json NotModelledOf(const Workspace& workspace, const Masker& masker, Places& places) {
  Json words = Json::array();
  for (const NotModelled& note : NotModelledWords(workspace)) {
    const ReportPlace place = places.Of(note.where);
    words.push_back({{"word", masker.Text({note.word, note.where, {}, -1})},
                     {"file", place.path},
                     {"line", place.begin.line},
                     {"facet", NamesOf(note.facets)},
                     {"server", note.server}});
  }
  return words;
}

}  // namespace

std::string WriteJson(const Run& run, const ReportOptions&) {
  const Masker masker(run);
  Places places;
  Json report = {{"schema_version", kSchemaVersion},
                 {"tool", {{"name", "sandlint"}, {"version", run.tool_version}}},
                 {"complete", run.complete}};
  report["files"] = FilesOf(*run.workspace, masker);
  report["servers"] = ServersOf(run, masker, places);
  report["findings"] = Json::array();
  for (const Finding& finding : run.findings) {
    report["findings"].push_back(Of(run, finding, masker, places));
  }
  report["repository"] = {{"checklist", VerdictsOf(run.repository)},
                          {"reasons", ReasonsOf(run.repository, masker, -1)}};
  report["suppressed"] = Json::array();
  for (std::size_t index = 0; index < run.suppressed.size(); ++index) {
    const SuppressedFinding& one = run.suppressed[index];
    Json entry = Of(run, one.finding, masker, places);
    entry["reason"] = masker.Text(one.reason, one.finding.server_index);
    if (index < run.waivers.size()) {
      const Waiver& waiver = run.waivers[index];
      if (!waiver.expires.empty()) entry["expires"] = waiver.expires;
      const ReportPlace place = places.Of(waiver.where);
      entry["waiver"] = {{"file", place.path}, {"line", place.begin.line}};
    }
    report["suppressed"].push_back(std::move(entry));
  }
  report["not_modelled"] = NotModelledOf(*run.workspace, masker, places);
  return EscapedJson(report.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace sandlint
