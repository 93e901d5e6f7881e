#include "scanner/egress/firewalld.h"

#include <algorithm>
#include <pugixml.hpp>
#include <string>
#include <utility>

namespace sandlint {
namespace {

struct DirectRule {
  int priority = 0;
  IptablesLine line;
};

/// The words of an element's text, with their places.
std::vector<Word> WordsOf(const pugi::xml_node& element, const Source& source) {
  const pugi::xml_node text = element.first_child();
  const std::ptrdiff_t at = text.offset_debug();
  const std::string_view value = element.child_value();
  const bool plain =
      at >= 0 &&
      std::string_view(source.text).substr(static_cast<std::size_t>(at)).starts_with(value);
  if (!plain) return {};  // with entities: its places are not those of the file
  const auto begin = static_cast<std::uint32_t>(at);
  return SplitLine(source, begin, begin + static_cast<std::uint32_t>(value.size()));
}

class Reader {
 public:
  Reader(const Source& source, FirewalldDirect& out) : source_(source), out_(out) {}

  void Run() {
    pugi::xml_document document;
    if (!document.load_buffer(source_.text.data(), source_.text.size())) {
      return Gap("it is no XML that can be read");
    }
    std::vector<DirectRule> v4;
    std::vector<DirectRule> v6;
    for (const pugi::xml_node& element : document.child("direct").children()) {
      const std::string name = element.name();
      if (name.empty() || name == "chain") continue;
      const std::string family = element.attribute("ipv").value();
      if (family == "eb") continue;
      auto rule = name == "rule" ? RuleOf(element) : PassedThrough(element, name);
      if (!rule) {
        Gap("a " + name + " that is not understood");
        continue;
      }
      (family == "ipv6" ? v6 : v4).push_back(std::move(*rule));
    }
    out_.v4 = Sorted(std::move(v4));
    out_.v6 = Sorted(std::move(v6));
  }

 private:
  void Gap(std::string text) { out_.gaps.push_back({{&source_, 0, 0}, std::move(text)}); }

  std::optional<DirectRule> RuleOf(const pugi::xml_node& element) const {
    std::vector<Word> words = WordsOf(element, source_);
    if (words.empty()) return std::nullopt;
    DirectRule rule;
    rule.priority = element.attribute("priority").as_int();
    rule.line.verb = IptablesVerb::Append;
    rule.line.span = {&source_, words.front().span.begin, words.back().span.end};
    rule.line.table.text = element.attribute("table").value();
    rule.line.chain.text = element.attribute("chain").value();
    rule.line.words = std::move(words);
    return rule;
  }

  /// A whole command, given when firewalld starts.
  std::optional<DirectRule> PassedThrough(const pugi::xml_node& element,
                                          const std::string& name) const {
    if (name != "passthrough") return std::nullopt;
    auto line = ParseIptablesCommand(WordsOf(element, source_));
    if (!line) return std::nullopt;
    return DirectRule{0, std::move(*line)};
  }

  static IptablesFile Sorted(std::vector<DirectRule> rules) {
    std::ranges::stable_sort(rules, {}, &DirectRule::priority);
    IptablesFile file;
    for (DirectRule& rule : rules) file.lines.push_back(std::move(rule.line));
    return file;
  }

  const Source& source_;
  FirewalldDirect& out_;
};

}  // namespace

bool IsFirewalldDirect(std::string_view path, std::string_view text) {
  return path.ends_with("direct.xml") && text.find("<direct") != std::string_view::npos;
}

FirewalldDirect ReadFirewalldDirect(const Source& source) {
  FirewalldDirect out;
  Reader(source, out).Run();
  return out;
}

}  // namespace sandlint
