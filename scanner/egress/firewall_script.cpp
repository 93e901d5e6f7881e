#include "scanner/egress/firewall_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "scanner/egress/nft_part.h"
#include "scanner/parse/shell.h"

namespace sandlint {
namespace {

constexpr std::size_t kMostCommands = 20'000;
constexpr int kMostDepth = 64;

enum class Tool : std::uint8_t { None, V4, V6, Sets, Nft, Ufw, Other };

struct ToolRow {
  std::string_view name;
  Tool tool;
};
constexpr auto kTools = std::to_array<ToolRow>({
    {"iptables", Tool::V4},
    {"iptables-legacy", Tool::V4},
    {"iptables-nft", Tool::V4},
    {"ip6tables", Tool::V6},
    {"ip6tables-legacy", Tool::V6},
    {"ip6tables-nft", Tool::V6},
    {"ipset", Tool::Sets},
    {"nft", Tool::Nft},
    {"iptables-restore", Tool::Other},
    {"ip6tables-restore", Tool::Other},
    {"firewall-cmd", Tool::Other},
    {"pfctl", Tool::Other},
    {"ufw", Tool::Ufw},
});
/// What stands in front of a command and changes nothing that counts here.
constexpr auto kPrefixes = std::to_array<std::string_view>({"command", "exec", "sudo", "time"});

Tool ToolOf(std::string_view name) {
  const std::string_view base = BaseName(name);
  const auto* row = std::ranges::find(kTools, base, &ToolRow::name);
  return row == kTools.end() ? Tool::None : row->tool;
}

/// Behind `sudo -n`.
std::size_t CommandAt(const std::vector<Word>& words) {
  std::size_t at = 0;
  while (at + 1 < words.size() &&
         (std::ranges::find(kPrefixes, BaseName(words[at].text)) != kPrefixes.end() ||
          (at > 0 && words[at].text.starts_with('-')))) {
    ++at;
  }
  return at;
}

bool IsPlainVariable(const ShellPart& part) {
  return part.kind == ShellPartKind::Expansion && part.expansion != nullptr &&
         part.expansion->prefix == 0 && part.expansion->op.empty() &&
         part.expansion->subscript.empty();
}

class Reader {
 public:
  Reader(const Source& script, FirewallScript& out) : script_(script), out_(out), nft_(script) {}

  void Run() {
    const ShellScript parsed = ParseShell(script_);
    Visit(parsed.body, kMostDepth);
    for (const ParseProblem& problem : parsed.problems) {
      if (!out_.Empty() || nft_.used()) Gap(problem.where, problem.text);
    }
  }

  NftPart& nft() { return nft_; }

 private:
  void Gap(const Span& where, std::string text) { out_.gaps.push_back({where, std::move(text)}); }
  Word WordOf(const ShellWord& shell) {
    Word word;
    word.span = shell.span;
    for (const ShellPart& part : shell.parts) {
      if (part.kind == ShellPartKind::Literal) {
        word.text += part.text;
        continue;
      }
      const auto known =
          IsPlainVariable(part) ? variables_.find(part.expansion->name) : variables_.end();
      if (known != variables_.end() && known->second.find(' ') == std::string::npos) {
        word.text += known->second;
        continue;
      }
      const auto begin = static_cast<std::uint32_t>(word.text.size());
      word.text += part.text;
      word.holes.push_back({begin, static_cast<std::uint32_t>(word.text.size()), part.text});
    }
    return word;
  }

  void Visit(const ShellNode& node, int depth) {
    if (stopped_) return;
    if (depth <= 0 || commands_ > kMostCommands) {
      stopped_ = true;
      return Gap(node.span, "the script is too long to follow");
    }
    switch (node.kind) {
      case ShellKind::Sequence:
      case ShellKind::Group:
      case ShellKind::And:
        for (const ShellNode& child : node.children) Visit(child, depth - 1);
        return;
      case ShellKind::Simple:
        return Simple(node, depth);
      case ShellKind::Declaration:
        return Assign(node);
      case ShellKind::Or:
        return Either(node, depth);
      case ShellKind::For:
        return Loop(node, depth);
      case ShellKind::Function:
        functions_[node.name] = &node;
        return;
      default:
        if (Uses(node, kMostDepth)) Gap(node.span, "whether this part of the script runs");
        Forget(node, kMostDepth);
    }
  }

  /// `iptables -C rule || iptables -A rule`: on a machine without rules the second runs.
  void Either(const ShellNode& node, int depth) {
    if (node.children.size() != 2) return;
    Visit(node.children[0], depth - 1);
    const ShellNode& second = node.children[1];
    if (!Uses(second, kMostDepth)) return;
    const std::vector<ShellWord>& words = node.children[0].words;
    const bool check = std::ranges::any_of(
        words, [](const ShellWord& word) { return word.raw == "-C" || word.raw == "--check"; });
    if (check) return Visit(second, depth - 1);
    Gap(second.span, "whether this part of the script runs");
  }

  /// Over words that are written out.
  void Loop(const ShellNode& node, int depth) {
    if (!Uses(node, kMostDepth)) return Forget(node, kMostDepth);
    std::vector<Word> words;
    for (const ShellWord& word : node.words) words.push_back(WordOf(word));
    const bool known = node.in_given && node.children.size() == 1 &&
                       std::ranges::all_of(words, [](const Word& word) { return word.Known(); });
    if (!known) return Gap(node.span, "over what this loop runs");
    in_loop_ = true;
    for (const Word& word : words) {
      variables_[node.name] = word.text;
      Visit(node.children[0], depth - 1);
    }
    in_loop_ = false;
    variables_.erase(node.name);
  }

