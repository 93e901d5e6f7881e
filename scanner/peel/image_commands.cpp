// `docker build -t NAME …` wherever it is written.

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "scanner/peel/image_index.h"
#include "scanner/peel/program.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxWords = 60;
constexpr std::size_t kMaxBuilds = 200;
constexpr auto kStarts = std::to_array<std::string_view>(
    {"docker build ", "docker buildx build ", "docker image build ", "podman build ",
     "nerdctl build ", "container build ", "buildah bud ", "buildah build "});

/// Options of `build` that take no value; every other one takes the next word.
constexpr auto kFlags = std::to_array<std::string_view>(
    {"--no-cache", "--pull", "--rm", "--force-rm", "--quiet", "-q", "--squash", "--load", "--push",
     "--compress", "--layers", "--debug", "-D", "--check"});

/// The words from `at` on, up to the end of the command; a backslash at the end of a line goes on.
std::vector<Word> WordsAt(const Source& source, std::size_t at) {
  const std::string& text = source.text;
  std::vector<Word> words;
  Word word;
  char quote = 0;
  const auto end_word = [&] {
    if (word) words.push_back(std::move(word));
    word = {};
  };
  const auto add = [&](char c) {
    const auto place = static_cast<std::uint32_t>(at);
    if (!word.span) word.span = {&source, place, place};
    word.span.end = place + 1;
    word.text += c;
  };
  for (; at < text.size() && words.size() < kMaxWords; ++at) {
    const char c = text[at];
    if (c == '\\' && at + 1 < text.size() && text[at + 1] == '\n') {
      ++at;
      end_word();
    } else if (c == '\n' ||
               (quote == 0 && std::string_view(";&|`)<>#,").find(c) != std::string_view::npos)) {
      break;
    } else if (quote == 0 && (c == ' ' || c == '\t' || c == '\r')) {
      end_word();
    } else if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      const std::size_t close = text.find(c, at + 1);
      if (close == std::string::npos || close > text.find('\n', at)) break;
      quote = c;
    } else {
      add(c);
    }
  }
  end_word();
  return words;
}

void FindHoles(Word& word) {
  if (word.text.find('$') == std::string::npos) return;
  word.holes = {{0, static_cast<std::uint32_t>(word.text.size()), word.text, false}};
}

/// A folder of the tree: as the file sees it, or as the root does.
std::string FolderOf(const std::string& path, const std::string& beside,
                     const PeelContext& context) {
  const auto join = [](const std::string& folder, const std::string& name) {
    std::string path_of = folder.empty() ? name : folder + "/" + name;
    while (path_of.ends_with("/.") || path_of.ends_with('/')) path_of.pop_back();
    return path_of == "." ? std::string() : path_of;
  };
  const bool here = path == "." || path == "./" || path == "$(pwd)" || path == "$PWD";
  const std::string name = here ? "." : path.starts_with("./") ? path.substr(2) : path;
  for (const std::string& folder : {join(beside, name), join("", name)}) {
    if (!DockerfileIn(folder, {}, context).empty()) return folder;
  }
  return join(beside, name);
}

struct BuildLine {
  std::vector<Word> tags;
  Word file, target, folder;
  std::vector<KeyValue> arguments;
};

BuildLine ReadLine(const std::vector<Word>& words) {
  BuildLine line;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const Word& word = words[at];
    if (!word.text.starts_with('-') || word.text == "-") {
      if (!line.folder) line.folder = word;
      continue;
    }
    const auto pair = word.text.starts_with("--") ? SplitAssignment(word) : std::nullopt;
    const std::string name = pair ? pair->key.text : word.text;
    if (!pair && std::ranges::count(kFlags, name) > 0) continue;
    Word value = pair ? pair->value : at + 1 < words.size() ? words[++at] : Word{};
    FindHoles(value);
    if (name == "-t" || name == "--tag") line.tags.push_back(value);
    if (name == "-f" || name == "--file") line.file = value;
    if (name == "--target") line.target = value;
    if (name == "--build-arg") {
      if (auto given = SplitAssignment(value)) line.arguments.push_back(std::move(*given));
    }
  }
  return line;
}

}  // namespace

void ReadBuildLines(const Source& source, const PeelContext& context,
                    std::vector<KnownBuild>& builds) {
  const std::size_t slash = source.path.find_last_of('/');
  const std::string beside =
      slash == std::string::npos ? std::string() : source.path.substr(0, slash);
  for (const std::string_view start : kStarts) {
    for (std::size_t at = source.text.find(start); at != std::string::npos;
         at = source.text.find(start, at + 1)) {
      if (builds.size() >= kMaxBuilds) return;
      BuildLine line = ReadLine(WordsAt(source, at + start.size()));
      if (line.tags.empty()) continue;
      KnownBuild build;
      const std::string folder = line.folder ? line.folder.text : ".";
      build.request.context = FolderOf(folder, beside, context);
      // -f is seen from where the command runs, not from the context.
      for (const std::string& base : {beside, std::string(), build.request.context}) {
        if (!build.request.path.empty() || (line.file && !line.file.Known())) break;
        build.request.path =
            DockerfileIn(line.file ? base : build.request.context, line.file, context);
      }
      if (build.request.path.empty()) continue;
      build.request.target = line.target;
      build.request.arguments = line.arguments;
      for (const Word& tag : line.tags) {
        build.name = build.request.linked_by = tag;
        builds.push_back(build);
      }
    }
  }
}

}  // namespace sandlint
