/* Says as one line of JSON what a process in a container has: ids, capabilities, variables, network
 * and the access to each path given. Built static, because the image holds nothing else. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

extern char** environ;

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

static int CanConnect(const char* path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  const int handle = socket(AF_UNIX, SOCK_STREAM, 0);
  const int done = connect(handle, (void*)&address, sizeof address) == 0;
  close(handle);
  return done;
}

static int CanWriteDirectory(const char* path) {
  char name[4200];
  snprintf(name, sizeof name, "%s/.probe%d", path, getpid());
  const int handle = open(name, O_CREAT | O_EXCL | O_WRONLY, 0600);
  if (handle < 0) return 0;
  close(handle);
  unlink(name);
  return 1;
}

static int CanOpen(const char* path, int flags) {
  const int handle = open(path, flags | O_NONBLOCK);
  if (handle >= 0) close(handle);
  return handle >= 0;
}

static void Path(const char* path) {
  struct stat node;
  int can_read = 0;
  int can_write = 0;
  int can_connect = 0;
  const char* kind = "none";
  if (stat(path, &node) == 0) {
    if (S_ISDIR(node.st_mode)) {
      DIR* listing = opendir(path);
      kind = "dir";
      can_read = listing != NULL;
      if (listing) closedir(listing);
      can_write = CanWriteDirectory(path);
    } else if (S_ISSOCK(node.st_mode)) {
      kind = "sock";
      can_connect = CanConnect(path);
    } else {
      kind = "file";
      can_read = CanOpen(path, O_RDONLY);
      can_write = CanOpen(path, O_WRONLY | O_APPEND);
    }
  }
  Text(path, 4096);
  printf(":{\"kind\":\"%s\",\"read\":%d,\"write\":%d,\"connect\":%d}", kind, can_read, can_write,
         can_connect);
}

static int CanReachLoopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int handle = socket(AF_INET, SOCK_STREAM, 0);
  const int done = connect(handle, (void*)&address, sizeof address) == 0;
  close(handle);
  return done;
}

int main(int count, char** words) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct sets[2];
  memset(sets, 0, sizeof sets);
  syscall(SYS_capget, &header, sets);
  printf("{\"uid\":%d,\"gid\":%d,\"pid\":%d,\"nnp\":%d,\"capeff\":\"%08x%08x\"", getuid(), getgid(),
         getpid(), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), sets[1].effective, sets[0].effective);
  printf(",\"env\":[");
  for (char** entry = environ; *entry; ++entry) {
    if (entry != environ) putchar(',');
    Text(*entry, strcspn(*entry, "="));
  }
  printf("],\"paths\":{");
  const char* separator = "";
  int port = 0;
  for (int at = 1; at < count; ++at) {
    if (!strncmp(words[at], "port=", 5)) port = atoi(words[at] + 5);
    if (words[at][0] != '/') continue;
    printf("%s", separator);
    Path(words[at]);
    separator = ",";
  }
  printf("},\"loopback\":%d}\n", CanReachLoopback(port));
  return 0;
}
