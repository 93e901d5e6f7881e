// firejail: options up to the first word without dashes or a bare `--`; the profile is that of
// `--profile=`, of the command's name, or default.profile (observed with 0.9.72).

#include "scanner/peel/firejail.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "scanner/peel/firejail_options.h"
#include "scanner/peel/firejail_reader.h"
#include "scanner/peel/name.h"
#include "scanner/peel/options.h"

namespace sandlint {
namespace {

HostUser CallerOf(const PeelContext& context) {
  if (context.host == nullptr) return {};
  if (!context.user) return context.host->Caller();
  std::string_view name = context.user->text;
  if (name.starts_with('#')) name.remove_prefix(1);
  if (name == "root" || name == "0") return {"root", 0, 0, "/root", {}};
  if (auto user = context.host->UserByName(name)) return *user;
  std::uint32_t uid = 0;
  std::from_chars(name.data(), name.data() + name.size(), uid);
  if (auto user = context.host->UserById(uid); user && uid != 0) return *user;
  return {std::string(name), context.host->Caller().uid + 10'000, 0, "/nonexistent", {}};
}

/// `restricted-network` of firejail.config; Debian and Ubuntu ship `yes`, others `no`.
Answer RestrictedOf(const HostFacts* host) {
  const auto text =
      host == nullptr ? std::nullopt : host->ReadText("/etc/firejail/firejail.config");
  if (!text) return Answer::Unknown;
  const Source config{"", *text, false};
  for (const ProfileLine& line : ParseFirejailProfile(config)) {
    if (line.directive->keyword.text != "restricted-network") continue;
    return line.directive->argument.text == "yes" ? Answer::Yes : Answer::No;
  }
  return Answer::No;
}

int MinorOf(const HostFacts* host) {
  const auto version = host == nullptr ? std::nullopt : host->ToolVersion("firejail");
  int minor = 0;
  if (version && version->starts_with("0.9.")) {
    std::from_chars(version->data() + 4, version->data() + version->size(), minor);
  }
  return minor;
}

class FirejailParser {
 public:
  FirejailParser(std::span<const Word> argv, const PeelContext& context)
      : argv_(argv),
        context_(context),
        layer_(MakeLayer(LayerKind::Sandbox, "firejail", argv[0])),
        caller_(CallerOf(context)),
        state_{layer_},
        finder_(context, caller_.home),
        reader_(state_, finder_, MinorOf(context.host)) {
    state_.root = caller_.uid == 0 && context.host != nullptr;
    state_.home = caller_.home;
    state_.restricted = RestrictedOf(context.host);
    layer_.namespaces.pid = layer_.program;
    layer_.shares_host_pids = false;
    layer_.die_with_parent = layer_.program;
  }

  Peeled Run() {
    while (understood_ && next_ < argv_.size() && Option()) {
    }
    if (understood_) DefaultProfile();
    FinishFirejail(state_);
    std::vector<Word> rest = Consume(layer_, argv_, understood_ ? next_ : argv_.size());
    if (!context_.sandbox.empty()) Nested();
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
    if (!word.text.starts_with('-')) return false;
    ++next_;
    if (word.text == "--") return false;
    const auto options = FirejailOptions();
    const std::size_t equals = word.text.find('=');
    const std::string name = word.text.substr(0, equals == std::string::npos ? equals : equals + 1);
    const auto row = std::ranges::find(options, name, &FirejailOption::name);
    if (row == options.end()) {
      state_.Fatal(word, fmt::format("firejail has no option {}", name));
      NotUnderstood(layer_, word, "no such option is known");
      return understood_ = false;
    }
    Apply(*row, word, equals == std::string::npos ? Word{} : Part(word, equals + 1));
    return true;
  }

  void Apply(const FirejailOption& row, const Word& word, const Word& value) {
    switch (row.role) {
      case FirejailRole::Line:
        Line(word, value);
        return;
      case FirejailRole::Profile:
        Profile(word, value);
        return;
      case FirejailRole::Include:
        Include(value);
        return;
      case FirejailRole::NoProfile:
        no_profile_ = true;
        if (custom_) state_.Fatal(word, "--profile and --noprofile exclude each other");
        return;
      case FirejailRole::Ignore:
        if (custom_) state_.Fatal(word, "--ignore must stand before --profile");
        reader_.Ignore(value);
        return;
      case FirejailRole::Join:
        layer_.joins = value;
        NotUnderstood(layer_, word, "it enters a sandbox that runs already");
        return;
      case FirejailRole::Exits:
        state_.Fatal(word, fmt::format("{} starts no program", word.text));
        return;
      case FirejailRole::Unmodelled:
        AddNote(layer_, word, Facet::All, std::string(row.why));
        return;
      case FirejailRole::Nothing:
        return;
    }
  }

  /// `--blacklist=X` is the line `blacklist X`.
  void Line(const Word& word, const Word& value) {
    Directive line;
    line.keyword = Part(
        word, 2,
        word.text.find('=') == std::string::npos ? std::string::npos : word.text.find('=') - 2);
    line.argument = value;
    reader_.Option(std::make_shared<const Directive>(std::move(line)));
  }

  void Profile(const Word& word, const Word& value) {
    if (no_profile_) state_.Fatal(word, "--profile and --noprofile exclude each other");
    custom_ = true;
    std::string path = reader_.Expand(value.text);
    if (!value.Known()) {
      reader_.Missing(value, value.text, Answer::Unknown);
      return;
    }
    const bool name_only = path.find_first_of("/.") == std::string::npos;
    FoundProfile found;
    if (!path.starts_with(':')) found = finder_.Open(path);
    if (found.file == nullptr && name_only) {
      path.erase(0, path.starts_with(':') ? 1 : 0);
      found = finder_.Search(path + ".profile");
    }
    reader_.Profile(found, value, path);
  }

  void Include(const Word& value) {
    const std::string path = reader_.Expand(value.text);
    const bool bare = path.find('/') == std::string::npos;
    reader_.Profile(bare ? finder_.Search(path) : finder_.Open(path), value, path);
  }

  void DefaultProfile() {
    if (custom_ || no_profile_) return;
    if (next_ < argv_.size() && !argv_[next_].Known()) {
      reader_.Missing(argv_[next_], "of a command that is not known here", Answer::Unknown);
      return;
    }
    const Word& word = next_ < argv_.size() ? argv_[next_] : layer_.program;
    const std::string by_name = std::string(BaseName(word.text)) + ".profile";
    FoundProfile found = next_ < argv_.size() ? finder_.Search(by_name) : FoundProfile{};
    const bool symbolic = context_.host == nullptr || context_.host->Symbolic();
    if (found.file == nullptr && found.missing == Answer::Unknown && !symbolic) {
      reader_.Missing(word, by_name, Answer::Unknown);
      return;
    }
    const std::string fallback = state_.root ? "server.profile" : "default.profile";
    if (found.file == nullptr) {
      // Where nothing is known of the host, both are missing or neither is.
      found = finder_.Search(fallback);
    }
    reader_.Profile(found, layer_.program, fallback);
  }

  /// firejail inside of a sandbox.
  void Nested() {
    Layer inner = MakeLayer(LayerKind::Transparent, "firejail", layer_.program);
    inner.words = std::move(layer_.words);
    constexpr auto kNoticed = std::to_array<std::string_view>({"firejail", "docker", "podman"});
    if (std::ranges::find(kNoticed, context_.sandbox) != kNoticed.end()) {
      inner.notes.push_back({Support::Irrelevant, inner.program, Facet::None,
                             "inside of another sandbox firejail adds nothing"});
    } else {
      AddProblem(inner, inner.program,
                 fmt::format("firejail is a set-user-id program, which {} lets no one start",
                             context_.sandbox));
    }
    layer_ = std::move(inner);
  }

  std::span<const Word> argv_;
  const PeelContext& context_;
  Layer layer_;
  HostUser caller_;
  FirejailState state_;
  ProfileFinder finder_;
  FirejailReader reader_;
  std::size_t next_ = 1;
  bool understood_ = true;
  bool custom_ = false;
  bool no_profile_ = false;
};

}  // namespace

std::optional<Peeled> PeelFirejail(std::span<const Word> argv, const PeelContext& context) {
  if (argv.empty() || ToolName(argv[0]) != "firejail") return std::nullopt;
  return FirejailParser(argv, context).Run();
}

}  // namespace sandlint
