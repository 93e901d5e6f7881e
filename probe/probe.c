/* Says as one line of JSON what a process has: ids, capabilities, variables (its own, and those of
 * other processes that it can read), network, and what it may do with files. Built static, since a
 * sandbox may show nothing else.
 *
 *   probe [WORD]…
 *     /PATH         asks about one path, links followed
 *     walk=/PATH    asks about everything at and below it, links not followed, procfs left out
 *     name=NAME     a name to try in directories that cannot be listed
 *     procs         also walks what /proc/PID/root and /proc/PID/cwd lead to
 *     procs=/PATH   also walks that path below each /proc/PID/root: the whole root may hold more
 *                   objects than one report takes
 *     roots         asks about each path in the roots of other processes too, under its own name
 *     port=N udp=N  a TCP and a UDP port of the loopback;  abstract=NAME  an abstract socket
 *     kill=PID      may that process be signalled?
 *     novalues      variables are told by name only
 *   probe run …     starts something instead: run.c
 *
 * An object is [path, kind, device, inode, bits] with kind d f l s c o and bits 1 read, 2 write,
 * 4 execute, 8 connect, 16 traverse; a path that is asked for has its real path behind them. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "run.h"

extern char** environ;

enum { kRead = 1, kWrite = 2, kExecute = 4, kConnect = 8, kTraverse = 16 };
enum { kMaxNames = 512, kMaxDepth = 24, kMaxObjects = 200000, kProcMagic = 0x9fa0 };

static const char* names[kMaxNames];
static int name_count;
static int objects;
static const char* separator = "";
static char* procs[8] = {"/proc"}; /* where a procfs lies */
static size_t proc_count = 1;

static void Text(const char* text, size_t length) {
  putchar('"');
  for (size_t at = 0; at < length && text[at]; ++at) {
    const unsigned char c = (unsigned char)text[at];
    if (c < 32 || c > 126 || c == '"' || c == '\\')
      printf("\\u%04x", c);
    else
      putchar(c);
  }
  putchar('"');
}

static void Key(const char* name) {
  putchar(',');
  Text(name, 64);
  putchar(':');
}

static int CanConnect(const char* path) {
  static const int kinds[] = {SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM};
  for (size_t at = 0; at < sizeof kinds / sizeof *kinds; ++at) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int handle = socket(AF_UNIX, kinds[at] | SOCK_NONBLOCK, 0);
    if (handle < 0) continue;
    /* A path that is too long for an address is reached through a descriptor's directory. */
    if (strlen(path) < sizeof address.sun_path) {
      strcpy(address.sun_path, path);
    } else {
      const char* slash = strrchr(path, '/');
      char directory[PATH_MAX];
      snprintf(directory, sizeof directory, "%.*s", (int)(slash - path), path);
      if (chdir(directory) != 0 || strlen(slash + 1) >= sizeof address.sun_path) {
        close(handle);
        return 0;
      }
      strcpy(address.sun_path, slash + 1);
    }
    const int done = connect(handle, (void*)&address, sizeof address) == 0 || errno == EAGAIN;
    close(handle);
    if (done) return 1;
  }
  return 0;
}

static int CanOpen(const char* path, int flags) {
  const int handle = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (handle >= 0) close(handle);
  return handle >= 0;
}

static int CanMakeIn(const char* directory) {
  char name[PATH_MAX + 32];
  snprintf(name, sizeof name, "%s/.probe%d", directory, getpid());
  const int handle = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (handle < 0) return 0;
  close(handle);
  unlink(name);
  return 1;
}

static char KindOf(mode_t mode) {
  if (S_ISDIR(mode)) return 'd';
  if (S_ISREG(mode)) return 'f';
  if (S_ISLNK(mode)) return 'l';
  if (S_ISSOCK(mode)) return 's';
  return S_ISCHR(mode) ? 'c' : 'o';
}

