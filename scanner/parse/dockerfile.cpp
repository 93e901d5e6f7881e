#include "scanner/parse/dockerfile.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>

#include "scanner/parse/docker_lines.h"
#include "scanner/parse/unicode.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxInstructions = 5000;
constexpr std::size_t kMaxDocuments = 64;

/// docs.docker.com/reference/dockerfile, and the parser of BuildKit for what each takes.
constexpr auto kRows = std::to_array<DockerRow>({
    {"ADD", DockerKeyword::Add, true, true, true},
    {"ARG", DockerKeyword::Arg},
    {"CMD", DockerKeyword::Cmd, false, true},
    {"COPY", DockerKeyword::Copy, true, true, true},
    {"ENTRYPOINT", DockerKeyword::Entrypoint, false, true},
    {"ENV", DockerKeyword::Env},
    {"EXPOSE", DockerKeyword::Expose},
    {"FROM", DockerKeyword::From, true},
    {"HEALTHCHECK", DockerKeyword::Healthcheck, true},
    {"LABEL", DockerKeyword::Label},
    {"MAINTAINER", DockerKeyword::Maintainer},
    {"ONBUILD", DockerKeyword::Onbuild},
    {"RUN", DockerKeyword::Run, true, true, true},
    {"SHELL", DockerKeyword::Shell, false, true},
    {"STOPSIGNAL", DockerKeyword::Stopsignal},
    {"USER", DockerKeyword::User},
    {"VOLUME", DockerKeyword::Volume, false, true},
    {"WORKDIR", DockerKeyword::Workdir},
});

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r'; }

const DockerRow* RowOf(std::string_view name) {
  const auto same = [](char a, char b) {
    return std::toupper(static_cast<unsigned char>(a)) ==
           std::toupper(static_cast<unsigned char>(b));
  };
  const auto row = std::ranges::find_if(
      kRows, [&](const DockerRow& known) { return std::ranges::equal(known.name, name, same); });
  return row == kRows.end() ? nullptr : &*row;
}

class Reader {
 public:
  explicit Reader(const Source& source) : source_(source), lines_(source) {}

  DockerText Run() {
    text_.escape = lines_.Escape();
    while (const auto line = lines_.Next()) {
      if (text_.instructions.size() >= kMaxInstructions) {
        Problem(line->WordOf(0, 1).span, "more instructions than sandlint reads");
        break;
      }
      Instruction(*line);
    }
    if (text_.instructions.empty() && text_.problems.empty()) {
      Problem({&source_, 0, 0}, "a Dockerfile without an instruction");
    }
    return std::move(text_);
  }

 private:
  void Problem(Span where, std::string text) { text_.problems.push_back({where, std::move(text)}); }

  void Instruction(const DockerLine& line) {
    DockerInstruction made;
    std::size_t at = Name(line, 0, made);
    if (made.keyword == DockerKeyword::Onbuild) {
      made.on_build = true;
      at = Name(line, at, made);
    }
    std::size_t end = line.text.size();
    while (end > at && IsBlank(line.text[end - 1])) --end;
    const DockerRow* row = RowOf(made.name.text);
    if (row == nullptr) Problem(made.name.span, "an instruction that is not known");
    if (row != nullptr && row->flags) at = Flags(line, at, end, made);
    made.text = line.WordOf(at, end);
    made.span = line.WordOf(0, end).span;
    if (row != nullptr && row->json) made.json = ReadList(line, at, end, made.words);
    if (!made.json) made.words = Words(line, at, end);
    if (row != nullptr && row->documents && !made.json) Documents(made);
    text_.instructions.push_back(std::move(made));
  }

  static std::size_t Skip(const DockerLine& line, std::size_t at) {
    while (at < line.text.size() && IsBlank(line.text[at])) ++at;
    return at;
  }

  static std::size_t Name(const DockerLine& line, std::size_t at, DockerInstruction& made) {
    const std::size_t begin = Skip(line, at);
    std::size_t end = begin;
    while (end < line.text.size() && !IsBlank(line.text[end])) ++end;
    made.name = line.WordOf(begin, end);
    const DockerRow* row = RowOf(made.name.text);
    made.keyword = row == nullptr ? DockerKeyword::Unknown : row->keyword;
    return Skip(line, end);
  }

