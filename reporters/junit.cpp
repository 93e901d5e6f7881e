// JUnit XML in the part that all of its readers share: a suite for each server with a case for each
// rule, so that a green list shows what was checked; one for the files, one for what is about no
// single server. No clock in it: the same run gives the same bytes.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "reporters/formats.h"
#include "reporters/mask.h"
#include "reporters/place.h"
#include "reporters/visible.h"
#include "reporters/waiver.h"
#include "rules/rule.h"

namespace sandlint {
namespace {

/// Above this number of cases only rules with findings have one: readers refuse larger files.
constexpr std::size_t kMostCases = 50000;

using ByRule = std::map<std::string_view, std::vector<const Finding*>>;

void Set(pugi::xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(value.c_str());
}

/// Counts of a suite; their attributes come first and are filled in last.
struct Suite {
  pugi::xml_node node;
  std::string classname;
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;
};

class Writer {
 public:
  Writer(const Run& run, const ReportOptions& options)
      : run_(run), options_(options), masker_(run) {}

  std::string Write() {
    pugi::xml_document document;
    root_ = document.append_child("testsuites");
    for (const char* name : {"name", "tests", "failures", "errors", "time"}) {
      root_.append_attribute(name);
    }
    root_.attribute("name").set_value("sandlint");
    root_.attribute("time").set_value("0");
    AddFiles();
    AddRepository();
    AddServers();
    root_.attribute("tests").set_value(std::to_string(total_.tests).c_str());
    root_.attribute("failures").set_value(std::to_string(total_.failures).c_str());
    root_.attribute("errors").set_value(std::to_string(total_.errors).c_str());
    std::ostringstream out;
    document.save(out, " ", pugi::format_default, pugi::encoding_utf8);
    return out.str();
  }

 private:
  /// Readers show a suite or a case once for each name.
  std::string Unique(std::string name) {
    const int count = ++names_[name];
    return count == 1 ? name : fmt::format("{} #{}", name, count);
  }

  Suite Open(const std::string& name, const std::string& classname, const std::string& file) {
    Suite suite;
    suite.node = root_.append_child("testsuite");
    suite.classname = Visible(classname);
    Set(suite.node, "name", Unique(Visible(name)));
    for (const char* count : {"tests", "failures", "errors", "skipped"}) {
      suite.node.append_attribute(count);
    }
    Set(suite.node, "time", "0");
    if (!file.empty()) Set(suite.node, "file", Visible(file));
    return suite;
  }

  void Close(Suite& suite) {
    const auto set = [&](const char* name, std::size_t count) {
      suite.node.attribute(name).set_value(std::to_string(count).c_str());
    };
    set("tests", suite.tests);
    set("failures", suite.failures);
    set("errors", suite.errors);
    set("skipped", suite.skipped);
    total_.tests += suite.tests;
    total_.failures += suite.failures;
    total_.errors += suite.errors;
    if (suite.tests == 0) root_.remove_child(suite.node);
  }

  pugi::xml_node AddCase(Suite& suite, const std::string& name) {
    ++suite.tests;
    pugi::xml_node added = suite.node.append_child("testcase");
    Set(added, "name", Visible(name));
    Set(added, "classname", suite.classname);
    Set(added, "time", "0");
    return added;
  }

  /// One `<failure>` or `<error>`; its text repeats the message, which some readers leave out.
  static void AddChild(pugi::xml_node node, const char* element, const std::string& type,
                       const std::string& message, const std::string& text) {
    pugi::xml_node child = node.append_child(element);
    Set(child, "type", type);
    Set(child, "message", message);
    child.text().set(text.c_str());
  }

  bool Gates(const Finding& finding) const {
    return finding.severity >= options_.fail_on && finding.baseline != Baseline::Unchanged;
  }

  std::string MessageOf(const Finding& finding) const {
    return Visible(masker_.Text(finding.message, finding.server_index));
  }

  /// A blank before the path lets readers find it.
  std::string TextOf(const std::vector<const Finding*>& findings) {
    std::string text;
    for (const Finding* finding : findings) {
      const ReportPlace place = places_.Of(*finding);
      text += fmt::format("{}: {}{}\n", NameOf(finding->severity), MessageOf(*finding),
                          finding->baseline == Baseline::Unchanged ? " (unchanged)" : "");
      if (!BeforePolicy(run_, *finding).empty())
        text += fmt::format(" ({})\n", BeforePolicy(run_, *finding));
      if (!place.path.empty()) {
        text += fmt::format(" at {}:{}:{}\n", Visible(place.path), place.begin.line,
                            place.begin.column);
      }
      if (!finding->fix.empty()) {
        text += Visible(masker_.Text(finding->fix, finding->server_index)) + "\n";
      }
    }
    return text;
  }

  void AddRule(Suite& suite, const Rule& rule, const std::vector<const Finding*>& findings) {
    pugi::xml_node added = AddCase(suite, fmt::format("{}: {}", rule.info.id, rule.info.title));
    if (findings.empty()) return;
    const Finding* worst = findings.front();
    bool gates = false;
    for (const Finding* finding : findings) {
      if (finding->severity > worst->severity) worst = finding;
      gates = gates || Gates(*finding);
    }
    const std::string text = TextOf(findings) + fmt::format("{}\n", rule.info.fix);
    if (gates) {
      ++suite.failures;
      AddChild(added, "failure", NameOf(worst->severity), MessageOf(*worst), text);
    } else {
      added.append_child("system-out").text().set(text.c_str());
    }
  }