static int BitsOf(const char* path, char kind) {
  switch (kind) {
    case 'd':
      return (CanOpen(path, O_RDONLY | O_DIRECTORY) ? kRead : 0) | (CanMakeIn(path) ? kWrite : 0) |
             (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0 ? kTraverse : 0);
    case 's':
      return CanConnect(path) ? kConnect : 0;
    case 'l':
      return 0;
    default:
      return (CanOpen(path, O_RDONLY) ? kRead : 0) |
             (CanOpen(path, O_WRONLY | O_APPEND) ? kWrite : 0) |
             (kind == 'f' && faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0 ? kExecute : 0);
  }
}

static int Object(const char* name, const struct stat* node, const char* path, const char* real) {
  const char kind = KindOf(node->st_mode);
  const int bits = BitsOf(path, kind);
  printf("%s[", separator);
  separator = ",";
  Text(name, PATH_MAX);
  printf(",\"%c\",%llu,%llu,%d", kind, (unsigned long long)node->st_dev,
         (unsigned long long)node->st_ino, bits);
  if (real) {
    putchar(',');
    Text(real, PATH_MAX);
  }
  putchar(']');
  return bits;
}

static int IsProcfs(const char* path) {
  struct statfs system;
  return statfs(path, &system) == 0 && system.f_type == kProcMagic;
}

static void Walk(const char* path, int depth);

static void Child(const char* directory, const char* name, int depth) {
  char path[PATH_MAX];
  const char* slash = strcmp(directory, "/") == 0 ? "" : "/";
  if (snprintf(path, sizeof path, "%s%s%s", directory, slash, name) < (int)sizeof path) {
    Walk(path, depth + 1);
  }
}

static void Walk(const char* path, int depth) {
  struct stat node;
  if (depth > kMaxDepth || objects >= kMaxObjects || lstat(path, &node) != 0) return;
  ++objects;
  /* A root that a magic link leads to is asked for with a slash behind it. */
  const int bits = Object(path, &node, path, NULL);
  if (!S_ISDIR(node.st_mode)) return;
  if (IsProcfs(path)) {
    if (proc_count < sizeof procs / sizeof *procs && strncmp(path, "/proc", 5)) {
      procs[proc_count++] = strdup(path);
    }
    return;
  }
  DIR* listing = bits & kRead ? opendir(path) : NULL;
  if (!listing) {
    for (int at = 0; at < name_count; ++at) Child(path, names[at], depth);
    return;
  }
  for (struct dirent* entry; (entry = readdir(listing));) {
    if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) {
      Child(path, entry->d_name, depth);
    }
  }
  closedir(listing);
}

/* Walks what the magic link of a process leads to. In the mount of the own root lies nothing that
 * is not found by name. */
static void ThroughProcess(const char* proc, int pid, const char* link, const char* below) {
  char path[PATH_MAX];
  struct statx node, root;
  snprintf(path, sizeof path, "%s/%d/%s/.", proc, pid, link);
  if (statx(AT_FDCWD, "/", 0, STATX_MNT_ID, &root) != 0 ||
      statx(AT_FDCWD, path, 0, STATX_MNT_ID, &node) != 0 || node.stx_mnt_id == root.stx_mnt_id) {
    return;
  }
  if (below) snprintf(path, sizeof path, "%s/%d/%s%s", proc, pid, link, below);
  Walk(path, 0);
}

/* What processes show: their variables, and with `walk` their roots and directories, or what lies
 * at the path `below` their roots. */
static void Processes(const char* proc, int walk, const char* below) {
  DIR* listing = opendir(proc);
  if (!listing) return;
  for (struct dirent* entry; (entry = readdir(listing));) {
    const int pid = atoi(entry->d_name);
    if (pid <= 0 || (!walk && pid == getpid())) continue;
    char path[PATH_MAX];
    if (walk) {
      if (pid == getpid()) continue;
      ThroughProcess(proc, pid, "root", below);
      if (!below) ThroughProcess(proc, pid, "cwd", NULL);
      continue;
    }
    snprintf(path, sizeof path, "%s/%d/environ", proc, pid);
    FILE* file = fopen(path, "re");
    if (!file) continue;
    char* line = NULL;
    size_t room = 0;
    while (getdelim(&line, &room, 0, file) > 0) {
      printf("%s", separator);
      separator = ",";
      Text(line, strcspn(line, "="));
    }
    free(line);
    fclose(file);
  }
  closedir(listing);
}

