#include "reporters/sarif_uri.h"

#include <fmt/format.h>

namespace sandlint {
namespace {

constexpr std::string_view kLettersAndDigits =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// RFC 3986: every other byte is percent-encoded.
std::string Encoded(std::string_view path) {
  std::string uri;
  bool first_segment = true;
  for (const char byte : path) {
    first_segment = first_segment && byte != '/';
    const bool plain = kLettersAndDigits.find(byte) != std::string_view::npos ||
                       std::string_view("-._~/!$&'()*+,;=@").find(byte) != std::string_view::npos ||
                       (byte == ':' && !first_segment);
    uri += plain ? std::string(1, byte)
                 : fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(byte)));
  }
  return uri;
}

}  // namespace

SarifUri SarifUriOf(std::string_view path) {
  if (path.starts_with("~/")) return {Encoded(path.substr(2)), std::string(kHomeBase)};
  if (path.starts_with('/')) return {"file://" + Encoded(path), ""};
  return {Encoded(path), std::string(kRootBase)};
}

}  // namespace sandlint
