#include "reporters/json_server.h"

#include <string>
#include <string_view>
#include <vector>

#include "model/reported_paths.h"

namespace sandlint {
namespace {

using Json = nlohmann::ordered_json;

class Writer {
 public:
  Writer(const Server& server, int index, const Masker& masker, Places& places)
      : server_(server), index_(index), masker_(masker), places_(places) {}

  Json Write() {
    Json json = {{"name", server_.Name()}, {"clients", server_.decl.clients}};
    json["config"] = PlaceOf(server_.decl.entry);
    json["scope"] = NameOf(server_.decl.scope);
    json["transport"] = NameOf(server_.decl.transport);
    json["loads"] = server_.decl.loads;
    if (!server_.decl.loads) json["why_not"] = Text(server_.decl.why_not);
    if (server_.Remote()) json["url"] = masker_.Text(server_.decl.url);
    json["launches"] = Json::array();
    for (const Launch& launch : server_.launches) json["launches"].push_back(Of(launch));
    json["need"] = Of(server_.need);
    return json;
  }

 private:
  std::string Text(std::string_view text) const { return masker_.Text(text, index_); }

  Json PlaceOf(const Span& span) {
    const ReportPlace place = places_.Of(span);
    return {{"file", place.path}, {"line", place.begin.line}};
  }

  Json Of(const Launch& launch) {
    Json json = Json::object();
    if (!launch.condition_text.empty()) json["condition"] = Text(launch.condition_text);
    json["starts"] = NameOf(launch.starts);
    json["start_problems"] = Json::array();
    for (const StartProblem& problem : launch.start_problems) {
      json["start_problems"].push_back(Text(problem.text));
    }
    json["layers"] = Json::array();
    for (const Layer& layer : launch.layers) json["layers"].push_back(Of(layer));
    json["grant"] = Of(launch.grant);
    return json;
  }

  Json Of(const Layer& layer) {
    Json json = {
        {"kind", NameOf(layer.kind)}, {"tool", Text(layer.tool)}, {"words", Json::array()}};
    for (const Word& word : layer.words) json["words"].push_back(masker_.Text(word));
    if (layer.program.span) json["location"] = PlaceOf(layer.program.span);
    if (layer.package) {
      json["package"] = {{"ecosystem", layer.package->ecosystem},
                         {"name", Text(layer.package->name)},
                         {"version", Text(layer.package->version)},
                         {"pinned", layer.package->pinned}};
    }
    return json;
  }

  Json Of(const Because& because) {
    Json list = Json::array();
    for (const Evidence& evidence : because) {
      Json json = Json::object();
      if (evidence.span && !evidence.span.source->is_argv) {
        const ReportPlace place = places_.Of(evidence.span);
        json = {{"file", place.path}, {"line", place.begin.line}, {"column", place.begin.column}};
      }
      if (evidence.argv_index >= 0) json["argv_index"] = evidence.argv_index;
      json["text"] = Text(evidence.text);
      if (!evidence.note.empty()) json["note"] = Text(evidence.note);
      list.push_back(std::move(json));
    }
    return list;
  }

  static Json Names(Rights rights) {
    Json names = Json::array();
    for (const Right right : {Right::Read, Right::Write, Right::Exec, Right::Connect}) {
      if (rights.Has(right)) names.push_back(NameOf(right));
    }
    return names;
  }

  Json Of(std::string_view path, const PathAnswer& answer) {
    Json json = {{"path", Text(path)},
                 {"rights", Names(answer.rights)},
                 {"possible", Names(answer.possible)},
                 {"backing", NameOf(answer.backing)},
                 {"confidence", NameOf(answer.confidence)}};
    if (!answer.alias.empty()) json["alias"] = Text(answer.alias);
    json["because"] = Of(answer.because);
    return json;
  }

  Json PathsOf(const Grant& grant) {
    Json paths = Json::array();
    if (grant.paths == nullptr) return paths;
    for (const std::string& path : ReportedPaths(grant)) {
      const bool root = path == "/";
      paths.push_back(Of(path, root ? grant.paths->OfRoot() : grant.paths->OfHost(path)));
    }
    return paths;
  }

  Json Of(const HostFirewall& firewall) {
    Json json = {{"governs", firewall.governs},
                 {"files", Of(firewall.files)},
                 {"assuming", firewall.assuming},
                 {"allowed", firewall.allowed},
                 {"open", Json::array()}};
    for (const OpenFlow& flow : firewall.open) {
      json["open"].push_back(
          {{"kind", flow.kind}, {"witness", flow.witness}, {"line", Of(Because{flow.line})}});
    }
    return json;
  }

