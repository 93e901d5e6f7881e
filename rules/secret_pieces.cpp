#include "rules/secret_pieces.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "rules/secret_value.h"
#include "rules/token_formats.h"

namespace sandlint {
namespace {

bool Matches(std::string_view text, const RE2& pattern) {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

std::string_view ViewOf(const re2::StringPiece& piece) { return {piece.data(), piece.size()}; }

constexpr const char* kHeaderPattern =
    R"re((?i)(?:authorization|cookie|x-[a-z-]*(?:key|token|auth|secret))["']?[ \t]*[:=][ \t]*["']?(?:(?:basic|bearer|token|apikey|digest)[ \t]+)?([^\s"',]{4,}))re";
constexpr const char* kUrlPattern = R"re([A-Za-z][A-Za-z0-9+.-]*://([^\s"'<>`\\^]+))re";
constexpr const char* kUserPattern =
    R"re((?:^|[\s"'])(?:-u|-U|--user|--proxy-user|--http-user|--userpwd|--basic-auth|--creds?)(?:=|[ \t]*["']?)([A-Za-z0-9._@\\-]+):([^\s"']+))re";
constexpr const char* kGluedPattern = R"re((?:^|[\s"'])-[pP]([A-Za-z!@#$%^&*+_][^\s"']{3,}))re";
constexpr const char* kOperandPattern =
    R"re(\b(?:sshpass[ \t]+-p[ \t]*|redis-cli[ \t](?:[^\n]*?[ \t])??-a[ \t]*|ldap\w+[ \t](?:[^\n]*?[ \t])??-w[ \t]*)["']?([^\s"']{3,}))re";

bool IsNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
}

class Finder {
 public:
  explicit Finder(std::string_view text) : text_(text) {}

  std::vector<SecretPiece> Run();

  /// The head of a private key is known by its shape; what counts stands behind it.
  void Tokens() {
    for (const FoundToken& token : FindTokens(text_, true)) {
      std::size_t length = token.length;
      if (text_.substr(token.begin).starts_with("-----BEGIN")) {
        length = std::min(text_.find("-----END", token.begin), text_.size()) - token.begin;
      }
      pieces_.push_back({token.begin, length});
    }
  }

  /// `API_KEY=…`, `"token": "…"`; behind a blank or a comma only for options: `--password …`.
  void Named() {
    static const RE2 kHint(kMayBeSecretName);
    const re2::StringPiece all(text_.data(), text_.size());
    re2::StringPiece hint;
    for (std::size_t from = 0; kHint.Match(all, from, text_.size(), RE2::UNANCHORED, &hint, 1);) {
      auto begin = static_cast<std::size_t>(hint.data() - text_.data());
      std::size_t end = begin;
      while (begin > from && IsNameCharacter(text_[begin - 1])) --begin;
      while (end < text_.size() && IsNameCharacter(text_[end])) ++end;
      NamedAt(begin, end);
      from = std::max(end, from + 1);  // the value of one can be the name of the next
    }
  }

  void Headers() {
    static const RE2 kHeader(kHeaderPattern);
    ForEachMatch<1>(kHeader, [&](const auto& groups) {
      if (!IsHarmlessValue(groups[1])) Add(groups[1]);
      return groups[0];
    });
  }

  void Urls() {
    static const RE2 kUrl(kUrlPattern);
    ForEachMatch<1>(kUrl, [&](const auto& groups) {
      Url(groups[1]);
      return groups[0];
    });
  }

