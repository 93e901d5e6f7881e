// `ip netns exec NAME` (iproute2 6.1) and nsenter (util-linux 2.38): they enter namespaces that
// somebody else has made. What those hold is not known here.

#include <algorithm>
#include <array>
#include <string_view>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/privilege.h"

namespace sandlint {
namespace {

constexpr auto kNone = OptionArg::None;
constexpr auto kRequired = OptionArg::Required;
constexpr auto kOptional = OptionArg::Optional;
constexpr auto kRead = OptionEffect::Read;
constexpr auto kExits = OptionEffect::Exits;
constexpr auto kNotModelled = OptionEffect::NotModelled;

struct IpOption {
  std::string_view name;
  bool value;
};
/// What stands before `netns`; ip takes any beginning of a name, with one dash or two.
constexpr auto kIpOptions = std::to_array<IpOption>({
    {"-4", false},          {"-6", false},      {"-0", false},         {"-B", false},
    {"-D", false},          {"-M", false},      {"-N", false},         {"-a", false},
    {"-all", false},        {"-br", false},     {"-brief", false},     {"-c", false},
    {"-color", false},      {"-d", false},      {"-details", false},   {"-f", true},
    {"-family", true},      {"-force", false},  {"-h", false},         {"-human", false},
    {"-j", false},          {"-json", false},   {"-l", true},          {"-loops", true},
    {"-n", true},           {"-netns", true},   {"-o", false},         {"-oneline", false},
    {"-p", false},          {"-pretty", false}, {"-r", false},         {"-resolve", false},
    {"-rc", true},          {"-rcvbuf", true},  {"-s", false},         {"-stats", false},
    {"-statistics", false}, {"-t", false},      {"-timestamp", false},
});

/// Index of `netns`, or 0 where this is no such call; `all` where every namespace is entered.
std::size_t FindNetns(Argv argv, bool& all) {
  for (std::size_t at = 1; at < argv.size(); ++at) {
    std::string_view text = argv[at].text;
    if (text.starts_with("--")) text.remove_prefix(1);
    if (!text.starts_with('-')) {
      const bool netns = text.size() > 2 && std::string_view("netns").starts_with(text);
      return netns && argv[at].Known() ? at : 0;
    }
    const auto row = std::ranges::find(kIpOptions, text, &IpOption::name);
    if (row == kIpOptions.end()) return 0;
    all = all || text == "-a" || text == "-all";
    if (row->value) ++at;
  }
  return 0;
}

void EnterNetwork(Layer& layer, const Word& word) {
  layer.network.mode = NetworkMode::Shared;
  layer.network.word = word;
}

}  // namespace

std::optional<Peeled> PeelIpNetns(Argv argv, const PeelContext& context) {
  if (argv.empty() || ToolName(argv[0]) != "ip") return std::nullopt;
  bool all = false;
  const std::size_t netns = FindNetns(argv, all);
  const bool exec = netns > 0 && netns + 1 < argv.size() && argv[netns + 1].Known() &&
                    argv[netns + 1].text.size() > 0 &&
                    std::string_view("exec").starts_with(argv[netns + 1].text);
  if (!exec) return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Sandbox, "ip netns", argv[0]);
  const std::size_t name = netns + 2;
  const std::size_t rest = all ? name : name + 1;
  if (argv.size() <= rest) {
    AddProblem(layer, argv[0], "no namespace or no program is given");
    peeled.unread = Consume(layer, argv, argv.size());
    return peeled;
  }
  EnterNetwork(layer, all ? argv[netns + 1] : argv[name]);
  NeedsRoot(layer, argv[0], "only root may enter a network namespace", context);
  peeled.rest = Consume(layer, argv, rest);
  return peeled;
}

namespace {

constexpr auto kEnter = std::to_array<OptionSpec>({
    {"all", 'a', kNone, kRead},
    {"cgroup", 'C', kOptional},
    {"env", 'e', kNone, kNotModelled, Facet::Environment,
     "it takes the environment of another process"},
    {"follow-context", 'Z', kNone},
    {"help", 'h', kNone, kExits},
    {"ipc", 'i', kOptional},
    {"join-cgroup", 'c', kNone},
    {"mount", 'm', kOptional, kRead},
    {"net", 'n', kOptional, kRead},
    {"net-socket", 'N', kRequired, kNotModelled, Facet::Egress,
     "it enters the network namespace of another process"},
    {"no-fork", 'F', kNone},
    {"pid", 'p', kOptional, kRead},
    {"preserve-credentials", 0, kNone, kRead},
    {"root", 'r', kOptional, kRead},
    {"setgid", 'G', kRequired, kRead},
    {"setuid", 'S', kRequired, kRead},
    {"target", 't', kRequired, kRead},
    {"time", 'T', kOptional},
    {"user", 'U', kOptional, kRead},
    {"uts", 'u', kOptional},
    {"version", 'V', kNone, kExits},
    {"wd", 'w', kOptional, kRead},
    {"wdns", 'W', kRequired, kRead},
});

struct EnterRow {
  std::string_view option;
  Facet facets;
  std::string_view why;
};
constexpr auto kEntered = std::to_array<EnterRow>({
    {"all", Facet::Paths | Facet::Identity, "it enters the namespaces of another process"},
    {"mount", Facet::Paths, "it enters the mount namespace of another process"},
    {"root", Facet::Paths, "it enters the root of another process"},
    {"wd", Facet::Paths, "it enters the directory of another process"},
    {"wdns", Facet::Paths, "where this directory lies is not known"},
    {"user", Facet::Paths | Facet::Identity, "it enters the user namespace of another process"},
    {"pid", Facet::Identity, "it enters the pid namespace of another process"},
});

}  // namespace

std::optional<Peeled> PeelNsenter(Argv argv, const PeelContext& context) {
  if (argv.empty() || ToolName(argv[0]) != "nsenter") return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Sandbox, "nsenter", argv[0]);
  const OptionResult options = ReadOptions(argv, 1, kEnter, layer);
  for (const EnterRow& row : kEntered) {
    if (const OptionUse* use = options.Find(row.option)) {
      AddNote(layer, use->option, row.facets, std::string(row.why));
    }
  }
  if (const OptionUse* target = options.Find("target")) layer.joins = target->value;
  for (const char* name : {"all", "net"}) {
    if (const OptionUse* use = options.Find(name)) {
      EnterNetwork(layer, use->value ? use->value : use->option);
      if (use->value) continue;
      // That of a process: of this machine, for all that is known.
      layer.network.mode = NetworkMode::Unknown;
      layer.network.reaches_host_loopback = layer.network.keeps_abstract_sockets = true;
    }
  }
  if (const OptionUse* use = options.Find("setuid")) layer.user = use->value;
  if (const OptionUse* use = options.Find("setgid")) layer.group = use->value;
  NeedsRoot(layer, argv[0], "only root may enter the namespaces of others", context);
  std::vector<Word> rest = Consume(layer, argv, options.next);
  if (options.understood && rest.empty()) {
    AddProblem(layer, argv[0], "no program is given: it starts a shell");
  }
  (options.understood ? peeled.rest : peeled.unread) = std::move(rest);
  return peeled;
}

}  // namespace sandlint
