// bubblewrap: options are exact words, there is no `--opt=value`, no abbreviation and no short
// form; they end at the first word without a leading `-`, or after `--` (observed with 0.8.0).

#include "scanner/peel/bwrap.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "scanner/peel/bwrap_options.h"
#include "scanner/peel/name.h"
#include "scanner/peel/options.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxWords = 9000;
constexpr int kAnyMinor = 0;

/// The minor number of "0.8.0"; kAnyMinor when the version is not known.
int MinorOf(const HostFacts* host) {
  if (host == nullptr) return kAnyMinor;
  const std::optional<std::string> version = host->ToolVersion("bwrap");
  if (!version || !version->starts_with("0.")) return kAnyMinor;
  int minor = 0;
  std::from_chars(version->data() + 2, version->data() + version->size(), minor);
  return minor;
}

constexpr auto kTakesPerms = std::to_array<std::string_view>(
    {"--bind-data", "--dir", "--file", "--ro-bind-data", "--size", "--tmpfs"});

class BwrapParser {
 public:
  BwrapParser(std::span<const Word> argv, const PeelContext& context)
      : argv_(argv),
        minor_(MinorOf(context.host)),
        layer_(MakeLayer(LayerKind::Sandbox, "bwrap", argv[0])),
        state_{layer_, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}} {
    layer_.root = RootKind::Empty;
  }

  Peeled Run() {
    if (argv_.size() > kMaxWords) {
      state_.Fatal(argv_[kMaxWords], "bwrap takes at most 9000 words");
    }
    while (understood_ && next_ < argv_.size() && Option()) {
    }
    Finish();
    std::vector<Word> rest = Consume(layer_, argv_, understood_ ? next_ : argv_.size());
    return {std::move(layer_), std::move(rest)};
  }

 private:
  /// One option; false at the first word of the command.
  bool Option() {
    const Word& word = argv_[next_];
    if (word.StartsUnknown()) {
      NotUnderstood(layer_, word, "it could be an option");
      return understood_ = false;
    }
    if (word.text == "--") {
      ++next_;
      return false;
    }
    if (!word.text.starts_with('-')) return false;
    const auto options = BwrapOptions();
    const auto row = std::ranges::find(options, word.text, &BwrapOption::name);
    if (row == options.end()) {
      Unknown(word);
      return understood_ = false;
    }
    if (next_ + row->words >= argv_.size() && row->words > 0) {
      state_.Fatal(word, fmt::format("{} takes {} words", word.text, row->words));
      return understood_ = false;
    }
    Apply(*row, argv_.subspan(next_, row->words + std::size_t{1}));
    next_ += row->words + std::size_t{1};
    return true;
  }

  void Unknown(const Word& word) {
    const std::size_t equals = word.text.find('=');
    const std::string name = word.text.substr(0, equals);
    if (equals != std::string::npos &&
        std::ranges::find(BwrapOptions(), name, &BwrapOption::name) != BwrapOptions().end()) {
      state_.Fatal(word, fmt::format("bwrap knows no `--option=value`: write {} and its value as "
                                     "two words",
                                     name));
    } else {
      state_.Fatal(word, fmt::format("bwrap has no option {} up to 0.11", word.text));
    }
    NotUnderstood(layer_, word, "no such option is known");
  }

  void Apply(const BwrapOption& row, std::span<const Word> words) {
    if (row.minor > 8 && minor_ != kAnyMinor && minor_ < row.minor) {
      state_.Fatal(words[0], fmt::format("{} came with bwrap 0.{}", row.name, row.minor));
    } else if (row.minor > 8 && minor_ == kAnyMinor) {
      state_.Fatal(
          words[0],
          fmt::format("{} came with bwrap 0.{}; older ones stop at it", row.name, row.minor),
          Answer::Unknown);
    }
    Modifiers(row, words[0]);
    if (row.apply != nullptr) row.apply(state_, words);
    if (row.support == Support::Unmodelled || row.support == Support::Unknown) {
      layer_.notes.push_back({row.support, words[0], row.facets, std::string(row.why)});
    }
    if (row.name != "--perms" && row.name != "--size") {
      state_.perms.reset();
      state_.size.reset();
    }
  }

  /// --perms, --size and --overlay-src must be followed by an option that takes them.
  void Modifiers(const BwrapOption& row, const Word& word) {
    if (state_.perms && row.name != "--perms" &&
        std::ranges::find(kTakesPerms, row.name) == kTakesPerms.end()) {
      state_.Fatal(word, "--perms must be followed by an option that creates a file or directory");
    }
    if (state_.size && row.name != "--tmpfs" && row.name != "--perms" && row.name != "--size") {
      state_.Fatal(word, "--size must be followed by --tmpfs");
    }
    const bool overlay = row.name.find("overlay") != std::string_view::npos;
    if (!state_.overlay_sources.empty() && !overlay) {
      state_.Fatal(word, "--overlay-src must be followed by another one or by an overlay");
      state_.overlay_sources.clear();
    }
  }

  void Finish() {
    if (state_.perms)
      state_.Fatal(*state_.perms, "--perms must be followed by an option that takes it");
    if (state_.size) state_.Fatal(*state_.size, "--size must be followed by --tmpfs");
    if (!state_.overlay_sources.empty()) {
      state_.Fatal(state_.overlay_sources.back(), "--overlay-src must be followed by an overlay");
    }
    CheckCombinations();
    layer_.disable_userns = state_.disable_userns;
    layer_.shares_host_pids = !layer_.namespaces.pid;
    Network();
    layer_.no_new_privileges = layer_.program;  // always set by bwrap
    if (understood_ && next_ >= argv_.size() && !state_.exits) {
      state_.Fatal(layer_.program, "no command is given");
    }
  }

  void CheckCombinations() {
    if (state_.disable_userns && !state_.unshare_user) {
      state_.Fatal(*state_.disable_userns, "--disable-userns needs --unshare-user");
    }
    if (state_.hostname && !state_.unshare_uts) {
      state_.Fatal(*state_.hostname, "--hostname needs --unshare-uts");
    }
    if (layer_.as_pid_1 && !state_.unshare_pid) {
      state_.Fatal(*layer_.as_pid_1, "--as-pid-1 needs --unshare-pid");
    }
    if (state_.userns && layer_.namespaces.user) {
      state_.Fatal(*state_.userns, "--userns cannot be combined with --unshare-user");
    }
    if (state_.assert_disabled && !state_.disable_userns) {
      state_.Fatal(*state_.assert_disabled, "it stops where user namespaces can be made",
                   Answer::Unknown);
    }
    if (state_.userns_block) {
      state_.Fatal(*state_.userns_block, "it stops unless someone else sets up the user namespace",
                   Answer::Unknown);
    }
    if (state_.userns_block && (!state_.info_fd || !state_.unshare_user)) {
      state_.Fatal(*state_.userns_block, "--userns-block-fd needs --info-fd and --unshare-user");
    }
  }

  /// The last of the network options counts, whatever the help text says (observed with 0.8.0).
  void Network() {
    if (!state_.network_shared) {
      layer_.network = {NetworkMode::None, *state_.unshare_net, false};
    } else if (state_.share_net) {
      layer_.network = {NetworkMode::Inherit, *state_.share_net, false};
    }
  }

  std::span<const Word> argv_;
  int minor_;
  Layer layer_;
  BwrapState state_;
  std::size_t next_ = 1;
  bool understood_ = true;
};

