#include "rules/token_formats.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <cctype>
#include <memory>
#include <string>
#include <vector>

namespace sandlint {
namespace {

// Shapes as their issuers document them. `\b` would let a prefix start after `_`, so each says what
// may stand before it.
#define BEFORE "(?:^|[^A-Za-z0-9_-])"
constexpr auto kFormats = std::to_array<TokenFormat>({
    {"a classic GitHub token", BEFORE "(ghp_[A-Za-z0-9]{36,})",
     "it opens every repository of its owner"},
    {"a GitHub OAuth token", BEFORE "(gho_[A-Za-z0-9]{36,})",
     "it opens every repository of its owner"},
    {"a GitHub user token", BEFORE "(ghu_[A-Za-z0-9]{36,})", ""},
    {"a GitHub installation token", BEFORE "(ghs_[A-Za-z0-9]{36,})", ""},
    {"a GitHub refresh token", BEFORE "(ghr_[A-Za-z0-9]{36,})", ""},
    {"a fine-grained GitHub token", BEFORE "(github_pat_[A-Za-z0-9_]{22,})", ""},
    {"a GitLab token", BEFORE "(gl(?:pat|dt|ptt|rt)-[A-Za-z0-9_.-]{20,})", ""},
    {"a Slack bot token", BEFORE "(xoxb-[A-Za-z0-9-]{10,})", ""},
    {"a Slack user token", BEFORE "(xoxp-[A-Za-z0-9-]{10,})",
     "it acts as its owner in the whole workspace"},
    {"a Slack session token", BEFORE "(xox[acdesr]-[A-Za-z0-9-]{10,})", ""},
    {"a Slack app token", BEFORE "(xapp-[A-Za-z0-9-]{10,})", ""},
    {"an Anthropic key", BEFORE "(sk-ant-[A-Za-z0-9_-]{16,})", ""},
    {"an API key that starts with sk-", BEFORE "(sk-[A-Za-z0-9_-]{20,})", ""},
    {"a live Stripe key", BEFORE "(sk_live_[A-Za-z0-9]{16,})", "it opens the whole account"},
    {"a Stripe key", BEFORE "((?:sk_test|rk_live|rk_test)_[A-Za-z0-9]{16,})", ""},
    {"an AWS access key", BEFORE "(AKIA[A-Z0-9]{16})(?:[^A-Za-z0-9]|$)",
     "it is a long-lived key of a whole AWS user"},
    {"a temporary AWS access key", BEFORE "(ASIA[A-Z0-9]{16})(?:[^A-Za-z0-9]|$)", ""},
    {"a Google API key", BEFORE "(AIza[A-Za-z0-9_-]{35})", ""},
    {"a Google OAuth token", BEFORE "(ya29\\.[A-Za-z0-9_-]{20,})", ""},
    {"an npm token", BEFORE "(npm_[A-Za-z0-9]{36})", ""},
    {"a PyPI token", BEFORE "(pypi-[A-Za-z0-9_-]{16,})", ""},
    {"a DigitalOcean token", BEFORE "(do[opr]_v1_[a-f0-9]{64})", ""},
    {"a Hugging Face token", BEFORE "(hf_[A-Za-z0-9]{30,})", ""},
    {"a Notion token", BEFORE "((?:ntn|secret)_[A-Za-z0-9]{40,})", ""},
    {"a Linear key", BEFORE "(lin_api_[A-Za-z0-9]{32,})", "it acts as its owner"},
    {"a Figma token", BEFORE "(figd_[A-Za-z0-9_-]{20,})", ""},
    {"an Atlassian token", BEFORE "(ATATT3[A-Za-z0-9_=-]{20,})", "it acts as its owner"},
    {"a Supabase token", BEFORE "(sbp_[a-f0-9]{40,})", "it opens every project of its owner"},
    {"a SendGrid key", BEFORE "(SG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,})", ""},
    {"a Telegram bot token", BEFORE "([0-9]{8,10}:AA[A-Za-z0-9_-]{32,})", ""},
    {"a signed web token",
     BEFORE "(eyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,})", ""},
    {"a private key", "(-----BEGIN [A-Z ]*PRIVATE KEY-----)", ""},
    {"a password in a URL", "[A-Za-z][A-Za-z0-9+.-]*://[^\\s/:@]*:([^\\s/@]+)@", ""},
    {"a bearer token", "(?i:Bearer)[ \\t]+([A-Za-z0-9._~+/=-]{12,})", ""},
    {"basic credentials", "(?i:Authorization:[ \\t]*Basic)[ \\t]+([A-Za-z0-9+/=]{8,})", ""},
});
#undef BEFORE

// What tells of a secret anywhere in a name, and what does so as the last word of one.
#define ANYWHERE                                                                        \
  "SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|APIKEY|API_KEY|ACCESS_KEY|PRIVATE_KEY|" \
  "ACCESSTOKEN|AUTHTOKEN|CONNECTION_STRING"
#define LAST_WORD "TOKEN|KEY|PASS|PWD|PAT|CREDS?|AUTH|JWT|DSN"

const std::vector<std::unique_ptr<RE2>>& Patterns() {
  static const auto* const kPatterns = [] {
    auto* compiled = new std::vector<std::unique_ptr<RE2>>;
    for (const TokenFormat& format : kFormats) {
      compiled->push_back(std::make_unique<RE2>(
          re2::StringPiece(format.pattern.data(), format.pattern.size()), RE2::Quiet));
    }
    return compiled;
  }();
  return *kPatterns;
}

bool Matches(std::string_view text, const RE2& pattern) {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

/// The shortest of the shapes but for that of a URL.
constexpr std::size_t kShortest = 15;

/// Could any shape above be in `text`? One pass over it instead of one a shape.
bool MayHoldToken(std::string_view text) {
  static const RE2* const kAny = [] {
    RE2::Options options(RE2::Quiet);
    options.set_never_capture(true);
    return new RE2(AnyTokenPattern(), options);
  }();
  if (text.size() < kShortest && text.find("://") == std::string_view::npos) return false;
  return text.size() >= 8 && Matches(text, *kAny);
}

/// The next match of a shape at or behind `from` that is no placeholder.
std::optional<FoundToken> Next(std::size_t index, std::string_view text, std::size_t from,
                               bool placeholders = false) {
  const re2::StringPiece piece(text.data(), text.size());
  re2::StringPiece groups[2];
  while (from <= text.size() &&
         Patterns()[index]->Match(piece, from, text.size(), RE2::UNANCHORED, groups, 2)) {
    const FoundToken found{&kFormats[index],
                           static_cast<std::size_t>(groups[1].data() - text.data()),
                           groups[1].size()};
    if (placeholders || !IsPlaceholder(text.substr(found.begin, found.length))) return found;
    from = found.begin + std::max<std::size_t>(found.length, 1);
  }
  return std::nullopt;
}

/// `ghp_` + a body of one or two letters is what a README prints.
bool IsMonotonous(std::string_view value) {
  const std::size_t prefix = value.find_last_of("_-");
  const std::string_view body = prefix == std::string_view::npos ? value : value.substr(prefix + 1);
  std::bitset<256> seen;
  for (const char c : body) seen.set(static_cast<unsigned char>(c));
  return body.size() >= 3 && seen.count() <= 2;
}

}  // namespace

bool IsPlaceholder(std::string_view value) {
  // References of password managers and templates, then the words that people write for a value
  // that is still to come, then a bare noun, then NAMES_IN_CAPITALS.
  static const RE2 kReference(
      "^(?:op|hasp|vault|keychain|secret|doppler|infisical|bws|env|file|aws-sm|awssm|gcp-sm)(?:://"
      "|:)"
      "|\\$\\{[^}]*\\}|^\\$[A-Za-z_]|^\\$\\(|\\{\\{|^%[A-Za-z_]+%$|^\\{env:|^@@");
  static const RE2 kToCome(
      "(?i)your|x{4}|^x+$|change[-_ "
      "]?(?:me|it|this)|placeholder|example|insert|replace|redacted|dummy|"
      "\\.\\.\\.|…|<[^<>]*>|\\*\\*\\*|\\[[^\\]]+\\]|[-_ "
      "]here$|^(?:todo|tbd|none|null|undefined|n/a)$");
  static const RE2 kNoun(
      "(?i)^(?:my|the|some|a)?[-_ ]?(?:(?:api|access|auth|bot|db|personal|secret|user|private|"
      "client|app|service)[-_ ]?)*(?:key|token|secret|password|passwd|pass|pat|id|credentials?|"
      "root|admin|postgres|mysql|guest|value|string)$");
  static const RE2 kCapitals("^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$");
  return value.empty() || Matches(value, kReference) || Matches(value, kToCome) ||
         Matches(value, kNoun) || (Matches(value, kCapitals) && IsSecretName(value)) ||
         IsMonotonous(value);
}

bool IsSecretName(std::string_view name) {
  // `TOKEN_FILE`, `KEY_ID`, `MAX_TOKENS` and the like speak about a secret and hold none.
  static const RE2 kAbout(
      "(?i)(?:_|-)(?:FILE|PATH|DIR|URL|URI|ENDPOINT|NAME|ID|TTL|TIMEOUT|LIMIT|TYPE|LENGTH|SIZE|"
      "COUNT|ENABLED|HOST|PORT|REGION|PREFIX|HEADER|SERVER|ARN|EXPIRY)S?$|TOKENS$|TOKENIZER|"
      "PUBLIC[-_]?KEY|PARALLELISM|^(?:SSH_AUTH_SOCK)$|KEYBOARD|^DBUS_|MONKEY|KEYCLOAK");
  static const RE2 kSecret("(?i)(?:^|[-_])(?:API)?(?:" LAST_WORD ")$|" ANYWHERE
                           "|TOKEN$|^AUTHORIZATION$");
  if (name == "AWS_ACCESS_KEY_ID") return true;
  return Matches(name, kSecret) && !Matches(name, kAbout);
}

const char* const kMayBeSecretName =
    "(?i)" ANYWHERE "|(?:AUTHORIZATION|" LAST_WORD ")[\"']?[\\s:=,]";
const std::string& AnyTokenPattern() {
  static const std::string* const kAny = [] {
    auto* any = new std::string;
    for (const TokenFormat& format : kFormats) {
      *any += (any->empty() ? "" : "|") + std::string(format.pattern);
    }
    return any;
  }();
  return *kAny;
}

std::optional<FoundToken> FindToken(std::string_view text) {
  if (!MayHoldToken(text)) return std::nullopt;
  for (std::size_t index = 0; index < kFormats.size(); ++index) {
    if (auto found = Next(index, text, 0)) return found;
  }
  return std::nullopt;
}

bool HasTokenShape(std::string_view text) { return MayHoldToken(text); }

std::vector<FoundToken> FindTokens(std::string_view text, bool placeholders) {
  std::vector<FoundToken> all;
  if (!MayHoldToken(text)) return all;
  for (std::size_t index = 0; index < kFormats.size(); ++index) {
    auto found = Next(index, text, 0, placeholders);
    for (; found; found = Next(index, text, found->begin + found->length, placeholders)) {
      all.push_back(*found);
    }
  }
  std::ranges::stable_sort(all, {}, &FoundToken::begin);
  return all;
}

namespace {

/// A value that says where or whether, not what: a path, a number, a switch, a URL.
bool IsPlainValue(std::string_view value) {
  static const RE2 kPlain(
      "(?i)^(?:[~./]|[a-z]:\\\\|https?://|true$|false$|yes$|no$|on$|off$|[0-9]{1,5}$)");
  return Matches(value, kPlain);
}

bool IsReference(const Word& value) {
  return std::any_of(value.holes.begin(), value.holes.end(),
                     [](const Hole& hole) { return !hole.assumed; });
}

}  // namespace

std::optional<LiteralSecret> SecretIn(std::string_view name, const Word& value) {
  if (const auto found = FindToken(value.text)) {
    return LiteralSecret{found->format, Part(value, found->begin, found->length)};
  }
  if (!IsSecretName(name) || IsReference(value) || value.text.size() < 4) return std::nullopt;
  if (IsPlainValue(value.text) || IsPlaceholder(value.text) || value.text == name) {
    return std::nullopt;
  }
  return LiteralSecret{nullptr, value};
}

}  // namespace sandlint
