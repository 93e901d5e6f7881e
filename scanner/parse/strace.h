#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/source.h"

namespace sandlint {

/// One system call of an strace log, put together again where strace split it.
struct TraceCall {
  Span where;             ///< its line; of a split call the line on which it started
  std::uint32_t pid = 0;  ///< 0: the log has no column for it
  std::string name;
  /// As printed: `AT_FDCWD</proj>`, `"a\n"...`, `{sa_family=AF_INET, …}`; split at outer commas.
  std::vector<std::string> args;
  std::string result;  ///< `0`, `-1`, `3</etc/hosts>`, `?`; empty when the log ends before it
  std::string error;   ///< `ENOENT`; empty when it went well

  bool Failed() const { return result.empty() || result.front() == '-' || result.front() == '?'; }
};

struct TraceLog {
  std::vector<TraceCall> calls;
  bool has_pids = false;       ///< -f, or one file a process
  std::size_t lines = 0;       ///< that are not empty
  std::vector<Span> not_read;  ///< lines that are none of strace's
};

/// Reads what strace 4 to 6 writes with any of -f, -ff, -o, -t, -tt, -ttt, -r, -T, -y, -yy, -Y,
/// -x, -i, -k, -n, to a file or to the terminal, where its own messages land inside of lines.
/// Linear in the text.
TraceLog ParseStrace(const Source& source);

/// Does the text look like an strace log: is one of its first lines a call with a result?
bool LooksLikeStrace(std::string_view text);

/// The bytes of a printed string, `"a\303\251"...` -> `aé`; nothing for what is none (NULL, an
/// address).
struct TraceString {
  std::string bytes;
  bool is_string = false;
  bool truncated = false;  ///< strace cut it (-s); paths are never cut
};
TraceString DecodeTraceString(std::string_view printed);

/// `3</etc/hosts>` -> `/etc/hosts`; empty without -y.
std::string_view DescriptorPath(std::string_view printed);

}  // namespace sandlint
