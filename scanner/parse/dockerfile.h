#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/word.h"
#include "scanner/parse/node.h"

namespace sandlint {

enum class DockerKeyword : std::uint8_t {
  Unknown,
  Add,
  Arg,
  Cmd,
  Copy,
  Entrypoint,
  Env,
  Expose,
  From,
  Healthcheck,
  Label,
  Maintainer,
  Onbuild,
  Run,
  Shell,
  Stopsignal,
  User,
  Volume,
  Workdir,
};

/// One instruction of the Dockerfile reference, and how its words are written.
struct DockerRow {
  std::string_view name;
  DockerKeyword keyword;
  bool flags = false;      ///< `--name=value` may stand before its words
  bool json = false;       ///< `["a", "b"]` is taken for a list
  bool documents = false;  ///< here-documents may follow
};
std::span<const DockerRow> DockerInstructions();

/// A here-document of RUN, COPY or ADD.
struct DockerDocument {
  Word name;
  bool expands = true;  ///< its name is not quoted
  Word text;
};

struct DockerInstruction {
  DockerKeyword keyword = DockerKeyword::Unknown;
  Word name;              ///< as written
  bool on_build = false;  ///< behind ONBUILD: for the images that are built from this one
  std::vector<Word> flags;
  Word text;                ///< all behind the flags, continuation lines joined
  bool json = false;        ///< `words` are the items of a list, decoded
  std::vector<Word> words;  ///< else split at blanks, quotes and escapes still in them
  std::vector<DockerDocument> documents;
  Span span;

  /// The value of `--name=value`; empty where it is not given.
  Word Flag(std::string_view name) const;
};

struct DockerText {
  char escape = '\\';
  std::vector<DockerInstruction> instructions;
  std::vector<ParseProblem> problems;

  bool Ok() const { return problems.empty(); }
};

inline constexpr std::size_t kMaxDockerfileBytes = std::size_t{1} << 20;

/// Reads a Dockerfile as BuildKit does: directives, continuation lines with comments in them, JSON
/// and shell forms, here-documents. Problems are values; what can be read is there beside them.
DockerText ParseDockerfile(const Source& source);

}  // namespace sandlint
