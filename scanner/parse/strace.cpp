// strace logs: `[pid] [time] call(args) = result [ERROR (text)] [<seconds>]`, one call a line, but
// for calls that another process interrupted (`<unfinished ...>`, `<... call resumed>`). The forms
// were observed with strace 6.1.

#include "scanner/parse/strace.h"

#include <algorithm>
#include <map>
#include <utility>

namespace sandlint {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsNameChar(char c) { return IsDigit(c) || c == '_' || (c >= 'a' && c <= 'z'); }

void SkipBlanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

/// A number at the start of `text` that blanks follow; nothing is taken otherwise.
bool TakePid(std::string_view& text, std::uint32_t& pid) {
  std::string_view rest = text;
  const bool bracket = rest.starts_with("[pid ");
  if (bracket) rest.remove_prefix(5);
  SkipBlanks(rest);
  std::uint32_t number = 0;
  std::size_t digits = 0;
  while (digits < rest.size() && digits < 9 && IsDigit(rest[digits])) {
    number = number * 10 + static_cast<std::uint32_t>(rest[digits++] - '0');
  }
  if (digits == 0) return false;
  if (digits < rest.size() && rest[digits] == '<') {  // -Y: `123<node>`
    digits = std::min(rest.find('>', digits), rest.size() - 1) + 1;
  }
  rest.remove_prefix(digits);
  if (bracket ? !rest.starts_with(']') : !rest.starts_with(' ')) return false;
  rest.remove_prefix(1);
  SkipBlanks(rest);
  pid = number;
  text = rest;
  return true;
}

/// `15:50:36`, `15:50:36.960589`, `1795449037.350967`, `     0.000021` (-r), with a blank behind.
void TakeTime(std::string_view& text) {
  std::string_view rest = text;
  SkipBlanks(rest);
  const std::size_t end = std::min(rest.find_first_not_of("0123456789:.+"), rest.size());
  const std::string_view time = rest.substr(0, end);
  if (time.find_first_of(":.") == std::string_view::npos || !rest.substr(end).starts_with(' ')) {
    return;
  }
  rest.remove_prefix(end);
  SkipBlanks(rest);
  text = rest;
}

/// `[00007f616674dad7] ` (-i), `[ 257] ` (-n).
void TakeBrackets(std::string_view& text) {
  while (text.starts_with('[')) {
    const std::size_t end = text.find_first_not_of(" ?0123456789abcdef", 1);
    if (end == std::string_view::npos || !text.substr(end).starts_with("] ")) return;
    text.remove_prefix(end + 2);
    SkipBlanks(text);
  }
}

/// Walks over printed arguments and knows what is nested or quoted.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  /// Splits at outer commas up to the bracket that closes the call. False where the text ends
  /// before it.
  bool Split(std::vector<std::string>& args) {
    std::size_t begin = at_;
    for (int depth = 0; at_ < text_.size();) {
      const char c = text_[at_];
      if (c == '"') {
        SkipString();
        continue;
      }
      if (c == '<' && SkipAnnotation()) continue;
      if (c == '/' && SkipComment()) continue;
      if (depth == 0 && (c == ',' || c == ')')) {
        Add(args, begin);
        begin = at_ + 1;
        if (c == ')') {
          ++at_;
          return true;
        }
      }
      if (c == '(' || c == '{' || c == '[') ++depth;
      if (c == ')' || c == '}' || c == ']') --depth;
      ++at_;
    }
    Add(args, begin);
    return false;
  }

  std::string_view Rest() const { return text_.substr(std::min(at_, text_.size())); }

 private:
  void Add(std::vector<std::string>& args, std::size_t begin) {
    std::string_view arg = text_.substr(begin, at_ - begin);
    SkipBlanks(arg);
    arg = arg.substr(0, arg.find_last_not_of(" \t") + 1);
    if (!arg.empty() || !args.empty()) args.emplace_back(arg);
  }

  void SkipString() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  /// `</path>` or `<TCP:[a->b]>` behind a descriptor; strace prints `>` in a path as an escape.
  bool SkipAnnotation() {
    if (at_ == 0 || !(IsDigit(text_[at_ - 1]) || text_[at_ - 1] == 'D')) return false;
    std::size_t end = at_;
    do {
      end = text_.find('>', end + 1);
    } while (end != std::string_view::npos && text_[end - 1] == '-');
    if (end == std::string_view::npos) return false;
    at_ = end + 1;
    return true;
  }

