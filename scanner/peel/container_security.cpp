#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>

#include "scanner/peel/container_apply.h"

namespace sandlint {
namespace {

enum class Effect {
  Fine,       ///< keeps or tightens, or only names a profile
  Seccomp,    ///< `unconfined` or a file
  Privilege,  ///< no-new-privileges
  Opens,      ///< makes parts of the host's kernel interface writable
  Profile,    ///< a profile that is not read here
};

struct SecurityRow {
  std::string_view key;
  Engines engines;
  Effect effect;
  std::string_view why;
};

constexpr std::array kSecurity = {
    SecurityRow{"no-new-privileges", Engines::Both, Effect::Privilege, ""},
    SecurityRow{"seccomp", Engines::Both, Effect::Seccomp, ""},
    SecurityRow{"apparmor", Engines::Both, Effect::Fine, ""},
    SecurityRow{"label", Engines::Both, Effect::Fine, ""},
    SecurityRow{"mask", Engines::Podman, Effect::Fine, ""},
    SecurityRow{"unmask", Engines::Podman, Effect::Opens,
                "the kernel settings below /proc and /sys can be changed from inside"},
    SecurityRow{"proc-opts", Engines::Podman, Effect::Fine, ""},
    SecurityRow{"systempaths", Engines::Docker, Effect::Opens,
                "the kernel settings below /proc and /sys can be changed from inside"},
    SecurityRow{"writable-cgroups", Engines::Docker, Effect::Opens,
                "the control groups can be changed from inside"},
    SecurityRow{"credentialspec", Engines::Docker, Effect::Fine, ""},
};

const SecurityRow* RowOf(Engine engine, std::string_view key) {
  for (const SecurityRow& row : kSecurity) {
    if (row.key == key && HasEngine(row.engines, engine)) return &row;
  }
  return nullptr;
}

void SetPrivileges(ContainerDraft& draft, const FlagUse& use, const std::string& setting) {
  const std::optional<bool> on = setting.empty() ? true : ParseBool(setting);
  if (!on) {
    draft.Problem(use.Deciding(), "no-new-privileges takes true or false");
    return;
  }
  draft.layer.no_new_privileges = *on ? std::optional<Word>(use.Deciding()) : std::nullopt;
}

void SetSeccomp(ContainerDraft& draft, const FlagUse& use, const std::string& setting) {
  draft.layer.seccomp.reset();
  if (setting == "unconfined" || setting == "builtin") return;
  draft.layer.seccomp = use.Deciding();
  draft.AddNote(Support::Unmodelled, use.Deciding(), Facet::Identity,
                "what this filter lets through is not read");
}

}  // namespace

void ApplySecurity(ContainerDraft& draft, const FlagUse& use) {
  draft.Run().security.push_back(use.value);
  if (!use.value.Known()) {
    draft.AddNote(Support::Unknown, use.Deciding(), use.row->facets,
                  "which restriction it changes is not known here");
    return;
  }
  // `key=value`, and the older `key:value` where there is no `=`.
  const std::string& text = use.value.text;
  std::size_t split = text.find('=');
  if (split == std::string::npos) split = text.find(':');
  const std::string key = text.substr(0, split);
  const std::string setting = split == std::string::npos ? "" : text.substr(split + 1);
  const SecurityRow* row = RowOf(draft.engine, key);
  const bool bare = key == "no-new-privileges" || key == "writable-cgroups";
  if (row == nullptr || (split == std::string::npos && !bare)) {
    draft.Problem(use.Deciding(),
                  fmt::format("{} knows no such --security-opt and stops", draft.Tool()));
    return;
  }
  if (row->effect == Effect::Privilege) SetPrivileges(draft, use, setting);
  if (row->effect == Effect::Seccomp) SetSeccomp(draft, use, setting);
  if (row->effect == Effect::Opens && setting != "false") {
    draft.AddNote(Support::Unmodelled, use.Deciding(), Facet::Paths | Facet::Identity,
                  std::string(row->why));
  }
}

}  // namespace sandlint
