// Programs that start another one and change nothing of what it can reach. Options as in coreutils
// 9.1, util-linux 2.38, tini 0.19, dumb-init 1.2; all of them end at the first operand.

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"

namespace sandlint {
namespace {

constexpr auto kNone = OptionArg::None;
constexpr auto kRequired = OptionArg::Required;
constexpr auto kOptional = OptionArg::Optional;
constexpr auto kRead = OptionEffect::Read;
constexpr auto kExits = OptionEffect::Exits;
constexpr auto kNotModelled = OptionEffect::NotModelled;

constexpr OptionSpec kHelp{"help", 'h', kNone, kExits};
constexpr OptionSpec kLongHelp{"help", 0, kNone, kExits};
constexpr OptionSpec kVersion{"version", 'V', kNone, kExits};
constexpr OptionSpec kLongVersion{"version", 0, kNone, kExits};

constexpr auto kTimeout = std::to_array<OptionSpec>({{"foreground", 0},
                                                     {"kill-after", 'k', kRequired},
                                                     {"preserve-status", 0},
                                                     {"signal", 's', kRequired},
                                                     {"verbose", 'v'},
                                                     kLongHelp,
                                                     kLongVersion});
constexpr auto kNice =
    std::to_array<OptionSpec>({{"adjustment", 'n', kRequired}, kLongHelp, kLongVersion});
constexpr auto kNohup = std::to_array<OptionSpec>({kLongHelp, kLongVersion});
constexpr auto kStdbuf = std::to_array<OptionSpec>({{"error", 'e', kRequired},
                                                    {"input", 'i', kRequired},
                                                    {"output", 'o', kRequired},
                                                    kLongHelp,
                                                    kLongVersion});
constexpr auto kIonice = std::to_array<OptionSpec>({{"class", 'c', kRequired},
                                                    {"classdata", 'n', kRequired},
                                                    {"ignore", 't'},
                                                    {"pgid", 'P', kRequired, kExits},
                                                    {"pid", 'p', kRequired, kExits},
                                                    {"uid", 'u', kRequired, kExits},
                                                    kHelp,
                                                    kVersion});
constexpr auto kChrt = std::to_array<OptionSpec>({{"all-tasks", 'a'},
                                                  {"batch", 'b'},
                                                  {"deadline", 'd'},
                                                  {"fifo", 'f'},
                                                  {"idle", 'i'},
                                                  {"max", 'm', kNone, kExits},
                                                  {"other", 'o'},
                                                  {"pid", 'p', kNone, kExits},
                                                  {"reset-on-fork", 'R'},
                                                  {"rr", 'r'},
                                                  {"sched-deadline", 'D', kRequired},
                                                  {"sched-period", 'P', kRequired},
                                                  {"sched-runtime", 'T', kRequired},
                                                  {"verbose", 'v'},
                                                  kHelp,
                                                  kVersion});
constexpr auto kTaskset = std::to_array<OptionSpec>(
    {{"all-tasks", 'a'}, {"cpu-list", 'c'}, {"pid", 'p', kNone, kExits}, kHelp, kVersion});
constexpr auto kSetsid =
    std::to_array<OptionSpec>({{"ctty", 'c'}, {"fork", 'f'}, {"wait", 'w'}, kHelp, kVersion});
constexpr auto kTime = std::to_array<OptionSpec>({{"append", 'a'},
                                                  {"format", 'f', kRequired},
                                                  {"output", 'o', kRequired},
                                                  {"portability", 'p'},
                                                  {"quiet", 'q'},
                                                  {"verbose", 'v'},
                                                  kHelp,
                                                  kVersion});
constexpr auto kPrlimit = std::to_array<OptionSpec>({{"as", 'v', kOptional},
                                                     {"core", 'c', kOptional},
                                                     {"cpu", 't', kOptional},
                                                     {"data", 'd', kOptional},
                                                     {"fsize", 'f', kOptional},
                                                     {"locks", 'x', kOptional},
                                                     {"memlock", 'l', kOptional},
                                                     {"msgqueue", 'q', kOptional},
                                                     {"nice", 'e', kOptional},
                                                     {"nofile", 'n', kOptional},
                                                     {"nproc", 'u', kOptional},
                                                     {"pid", 'p', kRequired, kExits},
                                                     {"rss", 'm', kOptional},
                                                     {"rtprio", 'r', kOptional},
                                                     {"rttime", 'y', kOptional},
                                                     {"sigpending", 'i', kOptional},
                                                     {"stack", 's', kOptional},
                                                     {"verbose", 0},
                                                     kHelp,
                                                     kVersion});
constexpr auto kTini = std::to_array<OptionSpec>({{"", 'e', kRequired},
                                                  {"", 'g'},
                                                  {"", 'l', kNone, kExits},
                                                  {"", 'p', kRequired},
                                                  {"", 's'},
                                                  {"", 'v'},
                                                  {"", 'w'},
                                                  {"", 'h', kNone, kExits},
                                                  kLongVersion});
constexpr auto kDumbInit = std::to_array<OptionSpec>(
    {{"rewrite", 'r', kRequired}, {"single-child", 'c'}, {"verbose", 'v'}, kHelp, kVersion});
constexpr auto kCatatonit = std::to_array<OptionSpec>({{"", 'g'},
                                                       {"", 'P', kNone, kExits},
                                                       {"", 'L', kNone, kExits},
                                                       {"", 'h', kNone, kExits},
                                                       {"", 'V', kNone, kExits}});
constexpr auto kXvfb = std::to_array<OptionSpec>({{"auth-file", 'f', kRequired},
                                                  {"auto-display", 'd'},
                                                  {"auto-servernum", 'a'},
                                                  {"error-file", 'e', kRequired},
                                                  {"listen-tcp", 'l'},
                                                  {"server-args", 's', kRequired},
                                                  {"server-num", 'n', kRequired},
                                                  {"wait", 'w', kRequired},
                                                  {"xauth-protocol", 'p', kRequired},
                                                  kHelp});
constexpr auto kDbusRun =
    std::to_array<OptionSpec>({{"config-file", 0, kRequired},
                               {"dbus-daemon", 0, kRequired, kNotModelled, Facet::All,
                                "another program is started in its place"},
                               kLongHelp,
                               kLongVersion});
constexpr auto kCaffeinate = std::to_array<OptionSpec>({{"", 'd'},
                                                        {"", 'i'},
                                                        {"", 'm'},
                                                        {"", 's'},
                                                        {"", 't', kRequired},
                                                        {"", 'u'},
                                                        {"", 'w', kRequired}});
constexpr auto kInhibit = std::to_array<OptionSpec>({{"list", 0, kNone, kExits},
                                                     {"mode", 0, kRequired},
                                                     {"no-ask-password", 0},
                                                     {"no-pager", 0},
                                                     {"what", 0, kRequired},
                                                     {"who", 0, kRequired},
                                                     {"why", 0, kRequired},
                                                     kHelp,
                                                     kLongVersion});
constexpr auto kProxychains = std::to_array<OptionSpec>({{"", 'q'}, {"", 'f', kRequired}});
constexpr auto kUnbuffer = std::to_array<OptionSpec>({{"", 'p'}});

struct ToolRow {
  std::string_view name;
  std::span<const OptionSpec> options;
  std::size_t operands = 0;  ///< words between the options and the command
  bool waits = false;        ///< it stays behind the command; the others become the command
};

constexpr auto kTools = std::to_array<ToolRow>({
    {"caffeinate", kCaffeinate, 0, true},
    {"catatonit", kCatatonit, 0, true},
    {"chrt", kChrt, 1},
    {"dbus-run-session", kDbusRun, 0, true},
    {"dumb-init", kDumbInit, 0, true},
    {"gtimeout", kTimeout, 1, true},
    {"ionice", kIonice},
    {"nice", kNice},
    {"nohup", kNohup},
    {"prlimit", kPrlimit},
    {"proxychains", kProxychains},
    {"proxychains4", kProxychains},
    {"setsid", kSetsid, 0, true},
    {"stdbuf", kStdbuf},
    {"systemd-inhibit", kInhibit, 0, true},
    {"taskset", kTaskset, 1},
    {"time", kTime, 0, true},
    {"timeout", kTimeout, 1, true},
    {"tini", kTini, 0, true},
    {"unbuffer", kUnbuffer, 0, true},
    {"xvfb-run", kXvfb, 0, true},
});

/// nice takes `-10` and `--10` as well, as its first words.
std::size_t SkipNiceNumber(Argv argv) {
  if (argv.size() < 2 || argv[1].StartsUnknown()) return 1;
  std::string_view text = argv[1].text;
  if (!text.starts_with('-')) return 1;
  text.remove_prefix(1);
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const bool number = !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isdigit(c) != 0;
  });
  return number ? 2 : 1;
}

}  // namespace

