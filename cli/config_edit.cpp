#include "cli/config_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reporters/visible.h"
#include "scanner/parse/node.h"

namespace sandlint {
namespace {

struct TextEdit {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::string text;
};

/// The member whose key stands at `key`, or null. Documents are bounded in depth.
const Member* FindMember(const Node& node, const Span& key) {
  for (const Member& member : node.members) {
    const Span& span = member.key.span;
    if (span.begin <= key.begin && key.end <= span.end + 1 && key.begin <= span.end) return &member;
    if (const Member* found = FindMember(member.value, key); found != nullptr) return found;
  }
  for (const Node& item : node.items) {
    if (const Member* found = FindMember(item, key); found != nullptr) return found;
  }
  return nullptr;
}

std::string Quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string List(const std::vector<std::string>& argv) {
  std::string text = "[";
  for (std::size_t index = 1; index < argv.size(); ++index) {
    text += (index > 1 ? ", " : "") + Quoted(argv[index]);
  }
  return text + "]";
}

bool AddEdits(const Node& entry, const std::vector<std::string>& argv,
              std::vector<TextEdit>& edits) {
  const Node& command = entry.Get("command");
  if (!command.Is(NodeType::String) || argv.empty()) return false;
  edits.push_back({command.span.begin, command.span.end, Quoted(argv.front())});
  const Node& args = entry.Get("args");
  if (args.Is(NodeType::Array)) {
    edits.push_back({args.span.begin, args.span.end, List(argv)});
  } else if (argv.size() > 1) {
    edits.back().text += ", \"args\": " + List(argv);
  }
  return true;
}

}  // namespace

std::string EditLaunches(const Source& source, const std::vector<LaunchEdit>& edits,
                         std::string& problem) {
  const Document document = ParseJson(source);
  std::vector<TextEdit> texts;
  for (const LaunchEdit& edit : edits) {
    const Member* entry = document.Ok() ? FindMember(document.root, edit.decl->entry) : nullptr;
    if (entry == nullptr || !AddEdits(entry->value, edit.argv, texts)) {
      problem = fmt::format("{} is no JSON in which '{}' could be changed", Visible(source.path),
                            Visible(edit.decl->name.text));
      return {};
    }
  }
  std::ranges::sort(texts, {}, &TextEdit::begin);
  std::string text = source.text;
  for (auto edit = texts.rbegin(); edit != texts.rend(); ++edit) {
    text.replace(edit->begin, edit->end - edit->begin, edit->text);
  }
  return text;
}

}  // namespace sandlint
