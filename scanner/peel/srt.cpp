// srt (`@anthropic-ai/sandbox-runtime`): its options are taken from anywhere before `--`, among the
// words of the command too (observed with 0.0.78); each other word is quoted and run by `bash -c`.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/profile_file.h"
#include "scanner/peel/srt_client.h"
#include "scanner/peel/srt_settings.h"

namespace sandlint {
namespace {

struct SrtOption {
  std::string_view name;
  char letter;
  bool value;
  bool exits = false;
};
constexpr auto kOptions = std::to_array<SrtOption>({
    {"--control-fd", 0, true},
    {"--debug", 'd', false},
    {"--help", 'h', false, true},
    {"--settings", 's', true},
    {"--version", 'V', false, true},
    {"-c", 'c', true},
});
constexpr auto kEndings = std::to_array<std::string_view>({".json"});

/// What it sets for the command; their values are made at run time.
constexpr auto kSets = std::to_array<std::string_view>({
    "ALL_PROXY",
    "CLAUDE_CODE_HOST_HTTP_PROXY_PORT",
    "CLAUDE_CODE_HOST_SOCKS_PROXY_PORT",
    "CLOUDSDK_PROXY_ADDRESS",
    "CLOUDSDK_PROXY_PASSWORD",
    "CLOUDSDK_PROXY_PORT",
    "CLOUDSDK_PROXY_TYPE",
    "CLOUDSDK_PROXY_USERNAME",
    "DOCKER_HTTPS_PROXY",
    "DOCKER_HTTP_PROXY",
    "FTP_PROXY",
    "GIT_CONFIG_PARAMETERS",
    "GIT_SSH_COMMAND",
    "GRPC_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "RSYNC_PROXY",
    "SANDBOX_RUNTIME",
    "all_proxy",
    "ftp_proxy",
    "grpc_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
});

/// The command line as commander takes it apart.
class SrtLine {
 public:
  SrtLine(Argv argv, Layer& layer) : argv_(argv), layer_(layer) {}

  void Run() {
    for (at_ = 1; at_ < argv_.size() && understood; ++at_) {
      const Word& word = argv_[at_];
      if (word.StartsUnknown()) {
        NotUnderstood(layer_, word, "it could be an option of srt, which takes them anywhere");
        understood = false;
      } else if (word.text == "--") {
        // Behind an option that srt does not know, the dashes stay in the command.
        if (unknown_) command.push_back(word);
        command.insert(command.end(), argv_.begin() + static_cast<std::ptrdiff_t>(at_) + 1,
                       argv_.end());
        break;
      } else if (!Option(word)) {
        unknown_ = unknown_ || (word.text.size() > 1 && word.text[0] == '-');
        command.push_back(word);
      }
    }
  }

  std::vector<Word> command;
  std::optional<Word> settings, text;
  bool understood = true;

 private:
  bool Option(const Word& word) {
    const std::size_t equals = std::min(word.text.find('='), word.text.size());
    for (const SrtOption& row : kOptions) {
      const bool letter = row.letter != 0 && word.text.size() > 1 && word.text[0] == '-' &&
                          word.text[1] == row.letter;
      if (word.text == row.name || (letter && word.text.size() == 2)) {
        return Use(row, word, row.value ? Next(word) : std::nullopt);
      }
      if (row.value && word.text.substr(0, equals) == row.name && equals < word.text.size()) {
        return Use(row, word, Part(word, equals + 1));
      }
      if (!letter || word.text.starts_with("--")) continue;
      if (row.value) return Use(row, word, Part(word, 2));
      return Cluster(row, word);
    }
    return false;
  }

  /// `-dx`: the first letter is taken, the rest is read as `-x`.
  bool Cluster(const SrtOption& row, const Word& word) {
    Use(row, word, std::nullopt);
    Word rest = Part(word, 2);
    rest.text.insert(0, "-");
    rest.holes.clear();
    if (!Option(rest)) command.push_back(std::move(rest));
    return true;
  }

  std::optional<Word> Next(const Word& option) {
    if (at_ + 1 < argv_.size()) return argv_[++at_];
    AddProblem(layer_, option, fmt::format("{} needs a value", option.text));
    return std::nullopt;
  }