  Json Of(const Egress& egress) {
    Json json = {{"mode", NameOf(egress.mode)},
                 {"reaches_host_loopback", egress.reaches_host_loopback},
                 {"reaches_abstract_sockets", egress.reaches_abstract_sockets},
                 {"confidence", NameOf(egress.confidence)},
                 {"because", Of(egress.because)},
                 {"delegated", Json::array()}};
    if (egress.firewall.filter != nullptr) json["firewall"] = Of(egress.firewall);
    for (const Delegate& delegate : egress.delegated) {
      json["delegated"].push_back({{"kind", delegate.kind},
                                   {"path", Text(delegate.path)},
                                   {"reachable", NameOf(delegate.reachable)},
                                   {"because", Of(delegate.because)}});
    }
    return json;
  }

  Json Of(const VariableSet& set) {
    Json known = Json::object();
    for (const auto& [name, variable] : set.known) known[name] = NameOf(variable.presence);
    return {{"known", known}, {"others", NameOf(set.others)}, {"because", Of(set.others_because)}};
  }

  Json Of(const Environment& environment) {
    Json json = Of(environment.own);
    if (environment.through_proc) json["through_proc"] = Of(*environment.through_proc);
    return json;
  }

  Json Of(const Identity& identity) const {
    static constexpr const char* kSets[] = {"none", "some", "container-default", "all", "unknown"};
    return {{"outer_user", Text(identity.outer_user)},
            {"inner_user", Text(identity.inner_user)},
            {"own_user", identity.own_user},
            {"root_inside", NameOf(identity.root_inside)},
            {"capabilities", kSets[static_cast<std::size_t>(identity.capabilities)]},
            {"capability_names", identity.capability_names},
            {"no_new_privileges", NameOf(identity.no_new_privileges)},
            {"own_pid_namespace", identity.own_pid_namespace},
            {"own_user_namespace", identity.own_user_namespace}};
  }

  Json Of(const Grant& grant) {
    return {{"confidence", NameOf(grant.confidence)},
            {"assuming", grant.assuming},
            {"paths", PathsOf(grant)},
            {"egress", Of(grant.egress)},
            {"environment", Of(grant.environment)},
            {"identity", Of(grant.identity)}};
  }

  static Json Of(const Need& need) {
    Json json = {{"class", NameOf(need.server_class)},
                 {"network", NameOf(need.network)},
                 {"hosts", need.hosts},
                 {"variables", Json::array()},
                 {"paths", Json::array()}};
    for (const NeededVariable& variable : need.variables) {
      json["variables"].push_back(
          {{"name", variable.name}, {"required", variable.required}, {"secret", variable.secret}});
      if (!variable.origin.empty()) json["variables"].back()["origin"] = variable.origin;
    }
    for (const NeededPath& path : need.paths) {
      json["paths"].push_back({{"path", path.path}, {"write", path.write}});
      if (!path.origin.empty()) json["paths"].back()["origin"] = path.origin;
    }
    if (!need.host_origins.empty()) json["host_origins"] = need.host_origins;
    if (!need.catalogue_id.empty()) json["catalogue_id"] = need.catalogue_id;
    if (!need.origin.empty()) json["origin"] = need.origin;
    return json;
  }

  const Server& server_;
  int index_;
  const Masker& masker_;
  Places& places_;
};

}  // namespace

Json VerdictsOf(const Checklist& checklist) {
  Json verdicts = Json::object();
  for (std::size_t item = 1; item < checklist.size(); ++item) {
    verdicts[std::to_string(item)] = NameOf(checklist[item].verdict);
  }
  return verdicts;
}

Json ReasonsOf(const Checklist& checklist, const Masker& masker, int server) {
  Json reasons = Json::object();
  for (std::size_t item = 1; item < checklist.size(); ++item) {
    if (checklist[item].reason.empty()) continue;
    reasons[std::to_string(item)] = masker.Text(checklist[item].reason, server);
  }
  return reasons;
}

Json JsonOf(const Server& server, int index, const Checklist& checklist, const Masker& masker,
            Places& places) {
  Json json = Writer(server, index, masker, places).Write();
  json["checklist"] = VerdictsOf(checklist);
  json["reasons"] = ReasonsOf(checklist, masker, index);
  return json;
}

}  // namespace sandlint
