#include "scanner/egress/subject.h"

#include <algorithm>
#include <charconv>

namespace sandlint {
namespace {

std::optional<std::uint32_t> NumberOf(std::string_view text) {
  std::uint32_t number = 0;
  const bool hex = text.starts_with("0x");
  if (hex) text.remove_prefix(2);
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, hex ? 16 : 10);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

EgressSubject SubjectOf(const HostUser& user, const EgressNames& names) {
  EgressSubject subject{user.name, user.uid, {}, user.gid};
  for (const auto& [name, gid] : names.groups) {
    if (gid == user.gid) subject.group = name;
  }
  return subject;
}

std::optional<std::uint32_t> IdOf(IdKind kind, std::string_view text, const EgressNames& names) {
  if (const auto number = NumberOf(text)) return number;
  const auto& table = kind == IdKind::User ? names.users : names.groups;
  const auto found = table.find(text);
  if (found != table.end()) return found->second;
  return text == "root" ? std::optional<std::uint32_t>(0) : std::nullopt;
}

bool IsMissingName(IdKind kind, std::string_view text, const EgressNames& names) {
  const bool complete = kind == IdKind::User ? names.users_complete : names.groups_complete;
  return complete && !IdOf(kind, text, names);
}

Answer MeansSubject(IdKind kind, std::string_view text, const EgressSubject& subject,
                    const EgressNames& names) {
  const auto id = kind == IdKind::User ? subject.uid : subject.gid;
  const std::string& name = kind == IdKind::User ? subject.user : subject.group;
  const auto wanted = IdOf(kind, text, names);
  if (wanted && id) return *wanted == *id ? Answer::Yes : Answer::No;
  if (!name.empty() && name == text) return Answer::Yes;
  // Two different names are two users; a name and a number can be the same one.
  if (!wanted && !name.empty()) return Answer::No;
  return Answer::Unknown;
}

void UserMentions::See(IdKind kind, std::string_view text, const Span& span,
                       const EgressSubject& asking, const EgressNames& names) {
  const bool root = text == "root" || IdOf(kind, text, names) == 0U;
  if (kind != IdKind::User || root) return;
  subject = std::max(subject, MeansSubject(kind, text, asking, names));
  if (std::ranges::find(all, text, &UserMention::text) == all.end()) {
    all.push_back({std::string(text), span});
  }
}

Answer SubjectWithin(IdKind kind, std::uint32_t first, std::uint32_t last,
                     const EgressSubject& subject) {
  if (first == 0 && last == ~std::uint32_t{0}) return Answer::Yes;
  const auto id = kind == IdKind::User ? subject.uid : subject.gid;
  if (!id) return Answer::Unknown;
  return first <= *id && *id <= last ? Answer::Yes : Answer::No;
}

}  // namespace sandlint
