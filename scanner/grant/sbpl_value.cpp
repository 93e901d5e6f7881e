#include "scanner/grant/sbpl_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace sandlint {
namespace {

using Kind = SbplResult::Kind;
constexpr std::size_t kMaxText = 64 * 1024;

struct FilterName {
  std::string_view name;
  SbplFilterKind kind;
  bool of_home = false;
  bool prefix = false;
};
constexpr auto kFilters = std::to_array<FilterName>({
    {"control-name", SbplFilterKind::Name},
    {"global-name", SbplFilterKind::Name},
    {"global-name-prefix", SbplFilterKind::Name, false, true},
    {"global-name-regex", SbplFilterKind::Name},
    {"home-literal", SbplFilterKind::Literal, true},
    {"home-prefix", SbplFilterKind::Prefix, true},
    {"home-regex", SbplFilterKind::Regex, true},
    {"home-subpath", SbplFilterKind::Subpath, true},
    {"info-type", SbplFilterKind::Name},
    {"iokit-connection", SbplFilterKind::Name},
    {"iokit-property", SbplFilterKind::Name},
    {"iokit-registry-entry-class", SbplFilterKind::Name},
    {"iokit-user-client-class", SbplFilterKind::Name},
    {"ipc-posix-name", SbplFilterKind::Name},
    {"ipc-posix-name-prefix", SbplFilterKind::Name, false, true},
    {"ipc-posix-name-regex", SbplFilterKind::Name},
    {"literal", SbplFilterKind::Literal},
    {"local-name", SbplFilterKind::Name},
    {"local-name-prefix", SbplFilterKind::Name, false, true},
    {"local-name-regex", SbplFilterKind::Name},
    {"notification-name", SbplFilterKind::Name},
    {"path", SbplFilterKind::Literal},
    {"path-literal", SbplFilterKind::Literal},
    {"path-prefix", SbplFilterKind::Prefix},
    {"path-regex", SbplFilterKind::Regex},
    {"path-subpath", SbplFilterKind::Subpath},
    {"preference-domain", SbplFilterKind::Name},
    {"prefix", SbplFilterKind::Prefix},
    {"regex", SbplFilterKind::Regex},
    {"require-all", SbplFilterKind::All},
    {"require-any", SbplFilterKind::Any},
    {"require-not", SbplFilterKind::Not},
    {"right-name", SbplFilterKind::Name},
    {"service-name", SbplFilterKind::Name},
    {"subpath", SbplFilterKind::Subpath},
    {"sysctl-name", SbplFilterKind::Name},
    {"sysctl-name-prefix", SbplFilterKind::Name, false, true},
    {"sysctl-name-regex", SbplFilterKind::Name},
    {"target", SbplFilterKind::Name},
    {"vnode-type", SbplFilterKind::VnodeType},
    {"xpc-service-name", SbplFilterKind::Name},
    {"xpc-service-name-prefix", SbplFilterKind::Name, false, true},
    {"xpc-service-name-regex", SbplFilterKind::Name},
});

SbplFilter Unknown(const Word& word, std::string why = {}) {
  SbplFilter filter;
  filter.word = word;
  filter.why = std::move(why);
  return filter;
}

SbplFilter Combined(SbplFilterKind kind, std::vector<SbplFilter> parts, const Word& word) {
  SbplFilter filter;
  filter.kind = kind;
  filter.parts = std::move(parts);
  filter.word = word;
  return filter;
}

void SetPattern(SbplFilter& filter, const std::string& text, std::string& problem) {
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_dot_nl(true);
  options.set_max_mem(std::int64_t{1} << 20);
  auto pattern = std::make_shared<re2::RE2>(text, options);
  if (!pattern->ok()) {
    filter.kind = SbplFilterKind::Unknown;
    problem = "its pattern cannot be read";
    return;
  }
  filter.pattern = std::move(pattern);
}

/// A filter of one text.
SbplFilter OfText(const FilterName& row, const SbplResult& argument, const std::string& home,
                  std::string& problem) {
  SbplFilter filter = Unknown(argument.word, argument.why);
  if (argument.kind != Kind::Text) return filter;
  filter.kind = row.kind;
  filter.prefix = row.prefix;
  filter.text = argument.text;
  const bool pattern = row.kind == SbplFilterKind::Regex || row.name.ends_with("-regex");
  if (row.of_home && pattern) {
    filter.text = "^" + re2::RE2::QuoteMeta(home) + argument.text;
  } else if (row.of_home) {
    filter.text = home + argument.text;
  }
  if (pattern) SetPattern(filter, filter.text, problem);
  if (row.kind != SbplFilterKind::Subpath || filter.text.size() < 2) return filter;
  if (!filter.text.ends_with('/')) return filter;
  // Whether a slash at the end still names the directory depends on the release.
  filter.text.pop_back();
  const Word word = filter.word;
  return Combined(SbplFilterKind::All, {std::move(filter), Unknown(word, "a slash at its end")},
                  word);
}

bool IsKnownProtocol(std::string_view protocol) {
  return std::ranges::any_of(
      std::to_array<std::string_view>({"ip", "tcp", "udp"}), [&](std::string_view name) {
        return protocol.starts_with(name) &&
               (protocol.size() == name.size() || protocol.substr(name.size()) == "4" ||
                protocol.substr(name.size()) == "6");
      });
}

/// `HOST:PORT`; the host can only be `*` or `localhost`.
void SetPeer(SbplFilter& filter, const std::string& peer, std::string& problem) {
  const std::size_t colon = peer.find_last_of(':');
  const std::string port = colon == std::string::npos ? "" : peer.substr(colon + 1);
  filter.host = peer.substr(0, colon);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), filter.port);
  const bool number = error == std::errc() && end == port.data() + port.size() && !port.empty();
  if (filter.host != "*" && filter.host != "localhost") {
    problem = "the host of a network filter can only be * or localhost";
  } else if (!number && port != "*") {
    problem = "the port of a network filter is a number or *";
  }
  if (!problem.empty()) filter.kind = SbplFilterKind::Unknown;
}

