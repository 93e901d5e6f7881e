// YAML, read as the events of yaml-cpp: its node tree would lose the order of keys and the second
// of two equal ones.

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <istream>
#include <map>
#include <streambuf>
#include <string>
#include <unordered_map>
#include <utility>

#include "scanner/parse/unicode.h"
#include "scanner/parse/yaml_places.h"
#include "scanner/parse/yaml_text.h"

namespace sandlint {
namespace {

/// Thrown to end the parse from inside a handler, and caught below.
struct Stop {
  std::size_t at;
  const char* text;
};

std::size_t CountOf(const Node& node) {
  std::size_t count = 1;
  for (const Node& item : node.items) count += CountOf(item);
  for (const Member& member : node.members) count += CountOf(member.value);
  return count;
}

class Handler final : public YAML::EventHandler {
 public:
  Handler(const Source& source, std::size_t base, std::size_t end, Document& document)
      : source_(source),
        text_(std::string_view(source.text).substr(0, end)),
        base_(base),
        document_(document) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node;
    node.type = NodeType::Null;
    node.span = Of(At(mark), At(mark));
    node.word.span = node.span;
    Done(std::move(node), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Stop{At(mark), "an alias that contains itself"};
    Count(found->second.second - 1, At(mark));
    Done(found->second.first, 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const ScalarPlace place = PlaceOfScalar(text_, At(mark), value);
    Node node;
    node.type = tag == "?" ? TypeOfPlain(value) : NodeType::String;
    node.span = Of(place.begin, place.end);
    node.word = {value, Of(place.inside_begin, place.inside_end), {}, -1};
    Done(std::move(node), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Start(NodeType::Array, mark, anchor);
  }
  void OnSequenceEnd() override { End(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Start(NodeType::Object, mark, anchor);
  }
  void OnMapEnd() override { End(); }

  std::size_t At(const YAML::Mark& mark) const {
    return std::min(base_ + static_cast<std::size_t>(std::max(mark.pos, 0)), text_.size());
  }
  Span Of(std::size_t begin, std::size_t end) const {
    return {&source_, static_cast<std::uint32_t>(begin),
            static_cast<std::uint32_t>(std::max(begin, end))};
  }

 private:
  /// A collection that is being read.
  struct Open {
    Node node;
    YAML::anchor_t anchor = 0;
    Member member;
    bool have_key = false;
    std::vector<Node> merged;  ///< values of `<<`
    std::unordered_map<std::string, Span> seen;
  };

  void Count(std::size_t more, std::size_t at) {
    values_ += more;
    if (values_ > kMaxYamlValues) throw Stop{at, "more values than sandlint reads in one file"};
  }

  void Start(NodeType type, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (open_.size() >= kMaxYamlDepth) throw Stop{At(mark), "nested too deep"};
    Open open;
    open.node.type = type;
    open.node.span = Of(At(mark), At(mark));
    open.anchor = anchor;
    open_.push_back(std::move(open));
  }

  void End() {
    Open open = std::move(open_.back());
    open_.pop_back();
    Merge(open);
    std::size_t end = open.node.span.end;
    for (const Node& item : open.node.items) end = std::max<std::size_t>(end, item.span.end);
    for (const Member& member : open.node.members) {
      end = std::max<std::size_t>({end, member.key.span.end, member.value.span.end});
    }
    end = EndOfFlow(text_, open.node.span.begin, end);
    open.node.span = Of(open.node.span.begin, end);
    Done(std::move(open.node), open.anchor);
  }

  /// A value is complete: it goes where its parent wants it.
  void Done(Node node, YAML::anchor_t anchor) {
    Count(1, node.span.begin);
    if (anchor != 0) {
      const std::size_t count = CountOf(node);
      Count(count, node.span.begin);  // a copy is kept
      anchors_.insert_or_assign(anchor, std::pair(node, count));
    }
    if (open_.empty()) {
      document_.root = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.Is(NodeType::Array)) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.have_key) {
      parent.have_key = true;
      parent.member = {};
      parent.member.key = std::move(node.word);
      if (!parent.member.key) parent.member.key.span = node.span;
    } else {
      AddMember(parent, std::move(node));
    }
  }

  void AddMember(Open& parent, Node value) {
    parent.have_key = false;
    if (parent.member.key.text == "<<" &&
        (value.Is(NodeType::Object) || value.Is(NodeType::Array))) {
      parent.merged.push_back(std::move(value));
      return;
    }
    const auto [first, is_new] =
        parent.seen.try_emplace(parent.member.key.text, parent.member.key.span);
    if (!is_new) {
      document_.duplicates.push_back(
          {first->second, parent.member.key.span, parent.member.key.text});
      first->second = parent.member.key.span;
    }
    parent.member.value = std::move(value);
    parent.node.members.push_back(std::move(parent.member));
  }

  /// yaml.org/type/merge: what is written here wins, and of several maps the first.
  static void Merge(Open& open) {
    std::vector<Member> merged;
    const auto take = [&](Node& map) {
      for (Member& member : map.members) {
        if (open.seen.try_emplace(member.key.text, member.key.span).second) {
          merged.push_back(std::move(member));
        }
      }
    };
    for (Node& value : open.merged) {
      if (value.Is(NodeType::Object)) take(value);
      for (Node& item : value.items) take(item);
    }
    open.node.members.insert(open.node.members.begin(), std::make_move_iterator(merged.begin()),
                             std::make_move_iterator(merged.end()));
  }

  const Source& source_;
  std::string_view text_;
  std::size_t base_;
  Document& document_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, std::pair<Node, std::size_t>> anchors_;
  std::size_t values_ = 0;
};

/// Reads from memory that belongs to the source.
struct View : std::streambuf {
  explicit View(std::string_view text) {
    char* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

/// yaml-cpp names unknown anchors behind a colon; that text is not repeated.
std::string ClauseOf(const YAML::Exception& error) {
  const std::string_view text = error.msg;
  return "this is no YAML: " + std::string(text.substr(0, text.find(':')));
}

}  // namespace

Document ParseYamlText(const Source& source, std::size_t begin, std::size_t end) {
  Document document;
  const std::string_view text = std::string_view(source.text).substr(begin, end - begin);
  const auto fail = [&](std::size_t at, std::string clause) {
    const auto from = static_cast<std::uint32_t>(std::min(at, source.text.size()));
    const auto to = static_cast<std::uint32_t>(std::min<std::size_t>(from + 1, source.text.size()));
    document.problems.push_back({{&source, from, to}, std::move(clause)});
  };
  if (text.size() > kMaxYamlBytes) {
    fail(begin, "the file is too large");
    return document;
  }
  const std::size_t invalid = FirstInvalidUtf8(text);
  if (invalid != std::string_view::npos || text.find('\0') != std::string_view::npos) {
    fail(begin + std::min(invalid, text.find('\0')), "the file is not UTF-8 text");
    return document;
  }
  const std::size_t mark = text.starts_with(kUtf8Mark) ? kUtf8Mark.size() : 0;
  Handler handler(source, begin + mark, end, document);
  try {
    View view(text.substr(mark));
    std::istream stream(&view);
    YAML::Parser parser(stream);
    parser.HandleNextDocument(handler);
    Document ignored;
    Handler rest(source, begin + mark, end, ignored);
    if (document.Ok() && parser.HandleNextDocument(rest) && !ignored.root.Is(NodeType::Missing) &&
        !ignored.root.Is(NodeType::Null)) {
      fail(ignored.root.span.begin, "a second document, which is not read");
    }
  } catch (const Stop& stop) {
    document.root = {};
    fail(stop.at, stop.text);
  } catch (const YAML::Exception& error) {
    fail(handler.At(error.mark), ClauseOf(error));
  } catch (const std::exception&) {
    fail(begin, "this is no YAML");
  }
  return document;
}

Document ParseYaml(const Source& source) { return ParseYamlText(source, 0, source.text.size()); }

}  // namespace sandlint
