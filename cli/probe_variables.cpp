#include "cli/probe_variables.h"

#include <algorithm>
#include <cstdlib>

#include "scanner/grant/glob.h"

namespace sandlint {

ProbeVariables::ProbeVariables(const std::vector<std::string>& environment, std::string directory)
    : directory_(std::move(directory)) {
  for (const std::string& line : environment) {
    const std::size_t equals = line.find('=');
    if (equals == line.npos) continue;
    const std::string name = line.substr(0, equals);
    // A path is needed as it is, even where its name sounds like a secret: SSH_AUTH_SOCK.
    const char* real = std::getenv(name.c_str());
    values_[name] = real != nullptr && real[0] == '/' ? real : line.substr(equals + 1);
  }
}

void ProbeVariables::Apply(const EnvEdit& edit) {
  const auto kept = [&](const std::string& name) {
    return std::ranges::any_of(edit.keep,
                               [&](const std::string& glob) { return MatchesPath(glob, name); });
  };
  if (edit.kind == EnvKind::Reset) {
    std::erase_if(values_, [&](const auto& value) { return !kept(value.first); });
  } else if (edit.kind == EnvKind::Set && edit.value.Known()) {
    values_[edit.name.text] = edit.value.text;
  } else {
    values_.erase(edit.name.text);
  }
}

void ProbeVariables::StartShell() {
  values_.erase("PWD");
  if (!directory_.empty()) values_["PWD"] = directory_;
}

void ProbeVariables::Enter(const Layer& layer) {
  if (layer.kind == LayerKind::Container) values_.clear();
  for (const EnvEdit& edit : layer.environment) Apply(edit);
  const bool moves = layer.kind == LayerKind::Sandbox || layer.kind == LayerKind::Container;
  if (layer.chdir || moves) {
    const bool known = layer.chdir && layer.chdir->Known() && layer.chdir->text.starts_with('/');
    directory_ = known ? layer.chdir->text : std::string{};
  }
}

void ProbeVariables::Rename(const std::string& assumed, const std::string& real) {
  if (!assumed.empty()) renamed_.emplace_back(assumed, real);
}

std::string ProbeVariables::TextOf(const Word& word, std::string& problem) const {
  std::string text;
  std::size_t at = 0;
  for (const Hole& hole : word.holes) {
    if (hole.assumed || hole.begin < at || hole.end > word.text.size()) continue;
    text += word.text.substr(at, hole.begin - at);
    const auto value = values_.find(hole.name);
    if (value == values_.end()) problem = hole.name + " is not known here";
    text += value == values_.end() ? std::string{} : value->second;
    at = hole.end;
  }
  text += word.text.substr(at);
  for (const auto& [assumed, real] : renamed_) {
    for (std::size_t found = text.find(assumed); found != text.npos;
         found = text.find(assumed, found + real.size())) {
      text.replace(found, assumed.size(), real);
    }
  }
  return text;
}

}  // namespace sandlint
