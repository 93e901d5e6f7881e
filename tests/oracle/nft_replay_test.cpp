// Rulesets that the real nft loaded, with what its packets did: every recorded probe, again.
// data/nft.json was recorded with nft 1.0.6 in network namespaces: `reached` says that the first
// packet left the output path, the decider is the last step of `nft monitor trace`.

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "catch.h"
#include "paths.h"
#include "scanner/egress/evaluate.h"
#include "scanner/egress/nft_compile.h"
#include "scanner/egress/nft_files.h"
#include "scanner/egress/text.h"
#include "scanner/parse/service_names.h"

using namespace sandlint;
using Json = nlohmann::json;

namespace {

struct Tally {
  int equal = 0, false_no = 0, false_yes = 0, unsure = 0, unsure_of_run_time = 0;
  int decided = 0, decided_otherwise = 0;
  std::map<std::string, int> wrong_by_case, unsure_by_case, decider_by_case;
};

EgressNames NamesOf(const Json& table) {
  EgressNames names;
  names.users_complete = names.groups_complete = names.devices_complete = true;
  names.devices = {"c0"};
  for (const auto& [name, ids] : table["users"].items()) names.users[name] = ids[0];
  for (const auto& [name, id] : table["groups"].items()) names.groups[name] = id;
  return names;
}

EgressSubject SubjectOfUid(const Json& table, std::uint32_t uid) {
  EgressSubject subject;
  subject.uid = uid;
  for (const auto& [name, ids] : table["users"].items()) {
    if (ids[0] != uid) continue;
    subject.user = name;
    subject.gid = ids[1].get<std::uint32_t>();
  }
  return subject;
}

Flow FlowOf(const Json& probe, InterfaceNames& interfaces) {
  Flow flow;
  const Address address = Unmapped(*ParseAddress(probe[2].get<std::string>()));
  flow.family = address.family;
  flow.address = address.value;
  flow.port = probe[3];
  flow.protocol = *ProtocolOfName(probe[1].get<std::string>());
  if (flow.protocol == kIcmp) flow.port = kEchoRequestV4;
  if (flow.protocol == kIcmpV6) flow.port = kEchoRequestV6;
  const std::string text = AddressText(address.family, address.value);
  const bool own = IsLoopback(address) || text == "192.0.2.2" || text == "2001:db8:1::2";
  flow.interface = own ? std::uint8_t{0} : interfaces.Find("c0").value();
  return flow;
}

/// As data/nft.json names a decider: "inet t output 3", "inet t output policy".
std::string DeciderText(const NftProgram& compiled, const FlowDecision& decision) {
  RuleId id = decision.decided_by;
  if (decision.answer == Answer::Yes && !decision.accepted_by.empty()) {
    id = decision.accepted_by.back().first;
  }
  if (id.chain < 0) return "";
  const Chain& chain = compiled.program.chains[static_cast<std::size_t>(id.chain)];
  return chain.table + " " + chain.name + " " + (id.rule < 0 ? "policy" : std::to_string(id.rule));
}

NftRuleset Load(const Json& each, Workspace& workspace, std::unique_ptr<FileReader>& reader) {
  std::map<std::string, std::string, std::less<>> files;
  if (each.contains("files")) {
    for (const auto& [path, text] : each["files"].items()) files[path] = text;
  }
  reader = MakeMemoryReader(std::move(files));
  std::string text = each["ruleset"];
  if (each.contains("then")) {
    for (const auto& line : each["then"]) text += line.get<std::string>() + "\n";
  }
  const Source& source = workspace.Add("case.nft", std::move(text));
  return ApplyNft(ParseNft(source, IncludesFrom(*reader, workspace)));
}

void RunProbe(const Json& each, const Json& probe, NftProgram& compiled, Tally& tally) {
  const Flow flow = FlowOf(probe, compiled.program.interfaces);
  const FlowDecision decision = Decide(compiled.program, flow);
  const std::string id = each["id"];
  const bool reached = probe[4] == 1;
  if (decision.answer == Answer::Unknown) {
    ++(each.contains("runtime") ? tally.unsure_of_run_time : tally.unsure);
    if (!each.contains("runtime")) ++tally.unsure_by_case[id];
    return;
  }
  if ((decision.answer == Answer::Yes) != reached) {
    ++(reached ? tally.false_no : tally.false_yes);
    ++tally.wrong_by_case[id + " " + FlowText(flow) + (reached ? " left" : " was stopped")];
    return;
  }
  ++tally.equal;
  const std::string decider = each["deciders"][probe[5].get<std::size_t>()];
  if (decider.empty()) return;
  ++tally.decided;
  if (DeciderText(compiled, decision) != decider) {
    ++tally.decided_otherwise;
    ++tally.decider_by_case[id + ": " + DeciderText(compiled, decision) + " for " + decider];
  }
}

void Replay(const Json& table, const Json& each, const EgressNames& names, Tally& tally) {
  Workspace workspace;
  std::unique_ptr<FileReader> reader;
  const NftRuleset ruleset = Load(each, workspace, reader);
  std::map<std::uint32_t, NftProgram> by_uid;
  CAPTURE(each["id"].get<std::string>());
  if (!each.contains("probes")) {
    const NftProgram compiled = CompileNft(ruleset, SubjectOfUid(table, 2001), names);
    const bool problem = !compiled.problems.empty();
    // A cgroup that is not there, or a verb of a later nft: nothing that a file shows.
    const bool of_the_machine =
        each["id"] == "socket-cgroup-missing" || each["id"] == "destroy-table";
    CHECK((problem || of_the_machine || each["loads"].get<bool>()));
    return;
  }
  for (const Json& probe : each["probes"]) {
    const std::uint32_t uid = probe[0];
    auto known = by_uid.find(uid);
    if (known == by_uid.end()) {
      known = by_uid.emplace(uid, CompileNft(ruleset, SubjectOfUid(table, uid), names)).first;
      for (const NftProblem& problem : known->second.problems) {
        CAPTURE(problem.text, std::string(problem.where.Text()));
        CHECK(problem.trouble != NftTrouble::Refused);
      }
    }
    RunProbe(each, probe, known->second, tally);
  }
}

std::string Report(const Tally& tally) {
  std::ostringstream out;
  for (const auto& [text, count] : tally.wrong_by_case) out << "wrong: " << text << "\n";
  for (const auto& [text, count] : tally.unsure_by_case)
    out << "unsure: " << text << " x" << count << "\n";
  for (const auto& [text, count] : tally.decider_by_case)
    out << "decider: " << text << " x" << count << "\n";
  out << "equal " << tally.equal << ", unsure " << tally.unsure << " + " << tally.unsure_of_run_time
      << " of run-time cases, decided " << tally.decided << ", otherwise "
      << tally.decided_otherwise;
  return out.str();
}

}  // namespace

TEST_CASE("every recorded nft probe is answered as it went") {
  std::ifstream file(std::string(kSourceDir) + "/tests/oracle/data/nft.json");
  const Json table = Json::parse(file);
  const EgressNames names = NamesOf(table);
  Tally tally;
  for (const Json& each : table["cases"]) Replay(table, each, names, tally);
  INFO(Report(tally));
  CHECK(tally.false_no + tally.false_yes == 0);
  CHECK(tally.false_no == 0);
  CHECK(tally.unsure * 100 <= tally.equal);
  CHECK(tally.decided_otherwise * 100 <= tally.decided);
  CHECK(tally.equal > 8000);
}
