#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "cli/can.h"
#include "cli/command.h"
#include "cli/console.h"

namespace sandlint {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLongestLine = std::size_t{16} * 1024 * 1024;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json JsonOf(const AnswerPlace& place) {
  Json json;
  if (!place.file.empty()) {
    json["file"] = place.file;
    json["line"] = place.position.line;
    json["column"] = place.position.column;
  }
  if (place.argv_index >= 0) json["argv_index"] = place.argv_index;
  json["text"] = place.text;
  return json;
}

Json NamesOfRights(Rights rights) {
  Json names = Json::array();
  for (const Right right : {Right::Read, Right::Write, Right::Exec, Right::Connect}) {
    if (rights.Has(right)) names.push_back(NameOf(right));
  }
  return names;
}

/// The text of one key; false with `problem` set when it is there and no string.
bool TakeText(const Json& line, const char* key, std::string& text, std::string& problem) {
  const auto found = line.find(key);
  if (found == line.end()) return true;
  // A uid is as well written as a number.
  if (found->is_number_unsigned() && std::string_view(key) == "user") {
    text = std::to_string(found->get<std::uint64_t>());
    return true;
  }
  if (!found->is_string()) {
    problem = fmt::format("\"{}\" is a string", key);
    return false;
  }
  text = found->get<std::string>();
  return true;
}

bool TakeTexts(const Json& line, const char* key, std::vector<std::string>& texts,
               std::string& problem) {
  const auto found = line.find(key);
  if (found == line.end()) return true;
  texts.clear();
  problem = fmt::format("\"{}\" is an array of strings", key);
  if (!found->is_array()) return false;
  for (const Json& item : *found) {
    if (!item.is_string()) return false;
    texts.push_back(item.get<std::string>());
  }
  problem.clear();
  return true;
}

bool TakeEnvironment(const Json& line, Question& question, std::string& problem) {
  const auto found = line.find("env");
  if (found == line.end()) return true;
  problem = "\"env\" is an object of strings";
  if (!found->is_object()) return false;
  question.environment.emplace();
  for (const auto& [name, value] : found->items()) {
    if (!value.is_string()) return false;
    question.environment->emplace(name, value.get<std::string>());
  }
  problem.clear();
  return true;
}

/// What a question says beyond what it can: it is answered all the same, and the answer says so.
std::vector<std::string> UnknownKeys(const Json& line) {
  static constexpr std::string_view kKeys[] = {"id",       "op",   "target", "server", "argv",
                                               "config",   "user", "passwd", "host",   "env",
                                               "firewall", "cwd",  "home"};
  std::vector<std::string> unknown;
  for (const auto& [key, value] : line.items()) {
    if (std::ranges::find(kKeys, key) != std::end(kKeys)) continue;
    unknown.push_back(fmt::format("the key \"{}\" of the question means nothing", Visible(key)));
  }
  return unknown;
}

bool TakeArgv(const Json& line, Question& question, std::string& problem) {
  if (!line.contains("argv")) return true;
  std::vector<std::string> argv;
  if (!TakeTexts(line, "argv", argv, problem)) return false;
  if (argv.empty()) {
    problem = "\"argv\" is empty: there is nothing to start";
    return false;
  }
  question.argv = std::move(argv);
  return true;
}

bool TakeQuestion(const Json& line, Question& question, std::string& problem) {
  if (!line.is_object()) {
    problem = "a question is a JSON object";
    return false;
  }
  HostWish& host = question.host;
  const bool taken = TakeText(line, "op", question.operation, problem) &&
                     TakeText(line, "target", question.target, problem) &&
                     TakeText(line, "server", question.server, problem) &&
                     TakeText(line, "config", question.config, problem) &&
                     TakeText(line, "user", host.user, problem) &&
                     TakeText(line, "passwd", host.passwd, problem) &&
                     TakeText(line, "host", host.kind, problem) &&
                     TakeText(line, "home", host.home, problem) &&
                     TakeText(line, "cwd", host.working_directory, problem) &&
                     TakeTexts(line, "firewall", question.firewalls, problem) &&
                     TakeEnvironment(line, question, problem) && TakeArgv(line, question, problem);
  if (taken && question.operation.empty()) problem = "\"op\" is missing";
  if (taken && question.target.empty()) problem = "\"target\" is missing";
  return problem.empty();
}

std::string ErrorJson(const std::string& id, const std::string& problem) {
  Json json;
  json["id"] = id.empty() ? Json() : Json::parse(id);
  json["error"] = problem;
  return Dump(json);
}

/// The answer line to one line; `answered` says whether it holds an answer.
std::string AnswerTo(const std::string& text, const Question& defaults, Knowledge& knowledge,
                     bool& answered) {
  answered = false;
  if (text.size() > kLongestLine) return ErrorJson({}, "the line is longer than 16 MiB");
  const Json line = Json::parse(text, nullptr, false);
  if (line.is_discarded()) return ErrorJson({}, "the line is not JSON");
  Json id_value = line.is_object() ? line.value("id", Json()) : Json();
  if (id_value.is_structured()) return ErrorJson({}, "\"id\" is a string or a number");
  const std::string id = Dump(id_value);
  Question question = defaults;
  std::string problem;
  if (!TakeQuestion(line, question, problem)) return ErrorJson(id, problem);
  Reply reply = Ask(question, knowledge);
  if (!reply.problem.empty()) return ErrorJson(id, reply.problem);
  for (std::string& remark : UnknownKeys(line)) reply.assuming.push_back(std::move(remark));
  answered = true;
  return ReplyJson(reply, id);
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

int AnswerAll(std::istream& input, const Question& defaults) {
  Knowledge knowledge;
  bool all = true;
  std::string buffer;
  for (std::string text; std::getline(input, text);) {
    if (IsBlank(text)) continue;
    bool answered = false;
    buffer += AnswerTo(text, defaults, knowledge, answered) + "\n";
    all = all && answered;
    // A program that waits for each answer gets it as soon as no further question lies ready.
    if (input.rdbuf()->in_avail() > 0 && buffer.size() < 65536) continue;
    if (!WriteOut(buffer)) return kIncomplete;
    buffer.clear();
  }
  if (!WriteOut(buffer)) return kIncomplete;
  return all && !input.bad() ? kDone : kIncomplete;
}

}  // namespace

std::string ReplyJson(const Reply& reply, const std::string& id) {
  Json json;
  if (!id.empty()) json["id"] = Json::parse(id);
  json["answer"] = NameOf(reply.answer);
  if (reply.rights) json["rights"] = NamesOfRights(*reply.rights);
  if (reply.backing && *reply.backing != Backing::None) json["backing"] = NameOf(*reply.backing);
  if (reply.starts) json["starts"] = NameOf(*reply.starts);
  if (!reply.via.empty()) json["via"] = reply.via;
  json["confidence"] = NameOf(reply.confidence);
  const Masker& masker = MaskerOf(reply);
  json["assuming"] = Json::array();
  for (const std::string& text : reply.assuming) json["assuming"].push_back(masker.TextOfAny(text));
  json["because"] = Json::array();
  for (const Evidence& evidence : reply.because) {
    json["because"].push_back(JsonOf(PlaceOf(evidence, masker)));
  }
  return Dump(json);
}

int RunBatch(const std::string& file, const Question& defaults) {
  std::ios::sync_with_stdio(false);
  if (file == "-") return AnswerAll(std::cin, defaults);
  std::ifstream input(file, std::ios::binary);
  if (input && input.peek() != std::char_traits<char>::eof()) return AnswerAll(input, defaults);
  if (input.eof()) return AnswerAll(input, defaults);
  Complain("--batch {}: cannot be read; name a file with one JSON object a line, or - for stdin",
           Visible(file));
  return kIncomplete;
}

}  // namespace sandlint
