#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/parse/node.h"
#include "scanner/peel/image_index.h"
#include "scanner/peel/image_stage.h"
#include "scanner/peel/peel.h"

namespace sandlint {

/// The files of one compose project, merged in their order.
struct ComposeProject {
  const PeelContext* context = nullptr;
  std::string directory;  ///< of the project, below the root of the tree
  Node root;
  /// Folders of files that `extends` and `include` brought in: their paths start there.
  std::map<const Source*, std::string> folders;
  BuildVariables values;  ///< of `.env`
  std::vector<Note> notes;
  std::vector<StartProblem> problems;
};

/// Which files the launch names; none: those that compose finds by itself.
struct ComposeFiles {
  std::vector<Word> files, env_files;
  Word directory;
};

bool IsComposeName(std::string_view name);

/// Nothing where no file of the tree can be read.
std::optional<ComposeProject> ReadCompose(const ComposeFiles& files, const PeelContext& context);

/// A service with everything that it extends; nothing where there is none of this name.
std::optional<Node> ServiceOf(ComposeProject& project, const Word& name);

/// A value with its variables put in. What `.env` holds may be secret: it is left out of what a
/// report could show.
Word ComposeValue(const ComposeProject& project, const Node& node, bool may_be_secret = false);

/// A path as the client's working directory sees it; `~` is the home.
Word ComposePath(const ComposeProject& project, const Word& path);
/// The same below the root of the tree.
std::string ComposeTreePath(const ComposeProject& project, const Word& path);

/// Items of a list, or the members of a mapping, each as a mapping of its own.
std::vector<Node> ComposeItems(const Node& node);

/// What compose makes of two files, the second on top.
Node MergeCompose(Node below, const Node& above, std::string_view key = {}, int depth = 0);

/// `build:` of a service; nothing where it has none or the place is not in the tree.
std::optional<BuildRequest> ComposeBuild(const ComposeProject& project, const Node& service);

/// The images that the services of a file build.
void ReadComposeBuilds(const std::string& path, const PeelContext& context,
                       std::vector<KnownBuild>& builds);

/// The assignments of a file in the manner of `.env`: quotes, `export`, comments.
std::vector<KeyValue> ReadDotEnv(const Source& source);

/// `a b "c d"` as compose splits it, without a shell.
std::vector<Word> SplitComposeWords(const Word& text);

}  // namespace sandlint
