#include "cli/changes.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "cli/console.h"
#include "cli/diff.h"
#include "rules/secret_pieces.h"
#include "rules/secrets.h"

namespace sandlint {
namespace {

namespace fs = std::filesystem;

/// Every component below the root is a directory of its own: nothing is written behind a link.
bool LeavesRoot(const std::string& root, const std::string& path) {
  fs::path at = root;
  for (const fs::path& part : fs::path(path)) {
    at /= part;
    struct stat status {};
    if (lstat(at.c_str(), &status) == 0 && S_ISLNK(status.st_mode)) return true;
    if (part == "..") return true;
  }
  return false;
}

/// A finding on each line of what changes: SecretsIn looks at the lines of findings.
Findings EachLine(const Workspace& workspace, const Changes& changes) {
  Findings lines;
  for (const auto& source : workspace.sources) {
    if (!changes.contains(source->path)) continue;
    const std::string& text = source->text;
    for (std::size_t at = 0; at < text.size();
         at = std::min(text.find('\n', at), text.size()) + 1) {
      Finding& line = lines.emplace_back();
      line.where = {source.get(), static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at)};
    }
  }
  return lines;
}

struct Longer {
  bool operator()(const std::string& a, const std::string& b) const {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  }
};

/// The texts that are masked, the longest first, as they are written and as they are meant.
std::set<std::string, Longer> TextsOf(const std::vector<Secret>& secrets) {
  std::set<std::string, Longer> texts;
  for (const Secret& secret : secrets) {
    // An ordinary word is one only where a server says so.
    if (secret.server_index < 0 && !IsUnmistakable(secret.text)) continue;
    texts.insert(secret.text);
    texts.insert(std::string(secret.where.Text()));
  }
  texts.erase("");
  return texts;
}

/// True when something was masked.
bool Mask(std::string& text, const std::set<std::string, Longer>& secrets) {
  bool masked = false;
  for (const std::string& secret : secrets) {
    for (std::size_t at = text.find(secret); at != text.npos; at = text.find(secret, at + 3)) {
      text.replace(at, secret.size(), "***");
      masked = true;
    }
  }
  return masked;
}

}  // namespace

bool PrintChanges(const Changes& changes, const FileReader& before, const Workspace& workspace) {
  const auto secrets = TextsOf(SecretsIn(workspace, EachLine(workspace, changes)));
  std::string text;
  for (const auto& [path, after] : changes) {
    const ReadResult read = before.Read(path);
    std::string diff = UnifiedDiff(
        path, read.status == ReadStatus::Ok ? std::optional(read.text) : std::nullopt, after);
    if (Mask(diff, secrets)) {
      Complain("{}: secrets are shown as ***: `git apply` does not take this diff, use --write",
               Visible(path));
    }
    text += diff;
  }
  return WriteOut(text);
}

bool WriteChanges(const Changes& changes, const std::vector<std::string>& executables,
                  const std::string& root) {
  for (const auto& [path, text] : changes) {
    const fs::path file = fs::path(root) / path;
    std::string problem;
    std::error_code error;
    if (LeavesRoot(root, path)) {
      Complain("{}: a link is in the way; nothing is written behind it", Visible(path));
      return false;
    }
    fs::create_directories(file.parent_path(), error);
    if (!WriteFile(file.string(), text, problem)) {
      Complain("{}", problem);
      return false;
    }
    const bool executable = std::ranges::find(executables, path) != executables.end();
    if (executable) fs::permissions(file, fs::perms{0755}, error);
    Complain("{} is written", Visible(path));
  }
  return true;
}

}  // namespace sandlint
