#include "harden/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace sandlint {
namespace {

using Kind = PlanPiece::Kind;

void AddText(PlanWord& word, std::string_view text) {
  if (text.empty()) return;
  if (!word.empty() && word.back().kind == Kind::Text) {
    word.back().text += text;
  } else {
    word.push_back({Kind::Text, std::string(text)});
  }
}

bool IsAtOrBelow(std::string_view path, std::string_view folder) {
  return !folder.empty() && path.starts_with(folder) &&
         (path.size() == folder.size() || path[folder.size()] == '/');
}

/// Known text, whose start may be the project or the home.
void AddKnown(PlanWord& word, std::string_view text, const HardenFacts& facts) {
  if (word.empty()) {
    const std::string home = facts.host->Caller().home;
    const bool project_first = facts.project.size() > home.size();
    const std::pair<std::string_view, Kind> places[] = {
        {project_first ? facts.project : home, project_first ? Kind::Project : Kind::Home},
        {project_first ? home : facts.project, project_first ? Kind::Home : Kind::Project}};
    for (const auto& [folder, kind] : places) {
      if (!IsAtOrBelow(text, folder) || folder == "/") continue;
      word.push_back({kind, {}});
      return AddText(word, text.substr(folder.size()));
    }
    if (text == "~" || text.starts_with("~/")) {
      word.push_back({Kind::Home, {}});
      return AddText(word, text.substr(1));
    }
  }
  AddText(word, text);
}

bool IsPlain(std::string_view text) {
  constexpr std::string_view kPlain = "@%+=:,./-_";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           kPlain.find(c) != kPlain.npos;
  });
}

/// `text` between double quotes of a shell.
std::string InDoubleQuotes(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '$' || c == '`') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

std::string Render(const PlanWord& word, std::string_view home, std::string_view project,
                   std::string (*variable)(const std::string&),
                   std::string (*text)(std::string_view)) {
  std::string rendered;
  for (const PlanPiece& piece : word) {
    switch (piece.kind) {
      case Kind::Text:
        rendered += text(piece.text);
        break;
      case Kind::Home:
        rendered += home;
        break;
      case Kind::Project:
        rendered += project;
        break;
      case Kind::Variable:
      case Kind::Unknown:
        rendered += variable(piece.text);
        break;
    }
  }
  return rendered;
}

PlanPiece PieceOf(const Hole& hole) {
  if (hole.name == "HOME") return {Kind::Home, {}};
  if (hole.name == "PWD") return {Kind::Project, {}};
  return {IsName(hole.name) ? Kind::Variable : Kind::Unknown, hole.name};
}

/// FNV-1a, folded to 24 bits.
std::uint32_t NumberOf(std::string_view text) {
  std::uint32_t number = 2166136261U;
  for (const char c : text) number = (number ^ static_cast<unsigned char>(c)) * 16777619U;
  return (number >> 24U) ^ (number & 0xffffffU);
}

std::string AsIs(std::string_view text) { return std::string(text); }
std::string InBraces(const std::string& name) { return "${" + name + "}"; }

}  // namespace

bool IsName(std::string_view text) {
  const auto is_part = [](char c) {
    return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') && std::ranges::all_of(text, is_part);
}

PlanWord PlanWordOf(const Word& word, const HardenFacts& facts) {
  PlanWord result;
  std::size_t at = 0;
  for (const Hole& hole : word.holes) {
    if (hole.assumed || hole.begin < at || hole.end > word.text.size()) continue;
    AddKnown(result, std::string_view(word.text).substr(at, hole.begin - at), facts);
    result.push_back(PieceOf(hole));
    at = hole.end;
  }
  AddKnown(result, std::string_view(word.text).substr(at), facts);
  return result;
}

PlanWord PlanWordOf(std::string_view text, const HardenFacts& facts) {
  PlanWord result;
  AddKnown(result, text, facts);
  return result;
}

PlanWord Below(PlanWord word, std::string_view rest) {
  AddText(word, rest);
  return word;
}

std::string ShellQuote(std::string_view text) {
  if (IsPlain(text)) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string ShellWord(const PlanWord& word) {
  const bool plain =
      std::ranges::all_of(word, [](const PlanPiece& piece) { return piece.kind == Kind::Text; });
  if (plain) return ShellQuote(word.empty() ? std::string_view{} : word.front().text);
  return '"' + Render(word, "$HOME", "$PWD", InBraces, InDoubleQuotes) + '"';
}

std::string ConfigWord(const PlanWord& word) {
  return Render(word, "${HOME}", "${PWD}", InBraces, AsIs);
}

std::string PlainWord(const PlanWord& word) { return Render(word, "~", ".", InBraces, AsIs); }

bool HasVariable(const PlanWord& word) {
  return std::ranges::any_of(word,
                             [](const PlanPiece& piece) { return piece.kind == Kind::Variable; });
}

std::string SafeName(std::string_view text) {
  constexpr std::size_t kLongest = 18;
  std::string name;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const bool upper = c >= 'A' && c <= 'Z';
    if (plain) name += c;
    if (upper) name += static_cast<char>(c - 'A' + 'a');
    if (!plain && !upper && !name.empty() && name.back() != '-') name += '-';
  }
  name = name.substr(0, kLongest);
  while (name.ends_with('-')) name.pop_back();
  if (name == text && !name.empty()) return name;
  return fmt::format("{}-{:06x}", name.empty() ? "server" : name, NumberOf(text));
}

std::string CommentText(std::string_view text) {
  std::string line;
  for (const char c : text) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  return line;
}

}  // namespace sandlint
