// chroot (coreutils 9.1): another root directory, and another user where one is named. Who stays
// root leaves it again.

#include <array>
#include <string_view>

#include "scanner/peel/name.h"
#include "scanner/peel/options.h"
#include "scanner/peel/peelers.h"
#include "scanner/peel/privilege.h"

namespace sandlint {
namespace {

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"groups", 0, OptionArg::Required, OptionEffect::Read},
    {"help", 0, OptionArg::None, OptionEffect::Exits},
    {"skip-chdir", 0, OptionArg::None, OptionEffect::Read},
    {"userspec", 0, OptionArg::Required, OptionEffect::Read},
    {"version", 0, OptionArg::None, OptionEffect::Exits},
});

bool IsNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// `USER`, `USER:GROUP`, `:GROUP`, with a `.` for the colon as well.
void TakeUser(Layer& layer, const OptionResult& options) {
  const OptionUse* spec = options.Find("userspec");
  if (spec != nullptr) {
    const std::string& text = spec->value.text;
    const std::size_t colon = std::min(text.find_first_of(":."), text.size());
    if (colon > 0) layer.user = Part(spec->value, 0, colon);
    if (colon + 1 < text.size()) {
      layer.group = Part(spec->value, colon + 1);
      AddNote(layer, spec->option, Facet::Paths,
              "the group of the process is not that of its user");
    }
  }
  const OptionUse* groups = options.Find("groups");
  if (groups == nullptr || groups->value.text.empty()) return;
  AddNote(layer, groups->option, Facet::Paths,
          "the groups of the process are not those of its user");
}

}  // namespace

std::optional<Peeled> PeelChroot(Argv argv, const PeelContext& context) {
  if (argv.empty() || ToolName(argv[0]) != "chroot") return std::nullopt;
  Peeled peeled;
  Layer& layer = peeled.layer = MakeLayer(LayerKind::Sandbox, "chroot", argv[0]);
  const OptionResult options = ReadOptions(argv, 1, kOptions, layer);
  if (!options.understood || options.next >= argv.size()) {
    if (options.understood) AddProblem(layer, argv[0], "no directory is given");
    peeled.unread = Consume(layer, argv, options.next);
    return peeled;
  }
  TakeUser(layer, options);
  Mount mount;
  mount.option = argv[0];
  mount.source = argv[options.next];
  mount.target = MadeUp("/", argv[0]);
  mount.devices = true;
  layer.mounts.push_back(std::move(mount));
  layer.root = RootKind::Empty;
  if (!options.Has("skip-chdir")) layer.chdir = MadeUp("/", argv[0]);
  if (layer.user && layer.mounts[0].source.text != "/" && !IsNumber(layer.user->text)) {
    AddProblem(layer, *layer.user, "the name of the user is looked up in the new root",
               Answer::Unknown);
  }
  NeedsRoot(layer, argv[0], "only root may change the root directory", context);
  peeled.rest = Consume(layer, argv, options.next + 1);
  if (peeled.rest.empty()) AddProblem(layer, argv[0], "no program is given: it starts a shell");
  return peeled;
}

}  // namespace sandlint
