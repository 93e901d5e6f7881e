#include "scanner/peel/privilege.h"

#include <utility>

#include "scanner/peel/options.h"

namespace sandlint {

Answer RunsAsRoot(const PeelContext& context) {
  if (!context.sandbox.empty()) return Answer::Unknown;
  if (context.user) {
    if (!context.user->Known()) return Answer::Unknown;
    const std::string& name = context.user->text;
    return name == "root" || name == "0" || name == "#0" ? Answer::Yes : Answer::No;
  }
  if (context.host == nullptr || context.host->Symbolic()) return Answer::Unknown;
  return context.host->Caller().uid == 0 ? Answer::Yes : Answer::No;
}

void NeedsRoot(Layer& layer, const Word& word, std::string text, const PeelContext& context) {
  const Answer root = RunsAsRoot(context);
  if (root == Answer::Yes) return;
  AddProblem(layer, word, std::move(text), root == Answer::No ? Answer::Yes : Answer::Unknown);
}

}  // namespace sandlint
