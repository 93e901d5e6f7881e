#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "catch.h"
#include "files/folder.h"
#include "scanner/files/reader.h"

using namespace sandlint;

namespace {

std::vector<std::string> Names(const std::vector<DirectoryEntry>& entries) {
  std::vector<std::string> names;
  for (const DirectoryEntry& entry : entries) {
    names.push_back(entry.name + (entry.is_directory ? "/" : ""));
  }
  return names;
}

/// Runs `body` in a process in which the system call openat2 fails with `error`; true if it did.
bool WithoutOpenat2(unsigned error, const std::function<bool()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    std::array<sock_filter, 4> filter{{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    }};
    const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) _exit(2);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0) _exit(2);
    _exit(body() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("the disk reader reads what lies below its root") {
  const Folder folder{{"a.txt", "alpha"}, {"sub/deep/b.txt", "beta"}, {"empty", ""}};
  const auto reader = MakeDiskReader(folder.Root());
  CHECK(reader->Read("a.txt").text == "alpha");
  CHECK(reader->Read("sub/deep/b.txt").text == "beta");
  CHECK(reader->Read("sub/../a.txt").text == "alpha");
  CHECK(reader->Read("empty").status == ReadStatus::Ok);
  CHECK(reader->Read("empty").text.empty());
  CHECK(reader->Exists("sub/deep"));
  CHECK(!reader->Exists("sub/other"));
  CHECK(Names(reader->List("")) == std::vector<std::string>{"a.txt", "empty", "sub/"});
  CHECK(Names(reader->List("sub")) == std::vector<std::string>{"deep/"});
  CHECK(reader->List("a.txt").empty());
  CHECK(reader->List("nowhere").empty());
  CHECK(reader->Read("nowhere").status == ReadStatus::Missing);
  CHECK(reader->Read("a.txt/x").status == ReadStatus::Missing);
  CHECK(reader->Read("sub").status == ReadStatus::IsDirectory);
  CHECK(reader->Read("").status == ReadStatus::IsDirectory);
}

TEST_CASE("bytes come as they are") {
  const std::string bytes("\xEF\xBB\xBFone\r\n\0two\xFF", 13);
  const Folder folder{{"bytes", bytes}};
  CHECK(MakeDiskReader(folder.Root())->Read("bytes").text == bytes);
}

TEST_CASE("a root that is not there holds nothing") {
  const auto reader = MakeDiskReader("/nowhere/at/all");
  CHECK(reader->Read("etc/passwd").status == ReadStatus::Missing);
  CHECK(!reader->Exists(""));
  CHECK(reader->List("").empty());
}

TEST_CASE("no path leads out of the root") {
  const Folder outer{{"secret", "outside"}, {"root/in", "inside"}};
  const auto reader = MakeDiskReader(outer / "root");
  for (const char* path : {"../secret", "x/../../secret", "/../secret", "./../secret"}) {
    CAPTURE(path);
    CHECK(reader->Read(path).status != ReadStatus::Ok);
    CHECK(!reader->Exists(path));
  }
  CHECK(reader->Read(outer / "secret").status != ReadStatus::Ok);
  CHECK(reader->List("..").empty());
  // A NUL must not cut a path short: `in` is not what was asked for.
  CHECK(reader->Read(std::string("in\0.txt", 7)).status == ReadStatus::Missing);
}

TEST_CASE("links are followed inside of the root only") {
  const Folder outer(
      {{"secret", "outside"}, {"dir/secret", "outside"}, {"root/real/in", "inside"}});
  outer.Link("real/in", "root/near");
  outer.Link("../real/in", "root/sub/up");
  outer.Link(outer / "root/real/in", "root/absolute");
  outer.Link("real", "root/folder");
  outer.Link("../secret", "root/out");
  outer.Link(outer / "secret", "root/out-absolute");
  outer.Link("../dir", "root/out-folder");
  outer.Link("out-folder", "root/out-twice");
  outer.Link("../root/real/in", "root/out-and-back");
  outer.Link("/proc/self/root" + (outer / "secret"), "root/magic");
  outer.Link("nowhere", "root/dangling");
  outer.Link("circle", "root/circle");
  const auto reader = MakeDiskReader(outer / "root");
  for (const char* path : {"near", "sub/up", "absolute", "folder/in"}) {
    CAPTURE(path);
    CHECK(reader->Read(path).text == "inside");
    CHECK(reader->Exists(path));
  }
  for (const char* path :
       {"out", "out-absolute", "out-folder/secret", "out-twice/secret", "magic"}) {
    CAPTURE(path);
    CHECK(reader->Read(path).status == ReadStatus::LinkOutside);
    CHECK(reader->Read(path).text.empty());
    CHECK(!reader->Exists(path));
  }
  CHECK(reader->List("out-folder").empty());
  CHECK(reader->Read("circle").status == ReadStatus::LinkOutside);
  CHECK(reader->Read("dangling").status == ReadStatus::Missing);
  CHECK(reader->Read("dangling").problem == "it is a link that leads nowhere");
  // Where a link leads is not looked at when a folder is listed.
  CHECK(Names(reader->List("")) ==
        std::vector<std::string>{"absolute", "circle", "dangling", "folder", "magic", "near", "out",
                                 "out-absolute", "out-and-back", "out-folder", "out-twice", "real/",
                                 "sub/"});
}

// Kernels before 5.6 do not have it, and some container runtimes answer EPERM in its place.
TEST_CASE("links are followed inside of the root only, without openat2 as well") {
  const Folder outer{
      {"root2/secret", "sibling"}, {"secret", "outside"}, {"root/real/in", "inside"}};
  outer.Link("real/in", "root/near");
  outer.Link(outer / "root/real/in", "root/absolute");
  outer.Link("../secret", "root/out");
  outer.Link("../root2", "root/sibling");
  outer.Link("nowhere", "root/dangling");
  REQUIRE(mkfifo((outer / "root/fifo").c_str(), 0644) == 0);
  for (const unsigned error : {ENOSYS, EPERM}) {
    CAPTURE(error);
    CHECK(WithoutOpenat2(error, [&] {
      const auto reader = MakeDiskReader(outer / "root");
      return reader->Read("near").text == "inside" && reader->Read("absolute").text == "inside" &&
             reader->Read("real/in").text == "inside" && reader->List("").size() == 7 &&
             reader->List("real").size() == 1;
    }));
    CHECK(WithoutOpenat2(error, [&] {
      const auto reader = MakeDiskReader(outer / "root");
      return reader->Read("out").status == ReadStatus::LinkOutside &&
             reader->Read("sibling/secret").status == ReadStatus::LinkOutside &&
             reader->Read("../secret").status == ReadStatus::LinkOutside &&
             reader->Read("dangling").status == ReadStatus::Missing &&
             reader->Read("fifo").status == ReadStatus::NotRegular &&
             reader->List("sibling").empty() && !reader->Exists("out");
    }));
  }
}

TEST_CASE("what is no regular file is not read, and nothing waits for it") {
  const Folder folder;
  REQUIRE(mkfifo((folder / "fifo").c_str(), 0644) == 0);
  REQUIRE(mkdir((folder / ".mcp.json").c_str(), 0755) == 0);
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (folder / "socket").c_str(), sizeof address.sun_path - 1);
  REQUIRE(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  const auto reader = MakeDiskReader(folder.Root());
  CHECK(reader->Read("fifo").status == ReadStatus::NotRegular);
  CHECK(reader->Read("fifo").problem == "it is a FIFO, not a regular file");
  CHECK(reader->Read("socket").status == ReadStatus::NotRegular);
  CHECK(reader->Read("socket").problem == "it is a socket, not a regular file");
  CHECK(reader->Read(".mcp.json").status == ReadStatus::IsDirectory);
  close(fd);
  CHECK(MakeDiskReader("/dev")->Read("null").problem == "it is a device, not a regular file");
}

TEST_CASE("a file of 16 MiB is read and a larger one is not") {
  const Folder folder{{"most", ""}, {"more", ""}};
  std::filesystem::resize_file(folder / "most", FileReader::kMaxBytes);
  std::filesystem::resize_file(folder / "more", FileReader::kMaxBytes + 1);
  const auto reader = MakeDiskReader(folder.Root());
  CHECK(reader->Read("most").text.size() == FileReader::kMaxBytes);
  CHECK(reader->Read("more").status == ReadStatus::TooLarge);
  CHECK(reader->Read("more").text.empty());
}

TEST_CASE("a file without permission is said to be so") {
  const Folder folder{{"closed", "x"}};
  chmod((folder / "closed").c_str(), 0);
  const bool root = geteuid() == 0;  // which may read everything
  chmod(folder.Root().c_str(), 0755);
  if (root) REQUIRE(seteuid(65534) == 0);
  const ReadResult result = MakeDiskReader(folder.Root())->Read("closed");
  if (root) REQUIRE(seteuid(0) == 0);
  CHECK(result.status == ReadStatus::Denied);
  CHECK(result.problem == "there is no permission to read it");
}
