#include "reporters/mask.h"

#include <algorithm>
#include <cctype>

#include "reporters/visible.h"

namespace sandlint {
namespace {

constexpr std::string_view kMask = "***";

bool IsWordByte(std::string_view text, std::size_t at) {
  return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at])) != 0;
}

bool Replace(std::string& text, std::string_view secret) {
  bool found = false;
  if (secret.empty()) return found;
  for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
    if (StandsAlone(text, at, secret.size())) {
      text.replace(at, secret.size(), kMask);
      at += kMask.size();
      found = true;
    } else {
      ++at;
    }
  }
  return found;
}

/// Stars for the letters of a piece of a source.
std::string Stars(std::string_view text) {
  std::string stars;
  while (!text.empty()) {
    text.remove_prefix(std::max<std::size_t>(SequenceLength(text), 1));
    stars += '*';
  }
  return stars;
}

/// What is left of a secret when a part of it was replaced before is not found any more.
void LongestFirst(std::vector<const Secret*>& secrets) {
  std::ranges::stable_sort(secrets, std::ranges::greater{},
                           [](const Secret* one) { return one->text.size(); });
}

}  // namespace

bool StandsAlone(std::string_view text, std::size_t at, std::size_t length) {
  constexpr std::size_t kShort = 8;
  if (length >= kShort) return true;
  // A letter of an option may stand before it: `-pSECRET`.
  const bool begins = at == 0 || !IsWordByte(text, at - 1) ||
                      (at >= 2 && text[at - 2] == '-' && (at == 2 || text[at - 3] == ' '));
  return begins && !IsWordByte(text, at + length);
}

Masker::Masker(const Run& run) {
  for (const Secret& secret : run.secrets) {
    if (secret.where) by_source_[secret.where.source].push_back(&secret);
    by_server_[secret.server_index].push_back(&secret);
  }
  for (auto& [source, secrets] : by_source_) {
    std::ranges::stable_sort(secrets, {}, [](const Secret* one) { return one->where.begin; });
  }
  for (auto& [server, secrets] : by_server_) LongestFirst(secrets);
}

std::vector<const Secret*> Masker::Within(const Source& source, std::uint32_t begin,
                                          std::uint32_t end) const {
  std::vector<const Secret*> within;
  const auto found = by_source_.find(&source);
  if (found == by_source_.end()) return within;
  for (const Secret* secret : found->second) {
    if (secret->where.begin >= end) break;
    if (secret->where.end > begin) within.push_back(secret);
  }
  return within;
}

std::string Masker::Piece(const Source& source, std::uint32_t begin, std::string_view text) const {
  const auto size = static_cast<std::uint32_t>(text.size());
  std::string masked;
  std::uint32_t at = 0;
  for (const Secret* secret : Within(source, begin, begin + size)) {
    const std::uint32_t first = std::max(secret->where.begin, begin) - begin;
    const std::uint32_t last = std::min(secret->where.end - begin, size);
    if (last <= at) continue;
    if (first > at) masked += text.substr(at, first - at);
    masked += Stars(text.substr(std::max(first, at), last - std::max(first, at)));
    at = last;
  }
  return masked += text.substr(at);
}

std::string Masker::Text(const Word& word) const {
  std::string text = word.text;
  if (!word.span) return text;
  std::vector<const Secret*> within = Within(*word.span.source, word.span.begin, word.span.end);
  LongestFirst(within);
  for (const Secret* secret : within) {
    const bool found = Replace(text, secret->text) | Replace(text, secret->where.Text());
    // Its spelling here is not that of the file: the whole word goes.
    if (!found && text.find(kMask) == std::string::npos) return std::string(kMask);
  }
  return text;
}

std::string Masker::Text(std::string_view text, int server_index) const {
  std::string masked(text);
  const auto found = by_server_.find(server_index);
  if (found == by_server_.end()) return masked;
  for (const Secret* secret : found->second) {
    Replace(masked, secret->text);
    Replace(masked, secret->where.Text());
  }
  return masked;
}

std::string Masker::TextOfAny(std::string_view text) const {
  std::string masked(text);
  for (const auto& [server, secrets] : by_server_) masked = Text(masked, server);
  return masked;
}

}  // namespace sandlint
