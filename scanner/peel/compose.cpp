#include "scanner/peel/compose.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "scanner/peel/compose_service.h"
#include "scanner/peel/container_finish.h"

namespace sandlint {
namespace {

ComposeFiles FilesOf(const ContainerDraft& draft) {
  ComposeFiles files;
  for (const FlagUse& use : draft.seen) {
    if (use.row->name == "file") files.files.push_back(use.value);
    if (use.row->name == "env-file") files.env_files.push_back(use.value);
    if (use.row->name == "project-directory") files.directory = use.value;
  }
  return files;
}

bool Has(const FlagScan& scan, std::string_view name) {
  return std::ranges::any_of(scan.uses,
                             [&](const FlagUse& use) { return use.row->name == name && use.on; });
}

/// A string is split, a list is taken as it is; nothing where the key is not there or null.
std::optional<std::vector<Word>> WordsOf(const ComposeProject& project, const Node& service,
                                         const char* key) {
  const Member* member = service.Find(key);
  if (member == nullptr || member->value.Is(NodeType::Null)) return std::nullopt;
  std::vector<Word> words;
  if (!member->value.Is(NodeType::Array)) {
    words = SplitComposeWords(ComposeValue(project, member->value, true));
  }
  for (const Node& item : member->value.items) words.push_back(ComposeValue(project, item, true));
  return words;
}

/// What the container executes: words of the launch, of the service, or of its image.
std::vector<Word> CommandOfService(ContainerDraft& draft, const ComposeProject& project,
                                   const Node& service, std::vector<Word> given) {
  auto entrypoint = WordsOf(project, service, "entrypoint");
  const bool by_launch = draft.Run().entrypoint.has_value();
  std::vector<Word> words = std::move(given);
  // --entrypoint and an entrypoint of the service leave the image's own command out.
  if (words.empty() && !by_launch) {
    words = WordsOf(project, service, "command").value_or(std::vector<Word>{});
  }
  if (entrypoint && !by_launch) {
    draft.Run().entrypoint = entrypoint->empty() ? Word{} : entrypoint->front();
    if (!entrypoint->empty()) {
      words.insert(words.begin(), std::next(entrypoint->begin()), entrypoint->end());
    }
  }
  return CommandOf(draft, std::move(words));
}

void TakeImage(ContainerDraft& draft, const ComposeProject& project, const Node& service,
               const Word& name) {
  Word image = ComposeValue(project, service.Get("image"));
  auto request = ComposeBuild(project, service);
  if (image) {
    image.argv_index = name.argv_index;
    ReadImage(draft, image);
  } else {
    draft.Run().image = name;
    draft.layer.root = RootKind::Image;
    if (const Member* build = service.Find("build")) draft.Run().image.span = build->key.span;
    draft.layer.package = ProgramRef{"oci", name.text, {}, true, draft.Run().image};
  }
  if (!request) return;
  request->certain = true;
  draft.Run().build = nullptr;
  TakeBuild(draft, BuildOf(*request, draft.context));
}

Peeled PeelService(ContainerDraft& draft, Argv argv, ComposeProject& project, FlagScan scan,
                   bool runs) {
  const Word name = argv[scan.end];
  const auto service = ServiceOf(project, name);
  if (!service) {
    draft.Problem(name, "the compose file has no service of this name");
    return Opaque(draft, argv, name, "the compose file has no service of this name");
  }
  draft.layer.notes.insert(draft.layer.notes.end(), project.notes.begin(), project.notes.end());
  draft.layer.start_problems.insert(draft.layer.start_problems.end(), project.problems.begin(),
                                    project.problems.end());
  draft.Run().service = name;
  for (const Member& member : project.root.Get("services").members) {
    if (member.key.text == name.text) draft.Run().service.span = member.key.span;
  }
  ComposeReader reader{draft, project, *service};
  reader.publishes = !runs || Has(scan, "service-ports");
  reader.argv_index = name.argv_index;
  ApplyService(reader);
  const std::size_t end = scan.end;
  ApplyOptions(draft, std::move(scan));
  TakeImage(draft, project, *service, name);
  draft.Run().running = !runs;
  const auto filter = draft.layer.network.filter;
  FinishRun(draft);
  if (draft.layer.network.mode == NetworkMode::Private) draft.layer.network.filter = filter;
  std::vector<Word> given = WordsFrom(argv, end + 1);
  std::vector<Word> rest =
      runs ? CommandOfService(draft, project, *service, given) : std::move(given);
  ClaimWords(draft.layer, argv, rest.empty() ? argv.size() : end + 1);
  return {std::move(draft.layer), std::move(rest)};
}

}  // namespace

Peeled PeelCompose(ContainerDraft& draft, Argv argv, std::size_t begin) {
  const auto verb = ReadOptions(draft, argv, begin, {ComposeGlobals()});
  if (!verb || *verb >= argv.size()) {
    return Opaque(draft, argv, argv[begin - 1], "what compose is to do is not known");
  }
  const std::string& text = argv[*verb].text;
  if (text != "exec" && text != "run") {
    return Opaque(draft, argv, argv[*verb], "what this command starts is not known");
  }
  FlagScan scan = ScanOptions(draft, argv, *verb + 1, {ComposeOptions()});
  const ComposeFiles files = FilesOf(draft);
  auto project = ReadCompose(files, draft.context);
  if (scan.stopped || scan.end >= argv.size() || !argv[scan.end].Known() || !project) {
    return PeelExisting(draft, argv, *verb + 1, text == "exec", {ComposeOptions()});
  }
  return PeelService(draft, argv, *project, std::move(scan), text == "run");
}

}  // namespace sandlint
