// sh, bash, dash, zsh: `-c STRING` and script files; and scripts of the tree that are started by
// their own name. Options as in bash 5.2 and dash 0.5.12.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/peel/login_files.h"
#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/program.h"
#include "scanner/peel/script.h"
#include "scanner/peel/unread.h"

namespace sandlint {
namespace {

struct ShellRow {
  std::string_view name;
  Dialect dialect;
};
constexpr auto kShells = std::to_array<ShellRow>({{"sh", Dialect::Sh},
                                                  {"dash", Dialect::Dash},
                                                  {"ash", Dialect::Dash},
                                                  {"bash", Dialect::Bash},
                                                  {"zsh", Dialect::Zsh},
                                                  {"ksh", Dialect::Bash},
                                                  {"mksh", Dialect::Bash}});

const ShellRow* FindShell(std::string_view name) {
  const auto row = std::ranges::find(kShells, name, &ShellRow::name);
  return row == kShells.end() ? nullptr : &*row;
}

/// How a shell was called.
struct ShellCall {
  std::size_t next = 1;  ///< index of the first word that is no option
  bool command = false;  ///< -c
  bool reads_input = false;
  bool login = false;
  bool interactive = false;
  bool profile = true;
  bool rc = true;
  bool errexit = false;
  bool nounset = false;
  const Word* odd = nullptr;  ///< an option that is not understood
};

constexpr auto kLongFlags = std::to_array<std::string_view>(
    {"--norc", "--noprofile", "--noediting", "--verbose", "--login", "--no-rcs", "--no-globalrcs"});

/// Of `-o` and `-O`; the others change how words are read.
constexpr auto kHarmlessNames = std::to_array<std::string_view>(
    {"errexit", "errtrace", "extglob", "functrace", "globstar", "inherit_errexit", "monitor",
     "noclobber", "noglob", "nounset", "nullglob", "pipefail", "verbose", "xtrace"});

bool ReadLetters(Argv argv, ShellCall& call, bool on) {
  const Word& word = argv[call.next];
  for (const char c : std::string_view(word.text).substr(1)) {
    switch (c) {
      case 'c':
        call.command = call.command || on;
        break;
      case 's':
        call.reads_input = on;
        break;
      case 'l':
        call.login = on;
        break;
      case 'i':
        call.interactive = on;
        break;
      case 'e':
        call.errexit = on;
        break;
      case 'u':
        call.nounset = on;
        break;
      case 'o':
      case 'O': {
        if (call.next + 1 >= argv.size()) return false;
        const std::string& name = argv[++call.next].text;
        if (std::ranges::find(kHarmlessNames, name) == kHarmlessNames.end()) return false;
        if (name == "errexit") call.errexit = on;
        if (name == "nounset") call.nounset = on;
        break;
      }
      default:
        if (std::string_view("bfhmvxCEHT").find(c) == std::string_view::npos) {
          return false;
        }
    }
  }
  return true;
}

ShellCall ReadCall(Argv argv) {
  ShellCall call;
  if (argv[0].text.starts_with('-')) call.login = true;
  for (; call.next < argv.size(); ++call.next) {
    const Word& word = argv[call.next];
    if (word.StartsUnknown()) {
      call.odd = &word;
      return call;
    }
    if (word.text == "--" || word.text == "-") {
      ++call.next;
      return call;
    }
    if (word.text.size() < 2 || (word.text[0] != '-' && word.text[0] != '+')) return call;
    if (word.text.starts_with("--")) {
      if (std::ranges::find(kLongFlags, word.text) == kLongFlags.end()) {
        call.odd = &word;
        return call;
      }
      call.login = call.login || word.text == "--login";
      call.profile = call.profile && word.text != "--noprofile" && word.text != "--no-rcs";
      call.rc = call.rc && word.text != "--norc" && word.text != "--no-rcs";
    } else if (!ReadLetters(argv, call, word.text[0] == '-')) {
      call.odd = &word;
      return call;
    }
  }
  return call;
}

std::string ConditionOf(const ScriptLaunch& launch) {
  const std::size_t count = std::min<std::size_t>(launch.conditions.size(), 4);
  std::string text;
  for (std::size_t index = launch.conditions.size() - count; index < launch.conditions.size();
       ++index) {
    text += (text.empty() ? "" : ", ") + launch.conditions[index];
  }
  return text;
}

/// Does the shell wait for what it starts? With -c most of them become their last command.
Answer WaitsFor(const ScriptLaunch& launch, const ScriptCall& call) {
  if (launch.replaces) return Answer::No;
  if (launch.goes_on || !call.path.empty()) return Answer::Yes;
  const auto& body = call.script->body.children;
  const bool single = body.size() == 1 && body.front().kind == ShellKind::Simple;
  return single ? Answer::No : Answer::Unknown;
}

/// What a launch of the script adds to the layer of its shell.
Peeled WayOf(const Layer& base, ScriptLaunch launch, const Word& cause) {
  Peeled way;
  way.layer = base;
  way.layer.environment.insert(way.layer.environment.end(), launch.environment.begin(),
                               launch.environment.end());
  if (launch.directory) way.layer.chdir = *launch.directory;
  way.layer.temp_directories = std::move(launch.temp_directories);
  way.layer.made = std::move(launch.made);
  way.layer.mounts = std::move(launch.mounts);
  way.layer.handed = std::move(launch.handed);
  way.layer.downloads_script = launch.downloads;
  if (launch.word && launch.word.span) way.layer.words.push_back(launch.word);
  way.doubts = std::move(launch.notes);
  way.condition_text = ConditionOf(launch);
  if (!way.condition_text.empty()) way.condition = launch.condition;
  way.descriptors = std::move(launch.descriptors);
  way.more_descriptors = launch.more_descriptors;
  way.written = std::move(launch.written);
  if (launch.argv.empty()) {
    const Word& word = launch.word.span ? launch.word : cause;
    NotUnderstood(way.layer, word, launch.unknown);
    return way;
  }
  for (Word& word : launch.argv) {
    if (word.argv_index < 0) word.argv_index = cause.argv_index;
  }
  way.rest = std::move(launch.argv);
  return way;
}

Peeled Follow(Layer layer, const ScriptCall& call, const PeelContext& outside,
              const LoginFiles& files) {
  PeelContext context = outside;
  const std::string_view script = call.script->body.span.Text();
  SessionNames session = ReadLoginFiles(files, script, layer.program, context);
  layer.notes.insert(layer.notes.end(), session.doubts.begin(), session.doubts.end());
  if (!session.path.empty()) {
    const Word path = MadeUp(session.path, layer.program);
    context.variables.insert_or_assign("PATH", path);
    AddSet(layer, layer.program, MadeUp("PATH", layer.program), path);
  }
  ScriptResult result = FollowScript(call, context);
  Peeled peeled;
  if (result.launches.empty()) {
    peeled.layer = std::move(layer);
    AddProblem(peeled.layer, call.cause, "the script starts no program");
    return peeled;
  }
  std::vector<Peeled> ways;
  for (ScriptLaunch& launch : result.launches) {
    layer.waits = WaitsFor(launch, call);
    ways.push_back(WayOf(layer, std::move(launch), call.cause));
  }
  peeled = std::move(ways.front());
  peeled.others.assign(std::make_move_iterator(ways.begin() + 1),
                       std::make_move_iterator(ways.end()));
  return peeled;
}

const Source* ScriptSource(const Word& word, const PeelContext& context, std::string& path,
                           bool is_program = false) {
  path = PathInTree(word, context);
  if (context.workspace == nullptr || path.empty()) return nullptr;
  auto text = ReadInTree(path, context);
  // What a shell is given is a script, however large it is and wherever its link leads.
  if (!text && !is_program) ReportUnread(path, context.files->Read(path), context);
  if (!text) return nullptr;
  for (const auto& known : context.workspace->sources) {
    if (known->path == path && known->text == *text) return known.get();
  }
  return &context.workspace->Add(path, std::move(*text));
}

std::shared_ptr<const ShellScript> ParseFile(const Word& word, const PeelContext& context,
                                             std::string& path) {
  if (const Word* written = FindWritten(word, context)) {
    if (!written->Known()) return nullptr;
    return std::make_shared<ShellScript>(ParseShell(*written));
  }
  const Source* source = ScriptSource(word, context, path);
  return source == nullptr ? nullptr : std::make_shared<ShellScript>(ParseShell(*source));
}

Peeled Unread(Layer layer, const Word& word, std::string why, std::vector<Word> words) {
  NotUnderstood(layer, word, std::move(why));
  Peeled peeled;
  peeled.layer = std::move(layer);
  peeled.unread = std::move(words);
  return peeled;
}

}  // namespace

std::optional<Peeled> PeelShell(Argv argv, const PeelContext& context) {
  if (argv.empty()) return std::nullopt;
  std::string name = ToolName(argv[0]);
  if (name.starts_with('-')) name.erase(0, 1);
  const ShellRow* shell = FindShell(name);
  if (shell == nullptr) return std::nullopt;
  Layer layer = MakeLayer(LayerKind::Shell, shell->name, argv[0]);
  const bool korn = shell->name.ends_with("ksh");
  if (korn) NotUnderstood(layer, argv[0], "where this shell differs from bash is not followed");
  const ShellCall options = ReadCall(argv);
  std::vector<Word> rest = Consume(layer, argv, options.next);
  layer.login_shell = options.login || options.interactive || shell->dialect == Dialect::Zsh;
  if (options.odd != nullptr) {
    return Unread(std::move(layer), *options.odd, "how the shell reads this is not known",
                  std::move(rest));
  }
  const LoginFiles files{options.login, options.interactive, options.profile, options.rc,
                         shell->name};
  ScriptCall call;
  call.dialect = shell->dialect;
  call.errexit = options.errexit;
  call.nounset = options.nounset;
  call.zero = argv[0];
  call.cause = argv[0];
  if (rest.empty() || (options.reads_input && !options.command)) {
    const auto input = context.descriptors.find(0);
    if (input == context.descriptors.end()) {
      return Unread(std::move(layer), argv[0], "the shell reads commands from its input", {});
    }
    call.script = std::make_shared<ShellScript>(ParseShell(input->second));
    call.positional = std::move(rest);
    return Follow(std::move(layer), call, context, files);
  }
  call.cause = rest.front();
  layer.words.push_back(rest.front());
  if (options.command) {
    if (rest.front().StartsUnknown() &&
        rest.front().holes.front().end == rest.front().text.size()) {
      const Word text = rest.front();
      return Unread(std::move(layer), text, "what the shell is given to run is not known",
                    std::move(rest));
    }
    call.script = std::make_shared<ShellScript>(ParseShell(rest.front()));
    if (rest.size() > 1) call.zero = rest[1];
    if (rest.size() > 2) call.positional.assign(rest.begin() + 2, rest.end());
    return Follow(std::move(layer), call, context, files);
  }
  call.zero = rest.front();
  call.positional.assign(rest.begin() + 1, rest.end());
  call.script = ParseFile(rest.front(), context, call.path);
  if (call.script == nullptr) {
    const Word file = rest.front();
    return Unread(std::move(layer), file, "this script is not in the tree", std::move(rest));
  }
  return Follow(std::move(layer), call, context, files);
}

namespace {

/// `#!/usr/bin/env bash -e` -> `/usr/bin/env`, `bash -e`; the kernel hands over one word at most.
struct Shebang {
  std::string program;
  std::string argument;
};

std::optional<Shebang> ReadShebang(std::string_view text) {
  if (!text.starts_with("#!")) return std::nullopt;
  std::string_view line = text.substr(2, std::min<std::size_t>(text.find('\n'), 256) - 2);
  const auto trim = [](std::string_view& value) {
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t'))
      value.remove_prefix(1);
    while (!value.empty() &&
           (value.back() == ' ' || value.back() == '\t' || value.back() == '\r')) {
      value.remove_suffix(1);
    }
  };
  trim(line);
  const std::size_t blank = std::min(line.find_first_of(" \t"), line.size());
  std::string_view argument = line.substr(blank);
  trim(argument);
  return Shebang{std::string(line.substr(0, blank)), std::string(argument)};
}

}  // namespace

/// A file that may not hold any more what the tree says.
Peeled Rewritten(Argv argv) {
  Peeled peeled;
  peeled.layer = MakeLayer(LayerKind::Transparent, "script", argv[0]);
  NotUnderstood(peeled.layer, argv[0], "what was written to it is not known");
  peeled.unread.assign(argv.begin(), argv.end());
  return peeled;
}

/// A script of the tree that the client starts by its name: the kernel reads its first line.
/// Without one the client cannot start it; a shell would read it as its own.
std::optional<Peeled> PeelScript(Argv argv, const PeelContext& context) {
  if (argv.empty() || argv[0].text.find('/') == std::string::npos) return std::nullopt;
  std::string path;
  std::string text;
  Word place = argv[0];
  if (const Word* written = FindWritten(argv[0], context)) {
    if (!written->Known()) return Rewritten(argv);
    text = written->text;
  } else {
    const Source* source = ScriptSource(argv[0], context, path, true);
    if (source == nullptr) return std::nullopt;
    text = source->text.substr(0, 300);
    place.span = {
        source, 0,
        static_cast<std::uint32_t>(std::min(source->text.find('\n'), source->text.size()))};
  }
  const auto shebang = ReadShebang(text);
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Transparent, "script", argv[0]);
  layer.words.push_back(argv[0]);
  std::vector<Word> rest;
  const auto made = [&](std::string word) {
    Word result;
    result.text = std::move(word);
    result.span = place.span;
    result.argv_index = argv[0].argv_index;
    return result;
  };
  if (shebang && !shebang->program.empty()) {
    rest.push_back(made(shebang->program));
    if (!shebang->argument.empty()) rest.push_back(made(shebang->argument));
  } else if (path.ends_with(".sh") || path.ends_with(".bash")) {
    AddProblem(layer, argv[0], "its first line names no interpreter", Answer::Unknown);
    rest.push_back(made("sh"));
  } else {
    return std::nullopt;
  }
  rest.insert(rest.end(), argv.begin(), argv.end());
  peeled.rest = std::move(rest);
  return peeled;
}

}  // namespace sandlint