std::optional<bool> TruthOf(const SbplResult& result) {
  if (result.kind == Kind::Unknown) return std::nullopt;
  return result.kind != Kind::Bool || result.truth;
}

SbplResult Truth(bool truth) {
  SbplResult result;
  result.kind = Kind::Bool;
  result.truth = truth;
  return result;
}

SbplResult Append(const std::vector<SbplResult>& arguments) {
  SbplResult result;
  result.kind = Kind::Text;
  for (const SbplResult& argument : arguments) {
    if (argument.kind != Kind::Text || result.text.size() + argument.text.size() > kMaxText) {
      result.kind = Kind::Unknown;
      result.why = argument.why.empty() ? "it is no text" : argument.why;
      result.word = argument.word;
      return result;
    }
    result.text += argument.text;
    result.raw = result.raw || argument.raw;
    result.word = argument.word;
  }
  return result;
}

SbplResult Equal(const std::vector<SbplResult>& arguments) {
  if (arguments.size() != 2) return {};
  const SbplResult& a = arguments[0];
  const SbplResult& b = arguments[1];
  if (a.kind == Kind::Text && b.kind == Kind::Text) return Truth(a.text == b.text);
  if (a.kind == Kind::Bool && b.kind == Kind::Bool) return Truth(a.truth == b.truth);
  return {};
}

SbplResult Not(const std::vector<SbplResult>& arguments) {
  const auto truth = arguments.size() == 1 ? TruthOf(arguments[0]) : std::nullopt;
  return truth ? Truth(!*truth) : SbplResult{};
}

SbplResult IsText(const std::vector<SbplResult>& arguments) {
  if (arguments.size() != 1 || arguments[0].kind == Kind::Unknown) return {};
  return Truth(arguments[0].kind == Kind::Text);
}

SbplResult ListOf(const std::vector<SbplResult>& arguments) {
  SbplResult result;
  result.kind = Kind::List;
  result.items = arguments;
  return result;
}

struct Builtin {
  std::string_view name;
  SbplResult (*call)(const std::vector<SbplResult>&);
};
constexpr auto kBuiltins = std::to_array<Builtin>({
    {"equal?", Equal},
    {"list", ListOf},
    {"not", Not},
    {"string-append", Append},
    {"string=?", Equal},
    {"string?", IsText},
});

}  // namespace

SbplFilter SbplFilterOf(const SbplResult& result) {
  if (result.kind == Kind::Filter) return result.filter;
  if (result.kind != Kind::List) return Unknown(result.word, result.why);
  std::vector<SbplFilter> parts;
  for (const SbplResult& item : result.items) parts.push_back(SbplFilterOf(item));
  return Combined(SbplFilterKind::Any, std::move(parts), result.word);
}

std::optional<SbplFilter> BuildSbplFilter(std::string_view name, const Word& word,
                                          const std::vector<SbplResult>& arguments,
                                          const std::string& home, std::string& problem) {
  const auto row = std::ranges::find(kFilters, name, &FilterName::name);
  if (row == kFilters.end()) return std::nullopt;
  std::vector<SbplFilter> parts;
  const bool combines = row->kind == SbplFilterKind::All || row->kind == SbplFilterKind::Any ||
                        row->kind == SbplFilterKind::Not;
  for (const SbplResult& argument : arguments) {
    parts.push_back(combines ? SbplFilterOf(argument) : OfText(*row, argument, home, problem));
  }
  if (parts.empty()) return Unknown(word);
  if (row->kind == SbplFilterKind::Not && parts.size() > 1) {
    parts = {Combined(SbplFilterKind::Any, std::move(parts), word)};
  }
  if (combines) return Combined(row->kind, std::move(parts), word);
  return parts.size() == 1 ? parts[0] : Combined(SbplFilterKind::Any, std::move(parts), word);
}

SbplFilter BuildSbplPeer(bool local, std::string_view protocol, const Word& word,
                         const std::vector<SbplResult>& arguments, std::string& problem) {
  SbplFilter filter = Unknown(word);
  if (protocol == "unix" || protocol == "unix-socket") {
    filter.kind = SbplFilterKind::UnixSocket;
    for (const SbplResult& argument : arguments) filter.parts.push_back(SbplFilterOf(argument));
    return filter;
  }
  if (!IsKnownProtocol(protocol)) return filter;
  filter.kind = SbplFilterKind::Network;
  filter.protocol = protocol;
  filter.local = local;
  filter.host = "*";
  if (arguments.empty()) return filter;
  if (arguments[0].kind != Kind::Text) return Unknown(arguments[0].word, arguments[0].why);
  SetPeer(filter, arguments[0].text, problem);
  return filter;
}

std::optional<SbplResult> CallSbplBuiltin(std::string_view name,
                                          const std::vector<SbplResult>& arguments) {
  const auto row = std::ranges::find(kBuiltins, name, &Builtin::name);
  if (row == kBuiltins.end()) return std::nullopt;
  return row->call(arguments);
}

}  // namespace sandlint
