#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/word.h"

namespace sandlint {

/// One instruction with its continuation lines joined; each byte knows where it was written.
struct DockerLine {
  std::string text;
  std::vector<std::uint32_t> at;  ///< of each byte of `text`
  const Source* source = nullptr;

  Word WordOf(std::size_t begin, std::size_t end) const;
};

/// Goes over the lines of a Dockerfile.
class DockerLines {
 public:
  explicit DockerLines(const Source& source);

  char Escape() const { return escape_; }
  /// The next instruction; comments and empty lines are left out.
  std::optional<DockerLine> Next();
  /// The text of a here-document up to the line `name`; nothing where it does not end.
  std::optional<Word> Document(std::string_view name, bool strips_tabs);

 private:
  struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  bool NextRange(Range& range);
  void ReadDirectives();
  std::string_view TextOf(const Range& range) const;
  bool Append(DockerLine& line, Range range) const;

  const Source& source_;
  std::string_view text_;
  std::size_t at_ = 0;
  char escape_ = '\\';
};

}  // namespace sandlint
