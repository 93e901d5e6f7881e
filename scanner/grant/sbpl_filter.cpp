#include "scanner/grant/sbpl_filter.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "scanner/grant/view.h"

namespace sandlint {
namespace {

using Kind = SbplSubject::Kind;

Answer Of(bool matches) { return matches ? Answer::Yes : Answer::No; }

Answer Opposite(Answer answer) {
  if (answer == Answer::Unknown) return answer;
  return answer == Answer::Yes ? Answer::No : Answer::Yes;
}

/// The text with which every match of an anchored pattern starts.
std::string LiteralStart(std::string_view pattern) {
  std::string start;
  if (!pattern.starts_with('^') || pattern.find('|') != std::string_view::npos) return start;
  for (std::size_t at = 1; at < pattern.size(); ++at) {
    const bool escaped = pattern[at] == '\\' && at + 1 < pattern.size();
    const char c = escaped ? pattern[at + 1] : pattern[at];
    // An escaped letter is a class or an anchor, not itself.
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (escaped ? letter : std::string_view(".[](){}*+?$^\\").find(c) != std::string_view::npos)
      break;
    if (escaped) ++at;
    start += c;
  }
  const std::size_t next = pattern.find_first_of("*?{", 1);
  // The last character may be one that a repetition makes optional.
  if (next != std::string_view::npos && !start.empty()) start.pop_back();
  return start;
}

Answer MatchRegexBelow(const re2::RE2& pattern, const std::string& start) {
  const std::string& text = pattern.pattern();
  const bool boundaries = text.find("\\b") != std::string::npos;
  // A match that ends before the path does goes on matching, whatever follows.
  const std::string longer = start + '\x01';
  re2::StringPiece match;
  if (!boundaries && pattern.Match(longer, 0, longer.size(), re2::RE2::UNANCHORED, &match, 1) &&
      match.data() + match.size() <= longer.data() + start.size()) {
    return Answer::Yes;
  }
  // `…(/.*)?$`: what matches the directory matches all of it.
  if (text.ends_with("(/.*)?$") &&
      re2::RE2::PartialMatch(start.substr(0, start.size() - 1), pattern)) {
    return Answer::Yes;
  }
  const std::string needed = LiteralStart(text);
  const bool apart = !start.starts_with(needed) && !needed.starts_with(start);
  return apart ? Answer::No : Answer::Unknown;
}

/// An anonymous path below a directory: it is none that a rule names.
Answer MatchBelow(const SbplFilter& filter, const std::string& directory) {
  const std::string start = directory == "/" ? "/" : directory + "/";
  switch (filter.kind) {
    case SbplFilterKind::Subpath:
      return Of(IsBelow(directory, filter.text));
    case SbplFilterKind::Prefix:
      return Of(start.starts_with(filter.text));
    case SbplFilterKind::Regex:
      return MatchRegexBelow(*filter.pattern, start);
    default:
      return Answer::No;
  }
}

Answer MatchPath(const SbplFilter& filter, const SbplSubject& subject) {
  if (subject.kind == Kind::Network || subject.kind == Kind::Other) return Answer::No;
  if (subject.kind == Kind::Below) return MatchBelow(filter, subject.path);
  switch (filter.kind) {
    case SbplFilterKind::Literal:
      return Of(subject.path == filter.text);
    case SbplFilterKind::Subpath:
      return Of(IsBelow(subject.path, filter.text));
    case SbplFilterKind::Prefix:
      return Of(subject.path.starts_with(filter.text));
    default:
      return Of(re2::RE2::PartialMatch(subject.path, *filter.pattern));
  }
}

struct VnodeName {
  std::string_view name;
  NodeKind kind;
};
constexpr auto kVnodes = std::to_array<VnodeName>({
    {"CHARACTER-DEVICE", NodeKind::CharDevice},
    {"DIRECTORY", NodeKind::Directory},
    {"REGULAR-FILE", NodeKind::File},
    {"SOCKET", NodeKind::Socket},
    {"SYMLINK", NodeKind::Symlink},
    {"TTY", NodeKind::CharDevice},
});

Answer MatchVnode(const SbplFilter& filter, const SbplSubject& subject) {
  if (subject.kind == Kind::Network || subject.kind == Kind::Other) return Answer::No;
  if (subject.kind == Kind::Below || !subject.node) return Answer::Unknown;
  const auto row = std::ranges::find(kVnodes, filter.text, &VnodeName::name);
  if (row == kVnodes.end() || filter.text == "TTY") return Answer::Unknown;
  return Of(row->kind == *subject.node);
}

/// The name of a service, a sysctl and the like; nobody in particular has the name "".
Answer MatchName(const SbplFilter& filter, const SbplSubject& subject) {
  if (subject.kind != Kind::Other || subject.path.empty()) return Answer::No;
  if (filter.pattern) return Of(re2::RE2::PartialMatch(subject.path, *filter.pattern));
  if (filter.text.empty()) return Answer::Unknown;
  return Of(filter.prefix ? subject.path.starts_with(filter.text) : subject.path == filter.text);
}

Answer MatchNetwork(const SbplFilter& filter, const SbplSubject& subject) {
  if (subject.kind != Kind::Network) return Answer::No;
  const bool any_ip = filter.protocol.starts_with("ip");
  if (!any_ip && !filter.protocol.starts_with(subject.protocol)) return Answer::No;
  if (filter.protocol.ends_with('4') || filter.protocol.ends_with('6')) return Answer::Unknown;
  // Asked of a connection going out, the near end is not bound yet: such a filter matches all.
  if (filter.local) return Answer::Yes;
  if (filter.port != 0 && subject.port != filter.port) return Answer::No;
  return filter.host == "*" ? Answer::Yes : subject.loopback;
}

Answer MatchParts(const SbplFilter& filter, const SbplSubject& subject, Answer stop) {
  Answer result = Opposite(stop);
  for (const SbplFilter& part : filter.parts) {
    const Answer answer = MatchSbpl(part, subject);
    if (answer == stop) return stop;
    if (answer == Answer::Unknown) result = Answer::Unknown;
  }
  return result;
}

}  // namespace

Answer MatchSbpl(const SbplFilter& filter, const SbplSubject& subject) {
  switch (filter.kind) {
    case SbplFilterKind::Always:
      return Answer::Yes;
    case SbplFilterKind::Literal:
    case SbplFilterKind::Subpath:
    case SbplFilterKind::Prefix:
    case SbplFilterKind::Regex:
      return MatchPath(filter, subject);
    case SbplFilterKind::VnodeType:
      return MatchVnode(filter, subject);
    case SbplFilterKind::All:
      return MatchParts(filter, subject, Answer::No);
    case SbplFilterKind::Any:
      return MatchParts(filter, subject, Answer::Yes);
    case SbplFilterKind::Not:
      return filter.parts.size() == 1 ? Opposite(MatchSbpl(filter.parts[0], subject))
                                      : Answer::Unknown;
    case SbplFilterKind::Network:
      return MatchNetwork(filter, subject);
    case SbplFilterKind::UnixSocket:
      if (subject.kind != Kind::Path && subject.kind != Kind::Below) return Answer::No;
      return filter.parts.empty() ? Answer::Yes : MatchParts(filter, subject, Answer::Yes);
    case SbplFilterKind::Name:
      return MatchName(filter, subject);
    case SbplFilterKind::Unknown:
      break;
  }
  return Answer::Unknown;
}

}  // namespace sandlint
