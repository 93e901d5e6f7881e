#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/layer.h"

namespace sandlint {

/// What the parser of bwrap carries from one option to the next.
struct BwrapState {
  Layer& layer;
  std::optional<Word> perms, size;  ///< modifiers that the next option must take
  std::vector<Word> overlay_sources;
  std::optional<Word> unshare_user, unshare_pid, unshare_uts, unshare_all, unshare_net, share_net;
  std::optional<Word> disable_userns, assert_disabled, hostname, userns, seccomp, add_seccomp, argv0, info_fd,
      userns_block;
  bool network_shared = true;
  bool exits = false;  ///< --help, --version

  void Fatal(const Word& word, std::string text, Answer fatal = Answer::Yes) {
    layer.start_problems.push_back({word, std::move(text), fatal});
  }
};

/// One option of bwrap. `words` operands follow it; `minor` is the 0.x release that brought it.
struct BwrapOption {
  std::string_view name;
  std::uint8_t words = 0;
  std::uint8_t minor = 0;
  Support support = Support::Modelled;
  void (*apply)(BwrapState& state, std::span<const Word> words) = nullptr;  ///< option first
  Facet facets = Facet::None;
  std::string_view why;
};

/// Every option up to bubblewrap 0.11.1, in the order of `bwrap --help`.
std::span<const BwrapOption> BwrapOptions();

}  // namespace sandlint
