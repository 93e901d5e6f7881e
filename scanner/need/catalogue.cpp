#include "scanner/need/catalogue.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace sandlint {

extern const std::string_view kKnownServersToml;  // cmake/embed.cmake

namespace {

constexpr std::string_view kServer = "[[server]]";
constexpr std::string_view kLauncher = "[[launcher]]";
constexpr std::string_view kTable = "\n[[";

/// The table around `at`: from its header to the next one.
std::string_view BlockAround(std::string_view text, std::size_t at) {
  const std::size_t before = text.rfind(kTable, at);
  if (before == std::string_view::npos) return {};
  const std::size_t after = std::min(text.find(kTable, at), text.size());
  return text.substr(before + 1, after - before - 1);
}

bool Lists(const Node& match, std::string_view identity) {
  return std::ranges::any_of(match.items,
                             [&](const Node& item) { return item.word.text == identity; });
}

/// Where each quoted text of the catalogue stands.
std::multimap<std::string_view, std::size_t> MakeIndex() {
  std::multimap<std::string_view, std::size_t> index;
  const std::string_view text = kKnownServersToml;
  for (std::size_t begin = text.find('"'); begin != text.npos; begin = text.find('"', begin + 1)) {
    const std::size_t end = text.find_first_of("\"\n", begin + 1);
    if (end == text.npos) break;
    if (text[end] == '"') index.emplace(text.substr(begin + 1, end - begin - 1), begin);
    begin = end;
  }
  return index;
}

const std::multimap<std::string_view, std::size_t>& Index() {
  static const auto index = MakeIndex();
  return index;
}

std::shared_ptr<const CatalogueEntry> Parsed(std::string_view block, std::string_view table) {
  auto entry = std::make_shared<CatalogueEntry>();
  entry->source = std::make_shared<Source>(Source{"catalogue", std::string(block), false});
  const Document document = ParseToml(*entry->source);
  const Node& tables = document.root.Get(table);
  if (!document.Ok() || tables.items.size() != 1) return nullptr;
  entry->root = tables.items.front();
  return entry;
}

std::shared_ptr<const CatalogueEntry> ParsedOnce(std::string_view block, std::string_view table) {
  static std::mutex mutex;
  static std::map<const char*, std::shared_ptr<const CatalogueEntry>> parsed;
  const std::scoped_lock lock(mutex);
  const auto [entry, is_new] = parsed.try_emplace(block.data());
  if (is_new) entry->second = Parsed(block, table);
  return entry->second;
}

}  // namespace

std::shared_ptr<const CatalogueEntry> FindInCatalogue(std::string_view identity, bool launcher) {
  const std::string_view header = launcher ? kLauncher : kServer;
  const auto [begin, end] = Index().equal_range(identity);
  for (auto it = begin; it != end; ++it) {
    const std::string_view block = BlockAround(kKnownServersToml, it->second);
    if (!block.starts_with(header)) continue;
    auto entry = ParsedOnce(block, header.substr(2, header.size() - 4));
    if (entry != nullptr && Lists(entry->root.Get("match"), identity)) return entry;
  }
  return nullptr;
}

std::string_view CatalogueText() { return kKnownServersToml; }

}  // namespace sandlint
