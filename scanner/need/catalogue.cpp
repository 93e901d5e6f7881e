#include "scanner/need/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
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

}  // namespace

std::optional<CatalogueEntry> FindInCatalogue(std::string_view identity, bool launcher) {
  const std::string_view header = launcher ? kLauncher : kServer;
  const std::string quoted = fmt::format("\"{}\"", identity);
  if (identity.find_first_of("\"\\\n") != std::string_view::npos) return std::nullopt;
  const std::string_view text = kKnownServersToml;
  for (std::size_t at = text.find(quoted); at != text.npos; at = text.find(quoted, at + 1)) {
    const std::string_view block = BlockAround(text, at);
    if (!block.starts_with(header)) continue;
    CatalogueEntry entry;
    entry.source = std::make_shared<Source>(Source{"catalogue", std::string(block), false});
    const Document document = ParseToml(*entry.source);
    const Node& tables = document.root.Get(header.substr(2, header.size() - 4));
    if (!document.Ok() || tables.items.size() != 1) continue;
    if (!Lists(tables.items.front().Get("match"), identity)) continue;
    entry.root = tables.items.front();
    return entry;
  }
  return std::nullopt;
}

std::string_view CatalogueText() { return kKnownServersToml; }

}  // namespace sandlint