  void Assign(const ShellNode& node) {
    for (const ShellAssignment& assignment : node.assignments) {
      const Word value = WordOf(assignment.value);
      const bool known = value.Known() && !assignment.append && !assignment.is_array &&
                         assignment.subscript.empty();
      variables_.erase(assignment.name);
      if (known) variables_[assignment.name] = value.text;
    }
  }

  /// Variables that a part sets which may run or not.
  void Forget(const ShellNode& node, int depth) {
    if (depth <= 0) return variables_.clear();
    for (const ShellAssignment& assignment : node.assignments) variables_.erase(assignment.name);
    for (const ShellNode& child : node.children) Forget(child, depth - 1);
    for (const ShellArm& arm : node.arms) {
      for (const ShellNode& child : arm.condition) Forget(child, depth - 1);
      for (const ShellNode& child : arm.body) Forget(child, depth - 1);
    }
  }

  void Simple(const ShellNode& node, int depth) {
    if (node.words.empty()) return Assign(node);
    ++commands_;
    std::vector<Word> words;
    for (const ShellWord& word : node.words) words.push_back(WordOf(word));
    if (words[0].text == "read" || words[0].text == "eval" || words[0].text == "source" ||
        words[0].text == ".") {
      variables_.clear();
    }
    const std::size_t at = CommandAt(words);
    if (const auto function = functions_.find(words[at].text); function != functions_.end()) {
      for (const ShellNode& child : function->second->children) Visit(child, depth - 1);
      return;
    }
    const Tool tool = ToolOf(words[at].text);
    if (tool == Tool::None) return;
    const std::string name(BaseName(words[at].text));
    if (tool == Tool::Other) return Gap(node.span, name + " is not followed");
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    if (words.empty()) return;
    if (tool == Tool::Nft) return Nft(node, at);
    const auto hole = std::ranges::find_if(words, [](const Word& word) { return !word.Known(); });
    if (hole != words.end()) return Gap(node.span, fmt::format("what {} is", hole->text));
    if (tool == Tool::Ufw) {
      if (const auto strange = AddUfwCommand(words, node.span, out_.ufw)) Gap(strange->span, "ufw");
      return;
    }
    if (tool == Tool::Sets) {
      if (auto line = ParseIpsetCommand(words)) out_.sets.lines.push_back(std::move(*line));
      return;
    }
    auto line = ParseIptablesCommand(words);
    if (!line) return;
    line->span = node.span;
    (tool == Tool::V4 ? out_.v4 : out_.v6).lines.push_back(std::move(*line));
  }

  void Nft(const ShellNode& node, std::size_t program) {
    if (in_loop_) return Gap(node.span, "nft within a loop is not followed");
    std::size_t first = program + 1;
    while (first < node.words.size() && node.words[first].raw.starts_with('-')) {
      if (node.words[first].raw == "-f" || node.words[first].raw == "--file") {
        return Load(node, first + 1 < node.words.size() ? node.words[first + 1].raw : "");
      }
      ++first;
    }
    if (first >= node.words.size()) return;
    const std::string& verb = node.words[first].raw;
    if (verb == "list" || verb == "monitor" || verb == "describe") return;
    nft_.Separate(node.words[program].span.begin);
    for (std::size_t i = first; i < node.words.size(); ++i) nft_.CopyWord(node.words[i].span);
    nft_.JoinLines(node.words[first].span.begin, node.words.back().span.end);
  }

  void Load(const ShellNode& node, const std::string& file) {
    for (const ShellRedirect& redirect : node.redirects) {
      if (!redirect.op.starts_with("<<") || redirect.op == "<<<") continue;
      nft_.Separate(node.words[0].span.begin);
      nft_.Copy(redirect.target.span);
      return;
    }
    Gap(node.span,
        fmt::format("it loads {}", file == "-" || file.empty() ? "what a pipe gives" : file));
  }

  /// Is there a command of a firewall in it, or a call of a function that has one?
  bool Uses(const ShellNode& node, int depth) {
    if (depth <= 0) return true;
    if (node.kind == ShellKind::Simple && !node.words.empty()) {
      std::vector<Word> words;
      for (const ShellWord& word : node.words) words.push_back(WordOf(word));
      const std::string& name = words[CommandAt(words)].text;
      if (ToolOf(name) != Tool::None) return true;
      const auto function = functions_.find(name);
      if (function != functions_.end() && Uses(*function->second, depth / 2)) return true;
    }
    for (const ShellNode& child : node.children) {
      if (Uses(child, depth - 1)) return true;
    }
    for (const ShellArm& arm : node.arms) {
      for (const auto* list : {&arm.condition, &arm.body}) {
        for (const ShellNode& child : *list) {
          if (Uses(child, depth - 1)) return true;
        }
      }
    }
    return false;
  }

  const Source& script_;
  FirewallScript& out_;
  NftPart nft_;
  bool in_loop_ = false;
  bool stopped_ = false;
  std::size_t commands_ = 0;
  std::map<std::string, std::string> variables_;
  std::map<std::string, const ShellNode*> functions_;
};

}  // namespace

bool IsShellScript(std::string_view path, std::string_view text) {
  if (path.ends_with(".sh") || path.ends_with(".bash")) return true;
  if (!text.starts_with("#!")) return false;
  const std::string_view line = text.substr(0, text.find('\n'));
  return line.ends_with("sh") || line.find("sh ") != std::string_view::npos;
}

FirewallScript ReadFirewallScript(const Source& script, Workspace& workspace) {
  FirewallScript out;
  Reader reader(script, out);
  reader.Run();
  if (reader.nft().used()) out.nft = &workspace.Add(script.path, reader.nft().Take());
  return out;
}

}  // namespace sandlint