static const char* Outcome(int failed) {
  if (!failed) return "ok";
  const char* name = strerrorname_np(failed);
  return name ? name : "?";
}

static int Loopback(int family, int kind, int port) {
  struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons((unsigned short)port)};
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  v6.sin6_addr = in6addr_loopback;
  const int handle = socket(family, kind, 0);
  if (handle < 0) return errno;
  const struct timeval limit = {.tv_sec = 1};
  setsockopt(handle, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  const int done = family == AF_INET ? connect(handle, (void*)&v4, sizeof v4)
                                     : connect(handle, (void*)&v6, sizeof v6);
  int failed = done == 0 ? 0 : errno;
  /* The refusal of a datagram is known when the next one is sent. */
  for (int at = 0; kind == SOCK_DGRAM && !failed && at < 2; ++at) {
    if (send(handle, "probe", 5, 0) < 0) failed = errno;
  }
  close(handle);
  return failed;
}

static int Abstract(const char* name) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path + 1, name, sizeof address.sun_path - 2);
  const int handle = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (handle < 0) return errno;
  const socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
  const int done = connect(handle, (void*)&address, length);
  const int failed = done == 0 || errno == EAGAIN ? 0 : errno;
  close(handle);
  return failed;
}

static void Route(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(53)};
  inet_pton(AF_INET, "192.0.2.1", &address.sin_addr);
  const int handle = socket(AF_INET, SOCK_DGRAM, 0);
  int failed = handle < 0 ? errno : 0;
  if (!failed && connect(handle, (void*)&address, sizeof address) != 0) failed = errno;
  if (handle >= 0) close(handle);
  Key("route");
  Text(Outcome(failed), 32);
}

static void Identity(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct sets[2];
  memset(sets, 0, sizeof sets);
  syscall(SYS_capget, &header, sets);
  unsigned long long bound = 0;
  for (int at = 0; at < 64; ++at) {
    if (prctl(PR_CAPBSET_READ, at, 0, 0, 0) == 1) bound |= 1ULL << at;
  }
  printf("{\"probe\":1,\"uid\":%d,\"gid\":%d,\"pid\":%d,\"nnp\":%d,\"seccomp\":%d", getuid(),
         getgid(), getpid(), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
         prctl(PR_GET_SECCOMP, 0, 0, 0, 0));
  printf(",\"capeff\":\"%08x%08x\",\"capbnd\":\"%016llx\"", sets[1].effective, sets[0].effective,
         bound);
  char text[PATH_MAX];
  Key("cwd");
  Text(getcwd(text, sizeof text) ? text : "", sizeof text);
  for (const char** kind = (const char*[]){"user", "pid", "net", "ipc", "uts", "mnt", NULL}; *kind;
       ++kind) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/ns/%s", *kind);
    const ssize_t size = readlink(path, text, sizeof text - 1);
    if (size < 0) continue;
    text[size] = 0;
    Key(*kind);
    Text(text, sizeof text);
  }
}

static void Variables(int values) {
  Key("env");
  putchar('{');
  for (char** entry = environ; *entry; ++entry) {
    const size_t length = strcspn(*entry, "=");
    if (entry != environ) putchar(',');
    Text(*entry, length);
    putchar(':');
    Text(values && (*entry)[length] ? *entry + length + 1 : "", 4096);
  }
  printf("}");
}

