#include "scanner/parse/fs_usage.h"

#include <algorithm>
#include <array>
#include <optional>

namespace sandlint {
namespace {

struct CallRow {
  std::string_view name;  ///< a prefix: `stat` stands for stat64 and stat_extended64 too
  Rights rights;
};
constexpr Rights kLook;
constexpr auto kCalls = std::to_array<CallRow>({
    {"access", kLook},
    {"chdir", kLook},
    {"chflags", Right::Write},
    {"chmod", Right::Write},
    {"chown", Right::Write},
    {"execve", Right::Exec},
    {"fsgetpath", kLook},
    {"getattrlist", kLook},
    {"getdirentries", Right::Read},
    {"getxattr", kLook},
    {"link", Right::Write},
    {"listxattr", kLook},
    {"lstat", kLook},
    {"mkdir", Right::Write},
    {"open", Right::Read},
    {"pathconf", kLook},
    {"posix_spawn", Right::Exec},
    {"readlink", Right::Read},
    {"removexattr", Right::Write},
    {"rename", Right::Write},
    {"rmdir", Right::Write},
    {"setattrlist", Right::Write},
    {"setxattr", Right::Write},
    {"stat", kLook},
    {"statfs", kLook},
    {"symlink", Right::Write},
    {"truncate", Right::Write},
    {"unlink", Right::Write},
    {"utimes", Right::Write},
    {"RdData", Right::Read},
    {"WrData", Right::Write},
});

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

bool IsTime(std::string_view word) {
  return word.size() >= 8 && word[2] == ':' && word[5] == ':' &&
         word.find_first_not_of("0123456789:.") == std::string_view::npos;
}

std::string_view TakeWord(std::string_view& text) {
  text = Trim(text);
  const std::string_view word = text.substr(0, std::min(text.find_first_of(" \t"), text.size()));
  text.remove_prefix(word.size());
  return word;
}

/// Cuts ` 0.000012 W node.12345` off the end; false where it is not there.
bool CutTail(std::string_view& text) {
  text = Trim(text);
  for (std::size_t at = text.size(); at > 0; --at) {
    const std::size_t blank = text.rfind(' ', at - 1);
    if (blank == std::string_view::npos) return false;
    std::string_view rest = text.substr(blank + 1);
    const std::string_view word = TakeWord(rest);
    const std::size_t dot = word.find('.');
    const bool seconds = dot != std::string_view::npos && word.size() - dot == 7 &&
                         word.find_first_not_of("0123456789.") == std::string_view::npos;
    if (seconds) {
      text = Trim(text.substr(0, blank));
      return true;
    }
    at = blank + 1;
  }
  return false;
}

/// `(_WC_T_)`: letters of the flags of open.
Rights OpenRights(std::string_view flags) {
  Rights rights;
  if (flags.find('R') != flags.npos) rights = rights | Right::Read;
  if (flags.find_first_of("WCTA") != flags.npos) rights = rights | Right::Write;
  return rights;
}

/// Words between the call and its path: `F=5`, `[  2]`, `B=0x10`, `D=0x…`, `(R_____)`.
void TakeColumns(std::string_view& text, FsUsageCall& call) {
  for (;;) {
    text = Trim(text);
    std::size_t end = 0;
    if (text.starts_with('[')) {
      end = text.find(']');
      if (end == text.npos || text.substr(1, end - 1).find_first_not_of(" 0123456789") != text.npos)
        return;
      call.failed = true;
      text.remove_prefix(end + 1);
    } else if (text.starts_with('(')) {
      end = text.find(')');
      if (end == text.npos) return;
      if (call.name.starts_with("open")) call.rights = OpenRights(text.substr(0, end));
      text.remove_prefix(end + 1);
    } else if (text.size() > 2 && text[1] == '=' && text[0] >= 'A' && text[0] <= 'Z') {
      TakeWord(text);
    } else {
      return;
    }
  }
}

std::optional<FsUsageCall> ReadLine(std::string_view line) {
  std::string_view rest = line;
  if (!IsTime(TakeWord(rest))) return std::nullopt;
  FsUsageCall call;
  call.name = TakeWord(rest);
  const auto row = std::ranges::find_if(
      kCalls, [&](const CallRow& one) { return call.name.starts_with(one.name); });
  if (!CutTail(rest)) return std::nullopt;
  if (row == kCalls.end()) return call;
  call.rights = row->rights;
  TakeColumns(rest, call);
  call.path = Trim(rest);
  return call;
}

}  // namespace

FsUsageLog ParseFsUsage(const Source& source) {
  FsUsageLog log;
  log.gaps.emplace_back("fs_usage shows no destination of a connection");
  std::size_t cut = 0;
  const std::string_view text = source.text;
  for (std::size_t line = 0; line < text.size();) {
    const std::size_t end = std::min(text.find('\n', line), text.size());
    auto call = ReadLine(text.substr(line, end - line));
    if (call) {
      call->where = {&source, static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(end)};
      const bool is_cut = call->path.starts_with(">>") || call->path.starts_with("...");
      if (is_cut) ++cut;
      if (!is_cut) log.calls.push_back(std::move(*call));
    }
    line = end + 1;
  }
  if (cut > 0) {
    log.gaps.push_back(std::to_string(cut) + " paths are cut on the left: run fs_usage with -w");
  }
  return log;
}

bool LooksLikeFsUsage(std::string_view text) {
  constexpr std::size_t kHead = 4096;
  const Source head{"", std::string(text.substr(0, kHead)), false};
  return !ParseFsUsage(head).calls.empty();
}

}  // namespace sandlint
