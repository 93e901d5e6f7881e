// `test`, `[` and `[[`: what is known is decided, the rest is a choice that is remembered.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "scanner/peel/program.h"
#include "scanner/peel/script_expansion.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

/// `[[` computes its operands: 010 is 8 there.
std::optional<long> Number(const Word& word, bool computes) {
  if (!word.Known() || (computes && word.text.size() > 1 && word.text[0] == '0')) {
    return std::nullopt;
  }
  long number = 0;
  const char* end = word.text.data() + word.text.size();
  const auto parsed = std::from_chars(word.text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

Answer Not(Answer answer) {
  return answer == Answer::Yes ? Answer::No : answer == Answer::No ? Answer::Yes : answer;
}

Answer Of(bool value) { return value ? Answer::Yes : Answer::No; }

constexpr std::string_view kFileTests = "abcdefghkLprsStuwxOGN";
constexpr auto kNumberTests =
    std::to_array<std::string_view>({"-eq", "-ne", "-lt", "-le", "-gt", "-ge"});

Answer CompareNumbers(const std::string& op, long a, long b) {
  if (op == "-eq") return Of(a == b);
  if (op == "-ne") return Of(a != b);
  if (op == "-lt") return Of(a < b);
  if (op == "-le") return Of(a <= b);
  if (op == "-gt") return Of(a > b);
  return Of(a >= b);
}

bool IsWhole(const Word& word) {
  return !word.holes.empty() && !word.holes.front().assumed && word.holes.front().begin == 0 &&
         word.holes.front().end == word.text.size();
}

bool IsSystemProgram(std::string_view path) {
  return path.starts_with("/usr/") || path.starts_with("/bin/") || path.starts_with("/sbin/") ||
         path.starts_with("/opt/");
}

}  // namespace

/// A recursive descent over the words between the brackets.
class TestReader {
 public:
  using Decide =
      std::function<Answer(const std::string& op, const Word& a, const Word& b, std::size_t index)>;
  TestReader(const std::vector<Word>& words, Decide decide)
      : words_(words), decide_(std::move(decide)) {}

  Answer Run() {
    if (words_.empty()) return Answer::No;
    const Answer answer = Or(0);
    return at_ == words_.size() ? answer : Answer::Unknown;
  }

 private:
  bool Is(std::string_view text, std::string_view other = {}) const {
    return at_ < words_.size() &&
           (words_[at_].text == text || (!other.empty() && words_[at_].text == other));
  }
  Answer Or(int depth) {
    Answer left = And(depth);
    while (Is("||", "-o") && depth < 40) {
      ++at_;
      const Answer right = And(depth + 1);
      left = std::max(left, right);
    }
    return left;
  }
  Answer And(int depth) {
    Answer left = Primary(depth);
    while (Is("&&", "-a") && depth < 40) {
      ++at_;
      left = std::min(left, Primary(depth + 1));
    }
    return left;
  }
  Answer Primary(int depth) {
    if (at_ >= words_.size() || depth > 40) return Answer::Unknown;
    if (Is("!") && at_ + 1 < words_.size()) {
      ++at_;
      return Not(Primary(depth + 1));
    }
    if (Is("(")) {
      ++at_;
      const Answer inner = Or(depth + 1);
      if (Is(")")) ++at_;
      return inner;
    }
    const std::size_t left = words_.size() - at_;
    if (left >= 3 && IsBinary(words_[at_ + 1].text)) {
      const std::size_t at = at_;
      at_ += 3;
      return decide_(words_[at + 1].text, words_[at], words_[at + 2], at + 2);
    }
    const std::string& op = words_[at_].text;
    if (left >= 2 && op.size() == 2 && op[0] == '-' && words_[at_].Known()) {
      at_ += 2;
      return decide_(op, words_[at_ - 1], {}, at_ - 1);
    }
    ++at_;
    return decide_("-n", words_[at_ - 1], {}, at_ - 1);
  }
  static bool IsBinary(const std::string& op) {
    constexpr auto kOps =
        std::to_array<std::string_view>({"=", "==", "!=", "=~", "<", ">", "-nt", "-ot", "-ef"});
    return std::ranges::find(kOps, op) != kOps.end() ||
           std::ranges::find(kNumberTests, op) != kNumberTests.end();
  }

  const std::vector<Word>& words_;
  Decide decide_;
  std::size_t at_ = 0;
};

Answer ScriptPath::TestWords(const Fields& words, bool patterns,
                             const std::vector<ShellWord>* raw) {
  const auto decide = [&](const std::string& op, const Word& a, const Word& b,
                          std::size_t index) -> Answer {
    const bool numbers = std::ranges::find(kNumberTests, op) != kNumberTests.end();
    if (numbers) {
      if (patterns) Arithmetic(a.text + " " + b.text, a.span);
      const auto first = Number(a, patterns);
      const auto second = Number(b, patterns);
      if (first && second) return CompareNumbers(op, *first, *second);
      return TestChoice(fmt::format("{} {} {}", a.text, op, b.text), a.span);
    }
    if (op == "=" || op == "==" || op == "!=") {
      std::string pattern = b.text;
      bool known = b.Known();
      if (patterns && raw != nullptr && index < raw->size()) {
        known = true;
        pattern = ExpandPattern((*raw)[index], known);
      }
      Answer equal = Answer::Unknown;
      const auto matches = a.Known() && known && patterns ? Matches(a.text, pattern)
                                                          : std::optional(a.text == b.text);
      if (a.Known() && known && matches) {
        equal = Of(*matches);
      } else if (pattern.empty() && known && IsWhole(a)) {
        equal = Not(TextTest(a));
      } else {
        equal = TestChoice(fmt::format("{} = {}", a.text, pattern), a.span);
      }
      return op == "!=" ? Not(equal) : equal;
    }
    if (op == "-n") return TextTest(a);
    if (op == "-z") return Not(TextTest(a));
    if (op == "-t" && (a.text == "0" || a.text == "1")) return Answer::No;  // pipes of a client
    if (op == "-v" && (!a.Known() || a.text.find('[') != std::string::npos)) {
      CheckInjection(a.span);
      if (!a.Known()) return TestChoice(fmt::format("-v {}", a.text), a.span);
      Arithmetic(a.text, a.span);
      return TestChoice(fmt::format("-v {}", a.text), a.span);
    }
    if (op == "-v") {
      ShellExpansion expansion;
      expansion.name = a.text;
      return Of(IsParameterSet(expansion, false, a.span));
    }
    if (op.size() == 2 && b.text.empty() && kFileTests.find(op[1]) != std::string_view::npos) {
      return FileTest(op[1], a);
    }
    return TestChoice(fmt::format("{} {} {}", a.text, op, b.text), a.span);
  };
  // An operator that the shell does not know is an error.
  const auto unknown = [](const Word& word) { return word.text == "==" || word.text == "-v"; };
  const auto odd = patterns ? words.end() : std::ranges::find_if(words, unknown);
  if (odd != words.end() && Lacks(odd->text + " in [", odd->span)) return Answer::No;
  return TestReader(words, decide).Run();
}

Answer ScriptPath::TestChoice(const std::string& text, const Span& span) {
  return Choose("test:" + text, {text, "not: " + text}, span) == 0 ? Answer::Yes : Answer::No;
}

/// Is it not empty?
Answer ScriptPath::TextTest(const Word& word) {
  if (word.Known()) return Of(!word.text.empty());
  if (!IsWhole(word)) return Answer::Yes;
  const std::string& name = word.holes.front().name;
  return Choose("empty:" + word.text, {name + " is not empty", name + " is empty"}, word.span) == 0
             ? Answer::Yes
             : Answer::No;
}

Answer ScriptPath::FileTest(char op, const Word& path) {
  const std::string text = fmt::format("-{} {}", op, path.text);
  if (!path.Known()) {
    // `[ -S "$SSH_AUTH_SOCK" ]` on something empty is false, whichever test it is.
    return TestChoice(text, path.span);
  }
  if (path.text.empty()) return Answer::No;
  const std::string clean = CleanAbsolute(path);
  if (MayBeRewritten(clean)) return TestChoice(text, path.span);
  const auto written = written_.find(clean);
  if (written != written_.end() && written->second.known && op == 's') {
    return Of(!written->second.text.text.empty());
  }
  const auto made =
      std::ranges::find_if(made_, [&](const MadePath& one) { return one.path.text == clean; });
  if (written != written_.end() || made != made_.end()) {
    const bool directory = written == written_.end() && made->directory;
    if (op == 'e' || op == 'a') return Answer::Yes;
    if (op == 'd') return Of(directory);
    if (op == 'f') return Of(!directory);
    return op == 'L' || op == 'h' || op == 'S' || op == 'p' ? Answer::No
                                                            : TestChoice(text, path.span);
  }
  const std::string in_tree = PathInTree(Absolute(path), context_);
  if (context_.files != nullptr && !in_tree.empty() && context_.files->Exists(in_tree)) {
    const bool directory = !context_.files->List(in_tree).empty();
    if (op == 'd') return Of(directory);
    if (op == 'f') return Of(!directory);
    if (op == 'e' || op == 'a') return Answer::Yes;
    if (op == 's' && !directory) {
      const auto content = ReadInTree(in_tree, context_);
      if (content) return Of(!content->empty());
    }
    if (op == 'L' || op == 'h' || op == 'S' || op == 'p') return Answer::No;
    return TestChoice(text, path.span);
  }
  // A tool may be missing on the next machine, and then the other way counts.
  if (context_.host == nullptr || IsSystemProgram(clean)) return TestChoice(text, path.span);
  const auto node = context_.host->Lstat(clean);
  if (!node) {
    if (!context_.host->MayExist(clean) && !context_.host->Symbolic()) return Answer::No;
    return TestChoice(text, path.span);
  }
  if (node->kind == NodeKind::Symlink) {
    return op == 'L' || op == 'h' ? Answer::Yes : TestChoice(text, path.span);
  }
  switch (op) {
    case 'd':
      return Of(node->kind == NodeKind::Directory);
    case 'f':
      return Of(node->kind == NodeKind::File);
    case 'S':
      return Of(node->kind == NodeKind::Socket);
    case 'e':
    case 'a':
      return Answer::Yes;
    default:
      return TestChoice(text, path.span);
  }
}

Answer ScriptPath::Test(const ShellNode& node) {
  const bool patterns = node.words.front().raw == "[[";
  if (node.words.size() < 2) return Answer::Unknown;
  const std::vector<ShellWord> inner(node.words.begin() + 1, node.words.end() - 1);
  Fields words;
  if (!patterns) {
    words = Expand(inner);
    return TestWords(words, false, nullptr);
  }
  for (const ShellWord& word : inner) words.push_back(ExpandText(word));
  return TestWords(words, true, &inner);
}

void ScriptPath::TestBuiltin(Command& command) {
  Fields words(command.words.begin() + 1, command.words.end());
  if (command.words.front().text == "[") {
    if (words.empty() || words.back().text != "]") return EndCommand(Answer::No, 2);
    words.pop_back();
  }
  EndCommand(TestWords(words, false, nullptr));
}

}  // namespace sandlint
