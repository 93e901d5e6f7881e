#include "scanner/parse/text_proto.h"

#include <algorithm>
#include <cctype>

#include "scanner/parse/node.h"

namespace sandlint {
namespace {

constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxFields = 20'000;

bool IsName(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-' ||
         c == '+';
}

class ProtoReader {
 public:
  explicit ProtoReader(const Source& source) : source_(source), text_(source.text) {}

  ProtoText Run() {
    ProtoText result;
    result.fields = Message('\0', 0);
    if (failed_) result.problem = Place(at_, std::min(at_ + 1, text_.size()));
    return result;
  }

 private:
  Span Place(std::size_t begin, std::size_t end) const {
    return {&source_, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  }

  /// Blanks and comments; with `separators` also what may stand between fields.
  void Skip(bool separators = true) {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (std::isspace(static_cast<unsigned char>(c)) != 0 ||
                 (separators && (c == ',' || c == ';'))) {
        ++at_;
      } else {
        return;
      }
    }
  }

  bool Take(char c) {
    Skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  Word Name() {
    Skip();
    const std::size_t begin = at_;
    while (at_ < text_.size() && IsName(text_[at_])) ++at_;
    if (at_ == begin) failed_ = true;
    return {std::string(text_.substr(begin, at_ - begin)), Place(begin, at_), {}, -1};
  }

  std::vector<ProtoField> Message(char end, int depth) {
    std::vector<ProtoField> fields;
    if (depth > kMaxDepth) failed_ = true;
    while (!failed_) {
      Skip();
      if (at_ >= text_.size()) {
        failed_ = end != '\0';
        break;
      }
      if (end != '\0' && text_[at_] == end) {
        ++at_;
        break;
      }
      if (++count_ > kMaxFields) failed_ = true;
      Field(fields, depth);
    }
    return fields;
  }

  void Field(std::vector<ProtoField>& fields, int depth) {
    const Word name = Name();
    const bool colon = Take(':');
    if (Take('[')) {
      while (!failed_ && !Take(']')) {
        if (at_ >= text_.size()) failed_ = true;
        if (!failed_) Value(name, true, fields, depth);
      }
      return;
    }
    Value(name, colon, fields, depth);
  }

  void Value(const Word& name, bool colon, std::vector<ProtoField>& fields, int depth) {
    ProtoField field;
    field.name = name;
    for (const auto& [open, close] : {std::pair{'{', '}'}, std::pair{'<', '>'}}) {
      if (!Take(open)) continue;
      field.is_message = true;
      field.fields = Message(close, depth + 1);
      fields.push_back(std::move(field));
      return;
    }
    if (!colon) {
      failed_ = true;
      return;
    }
    Skip();
    const bool quoted = at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'');
    field.value = quoted ? Text() : Name();
    fields.push_back(std::move(field));
  }

  /// Strings that follow each other are one.
  Word Text() {
    Word word;
    const std::size_t begin = at_;
    std::size_t end = at_;
    while (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
      const char quote = text_[at_++];
      while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') Character(word.text);
      if (at_ >= text_.size() || text_[at_] != quote) failed_ = true;
      if (failed_) return word;
      end = ++at_;
      Skip(false);
    }
    word.span = Place(begin, end);
    return word;
  }

  void Character(std::string& out) {
    if (text_[at_] != '\\' || at_ + 1 >= text_.size()) {
      out += text_[at_++];
      return;
    }
    const char c = text_[at_ + 1];
    at_ += 2;
    out += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
  }

  const Source& source_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t count_ = 0;
  bool failed_ = false;
};

std::vector<ProtoField> FieldsOf(const Node& object, int depth);

void AddField(const Word& name, const Node& node, int depth, std::vector<ProtoField>& fields) {
  if (depth > kMaxDepth) return;
  ProtoField field;
  field.name = name;
  if (node.Is(NodeType::Array)) {
    for (const Node& item : node.items) AddField(name, item, depth + 1, fields);
    return;
  }
  field.is_message = node.Is(NodeType::Object);
  if (field.is_message) {
    field.fields = FieldsOf(node, depth + 1);
  } else {
    field.value = node.word;
  }
  fields.push_back(std::move(field));
}

/// `mountProc` is written `mount_proc` in the text format.
Word SnakeCase(Word name) {
  std::string text;
  for (const char c : name.text) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper) text += '_';
    text += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  name.text = std::move(text);
  return name;
}

std::vector<ProtoField> FieldsOf(const Node& object, int depth) {
  std::vector<ProtoField> fields;
  for (const Member& member : object.members) {
    AddField(SnakeCase(member.key), member.value, depth, fields);
  }
  return fields;
}

}  // namespace

ProtoText ParseProtoText(const Source& source) { return ProtoReader(source).Run(); }

ProtoText ParseProtoJson(const Source& source) {
  const Document document = ParseJson(source);
  ProtoText result;
  result.fields = FieldsOf(document.root, 0);
  if (!document.root.Is(NodeType::Object)) {
    result.problem = {&source, 0, static_cast<std::uint32_t>(source.text.size())};
  }
  return result;
}

}  // namespace sandlint
