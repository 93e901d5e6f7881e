// The calls of strace's classes %file and %network. Operands as in the man pages of section 2.

#include "scanner/need/trace_table.h"

#include <algorithm>
#include <array>

namespace sandlint {
namespace {

using enum TraceAction;

struct Row {
  std::string_view call;
  std::array<TraceOperand, 2> operands;
  std::uint8_t count;
};

constexpr Row One(std::string_view call, std::int8_t directory, std::int8_t path,
                  TraceAction action) {
  return {call, {{{directory, path, action}, {}}}, 1};
}
constexpr Row Two(std::string_view call, TraceOperand first, TraceOperand second) {
  return {call, {{first, second}}, 2};
}

constexpr auto kRows = std::to_array<Row>({
    One("access", -1, 0, Probe),
    One("acct", -1, 0, Write),
    One("bind", -1, 1, Bind),
    One("chdir", -1, 0, Enter),
    One("chmod", -1, 0, Write),
    One("chown", -1, 0, Write),
    One("chroot", -1, 0, Read),
    One("connect", -1, 1, Connect),
    One("creat", -1, 0, Write),
    One("execve", -1, 0, Exec),
    One("execveat", 0, 1, Exec),
    One("faccessat", 0, 1, Probe),
    One("faccessat2", 0, 1, Probe),
    One("fchmodat", 0, 1, Write),
    One("fchmodat2", 0, 1, Write),
    One("fchownat", 0, 1, Write),
    One("getxattr", -1, 0, Probe),
    One("inotify_add_watch", -1, 1, Read),
    One("lchown", -1, 0, Write),
    One("lgetxattr", -1, 0, Probe),
    Two("link", {-1, 0, Read}, {-1, 1, Write}),
    Two("linkat", {0, 1, Read}, {2, 3, Write}),
    One("listxattr", -1, 0, Probe),
    One("llistxattr", -1, 0, Probe),
    One("lremovexattr", -1, 0, Write),
    One("lsetxattr", -1, 0, Write),
    One("lstat", -1, 0, Probe),
    One("lstat64", -1, 0, Probe),
    One("mkdir", -1, 0, Write),
    One("mkdirat", 0, 1, Write),
    One("mknod", -1, 0, Write),
    One("mknodat", 0, 1, Write),
    Two("mount", {-1, 0, Read}, {-1, 1, Write}),
    One("name_to_handle_at", 0, 1, Probe),
    One("newfstatat", 0, 1, Probe),
    One("fstatat64", 0, 1, Probe),
    One("open", -1, 0, Open),
    One("openat", 0, 1, Open),
    One("openat2", 0, 1, Open),
    One("open_tree", 0, 1, Read),
    One("readlink", -1, 0, Read),
    One("readlinkat", 0, 1, Read),
    One("removexattr", -1, 0, Write),
    Two("rename", {-1, 0, Write}, {-1, 1, Write}),
    Two("renameat", {0, 1, Write}, {2, 3, Write}),
    Two("renameat2", {0, 1, Write}, {2, 3, Write}),
    One("rmdir", -1, 0, Write),
    One("sendmmsg", -1, 1, Send),
    One("sendmsg", -1, 1, Send),
    One("sendto", -1, 4, Send),
    One("setxattr", -1, 0, Write),
    One("stat", -1, 0, Probe),
    One("stat64", -1, 0, Probe),
    One("statfs", -1, 0, Probe),
    One("statfs64", -1, 0, Probe),
    One("statx", 0, 1, Probe),
    One("symlink", -1, 1, Write),
    One("symlinkat", 1, 2, Write),
    One("truncate", -1, 0, Write),
    One("umount2", -1, 0, Write),
    One("unlink", -1, 0, Write),
    One("unlinkat", 0, 1, Write),
    One("utime", -1, 0, Write),
    One("utimensat", 0, 1, Write),
    One("utimes", -1, 0, Write),
    One("futimesat", 0, 1, Write),
});

}  // namespace

std::span<const TraceOperand> OperandsOf(std::string_view call) {
  const auto row = std::ranges::find(kRows, call, &Row::call);
  if (row == kRows.end()) return {};
  return std::span(row->operands).first(row->count);
}

}  // namespace sandlint
