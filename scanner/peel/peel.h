#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/host.h"
#include "model/workspace.h"
#include "scanner/files/reader.h"

namespace sandlint {

/// What a peeler may look at. `files` is the tree that holds the config; null when there is none.
struct PeelContext {
  const HostFacts* host = nullptr;
  const FileReader* files = nullptr;
  Workspace* workspace = nullptr;  ///< owns the sources of files that a peeler reads
  std::string directory;           ///< of the config file, relative to the root of `files`
  /// What is known of the environment at this point: a shell string expands from it.
  std::map<std::string, Word, std::less<>> variables;
  std::optional<Word> user;                       ///< whom the layers outside changed to
  std::string sandbox;                            ///< the tool of the innermost sandbox outside
  const ClientSandbox* client_sandbox = nullptr;  ///< around the launch, by the client itself
  /// Where relative names begin behind a `cd`, absolute; empty: at the host's working directory.
  std::string working_directory;
  bool lost_directory = false;  ///< a `cd` to a place that is not known
  /// A shell around this launch redirects descriptors: 3 and above may be open.
  bool more_descriptors = false;
  /// What a shell outside has put behind a descriptor (a here-document).
  std::map<int, Word> descriptors;
  /// Files that a script outside has written, by path as the launch names them.
  std::map<std::string, Word, std::less<>> written;
};

struct Peeled {
  Layer layer;
  std::vector<Word> rest;    ///< the argv that this layer executes; empty when it is not known
  std::vector<Word> unread;  ///< words that could not be taken apart: an Opaque layer of their own
  bool is_program = false;   ///< `rest` is the server itself, whatever its name
  bool more_descriptors = false;  ///< it opens descriptors for `rest`
  Span condition;                 ///< empty: always
  std::string condition_text;
  /// Variables of a shell that are not exported, for the launches that come out of it.
  std::map<std::string, Word, std::less<>> variables;
  std::map<int, Word> descriptors;                   ///< added to those of the context
  std::map<std::string, Word, std::less<>> written;  ///< likewise
  std::vector<Note> doubts;    ///< what makes everything behind this layer uncertain
  std::vector<Peeled> others;  ///< the other ways in which this layer goes on
};

/// Takes one wrapper off `argv`. Nothing when the program is not of this kind. An option that is
/// not in the table ends the peeling: the layer carries a note and `rest` is empty.
using Peeler = std::optional<Peeled> (*)(std::span<const Word> argv, const PeelContext& context);

struct PeelerRow {
  const char* tool;  ///< canonical name, as in Layer::tool
  Peeler peel;
};
std::span<const PeelerRow> AllPeelers();

/// Peels until the program is reached. More than one launch where a shell string has alternatives
/// (`a || b`, if); fills condition, argv, layers, notes and start_problems.
std::vector<Launch> PeelLaunches(std::vector<Word> argv, const PeelContext& context);

}  // namespace sandlint