std::optional<Peeled> PeelTransparent(Argv argv, const PeelContext&) {
  if (argv.empty()) return std::nullopt;
  const auto tool = std::ranges::find(kTools, ToolName(argv[0]), &ToolRow::name);
  if (tool == kTools.end()) return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Transparent, tool->name, argv[0]);
  if (tool->waits) layer.waits = Answer::Yes;
  const std::size_t begin = tool->name == "nice" ? SkipNiceNumber(argv) : 1;
  const OptionResult options = ReadOptions(argv, begin, tool->options, layer);
  std::size_t next = options.next;
  if (!options.understood) {
    peeled.unread = Consume(layer, argv, next);
    return peeled;
  }
  for (std::size_t operand = 0; operand < tool->operands && next < argv.size(); ++operand) {
    if (tool->operands == 1 && tool->options.data() == kTimeout.data()) layer.timeout = argv[next];
    ++next;
  }
  peeled.rest = Consume(layer, argv, next);
  if (peeled.rest.empty() && layer.start_problems.empty()) {
    AddProblem(layer, argv[0], "no command is given");
  }
  return peeled;
}

namespace {

constexpr auto kFlock = std::to_array<OptionSpec>({{"close", 'o', kNone, kRead},
                                                   {"command", 'c', kNone, kRead},
                                                   {"conflict-exit-code", 'E', kRequired},
                                                   {"exclusive", 'x'},
                                                   {"", 'e'},
                                                   {"no-fork", 'F', kNone, kRead},
                                                   {"nonblock", 'n'},
                                                   {"nb", 0},
                                                   {"shared", 's'},
                                                   {"timeout", 'w', kRequired},
                                                   {"unlock", 'u'},
                                                   {"verbose", 0},
                                                   {"wait", 0, kRequired},
                                                   kHelp,
                                                   kVersion});

}  // namespace

