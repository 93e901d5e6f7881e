#include "rules/secret_pieces.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "rules/token_formats.h"

namespace sandlint {
namespace {

constexpr std::size_t kShortest = 4;

bool Matches(std::string_view text, const RE2& pattern) {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

/// A value that says where or whether, is still to come, or stands for another.
bool IsHarmless(std::string_view value) {
  static const RE2 kPlain(
      "(?i)^(?:[~./]|[a-z]:\\\\|[a-z][a-z0-9+.-]*://|true$|false$|yes$|no$|on$|off$|[0-9]{1,5}$)");
  if (value.size() < kShortest || Matches(value, kPlain)) return true;
  return IsPlaceholder(value) && !HasTokenShape(value);
}

struct Letters {
  std::size_t upper = 0, lower = 0, digits = 0, others = 0;
  std::size_t turns = 0;  ///< from a letter to a digit
};

Letters LettersOf(std::string_view text) {
  Letters letters;
  bool letter_before = false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool digit = std::isdigit(byte) != 0;
    letters.upper += std::isupper(byte) != 0;
    letters.lower += std::islower(byte) != 0;
    letters.digits += digit;
    letters.others += std::isalnum(byte) == 0;
    letters.turns += digit && letter_before;
    letter_before = std::isalpha(byte) != 0;
  }
  return letters;
}

/// A part of a URL that nobody thought up: `Zx81kQw9pL`, a UUID, a long hexadecimal number.
bool LooksRandom(std::string_view text) {
  static const RE2 kLetters("^[A-Za-z0-9_~+=.%-]{10,}$");
  static const RE2 kFileName("\\.[A-Za-z]{1,5}[0-9]?$");
  if (!Matches(text, kLetters) || Matches(text, kFileName) || IsPlaceholder(text)) return false;
  const Letters letters = LettersOf(text);
  if (letters.digits == 0) return false;
  return (letters.upper > 0 && letters.lower > 0) || (text.size() >= 16 && letters.turns >= 3);
}

class Finder {
 public:
  explicit Finder(std::string_view text) : text_(text) {}

  std::vector<SecretPiece> Run() {
    Tokens();
    Named();
    Headers();
    Urls();
    Users();
    Glued();
    std::ranges::stable_sort(pieces_, {}, &SecretPiece::begin);
    return std::move(pieces_);
  }

 private:
  void Add(std::string_view piece) {
    if (piece.empty()) return;
    pieces_.push_back({static_cast<std::size_t>(piece.data() - text_.data()), piece.size()});
  }

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
        views[index] = std::string_view(groups[index].data(), groups[index].size());
      }
      const std::string_view end = visit(views);
      const auto next = static_cast<std::size_t>(end.data() + end.size() - text_.data());
      from = std::max(from + 1, next);
    }
  }

  /// `API_KEY=…`, `"token": "…"`; behind a blank or a comma only for options: `--password …`.
  void Named() {
    static const RE2 kNamed(
        R"re((-{0,2})([A-Za-z][A-Za-z0-9_.-]*)["']?([ \t]*[:=][ \t]*|[ \t]*,\s*|[ \t]+)(?:"([^"]*)|'([^']*)|([^\s"',;&|<>(){}\[\]]+)))re");
    ForEachMatch<6>(kNamed, [&](const auto& groups) {
      const std::string_view name = groups[2];
      const bool joined = groups[3].find_first_of(":=") != std::string_view::npos;
      std::string_view value = groups[6];
      for (const std::size_t quoted : {4, 5}) {
        if (!groups[quoted].empty()) value = groups[quoted];
      }
      const bool fits = joined || (!groups[1].empty() && !value.starts_with('-'));
      if (fits && IsSecretName(name) && !IsHarmless(value)) Add(value);
      return name;  // the value of one can be the name of the next
    });
  }

  void Headers() {
    static const RE2 kHeader(
        R"re((?i)(?:authorization|cookie|x-[a-z-]*(?:key|token|auth|secret))["']?[ \t]*[:=][ \t]*["']?(?:(?:basic|bearer|token|apikey|digest)[ \t]+)?([^\s"',]{4,}))re");
    ForEachMatch<1>(kHeader, [&](const auto& groups) {
      if (!IsHarmless(groups[1])) Add(groups[1]);
      return groups[0];
    });
  }

  void Urls() {
    static const RE2 kUrl(R"re([A-Za-z][A-Za-z0-9+.-]*://([^\s"'<>`\\^]+))re");
    ForEachMatch<1>(kUrl, [&](const auto& groups) {
      Url(groups[1]);
      return groups[0];
    });
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
    if ((telling && !IsHarmless(value)) || LooksRandom(value)) Add(value);
  }

  /// `-u user:password`. Where no program asks for passwords that way it may be `user:group`.
  void Users() {
    static const RE2 kUser(
        R"re((?:^|[\s"'])(?:-u|-U|--user|--proxy-user|--http-user|--userpwd|--basic-auth|--creds?)(?:=|[ \t]*["']?)([A-Za-z0-9._@\\-]+):([^\s"']+))re");
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
    static const RE2 kGlued(R"re((?:^|[\s"'])-[pP]([A-Za-z!@#$%^&*+_][^\s"']{3,}))re");
    static const RE2 kAsks(
        R"re(\b(?:mysql\w*|mariadb\w*|sshpass|mongo\w*|smbclient|7z\w*|zip|unzip|rar|unrar)\b)re");
    static const RE2 kOperand(
        R"re(\b(?:sshpass[ \t]+-p[ \t]*|redis-cli[ \t](?:[^\n]*?[ \t])??-a[ \t]*|ldap\w+[ \t](?:[^\n]*?[ \t])??-w[ \t]*)["']?([^\s"']{3,}))re");
    const bool asks = Matches(text_, kAsks);
    ForEachMatch<1>(kGlued, [&](const auto& groups) {
      const Letters letters = LettersOf(groups[1]);
      const bool odd = letters.digits > 0 || letters.lower == 0;
      if ((asks || odd) && !IsPlaceholder(groups[1])) Add(groups[1]);
      return groups[0];
    });
    ForEachMatch<1>(kOperand, [&](const auto& groups) {
      if (!IsPlaceholder(groups[1])) Add(groups[1]);
      return groups[0];
    });
  }

  std::string_view text_;
  std::vector<SecretPiece> pieces_;
};

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
