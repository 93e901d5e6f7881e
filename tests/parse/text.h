#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "catch.h"
#include "scanner/parse/node.h"

namespace sandlint {

/// A document with the source that it points into.
struct Parsed {
  std::unique_ptr<Source> source;
  Document document;
  const Node& Root() const { return document.root; }
};

inline Parsed ParseWith(Document (*parse)(const Source&), std::string text) {
  Parsed parsed;
  parsed.source = std::make_unique<Source>(Source{"file", std::move(text), false});
  parsed.document = parse(*parsed.source);
  return parsed;
}

/// Every span of a document lies in its source, children within their parents' file, and a word's
/// span within that of its value.
inline void CheckSpans(const Node& node, const Source& source) {
  if (node.Is(NodeType::Missing)) return;
  REQUIRE(node.span.source == &source);
  REQUIRE(node.span.begin <= node.span.end);
  REQUIRE(node.span.end <= source.text.size());
  if (node.word.span) {
    REQUIRE(node.word.span.begin <= node.word.span.end);
    REQUIRE(node.word.span.end <= source.text.size());
  }
  for (const Node& item : node.items) CheckSpans(item, source);
  for (const Member& member : node.members) {
    REQUIRE(member.key.span.source == &source);
    REQUIRE(member.key.span.end <= source.text.size());
    CheckSpans(member.value, source);
  }
}

inline void CheckSpans(const Parsed& parsed) {
  CheckSpans(parsed.document.root, *parsed.source);
  for (const ParseProblem& problem : parsed.document.problems) {
    REQUIRE(problem.where.source == parsed.source.get());
    REQUIRE(problem.where.begin <= problem.where.end);
    REQUIRE(problem.where.end <= parsed.source->text.size());
    REQUIRE(!problem.text.empty());
  }
}

inline std::string Repeat(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

/// Every prefix of a text and every text with one byte changed: nothing may throw or leave the
/// text.
inline void Mangle(Document (*parse)(const Source&), const std::string& text) {
  for (std::size_t length = 0; length <= text.size(); ++length) {
    CheckSpans(ParseWith(parse, text.substr(0, length)));
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char c : {'\0', '"', '{', ']', '&', '*', '\n', '\xFF', ':', '#'}) {
      std::string changed = text;
      changed[at] = c;
      CheckSpans(ParseWith(parse, changed));
    }
  }
}

}  // namespace sandlint
