#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "scanner/peel/compose_file.h"

namespace sandlint {
namespace {

constexpr int kMaxDepth = 100;
/// Lists that are replaced, not appended to.
constexpr auto kReplaced = std::to_array<std::string_view>({"command", "entrypoint", "test"});

bool IsCollection(const Node& node) {
  return node.Is(NodeType::Array) || node.Is(NodeType::Object);
}

Node ListOf(const Node& below, const Node& above) {
  Node list;
  list.type = NodeType::Array;
  list.span = above.span;
  list.items = ComposeItems(below);
  for (Node& item : ComposeItems(above)) list.items.push_back(std::move(item));
  return list;
}

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// One line of `.env`: `export K="v" # comment`.
std::optional<KeyValue> ReadLine(const Source& source, std::size_t begin, std::size_t end) {
  const std::string& text = source.text;
  const auto word = [&](std::size_t from, std::size_t to) {
    Word made;
    made.text = text.substr(from, to - from);
    made.span = {&source, static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to)};
    return made;
  };
  while (begin < end && IsBlank(text[begin])) ++begin;
  if (begin == end || text[begin] == '#') return std::nullopt;
  if (text.compare(begin, 7, "export ") == 0) begin += 7;
  std::size_t equals = text.find_first_of("=:", begin);
  if (equals >= end) return std::nullopt;
  std::size_t key_end = equals;
  while (key_end > begin && IsBlank(text[key_end - 1])) --key_end;
  std::size_t at = equals + 1;
  while (at < end && IsBlank(text[at])) ++at;
  const char quote = at < end && (text[at] == '"' || text[at] == '\'') ? text[at] : '\0';
  std::size_t stop = end;
  if (quote != 0) {
    const std::size_t close = text.find(quote, at + 1);
    stop = std::min(close, end);
    ++at;
  } else {
    const std::size_t comment = text.find(" #", at);
    stop = std::min(comment, end);
    while (stop > at && IsBlank(text[stop - 1])) --stop;
  }
  KeyValue pair{word(begin, key_end), word(at, std::max(at, stop))};
  if (quote != '\'' && pair.value.text.find('$') != std::string::npos) {
    pair.value.holes = {
        {0, static_cast<std::uint32_t>(pair.value.text.size()), pair.value.text, false}};
  }
  return pair;
}

}  // namespace

std::vector<Node> ComposeItems(const Node& node) {
  if (node.Is(NodeType::Array)) return node.items;
  std::vector<Node> items;
  for (const Member& member : node.members) {
    Node item;
    item.type = NodeType::Object;
    item.span = member.key.span;
    item.members = {member};
    items.push_back(std::move(item));
  }
  const bool scalar =
      !IsCollection(node) && !node.Is(NodeType::Missing) && !node.Is(NodeType::Null);
  if (scalar) items.push_back(node);
  return items;
}

Node MergeCompose(Node below, const Node& above, std::string_view key, int depth) {
  if (above.Is(NodeType::Missing) || above.Is(NodeType::Null)) return below;
  if (below.Is(NodeType::Missing) || below.Is(NodeType::Null) || depth > kMaxDepth) return above;
  if (std::ranges::count(kReplaced, key) > 0) return above;
  if (below.Is(NodeType::Object) && above.Is(NodeType::Object)) {
    for (const Member& member : above.members) {
      const auto same = std::ranges::find_if(
          below.members, [&](const Member& known) { return known.key.text == member.key.text; });
      if (same == below.members.end()) {
        below.members.push_back(member);
      } else {
        same->value =
            MergeCompose(std::move(same->value), member.value, member.key.text, depth + 1);
        same->key = member.key;
      }
    }
    return below;
  }
  return IsCollection(below) || IsCollection(above) ? ListOf(below, above) : above;
}

std::vector<KeyValue> ReadDotEnv(const Source& source) {
  constexpr std::size_t kMaxLines = 20'000;
  std::vector<KeyValue> pairs;
  std::size_t begin = 0;
  for (std::size_t lines = 0; begin < source.text.size() && lines < kMaxLines; ++lines) {
    const std::size_t end = std::min(source.text.find('\n', begin), source.text.size());
    if (auto pair = ReadLine(source, begin, end)) pairs.push_back(std::move(*pair));
    begin = end + 1;
  }
  return pairs;
}

std::vector<Word> SplitComposeWords(const Word& text) {
  std::vector<Word> words;
  Word word;
  bool open = false;
  char quote = 0;
  const auto add = [&](std::size_t at) {
    const Word one = Part(text, at, 1);
    if (!open) word = {}, word.span = one.span, word.argv_index = text.argv_index;
    open = true;
    for (Hole hole : one.holes) {
      const auto shift = static_cast<std::uint32_t>(word.text.size());
      hole.begin += shift, hole.end += shift;
      const bool same = !word.holes.empty() && word.holes.back().name == hole.name &&
                        word.holes.back().end == hole.begin;
      same ? void(word.holes.back().end = hole.end) : word.holes.push_back(hole);
    }
    if (one.span && word.span) word.span.end = std::max(word.span.end, one.span.end);
    word.text += one.text;
  };
  for (std::size_t at = 0; at < text.text.size(); ++at) {
    const char c = text.text[at];
    if (quote == 0 && IsBlank(c)) {
      if (open) words.push_back(std::move(word));
      open = false;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
      if (!open) word = {}, word.span = Part(text, at, 1).span, open = true;
    } else if (c == quote) {
      quote = 0;
    } else if (c == '\\' && quote != '\'' && at + 1 < text.text.size()) {
      add(++at);
    } else {
      add(at);
    }
  }
  if (open) words.push_back(std::move(word));
  return words;
}

}  // namespace sandlint
