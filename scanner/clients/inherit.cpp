// What each client passes on of its own environment.

#include <fmt/format.h>

#include "scanner/clients/dialect.h"

namespace sandlint {
namespace {

/// The MCP SDK for TypeScript, StdioClientTransport (1.32.2), on Linux and macOS.
const std::vector<std::string> kSdk{"HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"};
/// codex-rs/rmcp-client/src/utils.rs.
const std::vector<std::string> kCodex{
    "HOME", "LOGNAME", "PATH", "SHELL",  "USER", "__CF_USER_TEXT_ENCODING",
    "LANG", "LC_ALL",  "TERM", "TMPDIR", "TZ"};
/// Gemini CLI 0.61 holds these back, as long as no settings of the user let them through.
const std::vector<std::string> kRedacted{"*TOKEN*",
                                         "*SECRET*",
                                         "*PASSWORD*",
                                         "*PASSWD*",
                                         "*KEY*",
                                         "*AUTH*",
                                         "*CREDENTIAL*",
                                         "*CREDS*",
                                         "*PRIVATE*",
                                         "*CERT*",
                                         "CLIENT_ID",
                                         "DB_URI",
                                         "CONNECTION_STRING",
                                         "AWS_DEFAULT_REGION",
                                         "AZURE_CLIENT_ID",
                                         "AZURE_TENANT_ID",
                                         "SLACK_WEBHOOK_URL",
                                         "TWILIO_ACCOUNT_SID",
                                         "DATABASE_URL",
                                         "GOOGLE_CLOUD_PROJECT"};

}  // namespace

Inheritance InheritanceOf(Inherits kind, std::string_view client) {
  Inheritance inherits;
  switch (kind) {
    case Inherits::Everything:
      break;
    case Inherits::Sdk:
      inherits.everything = false;
      inherits.names = kSdk;
      break;
    case Inherits::Listed:
      inherits.everything = false;
      inherits.names = kCodex;
      break;
    case Inherits::Redacted:
      inherits.perhaps = kRedacted;
      break;
    case Inherits::NotKnown:
      inherits.doubt = fmt::format("which variables {} passes on is not known", client);
      break;
  }
  return inherits;
}

}  // namespace sandlint