/// The options behind a descriptor that a shell has filled: NUL ends each word, and reading stops
/// at the first that is no option (bubblewrap.c, parse_args_recurse).
std::vector<Word> OptionsIn(const Word& data) {
  std::vector<Word> words;
  std::size_t operands = 0;
  for (std::size_t at = 0; at < data.text.size();) {
    const std::size_t end = std::min(data.text.find('\0', at), data.text.size());
    Word word = Part(data, at, end - at);
    at = end + 1;
    if (operands > 0) {
      --operands;
    } else {
      if (word.Known() && !word.text.starts_with('-')) break;
      const auto options = BwrapOptions();
      const auto row = std::ranges::find(options, word.text, &BwrapOption::name);
      operands = row == options.end() ? 0 : row->words;
    }
    words.push_back(std::move(word));
  }
  return words;
}

/// `argv` with the words of every `--args FD` in its place.
std::vector<Word> WithDescriptors(std::span<const Word> argv, const PeelContext& context) {
  std::vector<Word> words{argv[0]};
  const auto options = BwrapOptions();
  std::size_t at = 1;
  while (at < argv.size()) {
    const auto row = std::ranges::find(options, argv[at].text, &BwrapOption::name);
    if (row == options.end()) break;
    if (row->name == "--args" && at + 1 < argv.size()) {
      int number = -1;
      const std::string& text = argv[at + 1].text;
      std::from_chars(text.data(), text.data() + text.size(), number);
      const auto found = context.descriptors.find(number);
      if (found != context.descriptors.end()) {
        for (Word& word : OptionsIn(found->second)) {
          if (word.argv_index < 0) word.argv_index = argv[at].argv_index;
          words.push_back(std::move(word));
        }
        at += 2;
        continue;
      }
    }
    const std::size_t count = std::min(argv.size() - at, row->words + std::size_t{1});
    words.insert(words.end(), argv.begin() + static_cast<std::ptrdiff_t>(at),
                 argv.begin() + static_cast<std::ptrdiff_t>(at + count));
    at += count;
  }
  words.insert(words.end(), argv.begin() + static_cast<std::ptrdiff_t>(at), argv.end());
  return words;
}

}  // namespace

std::optional<Peeled> PeelBwrap(std::span<const Word> argv, const PeelContext& context) {
  if (argv.empty() || ToolName(argv[0]) != "bwrap") return std::nullopt;
  if (context.descriptors.empty()) return BwrapParser(argv, context).Run();
  const std::vector<Word> words = WithDescriptors(argv, context);
  return BwrapParser(words, context).Run();
}

}  // namespace sandlint