static void Network(int count, char** words) {
  Route();
  for (int at = 1; at < count; ++at) {
    const char* word = words[at];
    if (!strncmp(word, "port=", 5)) {
      Key("tcp");
      Text(Outcome(Loopback(AF_INET, SOCK_STREAM, atoi(word + 5))), 32);
      Key("tcp6");
      Text(Outcome(Loopback(AF_INET6, SOCK_STREAM, atoi(word + 5))), 32);
    } else if (!strncmp(word, "udp=", 4)) {
      Key("udp");
      Text(Outcome(Loopback(AF_INET, SOCK_DGRAM, atoi(word + 4))), 32);
    } else if (!strncmp(word, "abstract=", 9)) {
      Key("abstract");
      Text(Outcome(Abstract(word + 9)), 32);
    } else if (!strncmp(word, "kill=", 5)) {
      Key("kill");
      Text(Outcome(kill(atoi(word + 5), 0) == 0 ? 0 : errno), 32);
    }
  }
}

static void Asked(const char* path) {
  struct stat node;
  char real[PATH_MAX];
  if (stat(path, &node) == 0) Object(path, &node, path, realpath(path, real) ? real : "");
}

/* The paths of the words as they are in the root of another process, where that is another mount:
 * what can be reached there can be reached. Each root is looked at once. */
static void Roots(int count, char** words) {
  unsigned long long known[64];
  size_t roots = 0;
  struct statx node;
  if (statx(AT_FDCWD, "/", 0, STATX_MNT_ID, &node) == 0) known[roots++] = node.stx_mnt_id;
  DIR* listing = opendir("/proc");
  if (!listing) return;
  for (struct dirent* entry; (entry = readdir(listing)) && roots < sizeof known / sizeof *known;) {
    char root[64];
    snprintf(root, sizeof root, "/proc/%d/root", atoi(entry->d_name));
    if (atoi(entry->d_name) <= 0) continue;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/.", root);
    if (statx(AT_FDCWD, path, 0, STATX_MNT_ID, &node) != 0) continue;
    size_t at = 0;
    while (at < roots && known[at] != node.stx_mnt_id) ++at;
    if (at < roots) continue;
    known[roots++] = node.stx_mnt_id;
    for (at = 1; at < (size_t)count; ++at) {
      struct stat there;
      if (words[at][0] != '/' ||
          snprintf(path, sizeof path, "%s%s", root, words[at]) >= (int)sizeof path ||
          stat(path, &there) != 0) {
        continue;
      }
      Object(words[at], &there, path, "");
    }
  }
  closedir(listing);
}

int main(int count, char** words) {
  if (count > 1 && !strcmp(words[1], "run")) return Run(words + 2);
  int values = 1;
  for (int at = 1; at < count; ++at) values = values && strcmp(words[at], "novalues");
  Identity();
  Network(count, words);
  Variables(values);
  for (int at = 1; at < count; ++at) {
    if (!strncmp(words[at], "name=", 5) && name_count < kMaxNames) {
      names[name_count++] = words[at] + 5;
    }
  }
  Key("paths");
  putchar('[');
  separator = "";
  for (int at = 1; at < count; ++at) {
    if (words[at][0] == '/') Asked(words[at]);
    if (!strcmp(words[at], "roots")) Roots(count, words);
  }
  putchar(']');
  Key("tree");
  putchar('[');
  separator = "";
  for (int at = 1; at < count; ++at) {
    if (!strncmp(words[at], "walk=", 5)) Walk(words[at] + 5, 0);
    const int processes = !strcmp(words[at], "procs") || !strncmp(words[at], "procs=/", 7);
    for (size_t one = 0; one < proc_count && processes; ++one) {
      Processes(procs[one], 1, words[at][5] ? words[at] + 6 : NULL);
    }
  }
  putchar(']');
  Key("proc_env");
  putchar('[');
  separator = "";
  for (size_t one = 0; one < proc_count; ++one) Processes(procs[one], 0, NULL);
  printf("]}\n");
  return 0;
}
