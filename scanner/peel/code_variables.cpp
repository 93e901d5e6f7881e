// Variables that make a launcher run code of someone else before it starts what it is to start:
// ld.so 2.36, bash 5.2, dash 0.5.12, node 18, npm 9, Python 3.11, docker 20.10, podman 4.3.

#include "scanner/peel/code_variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace sandlint {
namespace {

enum class Obeys : std::uint8_t {
  Programs,
  Shells,
  Interactive,
  Node,
  Python,
  Perl,
  Docker,
  Podman
};

enum class When : std::uint8_t {
  Set,        ///< whatever its value
  NotSystem,  ///< unless all its folders are the system's
  RunsWords,  ///< where the value holds `$(` or a backquote
};

struct VariableRow {
  std::string_view name;  ///< a `*` at its end stands for anything
  Obeys obeys;
  When when = When::Set;
};
constexpr auto kVariables = std::to_array<VariableRow>({
    {"BASHOPTS", Obeys::Shells},
    {"BASH_ENV", Obeys::Shells},
    {"BASH_FUNC_*", Obeys::Shells},
    {"CDPATH", Obeys::Shells},
    {"CONTAINERS_CONF*", Obeys::Podman},
    {"DOCKER_CONFIG", Obeys::Docker},
    {"DYLD_*", Obeys::Programs},
    {"ENV", Obeys::Interactive},
    {"EXECIGNORE", Obeys::Shells},
    {"GCONV_PATH", Obeys::Programs},
    {"GLIBC_TUNABLES", Obeys::Programs},
    {"LD_AUDIT", Obeys::Programs},
    {"LD_LIBRARY_PATH", Obeys::Programs, When::NotSystem},
    {"LD_PRELOAD", Obeys::Programs, When::NotSystem},
    {"LD_PROFILE", Obeys::Programs},
    {"LOCPATH", Obeys::Programs},
    {"NODE_EXTRA_CA_CERTS", Obeys::Node, When::NotSystem},
    {"NODE_OPTIONS", Obeys::Node},
    {"NODE_PATH", Obeys::Node, When::NotSystem},
    {"PERL5DB", Obeys::Perl},
    {"PERL5LIB", Obeys::Perl},
    {"PERL5OPT", Obeys::Perl},
    {"PERLLIB", Obeys::Perl},
    {"POSIXLY_CORRECT", Obeys::Shells},
    {"PROMPT_COMMAND", Obeys::Interactive},
    {"PS4", Obeys::Shells, When::RunsWords},
    {"PYTHONHOME", Obeys::Python},
    {"PYTHONPATH", Obeys::Python, When::NotSystem},
    {"PYTHONSTARTUP", Obeys::Python},
    {"SHELLOPTS", Obeys::Shells},
    {"ZDOTDIR", Obeys::Shells},
    {"npm_config_node_options", Obeys::Node},
    {"npm_config_prefix", Obeys::Node},
    {"npm_config_script_shell", Obeys::Node},
    {"npm_config_userconfig", Obeys::Node},
    {"npm_config_globalconfig", Obeys::Node},
    {"npm_config_shell", Obeys::Node},
});

bool IsNamed(const VariableRow& row, std::string_view name) {
  // npm takes its variables in any case.
  if (row.name.starts_with("npm_")) {
    return std::ranges::equal(row.name, name, {}, {},
                              [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  }
  if (!row.name.ends_with('*')) return row.name == name;
  return name.starts_with(row.name.substr(0, row.name.size() - 1));
}

/// Each of its folders or files is the system's own.
bool IsOfSystem(const std::string& value) {
  for (std::string_view rest = value; !rest.empty();) {
    const std::size_t end = std::min(rest.find_first_of(": "), rest.size());
    const std::string_view one = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const bool system = (one.starts_with("/usr/") || one.starts_with("/lib") ||
                         one.starts_with("/opt/") || one.starts_with("/etc/")) &&
                        one.find("..") == std::string_view::npos;
    if (!system) return false;
  }
  return value.find("::") == std::string::npos && !value.ends_with(':');
}

bool Counts(const VariableRow& row, const Word& value) {
  if (value.text.empty()) return false;
  switch (row.when) {
    case When::Set:
      return true;
    case When::NotSystem:
      return !value.Known() || !IsOfSystem(value.text);
    case When::RunsWords:
      return value.text.find("$(") != std::string::npos ||
             value.text.find('`') != std::string::npos;
  }
  return true;
}

bool IsTool(const Layer& layer, std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(
      names, [&](std::string_view name) { return std::string_view(layer.tool).starts_with(name); });
}

bool LayerObeys(const Layer& layer, Obeys obeys) {
  switch (obeys) {
    case Obeys::Programs:
      return true;
    case Obeys::Shells:
      return layer.kind == LayerKind::Shell;
    case Obeys::Interactive:
      return layer.kind == LayerKind::Shell && layer.login_shell;
    case Obeys::Node:
      return IsTool(layer, {"node", "npm", "npx", "pnpm", "yarn", "srt", "bun", "tsx"});
    case Obeys::Python:
      return IsTool(layer, {"python", "pypy", "pipx"});
    case Obeys::Perl:
      return IsTool(layer, {"perl"});
    case Obeys::Docker:
      return IsTool(layer, {"docker"});
    case Obeys::Podman:
      return IsTool(layer, {"podman"});
  }
  return true;
}

}  // namespace

bool RunsCodeInPrograms(std::string_view name, const Word& value) {
  return std::ranges::any_of(kVariables, [&](const VariableRow& row) {
    return row.obeys == Obeys::Programs && IsNamed(row, name) && Counts(row, value);
  });
}

std::optional<Note> FindCodeVariable(const Layer& layer, const PeelContext& context) {
  if (layer.kind == LayerKind::Program || layer.kind == LayerKind::Opaque) return std::nullopt;
  for (const auto& [name, value] : context.variables) {
    const auto row = std::ranges::find_if(
        kVariables, [&](const VariableRow& one) { return IsNamed(one, name); });
    if (row == kVariables.end() || !LayerObeys(layer, row->obeys) || !Counts(*row, value)) continue;
    Word word = value;
    word.text = name;
    word.holes.clear();
    return Note{Support::Unknown, word, Facet::All,
                fmt::format("{} can make {} run code first", name,
                            layer.tool.empty() ? "the launcher" : layer.tool)};
  }
  return std::nullopt;
}

}  // namespace sandlint