  void AddSkipped(Suite& suite, const Rule& rule, const std::string& reason) {
    AddSkippedCase(suite, fmt::format("{}: {}", rule.info.id, rule.info.title), reason);
  }

  void AddSkippedCase(Suite& suite, const std::string& name, const std::string& reason) {
    ++suite.skipped;
    pugi::xml_node skipped = AddCase(suite, name).append_child("skipped");
    Set(skipped, "message", Visible(reason));
    skipped.text().set(Visible(reason).c_str());
  }

  /// Each suppressed finding is a case of its own, beside that of its rule.
  void AddSuppressed(Suite& suite, int server) {
    for (std::size_t index = 0; index < run_.suppressed.size(); ++index) {
      const SuppressedFinding& one = run_.suppressed[index];
      if (one.finding.server_index != server) continue;
      const std::string name =
          fmt::format("{}: {}", one.finding.rule, masker_.Text(one.finding.message, server));
      AddSkippedCase(suite, name, WaiverOf(run_, index, masker_));
    }
  }

  bool IsSuppressed(const Rule& rule, int server) const {
    return std::ranges::any_of(run_.suppressed, [&](const SuppressedFinding& one) {
      return one.finding.server_index == server && one.finding.rule == rule.info.id;
    });
  }

  void AddFiles() {
    Suite suite = Open("configuration", "configuration", "");
    std::set<std::string> seen;
    for (const FileReport& file : run_.workspace->files) {
      const std::string name =
          file.kind == kLaunchReport ? fmt::format("{}: {}", file.path, file.problem) : file.path;
      if (IsExcluded(file)) {
        AddSkippedCase(suite, file.path, "not checked: the policy excludes it");
        continue;
      }
      if (file.status == FileStatus::Ignored || !seen.insert(name).second) continue;
      pugi::xml_node added = AddCase(suite, masker_.Text(name, -1));
      if (file.status == FileStatus::Read) continue;
      const bool unread = file.status == FileStatus::Unreadable;
      ++(unread ? suite.errors : suite.failures);
      const ReportPlace place = places_.Of(file);
      const std::string problem = Visible(masker_.Text(file.problem, -1));
      AddChild(added, unread ? "error" : "failure", NameOf(file.status), problem,
               fmt::format("{}\n at {}:{}:{}\n", problem, Visible(place.path), place.begin.line,
                           place.begin.column));
    }
    Close(suite);
  }

  /// Is it told with the files already?
  static bool IsAboutFile(const Finding& finding) { return finding.rule == "config-unreadable"; }

  void AddRepository() {
    ByRule findings;
    for (const Finding& finding : run_.findings) {
      if (finding.server_index < 0 && !IsAboutFile(finding)) {
        findings[finding.rule].push_back(&finding);
      }
    }
    Suite suite = Open("repository", "repository", "");
    for (const Rule* rule : AllRules()) {
      if (rule->per_workspace == nullptr && !findings.contains(rule->info.id)) continue;
      if (rule->info.id == "config-unreadable") continue;
      if (!findings.contains(rule->info.id) && IsSuppressed(*rule, -1)) continue;
      AddRule(suite, *rule, findings[rule->info.id]);
    }
    AddSuppressed(suite, -1);
    Close(suite);
  }

  void AddServers() {
    const std::vector<Server>& servers = run_.workspace->servers;
    std::vector<ByRule> findings(servers.size());
    for (const Finding& finding : run_.findings) {
      const auto index = static_cast<std::size_t>(finding.server_index);
      if (finding.server_index >= 0 && index < findings.size()) {
        findings[index][finding.rule].push_back(&finding);
      }
    }
    const bool all = servers.size() * AllRules().size() <= kMostCases;
    for (std::size_t index = 0; index < servers.size(); ++index) {
      AddServer(servers[index], static_cast<int>(index), findings[index], all);
    }
  }

  void AddServer(const Server& server, int index, ByRule& findings, bool all) {
    const std::string path = server.decl.entry ? server.decl.entry.source->path : "";
    Suite suite = Open(fmt::format("{} › {}", path, server.Name()),
                       fmt::format("{}#{}", path, server.Name()), path);
    for (const Rule* rule : AllRules()) {
      const auto found = findings.find(rule->info.id);
      if (found != findings.end()) {
        AddRule(suite, *rule, found->second);
      } else if (IsSuppressed(*rule, index)) {
        continue;  // told below, not as one that passed
      } else if (rule->per_server != nullptr && !server.decl.loads) {
        AddSkipped(suite, *rule,
                   server.decl.why_not.empty() ? "its client does not load it"
                                               : masker_.Text(server.decl.why_not, -1));
      } else if (rule->per_server != nullptr && all) {
        AddRule(suite, *rule, {});
      }
    }
    AddSuppressed(suite, index);
    Close(suite);
  }

  const Run& run_;
  const ReportOptions& options_;
  Masker masker_;
  Places places_;
  pugi::xml_node root_;
  Suite total_;
  std::map<std::string, int> names_;
};

}  // namespace

std::string WriteJunit(const Run& run, const ReportOptions& options) {
  return Writer(run, options).Write();
}

}  // namespace sandlint
