#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "scanner/peel/container_draft.h"
#include "scanner/peel/container_options.h"

namespace sandlint {

using Argv = std::span<const Word>;
using OptionTables = std::initializer_list<std::span<const OptionRow>>;

/// Reads the options from `begin` on and applies none of them.
FlagScan ScanOptions(const ContainerDraft& draft, Argv argv, std::size_t begin,
                     OptionTables tables);
/// Applies what was read; the index of the first operand, or nothing where it cannot be told.
std::optional<std::size_t> ApplyOptions(ContainerDraft& draft, FlagScan scan);
std::optional<std::size_t> ReadOptions(ContainerDraft& draft, Argv argv, std::size_t begin,
                                       OptionTables tables);

/// As if `--option=value` stood on the line of `key`, a key of a file.
void PutOption(ContainerDraft& draft, std::string_view option, const Word& key, Word value,
               bool on = true);

void ClaimWords(Layer& layer, Argv argv, std::size_t end);
std::vector<Word> WordsFrom(Argv argv, std::size_t begin);

/// Nothing is known of what the container has.
void Blank(ContainerDraft& draft, const Word& word, std::string why);
/// The same, for a launch whose words lead no further.
Peeled Opaque(ContainerDraft& draft, Argv argv, const Word& word, std::string why);

/// All that follows when every option of a run is known.
void FinishRun(ContainerDraft& draft);
void FinishIdentity(ContainerDraft& draft);

/// The image that is run, with the Dockerfile of the tree that makes it.
void ReadImage(ContainerDraft& draft, const Word& image);
void TakeBuild(ContainerDraft& draft, std::shared_ptr<const ImageBuild> build);

/// exec and start: a container that was made elsewhere.
Peeled PeelExisting(ContainerDraft& draft, Argv argv, std::size_t begin, bool runs_words,
                    OptionTables tables);

}  // namespace sandlint
