#include "scanner/peel/user.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "scanner/peel/options.h"

namespace sandlint {
namespace {

std::optional<HostUser> FindUser(const Word& user, const PeelContext& context) {
  if (context.host == nullptr || !user.Known()) return std::nullopt;
  if (auto found = context.host->UserByName(user.text)) return found;
  std::uint32_t uid = 0;
  const char* end = user.text.data() + user.text.size();
  const auto parsed = std::from_chars(user.text.data(), end, uid);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return context.host->UserById(uid);
}

}  // namespace

Word UserWord(const Word& word) { return word.text.starts_with('#') ? Part(word, 1) : word; }

Word UnknownValue(const std::string& name, const Word& cause) {
  Word value = MadeUp("$" + name, cause);
  value.holes = {{0, static_cast<std::uint32_t>(value.text.size()), name, false}};
  return value;
}

void SetUserVariables(Layer& layer, const Word& option, const Word& user,
                      const PeelContext& context, std::span<const std::string_view> names) {
  const std::optional<HostUser> found = FindUser(user, context);
  for (const std::string_view name : names) {
    const std::string text(name);
    std::string value;
    if (found && text == "HOME") value = found->home;
    if (found && (text == "USER" || text == "LOGNAME")) value = found->name;
    AddSet(layer, option, MadeUp(text, option),
           value.empty() ? UnknownValue(text, option) : MadeUp(value, option));
  }
}

}  // namespace sandlint
