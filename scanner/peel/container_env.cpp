#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "model/image.h"
#include "scanner/parse/bounds.h"
#include "scanner/peel/container_finish.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxLines = 20000;
constexpr std::string_view kBlanks = " \t\v\f\r";

/// podman copies these by default (observed with 4.3.1).
constexpr std::array kProxyNames = {"http_proxy", "https_proxy", "ftp_proxy", "no_proxy",
                                    "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY"};

Word Plain(std::string text) {
  Word word;
  word.text = std::move(text);
  return word;
}

void Add(ContainerDraft& draft, EnvKind kind, const Word& option, Word name, Word value = {}) {
  draft.layer.environment.push_back({kind, option, std::move(name), std::move(value), {}});
}

/// A name without `=`: docker takes it as it is, podman knows a `*` at its end.
void AddCopy(ContainerDraft& draft, const Word& option, const Word& name) {
  const std::size_t star = name.text.find('*');
  const bool pattern = draft.Podman() && star + 1 == name.text.size();
  if (star == std::string::npos || pattern) {
    Add(draft, EnvKind::Copy, option, name);
  } else {
    draft.AddNote(Support::Irrelevant, name, Facet::None,
                  fmt::format("{} has no such patterns: no variable has this name", draft.Tool()));
  }
}

/// `K=V`, `K` or, for podman, `AWS_*`. What does not have a known name may set anything.
void AddVariable(ContainerDraft& draft, const Word& option, const Word& text) {
  const std::optional<KeyValue> pair = SplitAssignment(text);
  const Word& name = pair ? pair->key : text;
  if (!name.Known()) {
    draft.AddNote(Support::Unknown, name, Facet::Environment,
                  "which variable it names is not known here");
    Add(draft, EnvKind::FromFile, option, {}, name);
  } else if (name.text.empty()) {
    draft.Problem(option, fmt::format("{} stops: the variable has no name", draft.Tool()));
  } else if (pair) {
    Add(draft, EnvKind::Set, option, pair->key, pair->value);
  } else {
    AddCopy(draft, option, name);
  }
}

/// The text of the file where it is in the tree: relative to the config first, then to the root.
const Source* ReadListed(const PeelContext& context, const Word& path) {
  if (context.files == nullptr || context.workspace == nullptr || !path.Known()) return nullptr;
  std::string relative = path.text;
  while (relative.starts_with("./")) relative.erase(0, 2);
  if (relative.empty() || relative.front() == '/') return nullptr;
  std::vector<std::string> places;
  if (!context.directory.empty() && context.directory != ".") {
    places.push_back(context.directory + "/" + relative);
  }
  places.push_back(relative);
  for (std::string& place : places) {
    ReadResult read = context.files->Read(place);
    if (read.status != ReadStatus::Ok) continue;
    return &context.workspace->Add(std::move(place), std::move(read.text));
  }
  return nullptr;
}

