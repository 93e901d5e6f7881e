// What the script starts, with all that it has done before.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/parse/bounds.h"
#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/program.h"
#include "scanner/peel/script_harmless.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxLaunches = 24;

}  // namespace

void ScriptPath::Launch(Command& command) {
  if (launches_.size() >= kMaxLaunches) {
    LaunchUnknown(command.words.front(), bound::kPrograms);
    flow_ = Flow::Ended;
    return;
  }
  ScriptLaunch launch;
  launch.argv = command.words;
  launch.word = command.words.front();
  launch.condition = condition_;
  launch.conditions = conditions_;
  launch.environment = Environment(command);
  launch.directory = state_.directory;
  for (const auto& [path, data] : written_) {
    launch.written[path] = data.known ? data.text : Hole("what is written to " + path, {});
    if (data.known && !data.text.Certain()) {
      launch.handed.push_back({{}, data.text, -1, false, false, Answer::Unknown});
    }
  }
  for (const std::string& path : rewritten_) {
    launch.written.try_emplace(path, Hole("what is written to " + path, {}));
  }
  if (rewrites_all_) launch.written[""] = Hole("what was written before", {});
  for (const auto& [number, data] : state_.descriptors) {
    if (data.known) launch.descriptors[number] = data.text;
    if (data.known && !data.text.Certain()) {
      launch.handed.push_back({{}, data.text, number, false, false, Answer::Yes});
    }
    if (number > 2) launch.more_descriptors = true;
    launch.handed.insert(launch.handed.end(), data.files.begin(), data.files.end());
  }
  launch.handed.insert(launch.handed.end(), read_.begin(), read_.end());
  launch.temp_directories = temps_;
  launch.made = made_;
  launch.mounts = mounts_;
  launch.notes = doubts_;
  launch.replaces = command.exec;
  if (const auto input = state_.descriptors.find(0); input != state_.descriptors.end()) {
    if (!input->second.known) launch.descriptors.erase(0);
    launch.downloads = input->second.download;
  }
  for (const Word& word : launch.argv) {
    if (const auto found = downloads_.find(word.text); found != downloads_.end()) {
      launch.downloads = found->second;
    }
  }
  if (command.exec && state_.exit_trap) {
    for (TempDirectory& directory : launch.temp_directories) {
      directory.removal = Removal::LostTrap;
      directory.removed_by = *state_.exit_trap;
    }
  }
  launches_.push_back(std::move(launch));
  launched_at_.resize(launches_.size(), steps_);
  output_.known = false;
  std::erase_if(facts_, [](const auto& fact) { return fact.first.starts_with("test:-"); });
  RunTraps();
  EndCommand(Answer::Unknown);
}

void ScriptPath::LaunchUnknown(const Word& word, std::string why) {
  // A doubt always finds a place: one of them is as good as many.
  const bool known = std::ranges::any_of(launches_, [&](const ScriptLaunch& other) {
    return other.argv.empty() && other.word.span == word.span && other.unknown == why;
  });
  if (known || launches_.size() >= kMaxLaunches + 8) return;
  ScriptLaunch launch;
  launch.word = word;
  launch.unknown = std::move(why);
  launch.condition = condition_;
  launch.conditions = conditions_;
  launches_.push_back(std::move(launch));
}

}  // namespace sandlint
