// The probe's one line of JSON (probe/probe.c says what is in it).

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/probe_questions.h"

namespace sandlint {
namespace {

using Json = nlohmann::json;

/// The bits of the probe; those of Right, but for its own order.
constexpr int BitOf(Right right) {
  switch (right) {
    case Right::Read:
      return 1;
    case Right::Write:
      return 2;
    case Right::Exec:
      return 4;
    case Right::Connect:
      return 8;
  }
  return 0;
}

bool IsObject(const Json& row, const ProbeQuestion& question) {
  const auto device = row[2].get<std::uint64_t>();
  const auto inode = row[3].get<std::uint64_t>();
  return std::ranges::any_of(question.objects, [&](const auto& object) {
    return object.first == device && object.second == inode;
  });
}

/// Is an object of the question open in this way under any of the names that were tried?
bool Reaches(const Json& said, const ProbeQuestion& question) {
  for (const Json& row : said["paths"]) {
    if (!row.is_array() || row.size() < 5 || !row[0].is_string()) continue;
    const bool asked =
        std::ranges::find(question.inside, row[0].get<std::string>()) != question.inside.end();
    if (asked && IsObject(row, question) && (row[4].get<int>() & BitOf(question.right)) != 0) {
      return true;
    }
  }
  return false;
}

bool HasVariable(const Json& said, const std::string& name) {
  if (said["env"].contains(name)) return true;
  return std::ranges::any_of(said["proc_env"], [&](const Json& one) { return one == name; });
}

bool RealOf(const Json& said, const ProbeQuestion& question) {
  switch (question.kind) {
    case ProbeQuestion::Kind::Path:
      return Reaches(said, question);
    case ProbeQuestion::Kind::Variable:
      return HasVariable(said, question.inside.front());
    case ProbeQuestion::Kind::Route:
      return said["route"] == "ok";
    case ProbeQuestion::Kind::User:
      return said["uid"] == question.number;
    case ProbeQuestion::Kind::NoNewPrivileges:
      return said["nnp"] == 1;
  }
  return false;
}

}  // namespace

bool ReadProbe(const std::string& line, std::vector<ProbeQuestion>& questions) {
  const std::size_t start = line.find("{\"probe\":");
  if (start == std::string::npos) return false;
  const Json said = Json::parse(line.substr(start, line.find('\n', start) - start), nullptr, false);
  if (!said.is_object()) return false;
  for (const char* key : {"paths", "proc_env"}) {
    if (!said.contains(key) || !said[key].is_array()) return false;
  }
  if (!said.contains("env") || !said["env"].is_object()) return false;
  try {  // a library of ours cannot promise that every row has the types that it should have
    for (ProbeQuestion& question : questions) question.real = RealOf(said, question);
  } catch (const Json::exception&) {
    return false;
  }
  return true;
}

}  // namespace sandlint