  /// `-u user:password`. Where no program asks for passwords that way it may be `user:group`.
  void Users() {
    static const RE2 kUser(kUserPattern);
    static const RE2 kAsks(R"re((?:^|[\s/"'])(?:curl|wget|https?|xh|httpie)[\s"'])re");
    static const RE2 kGroup("^(?:[0-9]+|[a-z_-]+)$");
    const bool asks = Matches(text_, kAsks);
    ForEachMatch<2>(kUser, [&](const auto& groups) {
      if ((asks || !Matches(groups[2], kGroup)) && !IsPlaceholder(groups[2])) Add(groups[2]);
      return groups[0];
    });
  }

  /// `mysql -pSECRET`, `redis-cli -a SECRET`. `-p8080:80` and `-print` are something else.
  void Glued() {
    static const RE2 kGlued(kGluedPattern);
    static const RE2 kAsks(
        R"re(\b(?:mysql\w*|mariadb\w*|sshpass|mongo\w*|smbclient|7z\w*|zip|unzip|rar|unrar)\b)re");
    const bool asks = Matches(text_, kAsks);
    ForEachMatch<1>(kGlued, [&](const auto& groups) {
      const Letters letters = LettersOf(groups[1]);
      const bool odd = letters.digits > 0 || letters.lower == 0;
      if ((asks || odd) && !IsPlaceholder(groups[1])) Add(groups[1]);
      return groups[0];
    });
  }

  void Operands() {
    static const RE2 kOperand(kOperandPattern);
    ForEachMatch<1>(kOperand, [&](const auto& groups) {
      if (!IsPlaceholder(groups[1])) Add(groups[1]);
      return groups[0];
    });
  }

 private:
  void Add(std::string_view piece) {
    if (piece.empty()) return;
    pieces_.push_back({static_cast<std::size_t>(piece.data() - text_.data()), piece.size()});
  }

  /// Calls `visit` with the groups of each match; the next search starts where it says.
  template <std::size_t N, typename Visit>
  void ForEachMatch(const RE2& pattern, Visit visit) {
    const re2::StringPiece all(text_.data(), text_.size());
    std::array<re2::StringPiece, N + 1> groups;
    std::size_t from = 0;
    while (from < text_.size() && pattern.Match(all, from, text_.size(), RE2::UNANCHORED,
                                                groups.data(), static_cast<int>(N + 1))) {
      std::array<std::string_view, N + 1> views;
      for (std::size_t index = 0; index <= N; ++index) {
        if (groups[index].data() == nullptr) continue;
        views[index] = ViewOf(groups[index]);
      }
      const std::string_view end = visit(views);
      const auto next = static_cast<std::size_t>(end.data() + end.size() - text_.data());
      from = std::max(from + 1, next);
    }
  }

  /// A run of characters of names, all of it.
  void NamedAt(std::size_t begin, std::size_t end) {
    static const RE2 kValue(
        R"re(["']?([ \t]*[:=][ \t]*|[ \t]*,\s*|[ \t]+)(?:"([^"]*)|'([^']*)|([^\s"',;&|<>(){}\[\]]+)))re");
    std::size_t start = begin;
    while (start < end && std::isalpha(static_cast<unsigned char>(text_[start])) == 0) ++start;
    const std::string_view name = text_.substr(start, end - start);
    if (!IsSecretName(name)) return;
    std::array<re2::StringPiece, 5> groups;
    const re2::StringPiece all(text_.data(), text_.size());
    if (!kValue.Match(all, end, text_.size(), RE2::ANCHOR_START, groups.data(), 5)) return;
    const bool joined = ViewOf(groups[1]).find_first_of(":=") != std::string_view::npos;
    const bool option = start > begin && text_[start - 1] == '-';
    re2::StringPiece found = groups[4];
    for (const std::size_t quoted : {2, 3}) {
      if (!groups[quoted].empty()) found = groups[quoted];
    }
    const std::string_view value = ViewOf(found);
    const bool fits = joined || (option && !value.starts_with('-'));
    if (fits && !IsHarmlessValue(value)) Add(value);
  }

  void Url(std::string_view url) {
    const std::string_view authority = url.substr(0, url.find_first_of("/?#"));
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
      const std::string_view user = authority.substr(0, at);
      const std::size_t colon = user.find(':');
      if (colon == std::string_view::npos) {
        if (LooksRandom(user)) Add(user);
      } else if (const auto word = user.substr(colon + 1); !IsPlaceholder(word)) {
        Add(word);
      }
    }
    for (std::string_view rest = url.substr(authority.size()); !rest.empty();) {
      const std::size_t end = std::min(rest.find_first_of("/?#&;", 1), rest.size());
      UrlPart(rest.substr(1, end - 1));
      rest.remove_prefix(end);
    }
  }

  /// A segment of a path, or `name=value` of a query or fragment.
  void UrlPart(std::string_view part) {
    static const RE2 kTelling(
        "(?i)^(?:sig|signature|code|tok|auth|k|key|access|hmac|session|sid|sas|pw|pwd|pass|jwt|"
        "ticket|state|nonce|otp|pin|invite)$");
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      if (LooksRandom(part)) Add(part);
      return;
    }
    const std::string_view name = part.substr(0, equals);
    const std::string_view value = part.substr(equals + 1);
    const bool telling = IsSecretName(name) || Matches(name, kTelling);
    if ((telling && !IsHarmlessValue(value)) || LooksRandom(value)) Add(value);
  }

  std::string_view text_;
  std::vector<SecretPiece> pieces_;
};

