#include "scanner/peel/profile_file.h"

#include <algorithm>

#include "scanner/peel/program.h"
#include "scanner/peel/unread.h"

namespace sandlint {
namespace {

/// `text` as a source of the workspace; the same file is kept once.
std::optional<Word> Keep(const std::string& path, std::string text, const PeelContext& context) {
  if (context.workspace == nullptr) return std::nullopt;
  if (text.size() > kMaxProfileBytes) {
    ReportUnread(path, "it is larger than a profile may be", context);
    return std::nullopt;
  }
  const Source* source = nullptr;
  for (const auto& known : context.workspace->sources) {
    if (known->path == path && known->text == text) source = known.get();
  }
  if (source == nullptr) source = &context.workspace->Add(path, std::move(text));
  Word word;
  word.text = source->text;
  word.span = {source, 0, static_cast<std::uint32_t>(source->text.size())};
  return word;
}

/// Where the tool itself would look: `~` stays what it is, no shell has seen it.
std::string HostPath(const Word& name, const PeelContext& context) {
  if (context.host == nullptr || name.text.empty()) return {};
  if (name.text.starts_with('/')) return name.text;
  return WorkingDirectoryOf(context) + "/" + name.text;
}

}  // namespace

std::optional<Word> ReadNamedFile(const Word& name, const PeelContext& context,
                                  std::span<const std::string_view> endings) {
  if (const Word* written = FindWritten(name, context)) {
    return written->Known() ? std::optional(*written) : std::nullopt;
  }
  const std::string in_tree = PathInTree(name, context);
  if (auto text = ReadInTree(in_tree, context)) return Keep(in_tree, std::move(*text), context);
  if (!name.Known()) return std::nullopt;
  const std::string path = HostPath(name, context);
  const bool ours =
      std::ranges::any_of(endings, [&](std::string_view ending) { return path.ends_with(ending); });
  if (path.empty() || !ours) return std::nullopt;
  if (auto text = context.host->ReadText(path)) return Keep(path, std::move(*text), context);
  return std::nullopt;
}

bool NamedFileIsMissing(const Word& name, const PeelContext& context) {
  const std::string path = HostPath(name, context);
  if (path.empty() || !name.Known() || context.host->Symbolic()) return false;
  if (FindWritten(name, context) != nullptr) return false;
  return !context.host->Lstat(path) && !context.host->MayExist(path);
}

}  // namespace sandlint
