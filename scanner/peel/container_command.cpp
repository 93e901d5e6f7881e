#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "model/image.h"
#include "scanner/parse/node.h"
#include "scanner/peel/container_finish.h"

namespace sandlint {
namespace {

/// Options that docker's client refuses together (observed with 28).
struct Conflict {
  std::string_view one;
  std::string_view other;  ///< a `-` at its end: every name that starts so
};
constexpr std::array kConflicts = {Conflict{"rm", "restart"}, Conflict{"detach", "attach"},
                                   Conflict{"no-healthcheck", "health-"}};

bool Asks(const FlagUse& use, std::string_view name) {
  if (!use.on || (use.row->name == "restart" && use.value.text == "no")) return false;
  return name.ends_with('-') ? use.row->name.starts_with(name) : use.row->name == name;
}

/// Programs that narrow what runs behind them, and the facets that they narrow.
struct WrapperRow {
  std::string_view name;
  Facet facets;
};
constexpr Facet kAccount = Facet::Environment | Facet::Identity;
constexpr std::array kWrappers = {
    WrapperRow{"bwrap", Facet::All},  WrapperRow{"firejail", Facet::All},
    WrapperRow{"nsjail", Facet::All}, WrapperRow{"unshare", Facet::All},
    WrapperRow{"chroot", Facet::All}, WrapperRow{"srt", Facet::All},
    WrapperRow{"env", kAccount},      WrapperRow{"sudo", kAccount},
    WrapperRow{"doas", kAccount},     WrapperRow{"su", kAccount},
    WrapperRow{"runuser", kAccount},  WrapperRow{"setpriv", kAccount},
};

/// With an ENTRYPOINT in the image the words would be its arguments, and the wrapper would not run.
void CheckWrapper(ContainerDraft& draft, const Word& first) {
  for (const WrapperRow& row : kWrappers) {
    if (row.name != BaseName(first.text)) continue;
    draft.AddNote(Support::Unknown, first, row.facets,
                  "an ENTRYPOINT of the image would take it as an argument; --entrypoint rules "
                  "that out");
  }
}

/// podman also takes a JSON list.
std::vector<Word> EntrypointWords(const ContainerDraft& draft, const Word& entrypoint) {
  if (!draft.Podman() || !entrypoint.text.starts_with('[')) return {entrypoint};
  const Source list{"", entrypoint.text, false};
  const Document document = ParseJson(list);
  std::vector<Word> words;
  for (const Node& item : document.root.items) {
    Word word = Part(entrypoint, item.word.span.begin, item.word.text.size());
    word.text = item.word.text;
    words.push_back(std::move(word));
  }
  return document.Ok() && !words.empty() ? words : std::vector<Word>{entrypoint};
}

}  // namespace

void CheckTerminal(ContainerDraft& draft) {
  if (draft.Podman() || !draft.tty || !draft.interactive) return;
  draft.Problem(draft.tty->Deciding(),
                "docker wants a terminal for -i with -t and stops at the pipe of an MCP client "
                "(the input device is not a TTY)");
}

void CheckConflicts(ContainerDraft& draft) {
  if (draft.Podman()) return;
  for (const Conflict& conflict : kConflicts) {
    const auto find = [&](std::string_view name) {
      return std::find_if(draft.seen.begin(), draft.seen.end(),
                          [&](const FlagUse& use) { return Asks(use, name); });
    };
    const auto other = find(conflict.other);
    if (find(conflict.one) == draft.seen.end() || other == draft.seen.end()) continue;
    draft.Problem(other->Deciding(),
                  fmt::format("docker refuses it together with --{}", conflict.one));
  }
}

std::vector<Word> CommandOf(ContainerDraft& draft, std::vector<Word> words) {
  const Boxed<Word>& entrypoint = draft.Run().entrypoint;
  if (const ImageBuild* build = draft.Run().build.get(); build != nullptr && !entrypoint) {
    if (words.empty() && build->command) words = *build->command;
    if (build->entrypoint) {
      words.insert(words.begin(), build->entrypoint->begin(), build->entrypoint->end());
      for (Word& word : words) {
        if (word.argv_index < 0) word.argv_index = draft.Run().image.argv_index;
      }
      return words;
    }
  }
  if (entrypoint && !entrypoint->text.empty()) {
    std::vector<Word> first = EntrypointWords(draft, *entrypoint);
    words.insert(words.begin(), first.begin(), first.end());
  } else if (!words.empty() &&
             (words.front().text.starts_with('-') || words.front().text.empty())) {
    words.clear();
  } else if (!words.empty() && !entrypoint) {
    CheckWrapper(draft, words.front());
  }
  return words;
}

}  // namespace sandlint
