#include "scanner/traces.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sandlint {
namespace {

constexpr std::size_t kMostFiles = 4096;
constexpr std::size_t kMostBytes = std::size_t{4} * FileReader::kMaxBytes;

/// The number behind the last dot, or -1.
long NumberOf(std::string_view name) {
  const std::string_view digits = name.substr(name.rfind('.') + 1);
  long number = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? number : -1;
}

std::vector<std::string> NamesOf(const FileReader& reader, const std::string& name) {
  const bool directory = !reader.List(name).empty();
  const std::size_t slash = name.rfind('/');
  const std::string folder = directory                    ? name
                             : slash == std::string::npos ? std::string()
                                                          : name.substr(0, slash);
  const std::string start = directory ? "" : name.substr(slash + 1) + ".";
  std::vector<std::string> names;
  for (const DirectoryEntry& entry : reader.List(folder)) {
    const bool wanted = directory || (entry.name.starts_with(start) && NumberOf(entry.name) >= 0);
    if (wanted && !entry.is_directory) {
      names.push_back(folder.empty() ? entry.name : folder + "/" + entry.name);
    }
  }
  std::ranges::stable_sort(names, {}, NumberOf);
  return names;
}

}  // namespace

TraceFiles ReadTraceFiles(const FileReader& reader, const std::string& name) {
  ReadResult whole = reader.Read(name);
  if (whole.status == ReadStatus::Ok) return {{{name, std::move(whole.text)}}, {}};
  if (whole.status != ReadStatus::Missing && whole.status != ReadStatus::IsDirectory) {
    return {{}, std::move(whole.problem)};
  }
  const std::vector<std::string> names = NamesOf(reader, name);
  if (names.size() > kMostFiles) return {{}, fmt::format("it has more than {} files", kMostFiles)};
  TraceFiles trace;
  std::size_t bytes = 0;
  for (const std::string& path : names) {
    ReadResult one = reader.Read(path);
    bytes += one.text.size();
    if (one.status != ReadStatus::Ok) return {{}, fmt::format("{}: {}", path, one.problem)};
    if (bytes > kMostBytes) {
      return {{}, fmt::format("its files are larger than {} MiB", kMostBytes >> 20U)};
    }
    trace.files.emplace_back(path, std::move(one.text));
  }
  if (trace.files.empty()) trace.problem = std::move(whole.problem);
  return trace;
}

}  // namespace sandlint