  bool SkipComment() {  // `0x7ffc6 /* 37 vars */`
    if (!text_.substr(at_).starts_with("/*")) return false;
    const std::size_t end = text_.find("*/", at_ + 2);
    if (end == std::string_view::npos) return false;
    at_ = end + 2;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// ` = 3</etc/hosts> <0.000021>` or ` = -1 ENOENT (No such file or directory)`.
void ReadResult(std::string_view text, TraceCall& call) {
  SkipBlanks(text);
  if (!text.starts_with('=')) return;
  text.remove_prefix(1);
  SkipBlanks(text);
  std::size_t end = std::min(text.find(' '), text.size());
  if (const std::size_t open = text.find('<'); open < end) {  // a path may hold blanks
    end = std::min(text.find('>', open), text.size() - 1) + 1;
  }
  call.result = text.substr(0, end);
  text.remove_prefix(end);
  SkipBlanks(text);
  const std::size_t name =
      std::min(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), text.size());
  if (name > 1 && text.front() == 'E') call.error = text.substr(0, name);
}

struct Pending {
  std::string text;
  Span where;
};

class Reader {
 public:
  explicit Reader(const Source& source) : source_(source) {}

  TraceLog Read() {
    const std::string_view text = source_.text;
    std::string joined;
    Span where;
    for (std::size_t line = 0; line < text.size();) {
      const std::size_t end = std::min(text.find('\n', line), text.size());
      std::string_view content = text.substr(line, end - line);
      if (content.ends_with('\r')) content.remove_suffix(1);
      if (joined.empty()) {
        where = {&source_, static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(end)};
      }
      line = end + 1;
      if (!CutMessage(content)) {
        joined += content;
        continue;  // the rest of the line stands on the next one
      }
      joined += content;
      Line(joined, where);
      joined.clear();
    }
    if (!joined.empty()) Line(joined, where);
    for (auto& [pid, pending] : pending_) Call(pending.text, pid, pending.where);
    return std::move(log_);
  }

 private:
  /// Takes strace's own message off the end; false when it stands inside of a call.
  static bool CutMessage(std::string_view& content) {
    const std::size_t at = content.find("strace: Process ");
    if (at == std::string_view::npos) return true;
    const std::string_view message = content.substr(at);
    if (!message.ends_with(" attached") && !message.ends_with(" detached")) return true;
    content = content.substr(0, at);
    return content.empty();
  }

  void Line(std::string_view text, Span where) {
    if (text.find_first_not_of(" \t") == std::string_view::npos) return;
    if (text.starts_with(" > ")) return;  // -k: who called
    ++log_.lines;
    std::uint32_t pid = 0;
    if (TakePid(text, pid)) log_.has_pids = true;
    TakeTime(text);
    TakeBrackets(text);
    if (text.starts_with("+++") || text.starts_with("---") || text.starts_with("strace: ")) return;
    constexpr std::string_view kUnfinished = "<unfinished ...>";
    if (text.starts_with("<... ")) {
      Resume(text, pid, where);
    } else if (text.ends_with(kUnfinished)) {
      text.remove_suffix(kUnfinished.size());
      pending_[pid] = {std::string(text), where};
    } else {
      Call(text, pid, where);
    }
  }

  /// `<... openat resumed>rest`, of the same process or, when a thread became the whole process by
  /// execve, of another one.
  void Resume(std::string_view text, std::uint32_t pid, Span where) {
    const std::size_t end = text.find(" resumed>");
    if (end == std::string_view::npos) return log_.not_read.push_back(where);
    const std::string call = std::string(text.substr(5, end - 5)) + "(";
    const auto is_start = [&](const auto& row) { return row.second.text.starts_with(call); };
    auto found = pending_.find(pid);
    constexpr std::size_t kMostThreads = 4096;  // beyond it the search would cost too much
    const bool mine = found != pending_.end() && is_start(*found);
    if (!mine && pending_.size() > kMostThreads) return;
    if (!mine) {
      found = std::find_if(pending_.begin(), pending_.end(), is_start);
    }
    if (found == pending_.end()) return;  // it started before the log did
    const Pending pending = std::move(found->second);
    pending_.erase(found);
    Call(pending.text + std::string(text.substr(end + 9)), pid, pending.where);
  }

  void Call(std::string_view text, std::uint32_t pid, Span where) {
    const std::size_t open = text.find('(');
    const std::string_view name = text.substr(0, std::min(open, text.size()));
    if (open == std::string_view::npos || name.empty() ||
        !std::all_of(name.begin(), name.end(), IsNameChar)) {
      return log_.not_read.push_back(where);
    }
    TraceCall call;
    call.where = where;
    call.pid = pid;
    call.name = name;
    Walker walker(text.substr(open + 1));
    if (walker.Split(call.args)) ReadResult(walker.Rest(), call);
    log_.calls.push_back(std::move(call));
  }

  const Source& source_;
  TraceLog log_;
  std::map<std::uint32_t, Pending> pending_;
};

}  // namespace

TraceLog ParseStrace(const Source& source) { return Reader(source).Read(); }

bool LooksLikeStrace(std::string_view text) {
  constexpr std::size_t kHead = 4096;
  const Source head{"", std::string(text.substr(0, kHead)), false};
  const TraceLog log = ParseStrace(head);
  const auto finished = [](const TraceCall& call) { return !call.result.empty(); };
  return std::any_of(log.calls.begin(), log.calls.end(), finished) &&
         log.not_read.size() <= log.calls.size();
}

}  // namespace sandlint
