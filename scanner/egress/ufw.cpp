// ufw 0.36: what `ufw enable` leaves in iptables for outgoing packets, as iptables-save of a live
// ufw shows it.

#include "scanner/egress/ufw.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sandlint {
namespace {

constexpr std::string_view kSwitch = "etc/ufw/ufw.conf";

/// The value of NAME= in a shell file of assignments, without quotes; empty where it is not set.
std::string ValueOf(std::string_view text, std::string_view name) {
  std::string value;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != '=') continue;
    value = line.substr(name.size() + 1);
    std::erase_if(value, [](char c) { return c == '"' || c == '\'' || c == ' ' || c == '\r'; });
  }
  return value;
}

bool Ends(const UfwFile& file, std::string_view name) {
  return std::string_view(file.source->path).ends_with(name);
}

/// The chains that ufw makes before it reads its files. `prefix`: ufw or ufw6.
std::string Chains(const std::string& prefix, const std::string& policy, bool has_before) {
  const bool accepts = policy == "ACCEPT";
  std::string text = fmt::format("*filter\n:OUTPUT {}\n", accepts ? "ACCEPT" : "DROP");
  constexpr std::array<const char*, 6> kOrder = {"before-logging", "before", "after",
                                                 "after-logging",  "reject", "track"};
  for (const char* name : kOrder) text += fmt::format(":{}-{}-output -\n", prefix, name);
  text += fmt::format(":{}-user-output -\n:{}-skip-to-policy-output -\n", prefix, prefix);
  for (const char* name : kOrder) text += fmt::format("-A OUTPUT -j {}-{}-output\n", prefix, name);
  text += fmt::format("-A {}-skip-to-policy-output -j {}\n", prefix, accepts ? "ACCEPT" : "DROP");
  if (!has_before) text += fmt::format("-A {}-before-output -o lo -j ACCEPT\n", prefix);
  return text + "COMMIT\n";
}

class Assembler {
 public:
  Assembler(const std::vector<UfwFile>& files, Workspace& workspace, UfwRules& rules)
      : files_(files), workspace_(workspace), rules_(rules) {}

  void Run() {
    std::string policy, ipv6;
    for (const UfwFile& file : files_) {
      const std::string_view text = file.source->text;
      if (auto value = ValueOf(text, "DEFAULT_OUTPUT_POLICY"); !value.empty()) policy = value;
      if (auto value = ValueOf(text, "IPV6"); !value.empty()) ipv6 = value;
    }
    if (std::ranges::none_of(files_, [](const UfwFile& file) { return Ends(file, kSwitch); })) {
      rules_.assuming.emplace_back("ufw is enabled");
    }
    if (policy.empty()) {
      rules_.assuming.emplace_back("ufw's default for outgoing packets is allow");
      policy = "ACCEPT";
    }
    Load(Family::V4, "ufw", policy, "before.rules", "user.rules", "after.rules");
    if (ipv6 == "no") {
      Make(Family::V6, "*filter\n:OUTPUT DROP\n-A OUTPUT -o lo -j ACCEPT\nCOMMIT\n", false);
    } else {
      Load(Family::V6, "ufw6", policy, "before6.rules", "user6.rules", "after6.rules");
    }
  }

 private:
  void Make(Family family, std::string text, bool keeps) {
    const Source& source = workspace_.Add("ufw", std::move(text));
    rules_.made.push_back(std::make_unique<IptablesFile>(ParseIptables(source)));
    rules_.ruleset.files.push_back({family, rules_.made.back().get(), keeps});
  }

  void Load(Family family, const std::string& prefix, const std::string& policy,
            std::string_view before, std::string_view user, std::string_view after) {
    const auto named = [&](std::string_view name) {
      return std::find_if(files_.begin(), files_.end(), [&](const UfwFile& file) {
        return Ends(file, name) && file.source->text.find('*') != std::string::npos;
      });
    };
    Make(family, Chains(prefix, policy, named(before) != files_.end()), false);
    for (const std::string_view name : {before, after, user}) {
      const auto file = named(name);
      if (file != files_.end()) rules_.ruleset.files.push_back({family, file->iptables, true});
      if (name != before) continue;
      // Behind what before.rules says come the rules of the user.
      Make(family,
           fmt::format("*filter\n-A {0}-before-output -j {0}-user-output\nCOMMIT\n", prefix), true);
    }
    if (named(user) == files_.end()) {
      rules_.assuming.push_back(fmt::format("{} has no rule for outgoing packets", user));
    }
  }

  const std::vector<UfwFile>& files_;
  Workspace& workspace_;
  UfwRules& rules_;
};

}  // namespace

UfwRules AssembleUfw(const std::vector<UfwFile>& files, Workspace& workspace) {
  UfwRules rules;
  Assembler(files, workspace, rules).Run();
  return rules;
}

bool IsUfwOff(const std::vector<const Source*>& files) {
  // ufw-init-functions compares with these two.
  return std::ranges::any_of(files, [](const Source* file) {
    const std::string enabled = ValueOf(file->text, "ENABLED");
    return file->path.ends_with(kSwitch) && enabled != "yes" && enabled != "YES";
  });
}

bool IsUfwPath(std::string_view path) {
  return path.ends_with("etc/default/ufw") || path.ends_with(kSwitch) ||
         (path.find("etc/ufw/") != std::string_view::npos && path.ends_with(".rules"));
}

}  // namespace sandlint
