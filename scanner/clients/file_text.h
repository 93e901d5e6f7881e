#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scanner/discover/discover.h"
#include "scanner/files/reader.h"
#include "scanner/parse/node.h"

namespace sandlint {

/// A file that was read before, with its text taken apart where it is JSON.
struct ParsedFile {
  ReadResult read;
  std::unique_ptr<Source> source;  ///< null where it could not be read
  std::optional<Document> json;
};

/// One found file with its report, which the reader of its kind completes.
class ClientFile {
 public:
  ClientFile(const FoundFile& found, const FileReader& files, Workspace& workspace,
             ParsedFile parsed);

  /// Null: it could not be read, and that has been reported.
  const Source* source() const { return source_; }
  /// The folder that holds it, relative to the root.
  const std::string& directory() const { return directory_; }

  /// The file as strict JSON. A comment, a trailing comma or a mistake makes the client reject the
  /// whole file: that is reported, and what could be read comes back all the same.
  Document ReadStrictJson();

  /// The file as JSON with comments and trailing commas, by a client of which it is not known that
  /// it would reject anything: what can be read comes back, mistakes make the file unreadable.
  Document ReadLenientJson();
  Document ReadToml();
  /// The file holds nothing that counts: it is not reported.
  void Ignore();

  /// The text of a file beside it, for a reader that reports nothing of it; null: it is not there.
  const Source* Beside(const std::string& path);
  /// Another file that this one names, by its path relative to the root.
  ClientFile Other(const FoundFile& found) const;
  bool Exists(const std::string& path) const { return files_.Exists(path); }
  /// Has a file of this path been read already?
  bool Known(const std::string& path) const;

  void Reject(std::string problem, Span where);
  bool rejected() const;
  /// Why nothing of it loads, for its servers.
  const std::string& problem() const;

 private:
  /// Duplicate keys and mistakes into the report.
  void Take(const Document& document);
  Document ParsedJson();

  const FileReader& files_;
  Workspace& workspace_;
  std::size_t report_;
  const Source* source_ = nullptr;
  std::optional<Document> json_;
  std::string directory_;
};

/// Reads files in order and takes apart the JSON among them, on all cores: the first of them, at
/// least one and no more than the memory should hold as trees at one time.
std::vector<ParsedFile> ReadAndParse(std::span<const FoundFile> found, const FileReader& files);

}  // namespace sandlint