/// `#` counts at the start of a line only, quotes stay, blanks before a name go.
void AddLine(ContainerDraft& draft, const Word& option, const Source& source, std::size_t begin,
             std::size_t end) {
  while (begin < end && kBlanks.find(source.text[begin]) != std::string_view::npos) ++begin;
  if (begin == end || source.text[begin] == '#') return;
  Word line = Plain(source.text.substr(begin, end - begin));
  line.span = {&source, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  const std::string_view name = std::string_view(line.text).substr(0, line.text.find('='));
  if (name.find_first_of(kBlanks) != std::string_view::npos) {
    const std::size_t length = name.size();
    draft.Problem(Part(line, 0, length),
                  fmt::format("{} stops: the name of a variable holds a blank", draft.Tool()));
    return;
  }
  AddVariable(draft, option, line);
}

void AddFile(ContainerDraft& draft, const Word& option, const Word& path) {
  const Source* source = ReadListed(draft.context, path);
  if (source == nullptr) {
    draft.AddNote(Support::Unmodelled, path, Facet::Environment,
                  "the variables in this file are not known here");
    Add(draft, EnvKind::FromFile, option, {}, path);
    return;
  }
  std::size_t begin = 0;
  for (std::size_t lines = 0; begin < source->text.size(); ++lines) {
    if (lines == kMaxLines) {
      Add(draft, EnvKind::FromFile, option, {}, path);
      draft.AddNote(Support::Unmodelled, path, Facet::Environment, bound::kVariables);
      return;
    }
    std::size_t end = std::min(source->text.find('\n', begin), source->text.size());
    const std::size_t next = end + 1;
    if (end > begin && source->text[end - 1] == '\r') --end;
    AddLine(draft, option, *source, begin, end);
    begin = next;
  }
}

/// `--secret NAME,type=env,target=VAR` sets a variable; without a type it is a file.
void AddSecret(ContainerDraft& draft, const FlagUse& use) {
  const std::vector<Word> fields = SplitAt(use.value, ',');
  Word target = fields.front();
  bool variable = false;
  bool named = false;
  for (std::size_t at = 1; at < fields.size(); ++at) {
    const std::optional<KeyValue> pair = SplitAssignment(fields[at]);
    if (!pair) continue;
    if (pair->key.text == "type") variable = pair->value.text == "env";
    if (pair->key.text == "target") target = pair->value, named = true;
  }
  if (variable) {
    Word value = fields.front();
    const auto size = static_cast<std::uint32_t>(value.text.size());
    value.holes = {{0, size, "podman secret " + value.text, false}};
    Add(draft, EnvKind::Set, use.Name(), target, value);
    return;
  }
  Mount mount;
  mount.kind = MountKind::Data;
  mount.option = use.Name();
  mount.target = target;
  if (!named || !target.text.starts_with('/')) mount.target.text = "/run/secrets/" + target.text;
  draft.layer.mounts.push_back(std::move(mount));
}

/// What every container finds, whatever its image says.
void AddDefaults(ContainerDraft& draft) {
  const auto set = [&](const char* name, const char* value) {
    Add(draft, EnvKind::Set, {}, Plain(name), Plain(value));
  };
  set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  if (draft.Podman() || draft.tty) set("TERM", "xterm");
  if (draft.Podman()) set("container", "podman");
}

/// ENV lines of the Dockerfile that makes the image.
void AddOfImage(ContainerDraft& draft) {
  if (draft.Run().build == nullptr) return;
  for (const BakedValue& baked : draft.Run().build->values) {
    if (!baked.argument) Add(draft, EnvKind::Set, baked.name, baked.name, baked.value);
  }
}

/// Set by the runtime from the image's passwd file and the container's id, unless something else
/// is.
void AddRuntimeNames(ContainerDraft& draft) {
  for (const char* name : {"HOME", "HOSTNAME"}) {
    Word value = Plain(name);
    value.holes = {{0, static_cast<std::uint32_t>(value.text.size()), "set by the runtime", false}};
    Add(draft, EnvKind::Set, {}, Plain(name), value);
  }
}

/// podman's order: defaults, image, --env-merge, --unsetenv, the host's, then files and -e.
void AddPodman(ContainerDraft& draft) {
  for (const FlagUse& use : draft.env_merges) AddVariable(draft, use.Name(), use.value);
  for (const FlagUse& use : draft.unset) Add(draft, EnvKind::Unset, use.Name(), use.value);
  if (draft.unset_all) Add(draft, EnvKind::Reset, draft.unset_all->option, {});
  AddRuntimeNames(draft);
  if (draft.env_host) {
    Add(draft, EnvKind::CopyAll, draft.env_host->option, {});
    // podman has it in its own environment (observed with 4.3.1).
    Add(draft, EnvKind::Set, draft.env_host->option, Plain("TMPDIR"), Plain("/var/tmp"));
  } else if (draft.http_proxy) {
    for (const char* name : kProxyNames) {
      Add(draft, EnvKind::Copy, draft.layer.program, Plain(name));
    }
  }
}

}  // namespace

void FinishAddedVariables(ContainerDraft& draft) {
  for (const FlagUse& use : draft.env_files) AddFile(draft, use.Name(), use.value);
  for (const FlagUse& use : draft.environment) AddVariable(draft, use.Name(), use.value);
}

void FinishEnvironment(ContainerDraft& draft) {
  Add(draft, EnvKind::Reset, draft.layer.program, {});
  AddDefaults(draft);
  AddOfImage(draft);
  draft.Podman() ? AddPodman(draft) : AddRuntimeNames(draft);
  FinishAddedVariables(draft);
  for (const FlagUse& use : draft.secrets) AddSecret(draft, use);
}

}  // namespace sandlint