  bool Use(const SrtOption& row, const Word& word, std::optional<Word> value) {
    if (row.exits) AddProblem(layer_, word, fmt::format("with {} it starts nothing", word.text));
    if (row.name == "--settings") settings = std::move(value);
    if (row.name == "-c") text = std::move(value);
    if (!command.empty()) {
      AddProblem(
          layer_, word,
          fmt::format("srt takes {} for itself: without `--` before the command, its options "
                      "never reach it",
                      word.text),
          Answer::Unknown);
    }
    return true;
  }

  Argv argv_;
  Layer& layer_;
  std::size_t at_ = 1;
  bool unknown_ = false;
};

constexpr Facet kTouches = Facet::Paths | Facet::Egress | Facet::Environment;

Word Unknown(const Word& cause, std::string name) {
  Word word = MadeUp(name, cause);
  word.holes.push_back({0, static_cast<std::uint32_t>(name.size()), std::move(name), false});
  return word;
}

void ApplyEnvironment(Layer& layer, const SrtSettings& settings, const Word& cause) {
  for (const Word& name : settings.unset_variables) AddUnset(layer, name, name);
  for (const Word& name : settings.masked_variables) {
    AddSet(layer, name, name, Unknown(name, "a placeholder"));
  }
  // Nobody has written these values: what names the sandbox is no secret of a `…PASSWORD`.
  const Word made = Unknown({}, "made by srt");
  for (const std::string_view name : kSets) {
    AddSet(layer, cause, MadeUp(std::string(name), cause), made);
  }
  if (!settings.filesystem_disabled) {
    AddSet(layer, cause, MadeUp("TMPDIR", cause), MadeUp("/tmp/claude", cause));
  }
}

void ApplyNetwork(Layer& layer, const SrtSettings& settings, const Word& cause, bool mac) {
  const Word& word = settings.domains ? settings.domains : cause;
  const bool local = mac && settings.local_binding;
  const bool out = settings.lets_out || settings.outer_proxy || local;
  layer.network.mode = out ? NetworkMode::Private : NetworkMode::None;
  layer.network.word = word;
  if (!out) return;
  layer.network.reaches_host_loopback = true;  // by name, through the proxy
  NetworkFilter filter{settings.network, Answer::No, word, true};
  if (settings.outer_proxy) {
    // A proxy of somebody else decides, whatever the lists say.
    filter.rules.clear();
    filter.others = Answer::Unknown;
    filter.word = settings.outer_proxy;
  }
  if (local) {
    filter.rules.insert(filter.rules.begin(),
                        {Answer::Yes, "", "loopback", 0, settings.local_binding});
  }
  layer.network.filter = std::move(filter);
}

void ApplySettings(Layer& layer, const SrtSettings& settings, const Word& cause, bool mac) {
  layer.notes.insert(layer.notes.end(), settings.notes.begin(), settings.notes.end());
  layer.start_problems.insert(layer.start_problems.end(), settings.problems.begin(),
                              settings.problems.end());
  if (!settings.valid) {
    AddNote(layer, cause, kTouches, "what srt would do with these settings is not known");
    return;
  }
  ApplyNetwork(layer, settings, cause, mac);
  if (settings.weaker_nested) {
    AddNote(layer, settings.weaker_nested, Facet::Environment,
            "the processes of the host may be seen in /proc");
  }
  ApplyEnvironment(layer, settings, cause);
}

constexpr const char* kTilde = "what ~ is for srt is not known here";

/// $HOME, which is `~` for srt, where it is not the home of the client's user.
std::optional<Word> OtherHome(const PeelContext& context, const Word& cause) {
  if (context.host == nullptr) return std::nullopt;
  const auto found = context.variables.find("HOME");
  if (found == context.variables.end()) {
    return context.user ? std::optional(Unknown(cause, "HOME")) : std::nullopt;
  }
  const bool same = found->second.Known() && found->second.text == context.host->Caller().home;
  return same ? std::nullopt : std::optional(found->second);
}

bool NamesHome(const SrtSettings& settings) {
  for (const auto* list :
       {&settings.deny_read, &settings.deny_write, &settings.allow_write, &settings.allow_read}) {
    for (const Word& word : *list) {
      if (word.text == "~" || word.text.starts_with("~/")) return true;
    }
  }
  return false;
}

void LoadClientSettings(Layer& layer, const ClientSandbox& sandbox, const std::optional<Word>& home,
                        bool mac) {
  layer.profile->named_by = sandbox.enabled;
  auto& parameters = layer.profile->parameters;
  parameters.insert(parameters.end(), sandbox.settings.begin(), sandbox.settings.end());
  const SrtSettings settings = SrtSettingsOf(*layer.profile);
  layer.notes.insert(layer.notes.end(), sandbox.notes.begin(), sandbox.notes.end());
  if (home && !home->Known() && NamesHome(settings)) AddNote(layer, *home, Facet::Paths, kTilde);
  ApplySettings(layer, settings, sandbox.enabled, mac);
}

/// The settings that the line names, or those of the home, or the built-in ones.
void LoadSettings(Layer& layer, const SrtLine& line, const PeelContext& context) {
  const bool mac = context.host != nullptr && IsMac(*context.host);
  if (!mac) {
    layer.namespaces.user = layer.namespaces.pid = layer.program;
    layer.no_new_privileges = layer.seccomp = layer.program;
    layer.shares_host_pids = false;
  }
  Word name = line.settings ? *line.settings : MadeUp("", layer.program);
  const std::optional<Word> home = OtherHome(context, layer.program);
  if (!line.settings && home) {
    name = *home;
    name.text += "/.srt-settings.json";
  } else if (!line.settings && context.host != nullptr) {
    name.text = context.host->Caller().home + "/.srt-settings.json";
  }
  layer.profile = Profile{{}, line.settings ? *line.settings : layer.program, {}};
  if (home) layer.profile->parameters.push_back({MadeUp("home", *home), *home});
  if (const ClientSandbox* sandbox = ClientSandboxOf(name, context); sandbox != nullptr) {
    return LoadClientSettings(layer, *sandbox, home, mac);
  }
  if (auto text = ReadNamedFile(name, context, kEndings); text && text->span.source != nullptr) {
    const SrtSettings settings = ReadSrtSettings(*text->span.source, layer.profile->named_by);
    layer.profile->text = std::move(*text);
    if (home && !home->Known() && NamesHome(settings)) {
      AddNote(layer, *home, Facet::Paths, kTilde);
    }
    ApplySettings(layer, settings, layer.profile->named_by, mac);
    return;
  }
  const bool missing = NamedFileIsMissing(name, context);
  if (line.settings) {
    AddNote(layer, *line.settings, kTouches, "these settings cannot be read here");
    if (missing) AddProblem(layer, *line.settings, "there is no such settings file");
    return;
  }
  ApplySettings(layer, SrtSettings{}, layer.program, mac);
  if (missing) return;
  AddNote(layer, layer.program, Facet::Egress | Facet::Environment,
          "no settings are named: those of ~/.srt-settings.json count, which is not known here");
  layer.profile->parameters.push_back({MadeUp("may-differ", layer.program), layer.program});
}

}  // namespace

std::optional<Peeled> PeelSrt(Argv argv, const PeelContext& context) {
  if (argv.empty() || ToolName(argv[0]) != "srt") return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Sandbox, "srt", argv[0]);
  layer.die_with_parent = layer.new_session = argv[0];
  SrtLine line(argv, layer);
  line.Run();
  layer.words.assign(argv.begin(), argv.end());
  if (!line.understood) {
    peeled.unread = std::move(line.command);
    return peeled;
  }
  LoadSettings(layer, line, context);
  if (line.text) {
    peeled.rest = {MadeUp("bash", *line.text), MadeUp("-c", *line.text), *line.text};
    return peeled;
  }
  if (line.command.empty()) AddProblem(layer, argv[0], "no command is given");
  if (line.command.size() == 1 && line.command[0].text.find(' ') != std::string::npos) {
    AddProblem(layer, line.command[0],
               "srt quotes each word: no program has this name; -c takes a shell string");
  }
  peeled.rest = std::move(line.command);
  return peeled;
}

}  // namespace sandlint
