#include "rules/secret_paths.h"

#include <fmt/format.h>

#include <array>

namespace sandlint {
namespace {

constexpr auto kSecretPaths = std::to_array<SecretPath>({
    {".ssh", Severity::Error},
    {".aws", Severity::Error},
    {".config", Severity::Error},  // gh, gcloud, browsers, password managers, rclone …
    {".claude", Severity::Error},
    {".gnupg"},
    {".netrc"},
    {".kube"},
    {".docker"},
    {".npmrc"},
    {".pypirc"},
    {".git-credentials"},
    {".azure"},
    {".claude.json"},
    {".mozilla"},
    {".thunderbird"},
    {".local/share/keyrings"},
    {".password-store"},
    {".bash_history"},
    {".zsh_history"},
    {".local/share/fish/fish_history"},
    {".cargo/credentials.toml"},
    {".gem/credentials"},
    {".terraform.d/credentials.tfrc.json"},
    {".pgpass"},
    {".my.cnf"},
    {".vault-token"},
    {"Library/Keychains", Severity::Warning, true},
    {"Library/Cookies", Severity::Warning, true},
    {"Library/Application Support/Google/Chrome", Severity::Warning, true},
    {"Library/Application Support/Firefox", Severity::Warning, true},
    {"Library/Application Support/BraveSoftware", Severity::Warning, true},
    {"Library/Application Support/Claude", Severity::Warning, true},
});

constexpr auto kStartupFiles = std::to_array<std::string_view>({
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".bash_logout",
    ".profile",
    ".zshrc",
    ".zshenv",
    ".zprofile",
    ".config/fish/config.fish",
    ".config/autostart",
    ".config/systemd/user",
    ".gitconfig",
    ".local/bin",
    ".vimrc",
});

}  // namespace

std::span<const SecretPath> SecretPaths() { return kSecretPaths; }

std::span<const std::string_view> StartupFiles() { return kStartupFiles; }

std::string UnderHome(std::string_view home, std::string_view path) {
  while (home.ends_with('/')) home.remove_suffix(1);
  return fmt::format("{}/{}", home, path);
}

bool AppliesTo(const SecretPath& secret, std::string_view home) {
  return !secret.mac_only || home.starts_with("/Users/");
}

}  // namespace sandlint
