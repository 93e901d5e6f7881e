#include <string>
#include <string_view>

#include "catch.h"
#include "rules/token_formats.h"

namespace sandlint {
namespace {

/// Bodies are put together here, so that no scanner takes this file for a leak.
std::string Body(std::size_t length) {
  const std::string_view alphabet = "a8Kd3Rz9Qw7Xe2Lm5Tn4Vb6Yc1Ug0Hs";
  std::string body;
  while (body.size() < length) body += alphabet[(body.size() * 7) % alphabet.size()];
  return body;
}
std::string Upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}
std::string Hex(std::size_t length) {
  std::string body;
  while (body.size() < length) body += "0f3a9c7d5e1b8624"[(body.size() * 5) % 16];
  return body;
}

struct Row {
  std::string text;
  const char* name;  ///< of the format; null: no token
};

Word WordOf(std::string text) {
  Word word;
  word.text = std::move(text);
  return word;
}

}  // namespace

TEST_CASE("tokens are known by their shape, wherever they stand") {
  const Row rows[] = {
      {"ghp_" + Body(36), "a classic GitHub token"},
      {"github_pat_" + Body(22) + "_" + Body(59), "a fine-grained GitHub token"},
      {"gho_" + Body(36), "a GitHub OAuth token"},
      {"ghs_" + Body(36), "a GitHub installation token"},
      {"glpat-" + Body(20), "a GitLab token"},
      {"xoxb-123456789012-" + Body(24), "a Slack bot token"},
      {"xoxp-123456789012-" + Body(24), "a Slack user token"},
      {"sk-ant-api03-" + Body(40), "an Anthropic key"},
      {"sk-proj-" + Body(40), "an API key that starts with sk-"},
      {"sk-" + Body(48), "an API key that starts with sk-"},
      {"AKIA" + Upper(Body(16)), "an AWS access key"},
      {"ASIA" + Upper(Body(16)), "a temporary AWS access key"},
      {"AIza" + Body(35), "a Google API key"},
      {"npm_" + Body(36), "an npm token"},
      {"pypi-" + Body(60), "a PyPI token"},
      {"dop_v1_" + Hex(64), "a DigitalOcean token"},
      {"hf_" + Body(34), "a Hugging Face token"},
      {"eyJ" + Body(20) + ".eyJ" + Body(30) + "." + Body(43), "a signed web token"},
      {"-----BEGIN OPENSSH PRIVATE KEY-----\n" + Body(40), "a private key"},
      {"postgres://app:" + Body(12) + "@db.internal:5432/x", "a password in a URL"},
      {"Bearer " + Body(24), "a bearer token"},
      {"--token=ghp_" + Body(36), "a classic GitHub token"},
      {"export X=ghp_" + Body(36) + "; node x.js", "a classic GitHub token"},
      {"{\"Authorization\": \"Bearer " + Body(30) + "\"}", "a bearer token"},
      // No tokens.
      {"ghp_short", nullptr},
      {"xghp_" + Body(36), nullptr},
      {"task-" + Body(30), nullptr},
      {"AKIA" + Upper(Body(20)), nullptr},
      {"https://api.github.com/mcp", nullptr},
      {"postgres://db.internal:5432/x", nullptr},
      {"@scope/package@1.2.3", nullptr},
      {"", nullptr},
      // Placeholders.
      {"ghp_" + std::string(36, 'x'), nullptr},
      {"sk-ant-your-key-goes-in-this-place", nullptr},
      {"postgres://user:password@localhost/db", nullptr},
      {"postgres://postgres:postgres@localhost/db", nullptr},
      {"postgres://${USER}:${PASSWORD}@localhost/db", nullptr},
      {"Bearer ${GITHUB_TOKEN}", nullptr},
      {"Bearer <your-token>", nullptr},
      {"Bearer YOUR_API_KEY_HERE", nullptr},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const auto found = FindToken(row.text);
    CHECK(found.has_value() == (row.name != nullptr));
    if (found && row.name != nullptr) {
      CHECK(std::string(found->format->name) == row.name);
      CHECK(found->begin + found->length <= row.text.size());
    }
  }
}

