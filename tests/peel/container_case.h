#pragma once

// A container command line, peeled, and its layer as short texts.

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.h"
#include "scanner/peel/container.h"

namespace sandlint {

inline std::vector<Word> Words(const std::vector<std::string>& texts) {
  std::vector<Word> words;
  for (const std::string& text : texts) {
    words.push_back({text, {}, {}, static_cast<int>(words.size())});
  }
  return words;
}

inline Peeled Peel(const std::vector<std::string>& argv, const PeelContext& context = {}) {
  const std::vector<Word> words = Words(argv);
  std::optional<Peeled> peeled = PeelContainer(words, context);
  REQUIRE(peeled.has_value());
  CHECK(peeled->layer.kind == LayerKind::Container);
  return std::move(*peeled);
}

inline std::string Join(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

inline std::string Text(const Boxed<Word>& word) { return word ? word->text : "-"; }

inline bool HasProblem(const Layer& layer, std::string_view part, Answer fatal = Answer::Yes) {
  return std::any_of(
      layer.start_problems.begin(), layer.start_problems.end(), [&](const StartProblem& problem) {
        return problem.fatal == fatal && problem.text.find(part) != std::string::npos;
      });
}

inline bool HasNote(const Layer& layer, std::string_view word, Facet facet) {
  return std::any_of(layer.notes.begin(), layer.notes.end(), [&](const Note& note) {
    return note.word.text == word && Touches(note.facets, facet);
  });
}

/// `bind /a /b ro`, one mount a line.
inline std::string Mounts(const Layer& layer) {
  std::string text;
  for (const Mount& mount : layer.mounts) {
    if (!text.empty()) text += "; ";
    text += NameOf(mount.kind);
    text += " " + mount.source.text + " " + mount.target.text;
    for (const Word& below : mount.overlay_sources) text += " over " + below.text;
    if (mount.read_only) text += " ro";
  }
  return text;
}

/// The edits that the words ask for: `+A=1`, `copy A`, `-A`, `reset`, `copy all`, `file f`.
inline std::string Edits(const Layer& layer) {
  std::string text;
  for (const EnvEdit& edit : layer.environment) {
    if (!edit.option || edit.option.text == layer.program.text) continue;
    if (!text.empty()) text += "; ";
    switch (edit.kind) {
      case EnvKind::Set:
        text += edit.name.text + "=" + edit.value.text;
        break;
      case EnvKind::Copy:
        text += "copy " + edit.name.text;
        break;
      case EnvKind::Unset:
        text += "unset " + edit.name.text;
        break;
      case EnvKind::Reset:
        text += "reset";
        break;
      case EnvKind::CopyAll:
        text += "copy all";
        break;
      case EnvKind::FromFile:
        text += "file " + edit.value.text;
        break;
    }
  }
  return text;
}

class TreeReader : public FileReader {
 public:
  explicit TreeReader(std::map<std::string, std::string, std::less<>> files)
      : files_(std::move(files)) {}
  ReadResult Read(std::string_view path) const override {
    const auto found = files_.find(path);
    if (found == files_.end()) return {ReadStatus::Missing, {}, "not there"};
    return {ReadStatus::Ok, found->second, {}};
  }
  bool Exists(std::string_view path) const override { return files_.contains(path); }
  std::vector<DirectoryEntry> List(std::string_view) const override { return {}; }

 private:
  std::map<std::string, std::string, std::less<>> files_;
};

struct ImageCase {
  std::vector<std::string> argv;
  std::string image;
  std::string rest;
};

}  // namespace sandlint