  /// The end of the word at `at`; quotes hold blanks, the escape character takes one with it.
  std::size_t EndOfWord(const DockerLine& line, std::size_t at, std::size_t end) const {
    char quote = 0;
    for (; at < end; ++at) {
      const char c = line.text[at];
      if (quote == 0 && IsBlank(c)) return at;
      if (c == lines_.Escape() && quote != '\'') {
        ++at;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
    }
    return std::min(at, end);
  }

  std::size_t Flags(const DockerLine& line, std::size_t at, std::size_t end,
                    DockerInstruction& made) const {
    while (at < end && line.text.compare(at, 2, "--") == 0) {
      const std::size_t stop = EndOfWord(line, at, end);
      if (stop - at == 2) return Skip(line, stop);
      made.flags.push_back(line.WordOf(at, stop));
      at = Skip(line, stop);
    }
    return at;
  }

  std::vector<Word> Words(const DockerLine& line, std::size_t at, std::size_t end) const {
    std::vector<Word> words;
    while (at < end) {
      const std::size_t stop = EndOfWord(line, at, end);
      words.push_back(line.WordOf(at, stop));
      at = Skip(line, stop);
    }
    return words;
  }

  /// A JSON list of strings; anything else is taken for the shell form.
  static bool ReadList(const DockerLine& line, std::size_t at, std::size_t end,
                       std::vector<Word>& words) {
    if (at >= end || line.text[at] != '[') return false;
    const Source list{"", line.text.substr(at, end - at), false};
    const Document document = ParseJson(list);
    if (!document.Ok() || !document.extensions.empty() || !document.root.Is(NodeType::Array)) {
      return false;
    }
    for (const Node& item : document.root.items) {
      if (!item.Is(NodeType::String)) return words.clear(), false;
      Word word = line.WordOf(at + item.word.span.begin, at + item.word.span.end);
      word.text = item.word.text;
      words.push_back(std::move(word));
    }
    return true;
  }

  /// `<<EOF`, `<<-"EOF"`, `3<<EOF`: words of their own.
  void Documents(DockerInstruction& made) {
    for (const Word& word : made.words) {
      std::string_view text = word.text;
      text.remove_prefix(std::min(text.find_first_not_of("0123456789"), text.size()));
      if (!text.starts_with("<<") || text.starts_with("<<<")) continue;
      text.remove_prefix(2);
      const bool strips = text.starts_with('-');
      if (strips) text.remove_prefix(1);
      DockerDocument document;
      for (const char c : text) {
        const bool quote = c == '"' || c == '\'' || c == lines_.Escape();
        document.expands = document.expands && !quote;
        if (!quote) document.name.text += c;
      }
      if (document.name.text.empty() || text.find('<') != std::string_view::npos) continue;
      if (made.documents.size() >= kMaxDocuments) return;
      document.name.span = word.span;
      auto body = lines_.Document(document.name.text, strips);
      if (!body) return Problem(word.span, "a here-document that does not end");
      document.text = std::move(*body);
      made.documents.push_back(std::move(document));
    }
  }

  const Source& source_;
  DockerLines lines_;
  DockerText text_;
};

}  // namespace

std::span<const DockerRow> DockerInstructions() { return kRows; }

Word DockerInstruction::Flag(std::string_view name_of_flag) const {
  for (const Word& flag : flags) {
    const auto pair = SplitAssignment(flag);
    const std::string_view key = pair ? std::string_view(pair->key.text) : flag.text;
    if (key.substr(std::min<std::size_t>(2, key.size())) != name_of_flag) continue;
    return pair ? pair->value : flag;
  }
  return {};
}

DockerText ParseDockerfile(const Source& source) {
  DockerText refused;
  const auto fail = [&](std::size_t at, const char* why) {
    const auto place = static_cast<std::uint32_t>(std::min(at, source.text.size()));
    refused.problems.push_back({{&source, place, place}, why});
  };
  if (source.text.size() > kMaxDockerfileBytes) {
    fail(0, "the file is too large");
    return refused;
  }
  const std::size_t bad = std::min(FirstInvalidUtf8(source.text), source.text.find('\0'));
  if (bad != std::string::npos) {
    fail(bad, "the file is not UTF-8 text");
    return refused;
  }
  return Reader(source).Run();
}

}  // namespace sandlint
