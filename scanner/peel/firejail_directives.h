#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/host.h"
#include "model/layer.h"

namespace sandlint {

/// What firejail carries from one line of its profiles to the next.
struct FirejailState {
  Layer& layer;
  bool root = false;  ///< the caller is root
  std::string home;
  Answer restricted = Answer::Unknown;  ///< network features are off for users
  bool option = false;                  ///< the line comes from the command line
  // What `?HAS_…:` asks for.
  bool has_net = false, has_private = false, has_nodbus = false, has_nosound = false,
       has_x11 = false;
  std::optional<Word> protocol;                                 ///< the last `protocol` line
  std::vector<std::string> protocols;                           ///< its list, all lines together
  std::map<std::string, Directive, std::less<>> seccomp_lists;  ///< by keyword
  bool seccomp_option = false;                                  ///< one stands on the command line
  bool only_logs = false;                                       ///< seccomp-error-action log
  std::vector<EnvEdit> environment;                             ///< env and rmenv, in order

  /// Network features are on for sure.
  bool Networking() const { return root || restricted == Answer::No; }
  void Fatal(const Word& word, std::string text, Answer fatal = Answer::Yes) {
    layer.start_problems.push_back({word, std::move(text), fatal});
  }
};

enum class DirectiveArg : std::uint8_t { None, Required, Optional };

/// One directive of a profile, and the option of the same name.
struct FirejailDirective {
  std::string_view name;
  DirectiveArg arg = DirectiveArg::None;
  Support support = Support::Modelled;
  bool path = false;       ///< its argument is a path with the spelling rules of the tool
  bool network = false;    ///< off for users where `restricted-network yes` is set
  std::uint8_t since = 0;  ///< the 0.9.x release that brought it; 0: 0.9.72 has it
  /// What it does beside the file system, which scanner/grant evaluates from Layer::directives.
  void (*apply)(FirejailState& state, const Directive& line) = nullptr;
  std::string_view why;  ///< for Unmodelled: a clause
};

/// Every directive of firejail 0.9.72 to 0.9.74, by name.
std::span<const FirejailDirective> FirejailDirectives();
const FirejailDirective* FindFirejailDirective(std::string_view name);

/// What the lines together do: protocol, seccomp lists, the order of variables.
void FinishFirejail(FirejailState& state);

/// Why firejail rejects a path; nothing when it takes it.
std::optional<std::string> RejectedPath(std::string_view path);

}  // namespace sandlint
