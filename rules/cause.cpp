#include "rules/cause.h"

#include <string_view>

namespace sandlint {
namespace {

void AddPart(std::string& text, std::string_view part) {
  text += part;
  text += '\0';
}

void AddDeclaration(std::string& words, const ServerDecl& decl) {
  AddPart(words, decl.command.text);
  for (const Word& word : decl.args) AddPart(words, word.text);
  AddPart(words, decl.url.text);
  AddPart(words, decl.headers_helper.text);
  for (const auto* settings : {&decl.environment, &decl.headers}) {
    for (const Setting& setting : *settings) {
      AddPart(words, setting.key.text);
      AddPart(words, setting.value.text);
    }
  }
}

/// Layers of wrapper scripts too: a script that starts another program is another launch.
void AddLaunch(std::string& words, const Launch& launch) {
  AddPart(words, launch.condition_text);
  for (const Layer& layer : launch.layers) {
    for (const Word& word : layer.words) AddPart(words, word.text);
    for (const EnvEdit& edit : layer.environment) {
      AddPart(words, edit.name.text);
      AddPart(words, edit.value.text);
    }
  }
}

}  // namespace

std::string CauseOf(const Finding& finding, const Workspace& workspace) {
  std::string cause;
  AddPart(cause, finding.where.Text());
  if (finding.server_index < 0) return cause;
  const Server& server = workspace.servers[static_cast<std::size_t>(finding.server_index)];
  AddDeclaration(cause, server.decl);
  for (const Launch& launch : server.launches) AddLaunch(cause, launch);
  return cause;
}

}  // namespace sandlint