/// `flock FILE command…`, or `flock FILE -c STRING`, which runs a shell.
std::optional<Peeled> PeelFlock(Argv argv, const PeelContext&) {
  if (argv.empty() || ToolName(argv[0]) != "flock") return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Transparent, "flock", argv[0]);
  const OptionResult options = ReadOptions(argv, 1, kFlock, layer);
  if (!options.understood || options.next >= argv.size()) {
    peeled.unread = Consume(layer, argv, options.next);
    if (options.understood) AddProblem(layer, argv[0], "no file is given");
    return peeled;
  }
  if (!options.Has("no-fork")) layer.waits = Answer::Yes;
  // The command finds it open on the next free descriptor; it may be a directory.
  const Word& file = argv[options.next];
  if (!options.Has("close")) layer.handed.push_back({file, file, 3, true, false, Answer::Yes});
  std::vector<Word> rest = Consume(layer, argv, options.next + 1);
  if (!rest.empty() && (rest[0].text == "-c" || rest[0].text == "--command")) {
    rest.insert(rest.begin(), MadeUp("sh", rest[0]));
  }
  if (rest.empty()) AddProblem(layer, argv[0], "no command is given");
  peeled.rest = std::move(rest);
  return peeled;
}

/// `busybox APPLET …`: the applet under its own name.
std::optional<Peeled> PeelBusybox(Argv argv, const PeelContext&) {
  if (argv.empty() || ToolName(argv[0]) != "busybox") return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Transparent, "busybox", argv[0]);
  peeled.rest = Consume(layer, argv, 1);
  if (peeled.rest.empty()) {
    AddProblem(layer, argv[0], "no applet is given");
  } else if (peeled.rest.front().text.starts_with('-')) {
    NotUnderstood(layer, peeled.rest.front(), "no such option is known");
    peeled.unread = std::move(peeled.rest);
    peeled.rest.clear();
  }
  return peeled;
}

}  // namespace sandlint