/// Each way to know a secret, with what every text holds in which it finds one.
struct Way {
  void (Finder::*look)();
  std::string pattern;
};

/// Which ways could find anything in a text, in one pass over it.
class Ways {
 public:
  Ways() : set_(OptionsOf(), RE2::UNANCHORED) {
    for (const Way& way : ways_) set_.Add(way.pattern, nullptr);
    set_.Compile();
  }

  void Run(std::string_view text, Finder& finder) const {
    std::vector<int> found;
    RE2::Set::ErrorInfo error{};
    const bool any = set_.Match(re2::StringPiece(text.data(), text.size()), &found, &error);
    const bool all = !any && error.kind != RE2::Set::kNoError;
    std::ranges::sort(found);
    if (all) {
      for (const Way& way : ways_) (finder.*way.look)();
    }
    for (const int index : found) (finder.*ways_[static_cast<std::size_t>(index)].look)();
  }

 private:
  static RE2::Options OptionsOf() {
    RE2::Options options(RE2::Quiet);
    options.set_max_mem(std::int64_t{16} << 20);
    return options;
  }

  const std::array<Way, 7> ways_{{
      {&Finder::Tokens, AnyTokenPattern()},
      {&Finder::Named, kMayBeSecretName},
      {&Finder::Headers, kHeaderPattern},
      {&Finder::Urls, kUrlPattern},
      {&Finder::Users, kUserPattern},
      {&Finder::Glued, kGluedPattern},
      {&Finder::Operands, kOperandPattern},
  }};
  RE2::Set set_;
};

std::vector<SecretPiece> Finder::Run() {
  static const Ways* const kWays = new Ways;
  kWays->Run(text_, *this);
  std::ranges::stable_sort(pieces_, {}, &SecretPiece::begin);
  return std::move(pieces_);
}

}  // namespace

std::vector<SecretPiece> SecretPiecesIn(std::string_view text) { return Finder(text).Run(); }

bool IsUnmistakable(std::string_view secret) {
  constexpr std::size_t kLeast = 6;
  if (secret.size() < kLeast || secret.starts_with('/')) return false;
  const Letters letters = LettersOf(secret);
  const bool letter = letters.upper + letters.lower > 0;
  const bool sign = secret.find_first_of("!@#$%^&*+=~?") != std::string_view::npos;
  return letter && (letters.digits > 0 || sign);
}

std::string WithoutSecrets(std::string_view text) {
  std::string shown;
  std::size_t at = 0;
  for (const SecretPiece& piece : SecretPiecesIn(text)) {
    const std::size_t end = piece.begin + piece.length;
    if (end <= at) continue;
    if (piece.begin >= at) {
      shown += text.substr(at, piece.begin - at);
      shown += "***";
    }
    at = end;
  }
  return shown += text.substr(at);
}

}  // namespace sandlint