TEST_CASE("kinds that open more than one thing are broad") {
  const auto broad = [](const std::string& text) {
    const auto found = FindToken(text);
    return found && !found->format->broad.empty();
  };
  CHECK(broad("ghp_" + Body(36)));
  CHECK(broad("AKIA" + Upper(Body(16))));
  CHECK_FALSE(broad("github_pat_" + Body(22) + "_" + Body(59)));
  CHECK_FALSE(broad("xoxb-123456789012-" + Body(24)));
}

TEST_CASE("placeholders open nothing") {
  for (const char* text : {"",
                           "<your-token>",
                           "YOUR_API_KEY",
                           "your-api-key-here",
                           "xxxxxxxx",
                           "changeme",
                           "${TOKEN}",
                           "${TOKEN:-}",
                           "$TOKEN",
                           "op://vault/item/field",
                           "hasp://github",
                           "{{ token }}",
                           "...",
                           "API_KEY",
                           "my-secret-token",
                           "token",
                           "password",
                           "[token]",
                           "****",
                           "REPLACE_ME",
                           "{env:TOKEN}",
                           "none"}) {
    INFO(text);
    CHECK(IsPlaceholder(text));
  }
  for (const std::string& text : {Body(20), std::string("hunter2!"), "ghp_" + Body(36), Hex(32),
                                  std::string("correct-horse-battery"), Upper(Body(20))}) {
    INFO(text);
    CHECK_FALSE(IsPlaceholder(text));
  }
}

TEST_CASE("names of secrets") {
  for (const char* name :
       {"GITHUB_TOKEN", "GITHUB_PERSONAL_ACCESS_TOKEN", "OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "DB_PASSWORD", "PGPASSWORD", "CLIENT_SECRET",
        "api_key", "apiKey", "token", "Authorization", "X-API-Key", "STRIPE_SECRET_KEY", "JIRA_PAT",
        "access_token"}) {
    INFO(name);
    CHECK(IsSecretName(name));
  }
  for (const char* name :
       {"PATH", "HOME", "AWS_REGION", "AWS_PROFILE", "TOKEN_FILE", "MAX_TOKENS", "API_KEY_PATH",
        "GOOGLE_CLOUD_PROJECT", "KEYBOARD_LAYOUT", "SSH_AUTH_SOCK", "NODE_ENV", "PUBLIC_KEY",
        "TOKENIZERS_PARALLELISM", "MONKEY", "DEBUG", "CLIENT_ID", ""}) {
    INFO(name);
    CHECK_FALSE(IsSecretName(name));
  }
}

TEST_CASE("a secret in a value: by shape, or by the name that it has") {
  CHECK(SecretIn("X", WordOf("ghp_" + Body(36))));
  CHECK(SecretIn("X", WordOf("ghp_" + Body(36)))->format != nullptr);
  REQUIRE(SecretIn("DB_PASSWORD", WordOf("hunter2!")));
  CHECK(SecretIn("DB_PASSWORD", WordOf("hunter2!"))->format == nullptr);
  CHECK_FALSE(SecretIn("NODE_ENV", WordOf("production")));
  CHECK_FALSE(SecretIn("API_KEY", WordOf("/run/secrets/api_key")));
  CHECK_FALSE(SecretIn("API_TOKEN", WordOf("true")));
  CHECK_FALSE(SecretIn("AUTH", WordOf("https://login.internal/oauth")));
  CHECK_FALSE(SecretIn("GITHUB_TOKEN", WordOf("GITHUB_TOKEN")));

  Word reference = WordOf("${GITHUB_TOKEN}");
  reference.holes.push_back({0, 15, "GITHUB_TOKEN", false});
  CHECK_FALSE(SecretIn("GITHUB_TOKEN", reference));
  // A default is written in the file, whatever the variable holds.
  Word assumed = WordOf("ghp_" + Body(36));
  assumed.holes.push_back({0, 40, "GITHUB_TOKEN", true});
  CHECK(SecretIn("GITHUB_TOKEN", assumed));
}

}  // namespace sandlint
